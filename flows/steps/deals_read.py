"""What legal reads in the console: the contracts that wait for a person, one of them whole, and what came back of it.

Reads the record and the archive. The right to read is asked at the moment of reading, as at every other door.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from approvals.kinds import Kind
from approvals.requests import undo_until
from contracts import service as contracts
from contracts.archive import Damaged
from contracts.document_view import Piece, pieces_of
from core.cards import Card
from core.clock import local_day
from core.errors import BadInput, Refused
from core.models.approvals import Request
from core.models.deals import Contract
from core.people import Person, check_may, holds
from core.store import campaign_of, the_candidate
from flows.steps.deals_kept import READERS
from flows.wiring import Wiring


@dataclass(frozen=True)
class Reading:
    """One contract as it is read: the latest question about it, its text, and whether its bytes are those on record."""

    contract: Contract
    request: Request | None
    card: Card | None
    pieces: Sequence[Piece]
    trouble: str
    can_be_taken_back: bool
    has_pdf: bool
    why_no_pdf: str
    came_back: bool


@dataclass(frozen=True)
class ReadingBack:
    """A file that came back: the latest question about it, and both texts as the page that was kept of them."""

    contract: Contract
    request: Request
    card: Card
    compared: bytes
    trouble: str
    can_be_taken_back: bool


def waiting_for(session: Session, w: Wiring, person: Person) -> list[tuple[Request, Card]]:
    """Open questions about contracts that this person may read; those asked of them first, then by what is due."""
    query = select(Request).where(col(Request.kind).in_((Kind.FINAL_CONTRACT, Kind.RETURNED)), Request.status == "open")
    asked = session.exec(query.order_by(col(Request.due_at), col(Request.id))).all()
    found = [(one, Card.model_validate(one.card)) for one in asked if _may_read(session, w, one, person)]
    return sorted(found, key=lambda one: one[0].assignee != person.id)


def contract_to_read(session: Session, w: Wiring, number: int, person: Person) -> Reading:
    """Raises Refused where there is none, or they may not read it."""
    contract, request = _asked_about(session, w, number, Kind.FINAL_CONTRACT, person)
    pieces: Sequence[Piece] = ()
    trouble = ""
    try:
        pieces = pieces_of(w.archive.read(contract.docx_sha256), name=contract.file_name)
    except (Damaged, BadInput) as error:
        trouble = error.message
    undo = request is not None and undo_until(request, w.clock.now()) is not None
    card = Card.model_validate(request.card) if request is not None else None
    has_pdf = w.archive.pdf_path(contract.docx_sha256) is not None
    back = select(Request.id).where(Request.kind == Kind.RETURNED, Request.subject == f"contract:{number}").limit(1)
    came_back = session.exec(back).first() is not None
    why = "" if has_pdf else contracts.why_no_pdf(session, contract)
    return Reading(contract, request, card, pieces, trouble, undo, has_pdf, why, came_back)


def returned_to_read(session: Session, w: Wiring, number: int, person: Person) -> ReadingBack:
    """The file that came back last of a contract. Raises Refused where none did, or they may not read it."""
    contract, request = _asked_about(session, w, number, Kind.RETURNED, person)
    if request is None:
        raise Refused(f"Nothing came back of {contract.file_name} that legal was asked about.",
                      next_step="Put it in: greenroom contracts compare CAMPAIGN CREATOR FILE")  # fmt: skip
    card, compared, trouble = Card.model_validate(request.card), b"", ""
    page = next((file for file in card.files if file.path.endswith(".html")), None)
    try:
        w.archive.read(request.content_sha256)
        compared = w.archive.read(page.sha256) if page is not None else b""
    except Damaged as error:
        trouble = error.message
    undo = undo_until(request, w.clock.now()) is not None
    return ReadingBack(contract, request, card, compared, trouble, undo)


def _asked_about(
    session: Session, w: Wiring, number: int, kind: Kind, person: Person
) -> tuple[Contract, Request | None]:
    """A contract and the latest question of that kind about it. Raises Refused for who may not read it."""
    contract = session.get(Contract, number)
    if contract is None:
        raise Refused(f"There is no contract {number}.", next_step="Look at the list of those that wait.")
    asked = select(Request).where(Request.kind == kind, Request.subject == f"contract:{number}")
    request = session.exec(asked.order_by(col(Request.asked_at).desc(), col(Request.id)).limit(1)).first()
    if request is None or not _may_read(session, w, request, person):
        campaign = campaign_of(session, the_candidate(session, contract.candidate_id))
        check_may(person, campaign, *READERS, what="read this contract")
    return contract, request


def _may_read(session: Session, w: Wiring, request: Request, person: Person) -> bool:
    """Whoever works on the campaign's deals, and whoever stands in for the one who is asked."""
    if request.candidate_id is None:
        return False
    campaign = campaign_of(session, the_candidate(session, request.candidate_id))
    if any(holds(person, role, campaign) for role in READERS):
        return True
    asked = next((one for one in w.people if one.id == request.assignee), None)
    if asked is None:
        return False
    return w.people.on_duty(asked.id, local_day(w.clock.now(), asked.calendar.time_zone)).id == person.id
