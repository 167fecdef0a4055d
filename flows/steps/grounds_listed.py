"""Grounds of many creators at once, from a table: what can be recorded is, in one transaction; the rest is named.

Owns who may, who is meant, and that the same file again changes nothing. Where it came from, doors know.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from sqlmodel import Session

from core.campaign import Campaign
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.candidates import Candidate
from core.people import Person
from core.platforms import account_said
from core.store import account_name, stored_campaign, the_candidate
from flows.steps.person import check_may_say
from flows.wiring import Wiring
from outreach import grounds, grounds_file
from outreach.grounds_file import Row, Unusable
from outreach.permission import verdict_now
from outreach.persons import Directory
from sourcing.handles import account_at, normal_handle


@dataclass(frozen=True)
class Allowed:
    """A line that is on record now: of whom, which grounds, and what the law says of writing to them with it."""

    line: int
    creator: str
    campaign: str
    basis: str
    evidence: str
    may_be_written_to: bool
    why: str


@dataclass(frozen=True)
class Done:
    """What became of a file. With `done` False nothing was recorded: it says what would be.

    `known` are lines that were on record before, or stand in the file twice.
    """

    done: bool
    recorded: tuple[Allowed, ...]
    known: int
    unusable: tuple[Unusable, ...]
    ignored: tuple[str, ...]


def allow_listed(w: Wiring, text: str, *, slug: str = "", actor: Person, dry_run: bool = False) -> Done:
    """Record the grounds of a table, of candidates of one campaign or of all. Raises BadInput where it is none."""
    listed = grounds_file.read(text, today=w.clock.now().date())
    with (reading if dry_run else unit_of_work)(w.engine) as session:
        work = _Work(session, w, slug, actor, dry_run)
        made: list[_Made] = []
        unusable, known = list(listed.unusable), 0
        for row in listed.rows:
            try:
                one = work.one(row)
            except Refused as error:
                unusable.append(Unusable(row.line, row.who, error.message))
                continue
            known += one is None
            made += [one] if one is not None else []
    with reading(w.engine) as session:  # others may write meanwhile
        recorded = tuple(_told(session, w, one) for one in made)
    unusable.sort(key=lambda one: one.line)
    return Done(not dry_run, recorded, known, tuple(unusable), listed.ignored)


@dataclass(frozen=True)
class _Made:
    """A line that can be recorded, and of whom."""

    row: Row
    candidate_id: int
    campaign: Campaign


def _told(session: Session, w: Wiring, made: _Made) -> Allowed:
    row, candidate = made.row, the_candidate(session, made.candidate_id)
    told = verdict_now(session, candidate, made.campaign, pepper=w.pepper, also=frozenset({row.basis}))
    return Allowed(row.line, account_name(session, candidate), candidate.campaign, row.basis, row.evidence,
                   told.allowed, told.why)  # fmt: skip


class _Work:
    """One file, in the caller's transaction."""

    def __init__(self, session: Session, w: Wiring, slug: str, actor: Person, dry_run: bool) -> None:
        self._session, self._w, self._slug, self._actor, self._dry_run = session, w, slug, actor, dry_run
        self._directory = Directory(session, pepper=w.pepper, campaign=slug)
        self._campaign: Callable[[str, int], Campaign] = cache(
            lambda named, cycle: stored_campaign(session, named, cycle=cycle)
        )
        self._seen: set[tuple[str, str, str]] = set()

    def one(self, row: Row) -> _Made | None:
        """None where it is known. Raises Refused where it cannot be recorded."""
        session, w = self._session, self._w
        candidate = self._meant(row)
        campaign = self._campaign(candidate.campaign, candidate.cycle)
        check_may_say(self._actor, campaign, row.basis, withdraw=False)
        same = (candidate.creator_id, str(row.basis), row.evidence)
        if same in self._seen or grounds.is_on_record(session, candidate, row.basis, row.evidence):
            return None
        self._seen.add(same)
        if not self._dry_run:
            grounds.allow(session, w.clock, candidate, row.basis, evidence=row.evidence, actor=self._actor.id)
        return _Made(row, candidate.id or 0, campaign)

    def _meant(self, row: Row) -> Candidate:
        """Raises Refused where nobody is, or account and address are not one person's."""
        by_account = self._directory.of_account(*_account(row)) if row.creator or row.handle else None
        by_address = self._directory.of_address(row.address) if row.address else None
        if by_account is not None and by_address is not None and by_account != by_address:
            raise Refused(f"{row.who} and {row.address} are not the same person on record")
        person = by_account or by_address
        if person is None:
            raise Refused("nobody is named")
        return the_candidate(self._session, self._directory.candidate_of(person))


def _account(row: Row) -> tuple[str, str]:
    """(platform, handle) in whatever way it was written; the platform may be ""."""
    written = row.creator or row.handle
    if found := account_at(written):
        return found
    said, handle = account_said(written)
    platform = said or row.platform.strip().casefold()
    return platform, normal_handle(handle, platform)
