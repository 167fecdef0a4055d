"""A longlist on the record: the run, its places, and a candidate for each creator, with what was known that day.

Owns what is copied out of the pool. Ranks nothing, asks nobody.
"""

from collections.abc import Iterator
from datetime import datetime

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
        account = accounts.get((entry.platform, entry.handle)) or _new_account(session, clock, entry)
        creator_id = _creator_of(session, account)
        known = candidates.get(creator_id)
        if known is None:
            candidates[creator_id] = Candidate(
                campaign=campaign.slug,
                cycle=campaign.cycle,
                brand=campaign.brand,
                creator_id=creator_id,
                account_id=account.id or 0,
                stage=Stage.LONGLISTED,
                run_id=longlist.run_id,
                rank=entry.rank,
                entered_stage_at=clock.now(),
            )
            _admit(session, clock, candidates[creator_id], entry, actor=actor)
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
            actor=actor,
            at=clock.now(),
        )
    )
    session.flush()
    for entry in longlist.entries:
        session.add(
            LonglistEntry(
                run_id=longlist.run_id,
                rank=entry.rank,
                platform=entry.platform,
                handle=entry.handle,
                fit=entry.fit,
                coverage=entry.coverage,
                reasons=list(entry.reasons),
                card=candidate_card(entry).content(),
                factors=[list(factor) for factor in entry.factors],
            )
        )
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


def _new_account(session: Session, clock: Clock, entry: Entry) -> Account:
    account = Account(platform=entry.platform, key=entry.handle, handle=entry.handle)
    creator = Creator(name=entry.name or entry.handle, created_at=clock.now())
    session.add(account)
    session.add(creator)
    session.flush()
    assert account.id is not None
    session.add(
        AccountLink(
            account_id=account.id, creator_id=creator.id, since=clock.now(), evidence=f"found in {entry.source}"
        )
    )
    session.flush()
    return account


def _admit(session: Session, clock: Clock, candidate: Candidate, entry: Entry, *, actor: str) -> None:
    enter(session, clock, candidate, actor=actor)
    assert candidate.id is not None
    session.add_all(_snapshot(candidate.id, entry))


def _refresh(session: Session, candidate: Candidate, entry: Entry) -> None:
    assert candidate.id is not None
    old = {row.field: row for row in session.exec(select(Snapshot).where(Snapshot.candidate_id == candidate.id))}
    for new in _snapshot(candidate.id, entry):
        row = old.get(new.field)
        if row is None:
            session.add(new)
        elif row.fetched_at <= new.fetched_at:
            row.value, row.source, row.kind, row.fetched_at = new.value, new.source, new.kind, new.fetched_at
            session.add(row)


def _snapshot(candidate_id: int, entry: Entry) -> Iterator[Snapshot]:
    """What later steps need of the creator, each with its source and day; unknown fields are left out."""
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
    for field, value in fields.items():
        if value is None or value == []:
            continue
        yield Snapshot(
            candidate_id=candidate_id,
            field=field,
            value=value,
            source=entry.source,
            kind=KINDS.get(field, "reported"),
            fetched_at=datetime.fromisoformat(entry.fetched_at),
        )
