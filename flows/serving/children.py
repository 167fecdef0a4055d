"""Which programs run, from the settings: pure.

Prefect's two can be left out, the worker does due jobs without them. Slack's is there when a bot token is set.
"""

import sys
from pathlib import Path

from core.settings import Settings
from flows.serving.keeping import Child


def children_of(settings: Settings, *, host: str, port: int, prefect: bool) -> list[Child]:
    """In the order in which they start: the door first, as people wait there."""
    children = [
        Child("web", _module("web.serve", "--host", host, "--port", str(port))),
        Child("worker", _module("flows.serving.worker")),
    ]
    if settings.slack_bot_token is not None:
        # After the worker, so that it stops first: nothing new arrives while the others end.
        children.append(Child("slack", _module("flows.serving.slack")))
    if prefect:
        # Beside the web door, so that two homes on one machine need only one more --port.
        children += _prefect(settings.home, port=port + 1 if port < 65535 else port - 1)
    return children


def _prefect(home: Path, *, port: int) -> list[Child]:
    own: dict[str, str | None] = {
        "PREFECT_HOME": str((home / "prefect").resolve()),
        "PREFECT_PROFILES_PATH": str((home / "prefect" / "profiles.toml").resolve()),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        # Of somebody's own Prefect; it is none of ours.
        "PREFECT_API_KEY": None,
        "PREFECT_API_DATABASE_CONNECTION_URL": None,
        "PREFECT_PROFILE": None,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    server = ("-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port))
    return [
        Child("prefect", (sys.executable, *server), own),
        Child("scheduler", _module("flows.serving.scheduler"), own),
    ]


def _module(name: str, *words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name, *words)
