"""Reads from the record what people decided about a brand's candidates, as examples to learn from.

Only people's approvals and declines: holds teach nothing, and a creator who turned us down says nothing about our
choice. Whoever neither the pool nor the record remembers (erased, say) is left out.
"""

from collections.abc import Callable, Iterator, Mapping

from sqlmodel import Session, col, select

from core.campaign import Campaign
from core.models.approvals import Request
from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.sourcing import LonglistEntry
from core.store import campaign_of, snapshot_of
from sourcing.learning.examples import Asked, Decided, Remembered, Shown, asked_of

CANDIDATE = "candidate"
LABELS = {"approve": 1, "decline": 0, "wrong_audience": 0}

Find = Callable[[str, str], Shown | None]


def decisions(session: Session, brand: str, find: Find) -> list[Decided]:
    """Every decision for the brand's campaigns, the last one of each candidate; `find` looks in the pool."""
    query = (
        select(Request, Candidate, Account)
        .join(Candidate, col(Candidate.id) == Request.candidate_id)
        .join(Account, col(Account.id) == Candidate.account_id)
        .where(Request.kind == CANDIDATE, Request.status == "decided", Candidate.brand == brand)
        .where(col(Request.choice).in_(LABELS))
        # What can still be taken back teaches nothing yet.
        .where(col(Request.effective_at).is_(None) | col(Request.applied_at).is_not(None))
        .order_by(col(Request.decided_at), col(Request.id))
    )
    last = {candidate.id: (request, candidate, account) for request, candidate, account in session.exec(query)}
    asked: dict[tuple[str, int], Asked] = {}
    found = (_decided(session, found, find, asked) for found in last.values())
    return [one for one in found if one is not None]


def asked_by(campaign: Campaign) -> Asked:
    return asked_of(campaign.topic.name, campaign.topic.keywords)


def _decided(
    session: Session, found: tuple[Request, Candidate, Account], find: Find, asked: dict[tuple[str, int], Asked]
) -> Decided | None:
    request, candidate, account = found
    shown = find(account.platform, account.handle) or _remembered(session, candidate, account)
    if shown is None:
        return None
    cycle = (candidate.campaign, candidate.cycle)
    if cycle not in asked:
        asked[cycle] = asked_by(campaign_of(session, candidate))
    entry = session.get(LonglistEntry, (candidate.run_id, candidate.rank))
    return Decided(
        account=(account.platform, account.key), shown=shown, asked=asked[cycle],
        factors=_factors(entry), base=entry.fit / 100 if entry else 0.0, rank=_own_rank(entry, candidate),
        label=LABELS[request.choice or ""], campaign=candidate.campaign, reviewer=request.decided_by or "",
    )  # fmt: skip


def _own_rank(entry: LonglistEntry | None, candidate: Candidate) -> int:
    """The rank by the campaign's own fit: an earlier model's order must not be learnt from as if it were a fact."""
    return candidate.rank if entry is None or entry.by_fit is None else entry.by_fit


def _factors(entry: LonglistEntry | None) -> Mapping[str, float | None]:
    return {} if entry is None or entry.factors is None else dict(entry.factors)


def _remembered(session: Session, candidate: Candidate, account: Account) -> Remembered | None:
    known = {field: row.value for field, row in snapshot_of(session, candidate).items()}
    if not known:
        return None
    facts = list(_texts(known.get("facts")))
    return Remembered(
        account.handle, name=known.get("name"), bio=" ".join(text for kind, text in facts if kind != "hashtag") or None,
        hashtags=tuple(text.lstrip("#") for kind, text in facts if kind == "hashtag"), country=known.get("country"),
        language=known.get("language"), followers=int(known.get("followers") or 0) or None,
        engagement_percent=known.get("engagement_percent"),
    )  # fmt: skip


def _texts(facts: object) -> Iterator[tuple[str, str]]:
    for fact in facts if isinstance(facts, list) else []:
        yield str(fact.get("kind", "")), str(fact.get("value", ""))
