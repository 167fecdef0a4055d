"""A creator signs, or declines, on our own page: every check at the moment of commit, and the evidence that is kept.

Works on rows locked by the caller's transaction and never commits. Knows nothing of HTTP or mails.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from contracts import links
from contracts.archive import Archive
from contracts.certificate import Signing
from contracts.consent import consent_in, may_be
from contracts.links import Caller, State, What
from contracts.register import called, locked, recorded
from contracts.signing import record_signature
from contracts.terms import Terms, clean
from core.clock import Clock
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.deals import Contract, Signature
from core.models.signing import SigningLink
from core.stages import Stage
from core.store import move

#: Who is named in the record where a creator acted on the page.
CREATOR = "creator"
_LONGEST_NAME, _LONGEST_REASON = 200, 1000


class Result(StrEnum):
    """What became of a form."""

    SIGNED = "signed"
    DECLINED = "declined"
    CLOSED = "closed"  # the link opens nothing any more, or never did
    CHANGED = "changed"  # another document is on record than the one that was shown
    NO_NAME = "no name"
    NO_CONSENT = "no consent"
    OTHER_NAME = "other name"
    NO_REASON = "no reason"
    NO_CODE = "no code"
    WRONG_CODE = "wrong code"
    DEAD_CODE = "dead code"


@dataclass(frozen=True)
class Filled:
    """The form as it was sent."""

    name: str
    code: str
    agrees: bool
    docx_sha256: str
    terms_sha256: str
    consent_sha256: str
    other_name_meant: bool = False


def held(session: Session, clock: Clock, token: str) -> tuple[SigningLink, Contract, Candidate, State] | None:
    """The link with its contract and candidate, all locked, and what it opens; None for a token we never made."""
    link = links.found(session, token)
    if link is None:
        return None
    contract, candidate = locked(session, link.contract_id)
    session.refresh(link, with_for_update=True)
    return link, contract, candidate, links.state_of(link, contract, candidate, clock)


def sign(
    session: Session, clock: Clock, token: str, form: Filled, *, archive: Archive, mailbox: str, caller: Caller,
    pepper: bytes,
) -> tuple[Result, Signature | None]:  # fmt: skip
    """Sign exactly the document that the form showed. Whatever is wrong is said as a result, for tries must be kept.

    `mailbox` is where the code went. Raises Damaged where the archived document is not the one on record.
    """
    there = held(session, clock, token)
    if there is None or there[3] is not State.OPEN:
        return Result.CLOSED, None
    link, contract, _, _ = there
    if (form.docx_sha256, form.terms_sha256) != (contract.docx_sha256, contract.terms_sha256):
        return Result.CHANGED, None
    terms, name = Terms.model_validate(contract.terms), clean(form.name)[:_LONGEST_NAME]
    consent = consent_in(contract.template_approval.get("language", "en"), company=terms.company_name)
    if form.consent_sha256 != consent.sha256:
        return Result.CHANGED, None
    if trouble := _unfit(session, clock, link, form, terms, name, caller=caller, pepper=pepper):
        return trouble, None
    links.note(session, clock, link, What.CODE_RIGHT, caller=caller)
    detail: dict[str, object] = {"name": name, "consent": consent.version}
    links.note(session, clock, link, What.SIGNED, caller=caller, detail=detail)
    signing = Signing(name, terms.creator_name, terms.company_name, mailbox, clock.now(), consent)
    events = links.events_of(session, link.contract_id)
    from contracts.certificate_page import certificate  # Word's library, for whoever signs and nobody else

    kept = archive.keep(certificate(signing, contract, events))
    evidence: dict[str, object] = {
        "how": "signing page", "link": link.id, "mailbox": mailbox, "consent": consent.version,
        "consent_language": consent.language, "consent_sha256": consent.sha256, "terms_sha256": contract.terms_sha256,
        "certificate_sha256": kept, "events": [one.id for one in events],
        "other_name_confirmed": form.other_name_meant,
    }  # fmt: skip
    links.forget_codes(session, link.contract_id)
    signature = record_signature(session, clock, link.contract_id, archive=archive, signed_name=name,
                                 sha256=form.docx_sha256, evidence=evidence, recorded_by=CREATOR)  # fmt: skip
    return Result.SIGNED, signature


def decline_on_page(
    session: Session, clock: Clock, token: str, *, reason: str, code: str, caller: Caller, pepper: bytes
) -> tuple[Result, Contract | None]:
    """Decline under a link, with a code from the mailbox as a signature needs one: a link that was passed on ends no
    deal. Whatever is wrong is said as a result, for tries must be kept."""
    there = held(session, clock, token)
    if there is None or there[3] is not State.OPEN:
        return Result.CLOSED, None
    link = there[0]
    if not _says_something(_why(reason)):
        return Result.NO_REASON, None
    trouble = _code_missing(clock, link, code)
    if trouble := trouble or _code_wrong(session, clock, link, code, caller=caller, pepper=pepper):
        return trouble, None
    links.note(session, clock, link, What.CODE_RIGHT, caller=caller)
    return Result.DECLINED, decline(session, clock, link.contract_id, reason=reason, link=link, caller=caller)


def decline(
    session: Session, clock: Clock, contract_id: int, *, reason: str, actor: str = CREATOR,
    link: SigningLink | None = None, caller: Caller | None = None,
) -> Contract:  # fmt: skip
    """The creator will not sign: DECLINED_BY_CREATOR, and what the deal bound of the budget is free again.

    Raises Refused where the contract is not out, or no reason is given.
    """
    contract, candidate = locked(session, contract_id)
    why = _why(reason)
    if contract.status not in ("out", "signed_off") or candidate.stage != Stage.OUT_FOR_SIGNATURE:
        raise Refused(f"{called(contract)} is {contract.status}; it can be declined while it is out for signature.")
    if not _says_something(why):
        raise Refused("Please say in a few words why.", next_step="Write a reason and send it again.")
    contract.status = "declined"
    session.add(contract)
    session.flush()
    links.note_of(session, clock, contract_id, What.DECLINED, link_id=link.id if link else None, caller=caller,
                  detail={"reason": why})  # fmt: skip
    links.forget_codes(session, contract_id)
    recorded(session, clock, contract, "contract.declined", actor=actor)
    move(session, clock, candidate, Stage.DECLINED_BY_CREATOR, actor=actor, reason=f"would not sign: {why}"[:500])
    return contract


def _unfit(
    session: Session, clock: Clock, link: SigningLink, form: Filled, terms: Terms, name: str, *, caller: Caller,
    pepper: bytes,
) -> Result | None:  # fmt: skip
    """What keeps the form from being a signature; the code is looked at last, so that no try is lost to a slip."""
    if not _says_something(name):
        return Result.NO_NAME
    if not form.agrees:
        return Result.NO_CONSENT
    if trouble := _code_missing(clock, link, form.code):
        return trouble
    if not form.other_name_meant and not may_be(name, terms.creator_name, terms.creator_account):
        return Result.OTHER_NAME
    return _code_wrong(session, clock, link, form.code, caller=caller, pepper=pepper)


def _code_missing(clock: Clock, link: SigningLink, code: str) -> Result | None:
    """What can be said of a code before it costs a try."""
    if not links.code_runs(link, clock):
        return Result.DEAD_CODE
    return None if code.strip() else Result.NO_CODE


def _code_wrong(
    session: Session, clock: Clock, link: SigningLink, code: str, *, caller: Caller, pepper: bytes
) -> Result | None:
    if links.try_code(session, clock, link, code, pepper=pepper):
        return None
    links.note(session, clock, link, What.CODE_WRONG, caller=caller)
    return Result.WRONG_CODE if links.code_runs(link, clock) else Result.DEAD_CODE


def _why(reason: str) -> str:
    return clean(reason)[:_LONGEST_REASON]


def _says_something(text: str) -> bool:
    return any(character.isalnum() for character in text)
