"""Look-ups for many candidates in a statement each, for whoever works on a group of them.

The same answers as `store` gives one by one.
"""

from collections.abc import Collection

from sqlmodel import Session, col, select

from core.campaign import Campaign
from core.models.candidates import Candidate, Snapshot
from core.models.creators import Account
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
