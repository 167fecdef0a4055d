"""A longlist on the record: the run, its places, and a candidate for each creator, with what was known that day.

Owns what is copied out of the pool. Ranks nothing, asks nobody.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import insert
from sqlmodel import Session, SQLModel, col, select

from core import audit
from core.campaign import Campaign
from core.clock import Clock
from core.models.candidates import Candidate, Snapshot
from core.models.creators import Account, AccountLink, Creator
from core.models.sourcing import LonglistEntry, SourcingRun
from core.persons import following_merges, merged_persons
from core.stages import Stage
from core.store import enter, enter_all, keep_campaign
from sourcing.card import candidate_card
from sourcing.longlist import Entry, Longlist
from sourcing.pool import KINDS, account_key


def keep_run(
    session: Session, clock: Clock, campaign: Campaign, longlist: Longlist, *, actor: str,
    on_new: Callable[[Collection[str]], None] | None = None,
) -> int:  # fmt: skip
    """Put a run and its candidates on record; returns how many candidates are new.

    Whatever the record holds of the campaign, this content and this longlist are in force from now on. Candidates
    that exist are kept wherever they stand; one who is still LONGLISTED takes the place that this run gives, with the
    account that has it. What is known of those not written to yet is brought up to date, of the account they stand for.
    `on_new` is told the keys of accounts that are new to the record, before anybody is a candidate for them.
    """
    keep_campaign(session, clock, campaign, actor=actor, run_id=longlist.run_id)
    if session.get(SourcingRun, longlist.run_id) is None:
        _keep_places(session, clock, longlist, actor=actor)
    accounts = _accounts(session, clock, longlist.entries, on_new)
    owners, candidates = _owners(session, accounts), _candidates(session, campaign)
    arriving: dict[str, tuple[Candidate, Entry]] = {}
    for entry in longlist.entries:
        account = accounts[entry.platform, entry.handle]
        owner = owners[account.id or 0]
        known = candidates.get(owner)
        if known is None and owner not in arriving:
            arriving[owner] = (_candidate(clock, campaign, (account, owner), (longlist.run_id, entry.rank)), entry)
        elif known is not None and known.stage == Stage.LONGLISTED:
            known.run_id, known.rank, known.account_id = longlist.run_id, entry.rank, account.id or 0
            session.add(known)
            _refresh(session, known, entry)
        elif known is not None and known.stage == Stage.APPROVED and known.account_id == account.id:
            _refresh(session, known, entry)
    enter_all(session, clock, [candidate for candidate, _ in arriving.values()], actor=actor)
    rows = [
        row for candidate, entry in arriving.values()
        for row in _snapshot(candidate.id or 0, _fields(entry), entry.source, entry.fetched_at)
    ]  # fmt: skip
    _insert(session, Snapshot, rows)
    return len(arriving)


def _keep_places(session: Session, clock: Clock, longlist: Longlist, *, actor: str) -> None:
    session.add(
        SourcingRun(
            run_id=longlist.run_id,
            campaign=longlist.campaign_slug,
            campaign_hash=longlist.campaign_hash,
            pool_version=longlist.pool_version,
            funnel=longlist.as_record()["funnel"],
            inputs={
                "code": longlist.code_version, "record": longlist.record, "wanted": longlist.wanted,
                "model": longlist.model, "meaning": longlist.meaning, "weights": dict(longlist.weights),
                "left_out": [[one.platform, one.handle, one.fit, one.reason] for one in longlist.left_out],
            },
            actor=actor,
            at=clock.now(),
        )
    )  # fmt: skip
    session.flush()
    places = [_place(longlist, entry, bench=False) for entry in longlist.entries]
    _insert(session, LonglistEntry, places + [_place(longlist, entry, bench=True) for entry in longlist.bench])
    audit.record(
        session,
        clock,
        actor=actor,
        action="longlist.made",
        subject=f"run:{longlist.run_id}",
        detail={
            "campaign": longlist.campaign_hash,
            "pool": longlist.pool_version,
            "places": len(longlist.entries),
        },
    )


def _insert(session: Session, table: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Thousands of rows in one statement, without an object for each."""
    if rows:
        session.execute(insert(table), rows)


def _place(longlist: Longlist, entry: Entry, *, bench: bool) -> dict[str, Any]:
    """A place with all that a later candidate needs; who is in reserve has no candidate to keep it yet."""
    return {
        "run_id": longlist.run_id,
        "rank": entry.rank,
        "platform": entry.platform,
        "handle": entry.handle,
        "fit": entry.fit,
        "coverage": entry.coverage,
        "reasons": list(entry.reasons),
        "card": candidate_card(entry).content(),
        "factors": [list(factor) for factor in entry.factors],
        "by_fit": entry.by_fit,
        "bench": bench,
        "snapshot": {"source": entry.source, "fetched_at": entry.fetched_at, "fields": _fields(entry)}
        if bench
        else None,
    }


def admit_from_bench(session: Session, clock: Clock, campaign: Campaign, run_id: str, *, actor: str) -> bool:
    """Make the best of a run's reserve, who is no candidate yet, one: LONGLISTED, at their own rank.

    False where nobody is left.
    """
    query = select(LonglistEntry).where(LonglistEntry.run_id == run_id, col(LonglistEntry.bench))
    candidates = _candidates(session, campaign)
    for place in session.exec(query.order_by(col(LonglistEntry.rank))):
        kept = place.snapshot
        newcomer = _Newcomer(place.platform, place.handle, kept["fields"].get("name"), kept["source"])
        account = _accounts(session, clock, [newcomer])[place.platform, place.handle]
        owner = _owners(session, {(place.platform, place.handle): account})[account.id or 0]
        if owner not in candidates:
            candidate = enter(session, clock, _candidate(clock, campaign, (account, owner), (run_id, place.rank)),
                              actor=actor)  # fmt: skip
            known = _snapshot(candidate.id or 0, kept["fields"], kept["source"], kept["fetched_at"])
            _insert(session, Snapshot, list(known))
            return True
    return False


def _candidate(clock: Clock, campaign: Campaign, who: tuple[Account, str], place: tuple[str, int]) -> Candidate:
    (account, owner), (run_id, rank) = who, place
    return Candidate(
        campaign=campaign.slug,
        cycle=campaign.cycle,
        brand=campaign.brand,
        creator_id=owner,
        account_id=account.id or 0,
        stage=Stage.LONGLISTED,
        run_id=run_id,
        rank=rank,
        entered_stage_at=clock.now(),
    )


class _Named(Protocol):
    """What makes an account and its creator: a place on a longlist has it."""

    @property
    def platform(self) -> str: ...
    @property
    def handle(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def source(self) -> str: ...


@dataclass(frozen=True)
class _Newcomer:
    platform: str
    handle: str
    name: str | None
    source: str


def _accounts(
    session: Session, clock: Clock, entries: Sequence[_Named],
    on_new: Callable[[Collection[str]], None] | None = None,
) -> dict[tuple[str, str], Account]:  # fmt: skip
    """The account of each entry; those that are not on record yet get one, with a creator of its own."""
    found = session.exec(select(Account).where(col(Account.key).in_([entry.handle for entry in entries])))
    accounts = {(account.platform, account.key): account for account in found}
    new = {(entry.platform, entry.handle): entry for entry in entries if (entry.platform, entry.handle) not in accounts}
    made = [Account(platform=entry.platform, key=entry.handle, handle=entry.handle) for entry in new.values()]
    creators = [Creator(name=entry.name or entry.handle, created_at=clock.now()) for entry in new.values()]
    session.add_all([*made, *creators])
    session.flush()
    session.add_all(
        AccountLink(account_id=account.id or 0, creator_id=creator.id, since=clock.now(),
                    evidence=f"found in {entry.source}")
        for account, creator, entry in zip(made, creators, new.values(), strict=True)
    )  # fmt: skip
    session.flush()
    if new and on_new is not None:
        on_new([account_key(*name) for name in new])
    return accounts | {(account.platform, account.key): account for account in made}


def _owners(session: Session, accounts: Mapping[tuple[str, str], Account]) -> dict[int, str]:
    """Account id → the person it belongs to now, following merges."""
    query = select(AccountLink.account_id, Creator).join(Creator, col(Creator.id) == AccountLink.creator_id)
    query = query.where(
        col(AccountLink.account_id).in_([account.id for account in accounts.values()]), col(AccountLink.until).is_(None)
    )
    return {account: following_merges(session, creator).id for account, creator in session.exec(query)}


def _candidates(session: Session, campaign: Campaign) -> dict[str, Candidate]:
    """Person, following merges → the candidate they are; of two that are one person by now the furthest counts."""
    query = select(Candidate).where(Candidate.campaign == campaign.slug, Candidate.cycle == campaign.cycle)
    candidates = sorted(session.exec(query), key=lambda one: (one.stage != Stage.LONGLISTED, -(one.id or 0)))
    moved = merged_persons(session)
    return {moved.get(candidate.creator_id, candidate.creator_id): candidate for candidate in candidates}


def _refresh(session: Session, candidate: Candidate, entry: Entry) -> None:
    assert candidate.id is not None
    old = {row.field: row for row in session.exec(select(Snapshot).where(Snapshot.candidate_id == candidate.id))}
    for new in _snapshot(candidate.id, _fields(entry), entry.source, entry.fetched_at):
        row = old.get(new["field"])
        if row is None:
            session.add(Snapshot(**new))
        elif row.fetched_at <= new["fetched_at"]:
            row.value, row.source, row.kind, row.fetched_at = (
                new[name] for name in ("value", "source", "kind", "fetched_at")
            )
            session.add(row)


def _fields(entry: Entry) -> dict[str, Any]:
    """What later steps need of the creator; unknown fields are left out."""
    fields = {
        "name": entry.name,
        "country": entry.country,
        "language": entry.language,
        "followers": entry.followers,
        "engagement_percent": entry.engagement_percent,
        "email": entry.email,
        "url": entry.url,
        "bio": entry.bio,
        "facts": [{"kind": fact.kind, "value": fact.value, "source": fact.source, "fetched_at": fact.fetched_at}
                  for fact in entry.facts],
    }  # fmt: skip
    return {field: value for field, value in fields.items() if value is not None and value != []}


def _snapshot(candidate_id: int, fields: dict[str, Any], source: str, fetched_at: str) -> Iterator[dict[str, Any]]:
    """The same as rows of the record, each with its source and day."""
    for field, value in fields.items():
        yield {
            "candidate_id": candidate_id,
            "field": field,
            "value": value,
            "source": source,
            "kind": KINDS.get(field, "reported"),
            "fetched_at": datetime.fromisoformat(fetched_at),
        }
