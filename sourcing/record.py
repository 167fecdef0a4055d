"""A longlist on the record: the run, its places, and a candidate for each creator, with what was known that day.

Owns what is copied out of the pool. Ranks nothing, asks nobody.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from core import audit
from core.campaign import Campaign
from core.clock import Clock
from core.models.candidates import Candidate, Snapshot
from core.models.creators import Account, AccountLink, Creator
from core.models.sourcing import LonglistEntry, SourcingRun
from core.stages import Stage
from core.store import enter, following_merges, keep_campaign
from sourcing.card import candidate_card
from sourcing.longlist import Entry, Longlist
from sourcing.pool import KINDS


def keep_run(session: Session, clock: Clock, campaign: Campaign, longlist: Longlist, *, actor: str) -> int:
    """Put a run and its candidates on record; returns how many candidates are new.

    Whatever the record holds of the campaign, this content and this longlist are in force from now on. Candidates
    that exist are kept wherever they stand; one who is still LONGLISTED takes the place that this run gives. What is
    known of those not written to yet is brought up to date.
    """
    keep_campaign(session, clock, campaign, actor=actor, run_id=longlist.run_id)
    if session.get(SourcingRun, longlist.run_id) is None:
        _keep_places(session, clock, longlist, actor=actor)
    accounts = _accounts(session, longlist)
    candidates = _candidates(session, campaign)
    created = 0
    for entry in longlist.entries:
        account = accounts.get((entry.platform, entry.handle))
        if account is None:
            account = _new_account(session, clock, entry.platform, entry.handle, name=entry.name, source=entry.source)
        creator_id = _creator_of(session, account)
        known = candidates.get(creator_id)
        if known is None:
            known = candidates[creator_id] = _candidate(
                session, clock, campaign, account, (longlist.run_id, entry.rank)
            )
            enter(session, clock, known, actor=actor)
            session.add_all(_snapshot(known.id or 0, _fields(entry), entry.source, entry.fetched_at))
            created += 1
        elif known.stage == Stage.LONGLISTED:
            known.run_id, known.rank = longlist.run_id, entry.rank
            session.add(known)
            _refresh(session, known, entry)
        elif known.stage == Stage.APPROVED:
            _refresh(session, known, entry)
    session.flush()
    return created


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
                "model": longlist.model, "weights": dict(longlist.weights),
                "left_out": [[one.platform, one.handle, one.fit, one.reason] for one in longlist.left_out],
            },
            actor=actor,
            at=clock.now(),
        )
    )  # fmt: skip
    session.flush()
    session.add_all(_place(longlist, entry, bench=False) for entry in longlist.entries)
    session.add_all(_place(longlist, entry, bench=True) for entry in longlist.bench)
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


def _place(longlist: Longlist, entry: Entry, *, bench: bool) -> LonglistEntry:
    """A place with all that a later candidate needs; who is in reserve has no candidate to keep it yet."""
    return LonglistEntry(
        run_id=longlist.run_id,
        rank=entry.rank,
        platform=entry.platform,
        handle=entry.handle,
        fit=entry.fit,
        coverage=entry.coverage,
        reasons=list(entry.reasons),
        card=candidate_card(entry).content(),
        factors=[list(factor) for factor in entry.factors],
        bench=bench,
        snapshot={"source": entry.source, "fetched_at": entry.fetched_at, "fields": _fields(entry)} if bench else None,
    )


def admit_from_bench(session: Session, clock: Clock, campaign: Campaign, run_id: str, *, actor: str) -> bool:
    """Make the best of a run's reserve, who is no candidate yet, one: LONGLISTED, at their own rank.

    False where nobody is left.
    """
    query = select(LonglistEntry).where(LonglistEntry.run_id == run_id, col(LonglistEntry.bench))
    candidates = _candidates(session, campaign)
    for place in session.exec(query.order_by(col(LonglistEntry.rank))):
        account = _account(session, place.platform, place.handle)
        if account is None or _creator_of(session, account) not in candidates:
            kept = place.snapshot
            account = account or _new_account(session, clock, place.platform, place.handle,
                                              name=kept["fields"].get("name"), source=kept["source"])  # fmt: skip
            candidate = _candidate(session, clock, campaign, account, (run_id, place.rank))
            enter(session, clock, candidate, actor=actor)
            session.add_all(_snapshot(candidate.id or 0, kept["fields"], kept["source"], kept["fetched_at"]))
            session.flush()
            return True
    return False


def _candidate(
    session: Session, clock: Clock, campaign: Campaign, account: Account, place: tuple[str, int]
) -> Candidate:
    run_id, rank = place
    return Candidate(
        campaign=campaign.slug,
        cycle=campaign.cycle,
        brand=campaign.brand,
        creator_id=_creator_of(session, account),
        account_id=account.id or 0,
        stage=Stage.LONGLISTED,
        run_id=run_id,
        rank=rank,
        entered_stage_at=clock.now(),
    )


def _account(session: Session, platform: str, handle: str) -> Account | None:
    return session.exec(select(Account).where(Account.platform == platform, Account.key == handle)).first()


def _accounts(session: Session, longlist: Longlist) -> dict[tuple[str, str], Account]:
    handles = [entry.handle for entry in longlist.entries]
    found = session.exec(select(Account).where(col(Account.key).in_(handles)))
    return {(account.platform, account.key): account for account in found}


def _candidates(session: Session, campaign: Campaign) -> dict[str, Candidate]:
    query = select(Candidate).where(Candidate.campaign == campaign.slug, Candidate.cycle == campaign.cycle)
    return {candidate.creator_id: candidate for candidate in session.exec(query)}


def _creator_of(session: Session, account: Account) -> str:
    """The person this account belongs to now, following merges."""
    query = select(Creator).join(AccountLink, col(AccountLink.creator_id) == Creator.id)
    query = query.where(AccountLink.account_id == account.id, col(AccountLink.until).is_(None))
    return following_merges(session, session.exec(query).one()).id


def _new_account(
    session: Session, clock: Clock, platform: str, handle: str, *, name: str | None, source: str
) -> Account:
    account = Account(platform=platform, key=handle, handle=handle)
    creator = Creator(name=name or handle, created_at=clock.now())
    session.add(account)
    session.add(creator)
    session.flush()
    assert account.id is not None
    session.add(
        AccountLink(account_id=account.id, creator_id=creator.id, since=clock.now(), evidence=f"found in {source}")
    )
    session.flush()
    return account


def _refresh(session: Session, candidate: Candidate, entry: Entry) -> None:
    assert candidate.id is not None
    old = {row.field: row for row in session.exec(select(Snapshot).where(Snapshot.candidate_id == candidate.id))}
    for new in _snapshot(candidate.id, _fields(entry), entry.source, entry.fetched_at):
        row = old.get(new.field)
        if row is None:
            session.add(new)
        elif row.fetched_at <= new.fetched_at:
            row.value, row.source, row.kind, row.fetched_at = new.value, new.source, new.kind, new.fetched_at
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
        "facts": [{"kind": fact.kind, "value": fact.value, "source": fact.source} for fact in entry.facts],
    }
    return {field: value for field, value in fields.items() if value is not None and value != []}


def _snapshot(candidate_id: int, fields: dict[str, Any], source: str, fetched_at: str) -> Iterator[Snapshot]:
    """The same as rows of the record, each with its source and day."""
    for field, value in fields.items():
        yield Snapshot(
            candidate_id=candidate_id,
            field=field,
            value=value,
            source=source,
            kind=KINDS.get(field, "reported"),
            fetched_at=datetime.fromisoformat(fetched_at),
        )
