"""A contract that came back: compared with what we sent, and put before legal where it says anything else.

The file is kept beside the contract, and so is the page with both texts. It is read before the record is locked: a
file made to keep a reader busy keeps nobody else waiting. Nothing here signs, and no changed document becomes ours by
itself.
"""

import hashlib
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from approvals import service as approvals
from approvals.kinds import Kind
from approvals.service import Question
from contracts import service as contracts
from contracts.came_back import RETURNED, came_back
from contracts.clauses import Clauses
from contracts.returned import agreed
from contracts.returned.cards import returned_card
from contracts.returned.documents import held_against, kind_of, references_in
from contracts.returned.findings import Comparison
from contracts.returned.page import Heading, page
from contracts.templates import TemplateText
from core import audit
from core.cards import CardFile
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.audit import AuditEntry
from core.models.candidates import Candidate
from core.models.deals import Contract
from core.people import Person, Role
from core.store import account_name, account_of, campaign_of, candidate_named, creator_of
from flows.wiring import Wiring

#: Legal is asked about a changed document only once ours has been signed off: before, nothing was sent.
_SENT = ("signed_off", "out", "signed")


@dataclass(frozen=True)
class Returned:
    """What one file says otherwise, and what became of it.

    `touches` is what the changes touch of what was agreed in an offer, `clauses` the approved clauses that came in word
    for word, and `obstacle` why legal cannot accept it ("" where it can). `page` holds both texts as HTML;
    `page_sha256` is the one that is kept, "" where none is. `request` is the question to legal, None where nobody needs
    to be asked.
    """

    contract: Contract
    campaign: str
    handle: str
    sha256: str
    comparison: Comparison
    touches: tuple[str, ...]
    clauses: tuple[str, ...]
    obstacle: str
    page: str
    page_sha256: str = ""
    request: Request | None = None


def contract_printed_in(w: Wiring, content: bytes, *, name: str) -> tuple[str, str]:
    """(campaign, creator) of the contract whose reference a file prints. Raises Refused where there is none."""
    references = references_in(content, name=name)
    with reading(w.engine) as session:
        for reference, candidate_id in references.items():
            candidate = session.get(Candidate, candidate_id)
            contract = contracts.current_contract(session, candidate) if candidate is not None else None
            if candidate is not None and contract is not None and contract.terms.get("reference") == reference:
                return candidate.campaign, account_name(session, candidate)
    raise Refused(
        f"{name} prints no reference of a contract on record.",
        next_step="Say whose it is: greenroom contracts compare CAMPAIGN CREATOR FILE",
    )


def look_at(w: Wiring, slug: str, creator: str, content: bytes, *, name: str) -> Returned:
    """Only compare: nothing is kept, nobody is asked."""
    with reading(w.engine) as session:
        candidate, contract = contract_of(session, slug, creator)
        handle = account_of(session, candidate).handle
    comparison = held_against(w.archive.read(contract.docx_sha256), content, name=name)
    terms, sha256 = contracts.terms_of(contract), hashlib.sha256(content).hexdigest()
    touches = touched_by(w, contract, comparison)
    approved = Clauses(w.contract_templates.folder).texts(language=terms.language, on=w.clock.now().date())
    shown = Heading(
        title=f"Contract with {handle}, {slug}", sent_name=contract.file_name, sent_sha256=contract.docx_sha256,
        returned_name=name, returned_sha256=sha256, compared_at=f"{w.clock.now():%Y-%m-%d %H:%M} UTC",
    )  # fmt: skip
    return Returned(
        contract, slug, handle, sha256, comparison, touches, agreed.clauses_said(comparison, approved),
        _obstacle(contract, comparison, touches, f"{slug} {creator}"), page(shown, comparison),
    )  # fmt: skip


def touched_by(w: Wiring, contract: Contract, comparison: Comparison) -> tuple[str, ...]:
    """What changes touch of what was agreed in the offer of this contract, in words."""
    if not comparison.outside or not agreed.says_anything(comparison):
        return ()
    template = TemplateText(contract.template, w.archive.read(contract.template_sha256))
    return agreed.touched(comparison, template.outline, contracts.terms_of(contract))


def take_in(w: Wiring, slug: str, creator: str, content: bytes, *, name: str, actor: Person) -> Returned:
    """Compare and keep the file; where it was changed outside the permitted places, legal is asked with a new clock.

    The same file again is the same question, decided or not. A later file takes the place of one not decided yet.
    Raises Refused where the contract was made anew while the file was read.
    """
    seen = look_at(w, slug, creator, content, name=name)
    w.archive.keep(content, kind=kind_of(content))
    with unit_of_work(w.engine) as session:
        candidate, contract = contract_of(session, slug, creator)
        check_same(contract, seen.contract.docx_sha256, name=name)
        result = replace(seen, contract=contract, page_sha256=_kept_page(session, w, contract, seen))
        _record(session, w, result, actor=actor)
        if contract.status not in _SENT:
            return result
        subject = f"contract:{contract.id}"
        if not result.comparison.outside:
            why = "another file came back without changes"
            approvals.void(session, w.clock, kind=Kind.RETURNED, subject=subject, why=why)
            return result
        request = _decided(session, subject, result.sha256) or _ask(
            session, w, candidate, result, name=name, actor=actor
        )
        return replace(result, request=request)


def check_same(contract: Contract, docx_sha256: str, *, name: str) -> None:
    """Raises Refused where the contract that counts is not the one that a file was held against."""
    if contract.docx_sha256 != docx_sha256:
        raise Refused(f"While {name} was read, {contract.file_name} took the place of what it was held against.",
                      next_step="Do it again: it is then held against the newer one.")  # fmt: skip


def contract_of(session: Session, slug: str, creator: str) -> tuple[Candidate, Contract]:
    """The candidate and the contract that counts. Raises Refused where there is none."""
    candidate = candidate_named(session, slug, creator)
    contract = contracts.current_contract(session, candidate)
    if contract is None:
        raise Refused(f"{creator} has no contract in {slug} yet.", next_step="Nothing was sent that could come back.")
    return candidate, contract


def _obstacle(contract: Contract, comparison: Comparison, touches: tuple[str, ...], where: str) -> str:
    """Why legal cannot accept it as what is signed, in sentences; "" where nothing stands in the way."""
    if not comparison.outside:
        return ""
    if contract.status == "signed":
        return "The contract is signed, and what was signed counts."
    if unseen := agreed.unseen(comparison):
        kinds = ", ".join(dict.fromkeys(str(one.kind) for one in unseen))
        return f"It holds what no reader sees, or what is settled by nobody ({kinds}). Ask for a file without it."
    if touches:
        return (f"It touches what was agreed in the offer: {'; '.join(touches)}. Only another offer changes that: "
                f"greenroom deal reopen {where} --reason WHY")  # fmt: skip
    return ""


def _kept_page(session: Session, w: Wiring, contract: Contract, result: Returned) -> str:
    """The page with both texts, kept once for each file: the time on it is that of the first comparison."""
    entries = session.exec(
        select(AuditEntry)
        .where(AuditEntry.subject == f"contract:{contract.id}", AuditEntry.action == RETURNED)
        .order_by(col(AuditEntry.seq))
    )
    known = next((one.page for one in came_back(entries) if one.sha256 == result.sha256 and one.page), "")
    return known or w.archive.keep(result.page.encode(), kind="html")


def _record(session: Session, w: Wiring, result: Returned, *, actor: Person) -> None:
    detail = {
        "docx": result.contract.docx_sha256,
        "returned": result.sha256,
        "page": result.page_sha256,
        "outside": len(result.comparison.outside),
        "permitted": len(result.comparison.permitted),
    }
    audit.record(session, w.clock, actor=actor.id, action=RETURNED, subject=f"contract:{result.contract.id}",
                 detail=detail)  # fmt: skip


def _decided(session: Session, subject: str, sha256: str) -> Request | None:
    query = select(Request).where(
        Request.kind == Kind.RETURNED, Request.subject == subject, Request.content_sha256 == sha256,
        Request.status == "decided",
    )  # fmt: skip
    return session.exec(query.order_by(col(Request.decided_at).desc())).first()


def _ask(session: Session, w: Wiring, candidate: Candidate, result: Returned, *, name: str, actor: Person) -> Request:
    campaign, contract = campaign_of(session, candidate), result.contract
    files = (
        (name, result.sha256),
        (contract.file_name, contract.docx_sha256),
        (f"{name}-compared.html", result.page_sha256),
    )
    address = w.settings.public_url.rstrip("/")
    card = returned_card(
        result.comparison,
        creator=creator_of(session, candidate).name,
        contract=contract.file_name,
        files=[CardFile(name=one, sha256=sha256, path=str(w.archive.path_of(sha256))) for one, sha256 in files],
        page=f"all of them: {name}-compared.html",
        link=f"{address}/console/contracts/{contract.id}/returned" if address else "",
        obstacle=result.obstacle,
        clauses=result.clauses,
    )
    question = Question(
        kind=Kind.RETURNED,
        subject=f"contract:{contract.id}",
        campaign=campaign.slug,
        candidate_id=candidate.id,
        card=card,
        content_sha256=result.sha256,
        role=Role.LEGAL,
        assignee=w.people.holder(campaign, Role.LEGAL, w.clock.now()),
        requested_by=actor.id,
        sla=campaign.sla,
    )
    return approvals.ask(session, w.clock, question)
