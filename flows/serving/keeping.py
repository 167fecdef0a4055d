"""When a child is started, and started again after it ended: one second later, then two, four, … sixty.

Pure: is told what happened and at what moment, and starts nothing itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
#: Who lived so long was well; the next end is a new trouble.
WELL_AFTER = 60.0


@dataclass(frozen=True)
class Child:
    """One program of the tree. Started in the order of the list, stopped in the reverse.

    `env` is added to what the supervisor itself was given; None takes a variable away.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str | None] = field(default_factory=dict)

    def environment(self, given: Mapping[str, str]) -> dict[str, str]:
        """What it is started with."""
        return {name: value for name, value in {**given, **self.env}.items() if value is not None}


@dataclass
class _Seen:
    pid: int | None = None
    since: float | None = None
    start_at: float = 0.0
    pause: float = FIRST_PAUSE
    starts: int = 0
    last_exit: int | None = None


class Keeper:
    """What is known of each child. Moments are seconds of any clock that never goes back."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = tuple(children)
        self._seen = {child.name: _Seen() for child in children}
        if len(self._seen) != len(self.children):
            raise ValueError("two children have one name")

    def due(self, now: float) -> list[Child]:
        """Who is to be started now, in order."""
        return [child for child in self.children if self._may_start(self._seen[child.name], now)]

    def started(self, name: str, pid: int, now: float) -> None:
        seen = self._seen[name]
        seen.pid, seen.since = pid, now
        seen.starts += 1

    def ended(self, name: str, code: int | None, now: float) -> float:
        """Note an end; returns after how many seconds it is started again. No code: it could not be started."""
        seen = self._seen[name]
        if seen.since is not None and now - seen.since >= WELL_AFTER:
            seen.pause = FIRST_PAUSE
        pause, seen.pause = seen.pause, min(seen.pause * 2, LONGEST_PAUSE)
        seen.pid, seen.since, seen.last_exit, seen.start_at = None, None, code, now + pause
        return pause

    def status(self, now: float) -> list[dict[str, Any]]:
        """For the status file."""
        return [
            {
                "name": name,
                "pid": seen.pid,
                "seconds": None if seen.since is None else round(now - seen.since),
                "restarts": max(0, seen.starts - 1),
                "last_exit": seen.last_exit,
                "starts_in": None if seen.pid is not None else round(max(0.0, seen.start_at - now)),
            }
            for name, seen in self._seen.items()
        ]

    @staticmethod
    def _may_start(seen: _Seen, now: float) -> bool:
        return seen.pid is None and now >= seen.start_at
