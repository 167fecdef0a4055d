"""Accounts on record that may be one person's: which, how sure, and the merge of those that leave no doubt.

Owns what is known of the accounts (the pool, else the record itself). What speaks for one person, sourcing.identity
decides; how a merge is kept, outreach.people_merged.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from core.database import reading
from core.errors import Refused
from core.models.candidates import Candidate, Snapshot
from core.models.creators import Account, AccountLink, Creator
from core.persons import following_merges
from core.platforms import account_said
from flows.steps.known import owners_of
from flows.wiring import Wiring
from outreach import people_merged, suppression
from sourcing import service as sourcing
from sourcing.handles import normal_handle
from sourcing.identity import OnRecord, Suggestion, suggestions
from sourcing.identity_signs import ADDRESSES
from sourcing.pool import Profile, account_key, current_version, open_pool

_REMEMBERED = ("name", "bio", "email")
#: Who merges where nobody has to be asked.
_GREENROOM = "greenroom"


class _Owner(NamedTuple):
    id: str
    created_at: datetime


@dataclass(frozen=True)
class Joined:
    """A merge on what was found: two accounts as platform:handle, the sentences that speak for it, and the account by
    which it is split again."""

    one: str
    into: str
    evidence: tuple[str, ...]
    split_by: str
    person: Creator

    @property
    def told(self) -> str:
        return (
            f"{self.one} and {self.into} are one person from now on: {'; '.join(self.evidence)}. "
            f"If that is wrong: greenroom person split {self.split_by} --evidence WHY"
        )


def suggested(w: Wiring, *, campaign: str = "") -> list[Suggestion]:
    """Pairs of accounts on record, surest first; with `campaign` those in which one is a candidate of it.

    Raises Refused where that campaign has no candidates.
    """
    with reading(w.engine) as session:
        among = _accounts_of(session, campaign) if campaign else None
        return _suggested(session, w, among)


def accept(session: Session, w: Wiring, one: str, into: str, *, actor: str) -> Joined:
    """Merge two accounts that were suggested, on the evidence of the suggestion.

    Raises Refused where nothing, or too little, speaks for it, and where the handles are look-alikes.
    """
    creators = _creators(session)
    first, second = _named(creators, one), _named(creators, into)
    found = next((s for s in _suggested(session, w, {first}) if {s.one, s.other} == {first, second}), None)
    if found is None:
        raise Refused(f"Nothing suggests that {one} and {into} are one person.",
                      next_step=f"If you know it: greenroom person merge {one} {into} --evidence HOW")  # fmt: skip
    if found.warning:
        raise Refused(f"{one} and {into} are never merged on a suggestion: {found.warning}.",
                      next_step="Look at both. If you know it: greenroom person merge with --evidence")  # fmt: skip
    return _merge(session, w, found, (first, second), creators, actor=actor)


def join_newcomers(session: Session, w: Wiring, new: Collection[str]) -> list[Joined]:
    """Merge accounts (keys) that are new to the record with the persons they leave no doubt to be, newer into older.

    Questions about whoever has opted out by it are left to the caller.
    """
    creators, joined, owners = _creators(session), list[Joined](), owners_of(session)
    profiles = {one.key: one for one in _profiles(session, w, owners)}
    for found in _between(session, w, owners, profiles.values(), among=new):
        if not found.automatic or _is_by_a_shared_address(w, found, profiles):
            continue
        keys = sorted((found.one, found.other), key=lambda key: (creators[key].created_at, key in new, key))
        joined.append(_merge(session, w, found, (keys[1], keys[0]), creators, actor=_GREENROOM))
    return joined


def _merge(
    session: Session,
    w: Wiring,
    found: Suggestion,
    pair: tuple[str, str],
    creators: Mapping[str, _Owner],
    *,
    actor: str,
) -> Joined:
    one, into = pair
    first, second = (session.get_one(Creator, creators[key].id) for key in pair)
    moved = following_merges(session, first).id
    # Whoever is split is the person that moved, which an account of its own names.
    split_by = one if moved == first.id else min(key for key, owner in creators.items() if owner.id == moved)
    person = people_merged.merge(session, w.clock, first, second, pepper=w.pepper,
                                 evidence="; ".join(found.evidence), actor=actor, signs=found.signs)  # fmt: skip
    return Joined(one, into, found.evidence, split_by, person)


def _suggested(session: Session, w: Wiring, among: Collection[str] | None) -> list[Suggestion]:
    owners = owners_of(session)
    return _between(session, w, owners, _profiles(session, w, owners), among=among)


def _between(
    session: Session, w: Wiring, owners: Mapping[str, str], profiles: Iterable[Profile], *,
    among: Collection[str] | None,
) -> list[Suggestion]:  # fmt: skip
    record = OnRecord(owners, people_merged.kept_apart(session))
    return suggestions(list(profiles), record, mail_key=partial(suppression.address_key, w.pepper), among=among)


def _is_by_a_shared_address(w: Wiring, found: Suggestion, profiles: Mapping[str, Profile]) -> bool:
    """Whether an address speaks for it that the pool knows on two accounts of one platform: a management's, though one
    of its creators alone is on record."""
    if not ADDRESSES & set(found.signs) or current_version(w.settings.pool_folder) is None:
        return False
    spelt = {profiles[key].email for key in (found.one, found.other)} - {None}
    sharing = {one.key: one.platform for mail in spelt if mail
               for one in sourcing.profiles_called(w.settings.pool_folder, mail)}  # fmt: skip
    return len(sharing) > len(set(sharing.values()))


def _profiles(session: Session, w: Wiring, owners: Mapping[str, str]) -> list[Profile]:
    """What is known of each account on record: what the pool says, else what was known when it was listed."""
    known: dict[str, Profile] = {}
    if current_version(w.settings.pool_folder) is not None:
        pool = open_pool(w.settings.pool_folder)
        known = {one.key: one for _, one in pool.profiles_of(owners)}
    gone = sorted(owners.keys() - known.keys())
    return [*known.values(), *(_remembered(key, told) for key, told in _snapshots(session, gone).items())]


def _snapshots(session: Session, keys: Collection[str]) -> dict[str, dict[str, Any]]:
    """Account key → name, bio and email as they were when it was listed last."""
    told: dict[str, dict[str, Any]] = {key: {} for key in keys}
    if not told:
        return told
    query = (
        select(Account.platform, Account.handle, Snapshot.field, Snapshot.value)
        .join(Candidate, col(Candidate.account_id) == Account.id)
        .join(Snapshot, col(Snapshot.candidate_id) == Candidate.id)
        .where(col(Snapshot.field).in_(_REMEMBERED))
        .order_by(col(Snapshot.fetched_at), col(Snapshot.id))
    )
    for platform, handle, field, value in session.exec(query):
        if (key := account_key(platform, handle)) in told:
            told[key][field] = value
    return told


def _remembered(key: str, told: Mapping[str, Any]) -> Profile:
    platform, _, handle = key.partition(":")
    unknown: dict[str, Any] = dict.fromkeys(("country", "language", "followers", "engagement_percent", "verified"))
    return Profile(platform, handle, told.get("name"), told.get("bio"), (), (), **unknown, email=told.get("email"),
                   url=None, last_seen=None, fetched_at="", source="the record")  # fmt: skip


def _creators(session: Session) -> dict[str, _Owner]:
    """Account key → the creator it is linked to, as it stands on record; of thousands, so no more than is needed."""
    query = (
        select(Account.platform, Account.handle, Creator.id, Creator.created_at)
        .join(AccountLink, col(AccountLink.account_id) == Account.id)
        .join(Creator, col(Creator.id) == AccountLink.creator_id)
        .where(col(AccountLink.until).is_(None))
    )
    rows = session.exec(query)
    return {account_key(platform, handle): _Owner(creator, since) for platform, handle, creator, since in rows}


def _accounts_of(session: Session, campaign: str) -> frozenset[str]:
    """Keys of the accounts of a campaign's candidates."""
    query = select(Account.platform, Account.handle).join(Candidate, col(Candidate.account_id) == Account.id)
    found = session.exec(query.where(Candidate.campaign == campaign)).all()
    if not found:
        raise Refused(f"The campaign {campaign!r} has no candidates.", next_step="Run: greenroom source CAMPAIGN.toml")
    return frozenset(account_key(*names) for names in found)


def _named(creators: Mapping[str, _Owner], who: str) -> str:
    """The account meant by platform:handle, among those on record."""
    platform, handle = account_said(who)
    key = account_key(platform, normal_handle(handle, platform)) if platform else ""
    if key not in creators:
        raise Refused(f"No account on record is called {who!r}.",
                      next_step="Name both as greenroom person suggestions does: platform:handle.")  # fmt: skip
    return key
