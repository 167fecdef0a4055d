"""Where each agreed creator's contract stands: with whom it waits, since when, until when, and what comes next.

Reads the whole campaign in a handful of queries, however many contracts it has. Knows nothing of requests: whoever
asks tells it what legal was asked.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlmodel import Session, col, select

from contracts.register import standing_of
from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.deals import Contract, Signature
from core.stages import ROAD, Stage

#: Who has it where nobody needs to do anything.
GREENROOM, NOBODY = "Greenroom", "nobody"
NOT_DRAFTED = "not drafted"
#: In the order in which a contract comes to them.
STATUSES = (NOT_DRAFTED, "drafted", "changes_requested", "signed_off", "out", "signed")


@dataclass(frozen=True)
class Asked:
    """What legal was asked about one contract: whose answer is awaited, since when and until when.

    `final_at` is given where it was answered and that can still be taken back.
    """

    request: str
    who: str
    since: datetime
    due: datetime
    final_at: datetime | None = None


@dataclass(frozen=True)
class Back:
    """The latest file that came back changed of a contract that is out: what was asked of legal, and what they said.

    `accepted` is None until they have said it for good; `final_at` is given while that can still be taken back.
    """

    asked: Asked
    accepted: bool | None = None
    decided_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Turn:
    """Whose turn it is. `due` is None where nothing sets a time."""

    who: str
    since: datetime
    due: datetime | None
    next_step: str


@dataclass(frozen=True)
class Standing:
    """Where one agreed creator's contract stands; `contract` is None where none is drafted yet.

    `contract_status` is the one to show: `out` as soon as the mail has gone, also while the row still says signed_off.
    """

    candidate_id: int
    platform: str
    handle: str
    stage: str
    contract: Contract | None
    contract_status: str
    signed_name: str
    signed_at: datetime | None
    turn: Turn

    @property
    def name(self) -> str:
        return f"{self.platform}:{self.handle}"


def status(
    session: Session, campaign: str, *, asked: Mapping[int, Asked] | None = None, back: Mapping[int, Back] | None = None
) -> list[Standing]:
    """Everybody of a campaign who has agreed, in order of the candidates, with the contract that counts.

    `asked` is what legal was asked, `back` what came back changed, by contract.
    """
    agreed = ROAD[ROAD.index(Stage.AGREED) :]
    candidates = session.exec(
        select(Candidate, Account)
        .join(Account, col(Account.id) == Candidate.account_id)
        .where(Candidate.campaign == campaign, col(Candidate.stage).in_(agreed))
        .order_by(col(Candidate.id))
    ).all()
    contracts = _current(session, campaign)
    signatures = _signatures(session, campaign)
    return [
        _standing(candidate, account, contracts.get(candidate.id), signatures, asked or {}, back or {})
        for candidate, account in candidates
    ]


def counts(standings: Sequence[Standing]) -> dict[str, int]:
    """How many contracts are at each status, those without any left out."""
    found = Counter(standing.contract_status or NOT_DRAFTED for standing in standings)
    return {status: found[status] for status in STATUSES if found[status]}


def turn_of(candidate: Candidate, name: str, contract: Contract | None, status: str, asked: Asked | None,
            signed_at: datetime | None, back: Back | None = None) -> Turn:  # fmt: skip
    """Whose turn it is, and with what. Pure."""
    where = f"{candidate.campaign} {name}"
    sender = candidate.sender or "sender"
    if contract is None:
        return Turn(GREENROOM, candidate.entered_stage_at, None, f"greenroom contracts draft {where}")
    decided = contract.decided_at or contract.created_at
    match status:
        case "drafted" | "changes_requested" if asked is not None and asked.final_at is not None:
            return Turn(GREENROOM, asked.since, asked.final_at, "legal's answer can be taken back until then")
        case "changes_requested":
            step = f"{contract.decided_by} wants changes: {contract.reason}; then greenroom contracts draft {where}"
            return Turn(sender, decided, None, step)
        case "drafted" if asked is not None:
            return Turn(asked.who, asked.since, asked.due, f"greenroom approvals show {asked.request[:8]}")
        case "drafted":
            return Turn(sender, contract.created_at, None, f"legal is not asked: greenroom contracts draft {where}")
        case "signed_off":
            return Turn(sender, decided, None, f"greenroom contracts send {candidate.campaign}")
        case "out" if back is not None:
            return _turn_after(back, where, _day_of(contract, "post_from"))
        case "out":
            step = f"signs; comes back: greenroom contracts signed {where} --name NAME --evidence HOW"
            return Turn("creator", candidate.entered_stage_at, _day_of(contract, "post_from"), step)
    return Turn(NOBODY, signed_at or decided, _day_of(contract, "post_until"), "signed; the last day to post is due")


def _turn_after(back: Back, where: str, due: datetime | None) -> Turn:
    """Whose turn it is once a changed file came back."""
    asked, said_at = back.asked, back.decided_at or back.asked.since
    if asked.final_at is not None:
        return Turn(GREENROOM, asked.since, asked.final_at, "legal's answer can be taken back until then")
    if back.accepted is None:
        return Turn(
            asked.who, asked.since, asked.due, f"it came back changed: greenroom approvals show {asked.request[:8]}"
        )
    if back.accepted:
        step = f"legal accepts what came back; signed so: greenroom contracts signed {where} --name NAME --file FILE"
        return Turn("creator", said_at, due, step)
    step = f"legal keeps our text: {back.reason}; tell them, and have ours signed, or: greenroom deal reopen {where}"
    return Turn("creator", said_at, due, step)


def _current(session: Session, campaign: str) -> dict[int | None, Contract]:
    """The newest version that is not void, by candidate."""
    query = select(Contract).where(Contract.campaign == campaign, Contract.status != "void")
    # A later version takes the place of an earlier one.
    return {contract.candidate_id: contract for contract in session.exec(query.order_by(col(Contract.version)))}


def _signatures(session: Session, campaign: str) -> dict[int | None, Signature]:
    query = select(Signature).join(Contract, col(Contract.id) == Signature.contract_id)
    return {signature.contract_id: signature for signature in session.exec(query.where(Contract.campaign == campaign))}


def _standing(
    candidate: Candidate, account: Account, contract: Contract | None, signatures: Mapping[int | None, Signature],
    asked: Mapping[int, Asked], back: Mapping[int, Back],
) -> Standing:  # fmt: skip
    signature = signatures.get(contract.id) if contract is not None else None
    status = standing_of(contract, candidate) if contract is not None else ""
    question = asked.get(contract.id or 0) if contract is not None else None
    signed_at = signature.at if signature else None
    return Standing(
        candidate_id=candidate.id or 0,
        platform=account.platform,
        handle=account.handle,
        stage=candidate.stage,
        contract=contract,
        contract_status=status,
        signed_name=signature.signed_name if signature else "",
        signed_at=signed_at,
        turn=turn_of(
            candidate,
            f"{account.platform}:{account.handle}",
            contract,
            status,
            question,
            signed_at,
            back.get(contract.id or 0) if contract is not None else None,
        ),
    )


def _day_of(contract: Contract, term: str) -> datetime | None:
    day = contract.terms.get(term)
    return datetime.combine(date.fromisoformat(day), time.min, UTC) if day else None
