"""A signed file, held against what went out or against what legal accepted in its place.

Read before the record is locked, and looked at again under the lock: whatever it was held against must still count.
Owns what an acceptance means: the words of exactly one returned file, for one version of a contract.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from approvals.kinds import Kind
from contracts.register import recorded_as_accepted
from contracts.returned.agreed import says_anything
from contracts.returned.documents import has_words, held_against, is_pdf, kind_of
from contracts.returned.findings import Comparison, Finding
from contracts.returned.findings import Kind as Found
from core.database import reading
from core.errors import Refused
from core.models.approvals import Request
from core.models.deals import Contract
from core.store import account_name, the_candidate
from flows.steps.returned import check_same, contract_of, touched_by
from flows.wiring import Wiring

#: What people sign a PDF with. Where on the page it lies only eyes can tell.
_SIGNED_WITH = (Found.IMAGE, Found.MARK)
#: Findings that a refusal, a warning or the evidence names.
_NAMED, _PROVEN = 5, 25


@dataclass(frozen=True)
class Held:
    """What a signed file proves, and what it was held against. `look` says what only eyes can tell.

    `accepted` is the request in which legal accepted the words it says; "" where it says ours.
    """

    name: str
    content: bytes
    docx_sha256: str
    evidence: Mapping[str, object] = field(default_factory=dict)
    look: str = ""
    accepted: str = ""


def hold(w: Wiring, slug: str, creator: str, content: bytes, *, name: str) -> Held:
    """Hold a file against what went out, then against what legal accepted; nothing is locked and nothing is kept.

    Raises Refused, naming what was found, where it says anything else; BadInput for what cannot be read safely.
    """
    with reading(w.engine) as session:
        candidate, contract = contract_of(session, slug, creator)
        accepted, where = acceptances(session, contract), f"{slug} {account_name(session, candidate)}"
    proof: dict[str, object] = {"file": name, "file_sha256": hashlib.sha256(content).hexdigest()}
    own = next((one for one in accepted if one.content_sha256 == proof["file_sha256"]), None)
    if own is not None:
        return _as_accepted(w, contract, own, Held(name, content, contract.docx_sha256, proof), where)
    if not has_words(content, name=name):
        if accepted:
            raise _which(contract, f"{name} has no text to compare", where)
        look = f"{name} has no text to compare: read it yourself, page by page."
        return Held(name, content, contract.docx_sha256, {**proof, "look": look}, look)
    comparison = held_against(w.archive.read(contract.docx_sha256), content, name=name)
    if not _others(comparison, content):
        return _held(Held(name, content, contract.docx_sha256, proof), comparison)
    for one in accepted:
        text = w.archive.read(one.content_sha256)
        # Of a PDF only its own bytes can be told again.
        again = held_against(text, content, name=name) if not is_pdf(text) else None
        if again is not None and not _others(again, content):
            held = _held(Held(name, content, contract.docx_sha256, proof), again)
            return _as_accepted(w, contract, one, held, where)
    raise _refused(_others(comparison, content), contract, name=name, where=where, accepted=accepted)


def check(session: Session, contract: Contract, held: Held | None) -> None:
    """Under the lock: what a file was held against still counts, and nobody signs one of two texts unsaid."""
    accepted = acceptances(session, contract)
    if held is None:
        if accepted:
            where = f"{contract.campaign} {account_name(session, the_candidate(session, contract.candidate_id))}"
            raise _which(contract, "No file says which of the two was signed", where)
        return
    check_same(contract, held.docx_sha256, name=held.name)
    if held.accepted and held.accepted not in [one.id for one in accepted]:
        raise Refused(f"What {held.name} says is no longer accepted for {contract.file_name}.",
                      next_step="See: greenroom approvals list")  # fmt: skip


def keep(session: Session, w: Wiring, contract: Contract, held: Held, *, actor: str) -> None:
    """Keep the signed file; where it says what legal accepted, the log says so too. In the caller's transaction."""
    w.archive.keep(held.content, kind=kind_of(held.content))
    if held.accepted:
        signed, accepted = (str(held.evidence[name]) for name in ("file_sha256", "accepted_sha256"))
        recorded_as_accepted(session, w.clock, contract, signed=signed, accepted=accepted, request=held.accepted,
                             actor=actor)  # fmt: skip


def acceptances(session: Session, contract: Contract) -> Sequence[Request]:
    """The questions in which legal accepted a file that came back of this version, newest first.

    A newer version is another contract: what was accepted for this one is void with it.
    """
    query = select(Request).where(
        Request.kind == Kind.RETURNED, Request.subject == f"contract:{contract.id}", Request.choice == "approve",
        col(Request.applied_at).is_not(None),
    )  # fmt: skip
    return session.exec(query.order_by(col(Request.decided_at).desc(), col(Request.id))).all()


def _as_accepted(w: Wiring, contract: Contract, request: Request, held: Held, where: str) -> Held:
    text = w.archive.read(request.content_sha256)
    comparison = held_against(w.archive.read(contract.docx_sha256), text, name="What legal accepted")
    if touches := touched_by(w, contract, comparison):
        raise Refused(
            f"What legal accepted touches what was agreed in the offer ({'; '.join(touches)}), so it is not recorded.",
            next_step=f"Agree on it as an offer: greenroom deal reopen {where} --reason WHY",
        )
    otherwise = [one.sentence for one in comparison.outside]
    if not says_anything(comparison):
        otherwise = ["no text to compare: legal read it, page by page"]
    more = [f"and {len(otherwise) - _PROVEN} more"] if len(otherwise) > _PROVEN else []
    told = {
        "text": "what came back changed, as legal accepted it",
        "accepted_sha256": request.content_sha256,
        "accepted_by": request.decided_by or "",
        "accepted_at": f"{request.decided_at:%Y-%m-%d %H:%M} UTC",
        "accepted_in": f"request {request.id}",
        "otherwise_than_sent": "; ".join([*otherwise[:_PROVEN], *more]),
    }
    return Held(held.name, held.content, held.docx_sha256, {**held.evidence, **told}, held.look, request.id)


def _held(held: Held, comparison: Comparison) -> Held:
    marks = [one.sentence for one in _marks(comparison, held.content)[:_NAMED]]
    if not marks:
        return held
    look = f"On the pages of {held.name}: {'; '.join(marks)}. Look at them."
    return Held(held.name, held.content, held.docx_sha256, {**held.evidence, "look": look}, look)


def _marks(comparison: Comparison, content: bytes) -> list[Finding]:
    return [one for one in comparison.outside if is_pdf(content) and one.kind in _SIGNED_WITH]


def _others(comparison: Comparison, content: bytes) -> list[str]:
    marks = _marks(comparison, content)
    return [one.sentence for one in comparison.outside if one not in marks]


def _which(contract: Contract, why: str, where: str) -> Refused:
    return Refused(
        f"{why}: legal accepted a changed text of {contract.file_name}, and ours is out too.",
        next_step="Record the signed file whose words can be read, with --file; a scan goes before legal first: "
        f"greenroom contracts compare {where} FILE",
    )


def _refused(
    other: Sequence[str], contract: Contract, *, name: str, where: str, accepted: Sequence[Request]
) -> Refused:
    more = f"; and {len(other) - _NAMED} more" if len(other) > _NAMED else ""
    nor = ", nor what legal accepted in its place" if accepted else ""
    return Refused(
        f"{name} does not say what {contract.file_name} says{nor}, so it is not recorded as signed: "
        f"{'; '.join(other[:_NAMED])}{more}.",
        next_step=f"Put it before legal: greenroom contracts compare {where} {name}",
    )
