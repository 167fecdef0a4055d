"""From legal's sign-off to the creator's signature: the contract goes out and comes back signed.

Owns signatures. Services never commit. Knows nothing of how mails travel.
"""

from collections.abc import Mapping

from sqlmodel import Session

from contracts.archive import Archive
from contracts.register import called, locked, recorded, same_document, standing_of
from contracts.words import clean
from core.clock import Clock
from core.errors import Refused
from core.models.deals import Contract, Signature
from core.stages import Stage
from core.store import move

#: Where a candidate stands when the mail with the contract has gone, whichever of mail and contract is noted first.
_GOING_OUT = (Stage.SIGNED_OFF, Stage.OUT_FOR_SIGNATURE)


def went_out(session: Session, clock: Clock, contract_id: int, *, actor: str) -> Contract:
    """The mail with the signed-off document was sent: the contract is out. Whoever sent it moves the candidate.

    Told again, or after the signature, it changes nothing. Raises Refused for a contract that is not signed off, or
    of a candidate who is elsewhere by now.
    """
    contract, candidate = locked(session, contract_id)
    if contract.status in ("out", "signed"):
        return contract
    if candidate.stage not in _GOING_OUT:
        raise Refused(f"{called(contract)} cannot be out: candidate {candidate.id} is {candidate.stage}.")
    _put_out(session, clock, contract, actor=actor)
    return contract


def mark_out(session: Session, clock: Clock, contract: Contract, *, actor: str) -> None:
    """Somebody handed the signed-off document over by other means than our mail: OUT_FOR_SIGNATURE."""
    if contract.id is None:
        raise ValueError("a contract must be on the record first")
    contract, candidate = locked(session, contract.id)
    _put_out(session, clock, contract, actor=actor)
    move(session, clock, candidate, Stage.OUT_FOR_SIGNATURE, actor=actor, reason=f"contract version {contract.version}")


def record_signature(
    session: Session, clock: Clock, contract_id: int, *, archive: Archive, signed_name: str, sha256: str,
    evidence: Mapping[str, object], recorded_by: str,
) -> Signature:  # fmt: skip
    """The creator signed the document with this sha256: SIGNED. `evidence` says how we know (mail id, file, time).

    Raises Refused when the contract is not out or name or evidence is missing, Damaged when the archived bytes are
    not those that went out.
    """
    contract, candidate = locked(session, contract_id)
    same_document(contract, sha256)
    if standing_of(contract, candidate) != "out":
        raise Refused(f"{called(contract)} is {contract.status}; it can be signed while it is out for signature.")
    name = clean(signed_name)
    if not any(character.isalnum() for character in name):
        raise Refused(f"{called(contract)} cannot be signed without a name.", next_step="Give the name as signed.")
    if not evidence:
        raise Refused(f"{called(contract)} needs evidence of the signature.", next_step="Name the mail or the file.")
    archive.read(sha256)
    signature = Signature(contract_id=contract_id, signed_name=name, docx_sha256=sha256, evidence=dict(evidence),
                          recorded_by=recorded_by, at=clock.now())  # fmt: skip
    contract.status = "signed"
    session.add(signature)
    session.add(contract)
    session.flush()
    recorded(session, clock, contract, "contract.signed", actor=recorded_by)
    move(session, clock, candidate, Stage.SIGNED, actor=recorded_by, reason=f"contract version {contract.version}")
    return signature


def _put_out(session: Session, clock: Clock, contract: Contract, *, actor: str) -> None:
    if contract.status != "signed_off":
        raise Refused(f"{called(contract)} is {contract.status}; only a signed-off one goes out.",
                      next_step=f"See: greenroom contracts status {contract.campaign}")  # fmt: skip
    contract.status = "out"
    session.add(contract)
    recorded(session, clock, contract, "contract.out", actor=actor)
