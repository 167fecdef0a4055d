"""What runs out of a signed contract and when: the right to use content, exclusivity, the campaign itself.

Owns which of its terms end, how long before somebody is told, and the words. Told once each; who is told and by which
way is somebody else's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from contracts.languages import long_date
from core.models.candidates import Candidate
from core.models.deals import Contract
from core.stages import Stage

#: Whoever was not told by then need not be any more: it is over.
_TOO_LATE = timedelta(days=14)


@dataclass(frozen=True)
class Kind:
    """One thing that ends: `days` is the term that says for how long after a post (none: on `last` itself).

    When each post goes live nobody tells the record; counted from the last day for posts, it is the latest end.
    """

    name: str
    last: str
    days: str
    before: timedelta
    said: str
    idea: str


#: Every term that runs out. A contract whose terms do not have it, or for no days, has no such end.
KINDS = (
    Kind("usage", "post_until", "usage_days", timedelta(days=7), "we may use the last of the content until",
         "each piece has its days from its own post: take it down by then, or agree on longer use"),
    Kind("exclusivity", "post_until", "exclusivity_days", timedelta(days=7), "exclusivity ends at the latest on",
         "agree on a new period where it is still wanted"),
    Kind("campaign", "ends_on", "", timedelta(days=14), "the campaign ends on",
         "offer another cycle or a retainer while it is fresh"),
)  # fmt: skip
_BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True)
class End:
    """One end of one contract. `key` names it for good: nobody is told twice."""

    contract_id: int
    campaign: str
    cycle: int
    kind: str
    day: date

    @property
    def key(self) -> str:
        return f"deal:{self.kind}:{self.contract_id}"


def ends_in(terms: Mapping[str, object]) -> Iterator[tuple[str, date]]:
    """(kind, last day) of everything that runs out by these terms, as JSON knows them. Pure."""
    for kind in KINDS:
        last = terms.get(kind.last)
        days = terms.get(kind.days, 0) if kind.days else 1
        if isinstance(last, str) and isinstance(days, int) and days > 0:
            yield kind.name, date.fromisoformat(last) + timedelta(days=days if kind.days else 0)


def is_due(kind: str, day: date, today: date) -> bool:
    """Whether it is time to tell of it, and not too late."""
    return day - _BY_NAME[kind].before <= today <= day + _TOO_LATE


def due(session: Session, today: date) -> list[End]:
    """What ends soon of all contracts that were signed and whose creators were not dropped, the next first."""
    query = (
        select(col(Contract.id), col(Contract.campaign), col(Candidate.cycle), col(Contract.terms))
        .join(Candidate, col(Candidate.id) == Contract.candidate_id)
        .where(Contract.status == "signed", Candidate.stage != Stage.DROPPED)
    )
    found = [
        End(number or 0, campaign, cycle, kind, day)
        for number, campaign, cycle, terms in session.exec(query)
        for kind, day in ends_in(terms)
        if is_due(kind, day, today)
    ]
    return sorted(found, key=lambda end: (end.day, end.contract_id, end.kind))


def sentence(kind: str, day: date, creator: str) -> str:
    """One end in a line, with what can be done about it."""
    known = _BY_NAME[kind]
    return f"{creator}: {known.said} {long_date(day)}; {known.idea}"


def names_of(session: Session, contracts: Sequence[int]) -> dict[int, str]:
    """What each contract's creator is called in it."""
    query = select(Contract).where(col(Contract.id).in_(contracts))
    return {
        contract.id or 0: str(contract.terms.get("creator_name", "somebody who was erased"))
        for contract in session.exec(query)
    }
