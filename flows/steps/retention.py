"""Profiles whose source lets them be kept no longer leave the pool, but those of whom a deal is under way.

Owns which room is asked for what. When a term is over, the pool knows; who is needed, the record.
"""

from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session, col, select

from core import audit
from core.database import reading, unit_of_work
from core.models.candidates import Candidate
from core.persons import accounts_of
from flows.wiring import Wiring
from outreach.erasing import RUNNING
from sourcing import service as sourcing
from sourcing.customers import known_customers
from sourcing.profiles import account_key


@dataclass(frozen=True)
class Purged:
    """What left the pool, or would (`done` False): by source; `kept` are accounts that a running deal needs."""

    done: bool
    profiles: int
    sources: dict[str, int]
    kept: tuple[str, ...]


def purge(w: Wiring, *, actor: str, dry_run: bool = False) -> Purged:
    """Take out whose term is over and whom nobody looked up again since. With `dry_run` nothing is touched.

    Raises Refused where somebody else works on the pool: then it is as it was.
    """
    now = w.clock.now()
    over = sourcing.whose_term_is_over(w.settings.pool_folder, now)
    needed = _needed(w) if over else frozenset[str]()
    going = [one for one in over if account_key(one.platform, one.handle) not in needed]
    kept = tuple(key for one in over if (key := account_key(one.platform, one.handle)) in needed)
    sources = dict(sorted(Counter(one.source for one in going).items()))
    if dry_run:
        return Purged(False, len(going), sources, kept)
    gone = 0
    if going:
        gone = sourcing.drop_ended(w.settings.pool_folder, [(one.platform, one.handle) for one in going], now)
        with unit_of_work(w.engine) as session:
            audit.record(session, w.clock, actor=actor, action="profiles.purged", subject="pool:profiles",
                         detail={"profiles": gone, "kept_for_deals": len(kept)})  # fmt: skip
    # Lists whose time is over go when they are read. Last: one that is damaged stops no profile from leaving.
    known_customers(w.settings.home, pepper=w.pepper, clock=w.clock)
    return Purged(True, gone, sources, kept)


def _needed(w: Wiring) -> frozenset[str]:
    """Accounts of everybody with a deal that is agreed and not closed: the same whose facts the record keeps."""
    if w.settings.uses_sqlite and not w.settings.record_file.exists():
        return frozenset()
    with reading(w.engine) as session:
        return frozenset(account_key(*one) for one in _in_a_deal(session))


def _in_a_deal(session: Session) -> list[tuple[str, str]]:
    running = select(Candidate.creator_id).where(col(Candidate.stage).in_(sorted(RUNNING)))
    return accounts_of(session, set(session.exec(running)))
