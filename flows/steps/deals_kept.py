"""Looking at deals: the board with what legal was asked, a deal's history, its documents checked, and its export.

Reads the record and the archive, and changes nothing.
"""

from collections.abc import Mapping

from sqlalchemy import select
from sqlmodel import Session, col

from approvals.kinds import Kind
from approvals.requests import is_unsettled
from contracts import dossier, dossier_page
from contracts import service as contracts
from contracts.board import Asked, Back, Standing
from core.database import reading
from core.errors import Refused
from core.models.approvals import Request
from core.models.deals import Contract
from core.people import Person, Role, check_may
from core.store import campaign_of, candidate_named
from flows.wiring import Wiring

#: Who may read all of a deal, the creator's mails included.
READERS = (Role.LEGAL, Role.SENDER, Role.OPS, Role.OWNER)


def board(session: Session, w: Wiring, slug: str) -> list[Standing]:
    """Every agreement of a campaign, with whom it waits and until when."""
    return contracts.status(session, slug, asked=asked_of_legal(session, w, slug), back=came_back(session, w, slug))


def asked_of_legal(session: Session, w: Wiring, slug: str) -> Mapping[int, Asked]:
    """What legal was asked and nothing has followed from yet, by contract; in one query."""
    # Not the cards: there may be a thousand, and nobody looks at them here.
    query = select(
        col(Request.id), col(Request.subject), col(Request.assignee), col(Request.waits_for), col(Request.asked_at),
        col(Request.due_at), col(Request.status), col(Request.effective_at),
    ).where(col(Request.campaign) == slug, col(Request.kind) == Kind.FINAL_CONTRACT, is_unsettled())  # fmt: skip
    found = {}
    for request, subject, assignee, waits_for, asked_at, due_at, status, effective_at in session.execute(query):
        who = w.people.name_of(waits_for or assignee)
        final_at = effective_at if status == "decided" else None
        found[int(subject.rpartition(":")[2])] = Asked(request, who, asked_at, due_at, final_at)
    return found


def came_back(session: Session, w: Wiring, slug: str) -> Mapping[int, Back]:
    """The latest file that came back changed of each contract, with what legal says of it; in one query."""
    query = select(
        col(Request.id), col(Request.subject), col(Request.assignee), col(Request.waits_for), col(Request.asked_at),
        col(Request.due_at), col(Request.choice), col(Request.reason), col(Request.decided_at),
        col(Request.effective_at), col(Request.applied_at),
    ).where(col(Request.campaign) == slug, col(Request.kind) == Kind.RETURNED)  # fmt: skip
    found = {}
    query = query.where(col(Request.status) != "void").order_by(col(Request.asked_at), col(Request.id))
    for one in session.execute(query):
        decided = one.choice is not None
        final_at = one.effective_at if decided and one.applied_at is None else None
        asked = Asked(one.id, w.people.name_of(one.waits_for or one.assignee), one.asked_at, one.due_at, final_at)
        accepted = one.choice == "approve" if decided and final_at is None else None
        found[int(one.subject.rpartition(":")[2])] = Back(asked, accepted, one.decided_at, one.reason)
    return found


def check_all(session: Session, w: Wiring, slug: str) -> list[tuple[Contract, list[str]]]:
    """What is wrong with each archived document of a campaign, void versions included; [] where it is whole.

    Each is read whole, held against its hash, and against the terms and the template it was filled from. What was
    erased with a person is not there any more and is left out.
    """
    return [
        (contract, contracts.check_contract(contract, archive=w.archive))
        for contract in contracts.versions_of(session, slug)
        if contract.terms
    ]


def export(w: Wiring, slug: str, creator: str, *, actor: Person) -> tuple[bytes, dossier.Dossier]:
    """One deal as a zip to hand to a lawyer, and what is in it; the same record gives the same bytes.

    Whoever works on the deal may have it: it holds the creator's name, address and mails. Raises Refused.
    """
    with reading(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        campaign = campaign_of(session, candidate)
        check_may(actor, campaign, *READERS, what="take a deal out")
        deal = contracts.deal_of(session, candidate)
        if not deal.offers:
            raise Refused(f"There is no deal with {creator} in {slug} yet.", next_step="It begins with an offer.")
        found = dossier.collect(deal, w.archive)
        page = dossier_page.page(deal, found, campaign, w.people.name_of)
    files = dossier.with_sums({**found.files, "index.html": page})
    return dossier.zipped(files), dossier.Dossier(files, found.problems)
