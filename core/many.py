"""Look-ups for many candidates in a statement each, for whoever works on a group of them.

The same answers as `store` gives one by one.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from core.campaign import Campaign
from core.models.candidates import Candidate, Snapshot
from core.models.creators import Account, Creator
from core.store import stored_campaign


def campaigns_of(session: Session, candidates: Collection[Candidate]) -> list[Campaign]:
    """The content in force for the cycle of each candidate."""
    cycles = {(one.campaign, one.cycle) for one in candidates}
    known = {(slug, cycle): stored_campaign(session, slug, cycle=cycle) for slug, cycle in sorted(cycles)}
    return [known[one.campaign, one.cycle] for one in candidates]


def accounts_of_all(session: Session, candidates: Collection[Candidate]) -> dict[int, Account]:
    """Their accounts, by the account's id."""
    query = select(Account).where(col(Account.id).in_({one.account_id for one in candidates}))
    return {account.id or 0: account for account in session.exec(query)}


def snapshots_of(session: Session, candidates: Collection[Candidate]) -> dict[int, dict[str, Snapshot]]:
    """What was known of each when longlisted: by candidate, then by field."""
    known: dict[int, dict[str, Snapshot]] = {one.id or 0: {} for one in candidates}
    for row in session.exec(select(Snapshot).where(col(Snapshot.candidate_id).in_(known))):
        known[row.candidate_id][row.field] = row
    return known


def persons_of(session: Session, creators: Collection[str]) -> dict[str, frozenset[str]]:
    """By creator: the ids of all creators that are one person with it, through merges into it and from it."""
    final = {creator: creator for creator in creators}
    while into := _merges(session, col(Creator.id).in_(set(final.values()))):
        final = {creator: into.get(last, last) for creator, last in final.items()}
    members = {last: last for last in final.values()}
    new = set(members)
    while new:
        merged = _merges(session, col(Creator.merged_into).in_(new))
        new = set(merged) - set(members)
        members |= {creator: members[merged[creator]] for creator in new}
    of: dict[str, set[str]] = {}
    for creator, last in members.items():
        of.setdefault(last, set()).add(creator)
    return {creator: frozenset(of[last]) for creator, last in final.items()}


def _merges(session: Session, where: ColumnElement[bool]) -> dict[str, str]:
    """Which of these creators were merged, and into whom."""
    rows = session.exec(select(Creator.id, Creator.merged_into).where(where))
    return {creator: into for creator, into in rows if into is not None}
