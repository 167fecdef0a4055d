"""What comes from Slack: kept on disk before it is acknowledged, handled once however often Slack repeats it.

A click is acknowledged as soon as its file is on disk, which no writer of the record can delay: on SQLite a flow may
hold the record for a second, and Slack wants its answer sooner. The file goes when the click was handled; what a kill
leaves behind still waits at the next start. Which clicks were handled stands in the record, in the transaction that
handled them. Knows nothing of what any click means.
"""

import hashlib
import json
import logging
import os
import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import CursorResult, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from core.clock import Clock
from core.models.slack import SlackEvent

#: Slack repeats an event up to five minutes later and replays nothing after; a week tells old from new with ease.
REMEMBERED = timedelta(days=7)

log = logging.getLogger("greenroom.slack")


@dataclass(frozen=True)
class Arrival:
    """One thing that happened in Slack. `key` is the same for every repetition of it."""

    kind: str
    key: str
    body: Mapping[str, Any]


class Spool:
    """A folder with one file per arrival that is not yet handled."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, arrival: Arrival) -> bool:
        """Put it on disk; False where it lies there already."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._folder / f".{secrets.token_hex(8)}.part"
        text = json.dumps({"kind": arrival.kind, "key": arrival.key, "body": dict(arrival.body)})
        try:
            with draft.open("x", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            # Unlike a rename, a link never replaces the file of an arrival that is being handled.
            os.link(draft, self._file(arrival.key))
        except FileExistsError:
            return False
        finally:
            draft.unlink(missing_ok=True)
        return True

    def waiting(self, *, but: Collection[str] = ()) -> Iterator[Arrival]:
        """Whatever is not yet handled, oldest first, but for arrivals of these keys. A file that a broken disk left is
        put aside."""
        left_out = {self._file(key) for key in but}
        for path in sorted(set(self._folder.glob("*.json")) - left_out, key=_age):
            try:
                kept = json.loads(path.read_text(encoding="utf-8"))
                arrival = Arrival(str(kept["kind"]), str(kept["key"]), dict(kept["body"]))
            except FileNotFoundError:
                continue  # handled meanwhile
            except (ValueError, KeyError, TypeError):
                # Looked at again and again, it would keep everybody else's clicks waiting.
                log.exception("%s cannot be read and is put aside", path)
                path.rename(path.with_suffix(".unreadable"))
                continue
            yield arrival

    def handled(self, arrival: Arrival) -> None:
        """It stands in the record that this was handled: the file goes, and with it what it says of people."""
        self._file(arrival.key).unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}.json"


def arrival_of(body: Mapping[str, Any]) -> Arrival:
    """What kind of thing the body is, and the name that all its repetitions share.

    An event has an id of its own; of clicks, forms and commands the trigger is unique, or else the whole body is.
    """
    if body.get("event_id"):
        return Arrival("event", f"event:{body['event_id']}", body)
    kind = "command" if body.get("command") else str(body.get("type", "unknown"))
    if body.get("trigger_id"):
        return Arrival(kind, f"{kind}:{body['trigger_id']}", body)
    whole = json.dumps(dict(body), sort_keys=True, ensure_ascii=False)
    return Arrival(kind, f"{kind}:{hashlib.sha256(whole.encode()).hexdigest()}", body)


def first_time(session: Session, clock: Clock, arrival: Arrival) -> bool:
    """Note in the caller's transaction that this is handled; False where it was before, or is by somebody else."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"key": arrival.key, "kind": arrival.kind, "at": clock.now()}
    statement = insert(SlackEvent).values(row).on_conflict_do_nothing(index_elements=["key"])
    return session.scalar(statement.returning(col(SlackEvent.key))) is not None


def forget_old(session: Session, clock: Clock) -> int:
    """Drop what Slack can no longer repeat; returns how many."""
    old = delete(SlackEvent).where(col(SlackEvent.at) < clock.now() - REMEMBERED)
    return cast(CursorResult[Any], session.execute(old)).rowcount


def _age(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
