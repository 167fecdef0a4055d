"""Creators that are one person: merges followed both ways, and the accounts a person has.

Owns what a merge means to who looks somebody up. Knows no candidate.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, select

from core.models.creators import Account, AccountLink, Creator


def following_merges(session: Session, creator: Creator) -> Creator:
    """The person that this one was merged into, if any."""
    while creator.merged_into is not None:
        creator = session.get_one(Creator, creator.merged_into)
    return creator


def same_person(session: Session, creator_id: str) -> frozenset[str]:
    """The ids of all creators that are one person with this one, through merges into it and from it."""
    return persons_of(session, [creator_id])[creator_id]


def persons_of(session: Session, creators: Collection[str]) -> dict[str, frozenset[str]]:
    """The same for many, by creator."""
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


def merged_persons(session: Session) -> dict[str, str]:
    """Everybody who was merged, with the person they are now: for whoever asks about a whole record."""
    into = _merges(session, col(Creator.merged_into).is_not(None))
    now = {}
    for creator, last in into.items():
        while last in into:
            last = into[last]
        now[creator] = last
    return now


def accounts_of_person(session: Session, creator_id: str) -> list[tuple[str, str]]:
    """(platform, handle) of every account that is this person's now, merges included, in order."""
    return accounts_of(session, same_person(session, creator_id))


def accounts_of(session: Session, creators: Collection[str]) -> list[tuple[str, str]]:
    """The same, for whoever knows all creator ids of the person already."""
    query = (
        select(Account.platform, Account.handle)
        .join(AccountLink, col(AccountLink.account_id) == Account.id)
        .where(col(AccountLink.creator_id).in_(sorted(creators)))
        .where(col(AccountLink.until).is_(None))
        .order_by(col(Account.id))
    )
    return [(platform, handle) for platform, handle in session.exec(query)]


def is_called(platform: str, handle: str) -> ColumnElement[bool]:
    """Whether an account is the one that people call so, with or without @; `platform` may be "".

    Handles are kept in small letters, but for what platforms tell apart by case (YouTube's channel ids).
    """
    exact = handle.strip().lstrip("@")
    same = col(Account.handle).in_({exact, exact.casefold()})
    return and_(same, col(Account.platform) == platform.strip().casefold()) if platform else same


def _merges(session: Session, where: ColumnElement[bool]) -> dict[str, str]:
    """Which of these creators were merged, and into whom."""
    rows = session.exec(select(Creator.id, Creator.merged_into).where(where))
    return {creator: into for creator, into in rows if into is not None}
