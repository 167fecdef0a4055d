"""What the record knows that a longlist must heed: who is kept out, which accounts are one person, how it went."""

from collections.abc import Iterable
from functools import partial

from sqlmodel import Session, col, select

from core.campaign import Campaign
from core.models.candidates import Candidate, StageChange
from core.models.creators import Account, AccountLink
from core.persons import merged_persons
from core.reservations import reserved_accounts
from core.stages import Stage
from flows.wiring import Wiring
from outreach import suppression
from sourcing.customers import known_customers
from sourcing.factors.results import Outcome, PastResult, past_result
from sourcing.followers.kept import known_shares
from sourcing.followers.service import audits_folder
from sourcing.known import Exclusions, Known
from sourcing.learning.adoption import model_in_force
from sourcing.learning.using import in_use
from sourcing.pool import account_key

_OUTCOMES: dict[str, Outcome] = {
    Stage.LIVE: "live", Stage.MEASURED: "live", Stage.CLOSED: "live", Stage.SIGNED: "signed",
    Stage.REPLIED: "replied", Stage.NEGOTIATING: "replied", Stage.AGREED: "replied",
    Stage.CONTRACT_DRAFTED: "replied", Stage.SIGNED_OFF: "replied", Stage.OUT_FOR_SIGNATURE: "replied",
    Stage.NO_ANSWER: "no answer", Stage.DECLINED_BY_CREATOR: "declined",
}  # fmt: skip
_BOUND = (Stage.SIGNED, Stage.LIVE, Stage.MEASURED)
#: How a decision says that the words were right and the audience was not (see flows.effects).
_WRONG_AUDIENCE = "wrong audience"


def known_of(session: Session, w: Wiring, campaign: Campaign) -> Known:
    """All of it for one campaign of a brand."""
    reserved = reserved_accounts(session, w.clock, brand=campaign.brand, campaign=campaign.slug)
    owners = owners_of(session)
    return Known(
        exclusions=Exclusions(
            accounts={"reserved for another campaign": frozenset(account_key(*account) for account in reserved)},
            fingerprints=suppression.fingerprints(session, pepper=w.pepper),
            fingerprints_of=partial(suppression.fingerprints_of, w.pepper),
            now=w.clock.now(),
        ),
        persons=owners,
        results=_results(session, campaign, owners),
        audits=known_shares(audits_folder(w.settings.home)),
        customers=known_customers(w.settings.home, pepper=w.pepper, clock=w.clock) or None,
        learnt=in_use(w.settings.models_folder, model) if (model := model_in_force(session, campaign.slug)) else None,
    )


def owners_of(session: Session) -> dict[str, str]:
    """Account key → creator, following merges."""
    merged = merged_persons(session)
    linked = session.exec(
        select(Account.platform, Account.handle, AccountLink.creator_id)
        .join(AccountLink, col(AccountLink.account_id) == Account.id)
        .where(col(AccountLink.until).is_(None))
    )
    return {account_key(platform, handle): merged.get(creator, creator) for platform, handle, creator in linked}


def _results(session: Session, campaign: Campaign, owners: dict[str, str]) -> dict[str, PastResult]:
    """Account key → how the brand's other campaigns and cycles went with its creator."""
    found = session.exec(
        select(Candidate, Account)
        .join(Account, col(Account.id) == Candidate.account_id)
        .where(Candidate.brand == campaign.brand)
        .order_by(col(Candidate.entered_stage_at), col(Candidate.id))
    ).all()
    others = [(c, a) for c, a in found if (c.campaign, c.cycle) != (campaign.slug, campaign.cycle)]
    why = _last_changes(session, [candidate for candidate, _ in others])
    outcomes: dict[str, list[tuple[str, Outcome]]] = {}
    for candidate, account in others:
        outcome = _outcome(candidate, why.get(candidate.id or 0))
        if outcome is not None:
            owner = owners.get(account_key(account.platform, account.handle), "")
            outcomes.setdefault(owner, []).append((candidate.campaign, outcome))
    results = {owner: past_result(told) for owner, told in outcomes.items()}
    return {key: result for key, owner in owners.items() if (result := results.get(owner)) is not None}


def _last_changes(session: Session, candidates: Iterable[Candidate]) -> dict[int, StageChange]:
    ended = [c.id for c in candidates if c.stage in (Stage.DECLINED_BY_US, Stage.DROPPED)]
    query = select(StageChange).where(col(StageChange.candidate_id).in_(ended)).order_by(col(StageChange.id))
    return {change.candidate_id: change for change in session.exec(query)} if ended else {}


def _outcome(candidate: Candidate, last: StageChange | None) -> Outcome | None:
    """What a candidacy says of the next one; None where it says nothing yet, or nothing of the creator."""
    if candidate.stage == Stage.DECLINED_BY_US and last is not None and last.reason.startswith(_WRONG_AUDIENCE):
        return "wrong audience"
    if candidate.stage == Stage.DROPPED and last is not None and last.came_from in _BOUND:
        return "dropped"
    return _OUTCOMES.get(candidate.stage)
