"""Runs the flows of prefect.yaml at their times, one at a time, against the Prefect server beside it.

The times stand in prefect.yaml alone, so that somebody with a Prefect server of their own deploys the same.
"""

import time
import urllib.error
import urllib.request
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from prefect import Flow, serve
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.settings import PREFECT_API_URL
from prefect.types.entrypoint import EntrypointType

from core.settings import PROJECT


def deployments(file: Path = PROJECT / "prefect.yaml") -> list[RunnerDeployment]:
    """What prefect.yaml names, ready to be served."""
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))["deployments"]
    return [_deployment(entry) for entry in entries]


def _deployment(entry: dict[str, Any]) -> RunnerDeployment:
    path, _, name = str(entry["entrypoint"]).partition(":")
    flow: Flow[..., Any] = getattr(import_module(path.removesuffix(".py").replace("/", ".")), name)
    schedules = [Cron(one["cron"], timezone=one["timezone"]) for one in entry.get("schedules", [])]
    made = flow.to_deployment(
        name=entry["name"],
        description=entry.get("description"),
        parameters=entry.get("parameters", {}),
        schedules=schedules or None,
        concurrency_limit=entry.get("concurrency_limit"),
        # By module, as the working folder is the user's and not the program's.
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    if not isinstance(made, RunnerDeployment):
        raise TypeError(f"{entry['name']} was made inside an event loop")
    return made


def wait_for_server(address: str, *, seconds: float = 120) -> None:
    """Returns when the server answers. Raises TimeoutError; the supervisor starts this anew later."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise TimeoutError(f"the Prefect server at {address} does not answer")


def main() -> None:
    wait_for_server(str(PREFECT_API_URL.value()))
    serve(*deployments(), limit=1)


if __name__ == "__main__":
    main()
