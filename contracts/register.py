"""The contract rows: which version counts, where it stands, and writing down what became of it.

Owns how a contract is locked and told of in the audit log. Knows neither documents nor templates.
"""

import json
from collections.abc import Sequence

from sqlmodel import Session, col, select

from core import audit
from core.clock import Clock
from core.errors import Refused
from core.models.audit import AuditEntry
from core.models.candidates import Candidate
from core.models.deals import Contract
from core.stages import Stage
from core.store import the_candidate

PDF_MADE, PDF_LEFT_OUT = "contract.pdf_made", "contract.pdf_left_out"


def current_contract(session: Session, candidate: Candidate) -> Contract | None:
    """The newest version of a candidate's contract that is not void."""
    query = select(Contract).where(Contract.candidate_id == candidate.id, Contract.status != "void")
    return session.exec(query.order_by(col(Contract.version).desc()).limit(1)).first()


def standing_of(contract: Contract, candidate: Candidate) -> str:
    """The contract's status, seen with the candidate's stage.

    Whoever delivers the mail moves the candidate, so between that and `went_out` a signed-off contract is out already.
    """
    on_its_way = contract.status == "signed_off" and candidate.stage == Stage.OUT_FOR_SIGNATURE
    return "out" if on_its_way else contract.status


def locked(session: Session, contract_id: int) -> tuple[Contract, Candidate]:
    """The contract and its candidate, read anew and kept from others until the unit of work ends."""
    contract = session.get(Contract, contract_id)
    if contract is None:
        raise Refused(f"There is no contract {contract_id}.")
    candidate = the_candidate(session, contract.candidate_id)
    session.refresh(candidate, with_for_update=True)
    session.refresh(contract, with_for_update=True)
    return contract, candidate


def same_document(contract: Contract, sha256: str) -> None:
    """Refuse what is said of another document than the one on record."""
    if contract.docx_sha256 != sha256:
        raise Refused(
            f"{called(contract)} is not the document with sha256 {sha256[:12]}….",
            next_step="It was made anew since, or the hash is mistyped. Read the version on record.",
        )


def recorded(
    session: Session, clock: Clock, contract: Contract, action: str, *, actor: str, request: str | None = None
) -> None:
    """Write down what happened to a contract."""
    audit.record_all(session, clock, [happened(contract, action, request=request)], actor=actor)


def happened(contract: Contract, action: str, *, request: str | None = None) -> audit.Happened:
    """What the audit log says of it: ids and hashes only."""
    detail = {"candidate": contract.candidate_id, "version": contract.version, "docx": contract.docx_sha256}
    return audit.Happened(action, f"contract:{contract.id}", detail | ({"request": request} if request else {}))


def recorded_as_accepted(
    session: Session, clock: Clock, contract: Contract, *, signed: str, accepted: str, request: str, actor: str
) -> None:
    """The audit entry that says: what was signed are the words of a file that came back, as legal accepted them."""
    detail = {"candidate": contract.candidate_id, "version": contract.version, "docx": contract.docx_sha256,
              "signed": signed, "accepted": accepted, "request": request}  # fmt: skip
    audit.record(session, clock, actor=actor, action="contract.signed_as_accepted", subject=f"contract:{contract.id}",
                 detail=detail)  # fmt: skip


def pdf_was_made(
    session: Session, clock: Clock, contract: Contract, *, docx_sha256: str, pdf_sha256: str, made_by: str
) -> None:
    """A PDF of exactly this document, the contract or its evidence, is kept beside it: no one's to make again."""
    detail = {"candidate": contract.candidate_id, "version": contract.version, "docx": docx_sha256,
              "pdf": pdf_sha256, "made_by": made_by}  # fmt: skip
    audit.record(session, clock, actor="greenroom", action=PDF_MADE, subject=f"contract:{contract.id}",
                 detail=detail)  # fmt: skip


def pdf_was_left_out(
    session: Session, clock: Clock, contract: Contract, *, docx_sha256: str, lacking: Sequence[str], fonts: str
) -> None:
    """A PDF of this document was not kept: it drew boxes for some scripts. `fonts` tells whether others came since."""
    detail = {"candidate": contract.candidate_id, "version": contract.version, "docx": docx_sha256,
              "lacking": list(lacking), "fonts": fonts}  # fmt: skip
    audit.record(session, clock, actor="greenroom", action=PDF_LEFT_OUT, subject=f"contract:{contract.id}",
                 detail=detail)  # fmt: skip


def why_no_pdf(session: Session, contract: Contract) -> str:
    """Why the last PDF of a contract was left out, in words; '' where none was. It may have been made since."""
    query = select(AuditEntry.detail).where(
        AuditEntry.action == PDF_LEFT_OUT, AuditEntry.subject == f"contract:{contract.id}"
    )
    told = [json.loads(detail) for detail in session.exec(query.order_by(col(AuditEntry.seq).desc())).all()]
    lacking: list[str] = next((one["lacking"] for one in told if one["docx"] == contract.docx_sha256), [])
    said = f"no font of this machine draws its {', '.join(lacking)}; greenroom doctor says what to install"
    return said if lacking else ""


def pdfs_left_out(session: Session, *, fonts: str) -> set[str]:
    """The documents whose PDFs were left out with just these fonts, by sha256."""
    entries = session.exec(select(AuditEntry.detail).where(AuditEntry.action == PDF_LEFT_OUT)).all()
    told = [json.loads(detail) for detail in entries]
    return {one["docx"] for one in told if one["fonts"] == fonts}


def called(contract: Contract) -> str:
    """What a message calls a contract: by the file name that people see."""
    return f"Contract {contract.file_name}"
