"""What the supervisor last wrote about its children, and whether that is still true."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

FILE_NAME = "serve.json"
#: It is written each second; older than this, its writer is gone.
STALE = timedelta(seconds=10)


@dataclass(frozen=True)
class Status:
    """`running` is False where there is no file, or one that nobody writes any more."""

    running: bool
    document: dict[str, Any]

    @property
    def children(self) -> list[dict[str, Any]]:
        return list(self.document.get("children", []))


def status_of(home: Path, *, now: datetime) -> Status:
    """Read the status file; a broken one counts as none."""
    try:
        document = json.loads((home / FILE_NAME).read_text(encoding="utf-8"))
        fresh = now - datetime.fromisoformat(document["at"]) < STALE
    except (OSError, ValueError, KeyError, TypeError):
        return Status(running=False, document={})
    return Status(running=fresh, document=document)
