"""The company's own signature under a contract, where its template asks for one: by the person it names, on record.

Works on rows locked by the caller's transaction and never commits. Who is asked, and how, is flows' matter.
"""

from sqlmodel import Session, select

from contracts import links
from contracts.archive import Archive
from contracts.links import What
from contracts.register import called, locked, recorded, same_document
from contracts.terms import Terms
from core.cards import Card, CardFile, Choice, Fact
from core.clock import Clock
from core.errors import Refused
from core.models.deals import Contract, Signature
from core.models.signing import SigningEvent


def countersigner_of(contract: Contract) -> str:
    """The id of the person whose signature the template asks for; "" where it asks for none."""
    return str(contract.template_approval.get("countersigned_by", ""))


def is_countersigned(session: Session, contract: Contract) -> bool:
    query = select(SigningEvent.id).where(
        SigningEvent.contract_id == contract.id, SigningEvent.what == What.COUNTERSIGNED
    )
    return session.exec(query).first() is not None


def countersign_card(contract: Contract, signature: Signature, *, archive: Archive) -> Card:
    """The question to the person named: do you sign exactly this document for the company?"""
    terms = Terms.model_validate(contract.terms)
    return Card(
        title=f"Sign for {terms.company_name}: contract with {terms.creator_name}",
        subtitle=f"{terms.campaign_name}, {terms.reference} version {contract.version}",
        facts=(
            Fact(label="Signed by the creator", value=signature.signed_name,
                 evidence=str(signature.evidence.get("how", "recorded by a person"))),
            Fact(label="Document", value=contract.file_name, evidence=f"sha256 {contract.docx_sha256}"),
        ),
        files=(CardFile(name=contract.file_name, sha256=contract.docx_sha256,
                        path=str(archive.path_of(contract.docx_sha256))),),
        choices=(
            Choice(id="sign_off", label="Sign for the company"),
            Choice(id="decline", label="Do not sign", needs_reason=True),
        ),
    )  # fmt: skip


def countersign(
    session: Session, clock: Clock, contract_id: int, *, archive: Archive, sha256: str, by: str, door: str, request: str
) -> None:
    """The person named signs the document with this sha256 for the company: kept as evidence beside the creator's.

    Raises Refused for anybody else (a stand-in signs for a person, not for the company), for another document or one
    the creator has not signed, Damaged when the archived bytes are not those.
    """
    contract, _ = locked(session, contract_id)
    same_document(contract, sha256)
    named = countersigner_of(contract)
    if contract.status != "signed" or not named:
        raise Refused(f"{called(contract)} waits for nobody's signature for the company.")
    if by != named:
        raise Refused(f"{called(contract)} is signed for the company by {named} alone.", next_step=f"Ask {named}.")
    archive.read(sha256)
    if is_countersigned(session, contract):
        return
    links.note_of(session, clock, contract_id, What.COUNTERSIGNED,
                  detail={"by": by, "door": door, "request": request, "document_sha256": sha256})  # fmt: skip
    recorded(session, clock, contract, "contract.countersigned", actor=by, request=request)
