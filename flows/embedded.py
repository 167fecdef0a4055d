"""Prefect's own settings for runs that bring their server with them: a home of their own, offline, quiet.

Must run before anything imports Prefect, which reads its settings once. Imports nothing of Prefect itself.
"""

import os
import sys
from pathlib import Path

#: Settings of the person's own Prefect that must not leak into an embedded run.
_FOREIGN = ("PREFECT_API_URL", "PREFECT_API_KEY", "PREFECT_API_DATABASE_CONNECTION_URL", "PREFECT_PROFILE")


def use_own_prefect(home: Path, *, log_level: str = "CRITICAL") -> None:
    """Point Prefect at a home of its own and an embedded server without telemetry."""
    if "prefect" in sys.modules:
        raise RuntimeError("Prefect was imported before its home was set")
    for name in _FOREIGN:
        os.environ.pop(name, None)
    os.environ |= {
        "PREFECT_HOME": str(home.resolve()),
        "PREFECT_PROFILES_PATH": str(home.resolve() / "profiles.toml"),
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # The embedded server reports its own shutdown as errors; failures of our flows reach the caller anyway.
        "PREFECT_LOGGING_LEVEL": log_level,
        "PREFECT_SERVER_LOGGING_LEVEL": log_level,
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
    }
