"""Proof of what happened: a hash chain in the record, and anchors of its head outside of it.

Entries hold ids and hashes, never personal data. Whoever changes, removes or cuts off an entry breaks the chain
or contradicts an anchor.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session, col, select

from core.clock import Clock
from core.errors import BadInput
from core.models.audit import AuditEntry

GENESIS = "0" * 64
#: Any constant will do: PostgreSQL writers of the chain wait for one another on it.
_CHAIN_LOCK = 7_316_421


@dataclass(frozen=True)
class Verdict:
    """Result of a verification: how many entries were read, the head, and what is wrong ('' when nothing is)."""

    entries: int
    head: str
    problem: str


@dataclass(frozen=True)
class Happened:
    """What an entry says: `subject` is `kind:id`; `detail` holds ids and hashes only."""

    action: str
    subject: str
    detail: Mapping[str, object]


def record(
    session: Session, clock: Clock, *, actor: str, action: str, subject: str, detail: Mapping[str, object] | None = None
) -> AuditEntry:
    """Append one entry in the caller's transaction. `subject` is `kind:id`; `detail` holds ids and hashes only."""
    return record_all(session, clock, [Happened(action, subject, detail or {})], actor=actor)[0]


def record_all(session: Session, clock: Clock, happened: Sequence[Happened], *, actor: str) -> list[AuditEntry]:
    """Append entries in this order, in the caller's transaction."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    last = session.exec(select(AuditEntry.seq, AuditEntry.hash).order_by(col(AuditEntry.seq).desc()).limit(1)).first()
    first, previous = (last[0] + 1, last[1]) if last else (1, GENESIS)
    entries = []
    for seq, one in enumerate(happened, start=first):
        entry = AuditEntry(
            seq=seq,
            at=clock.now().isoformat(),
            actor=actor,
            action=one.action,
            subject=one.subject,
            detail=json.dumps(one.detail, sort_keys=True, ensure_ascii=False),
            previous=previous,
            hash="",
        )
        entry.hash = previous = _hash(entry)
        entries.append(entry)
    session.add_all(entries)
    session.flush()
    return entries


def digest(text: str) -> str:
    """How an entry speaks of a text that it may not hold."""
    return hashlib.sha256(text.encode()).hexdigest()


def verify(session: Session, anchors: Path | None = None) -> Verdict:
    """Walk the whole chain, then hold it against the anchors file where there is one."""
    previous, count = GENESIS, 0
    hashes: dict[int, str] = {}
    # What the session remembers of an entry proves nothing: every row is read again.
    query = select(AuditEntry).order_by(col(AuditEntry.seq)).execution_options(yield_per=2_000, populate_existing=True)
    with closing(session.exec(query)) as entries:
        for entry in entries:
            count += 1
            if entry.seq != count:
                return Verdict(count, previous, f"entry {count} is missing (found {entry.seq})")
            if entry.previous != previous:
                return Verdict(count, previous, f"entry {entry.seq} does not follow the one before it")
            if entry.hash != _hash(entry):
                return Verdict(count, previous, f"entry {entry.seq} ({entry.action} of {entry.subject}) was changed")
            previous = hashes[count] = entry.hash
    return Verdict(count, previous, _contradiction(hashes, anchors))


def anchor(session: Session, anchors: Path, clock: Clock) -> None:
    """Write the chain's present head to a file beside the record; a chain cut off later contradicts it."""
    last = session.exec(select(AuditEntry).order_by(col(AuditEntry.seq).desc()).limit(1)).first()
    if last is None:
        return
    anchors.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"seq": last.seq, "hash": last.hash, "at": clock.now().isoformat()})
    # One line of this length reaches the file whole or, on a full disk, leaves a part that has no line end.
    with anchors.open("ab+") as stream:
        if stream.tell() > 0:
            stream.seek(-1, os.SEEK_END)
            if stream.read(1) != b"\n":
                stream.write(b"\n")
        stream.write(f"{line}\n".encode())


def _contradiction(hashes: dict[int, str], anchors: Path | None) -> str:
    if anchors is None or not anchors.exists():
        return ""
    lines = anchors.read_text(encoding="utf-8", errors="replace").splitlines()
    for number, line in enumerate(lines, start=1):
        if line.startswith('{"seq"') and not line.endswith("}"):
            continue  # cut off while it was written (a full disk, a kill); the next one says more
        try:
            known = json.loads(line)
            seq, expected = int(known["seq"]), str(known["hash"])
        except (ValueError, KeyError, TypeError):
            raise BadInput(f"{anchors}, line {number}, is not an anchor.", next_step="Was the file edited?") from None
        if hashes.get(seq) != expected:
            return f"entry {seq} is not the one that was anchored on {known.get('at', 'an unknown day')}"
    return ""


def _hash(entry: AuditEntry) -> str:
    parts = [str(entry.seq), entry.at, entry.actor, entry.action, entry.subject, entry.detail, entry.previous]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
