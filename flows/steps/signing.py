"""The creator's side of a signature: codes, signing, declining, a new link, a copy of what was signed.

Nothing changes but by a call that a person made with a form. Every check is made again where it counts: in the
transaction that writes.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from contracts import accepting, links
from contracts import service as contracts
from contracts.accepting import Filled, Result
from contracts.links import Caller, State, TooOften, What
from core.database import unit_of_work
from core.errors import Refused
from core.models.deals import Contract
from core.models.outreach import Message
from core.models.signing import SigningEvent, SigningLink
from core.people import Person, check_may
from core.stages import FINAL, Stage
from core.store import campaign_of, candidate_named
from flows.steps import deal_news, signatures, signing_mails, signing_page
from flows.steps.deals import NEGOTIATORS
from flows.wiring import Wiring

__all__ = ["ASKED_AGAIN", "Caller", "Filled", "Result", "TooOften", "ask_again", "ask_code", "decline", "reissue",
           "sign"]  # fmt: skip

#: Links under which a mail can be asked for.
ASKED_AGAIN = (State.EXPIRED, State.REPLACED, State.ENDED)


def ask_code(w: Wiring, token: str, *, caller: Caller, seen_at: datetime | None) -> State | None:
    """Mail a code to the address on record; the state of the link, None where it is none. Raises TooOften."""
    with unit_of_work(w.engine) as session:
        there = accepting.held(session, w.clock, token)
        if there is None or there[3] is not State.OPEN:
            return there[3] if there else None
        link, contract, _, state = there
        code = links.new_code(session, w.clock, link, pepper=w.pepper)
        seen: dict[str, object] = {"shown at": seen_at.isoformat()} if seen_at else {}
        links.note(session, w.clock, link, What.OPENED, caller=caller, detail=seen)
        sent = links.note(session, w.clock, link, What.CODE_SENT, caller=caller)
        signing_mails.queue(session, w, contract, "code", step=f"{signing_mails.CODE_STEP}{sent.id}", code=code,
                            needs_stage=Stage.OUT_FOR_SIGNATURE)  # fmt: skip
    signing_mails.send_now(w, contract.campaign)
    return state


def sign(w: Wiring, token: str, form: Filled, *, caller: Caller) -> Result:
    """Sign, once: whoever comes second finds it signed. What was signed is mailed to both sides."""
    with unit_of_work(w.engine) as session:
        mailbox = _mailbox(session, token)
        result, signature = accepting.sign(session, w.clock, token, form, archive=w.archive, mailbox=mailbox,
                                           caller=caller, pepper=w.pepper)  # fmt: skip
        if signature is None:
            return result
        contract = session.get_one(Contract, signature.contract_id)
        signing_mails.queue_signed(session, w, contract, signature)
        signatures.follow(session, w, contract, signature)
    signing_mails.send_now(w, contract.campaign)
    return result


def decline(w: Wiring, token: str, reason: str, code: str, *, caller: Caller) -> Result:
    """The creator will not sign, and proves the mailbox as for a signature: the deal ends, and ops hear of it with the
    reason."""
    with unit_of_work(w.engine) as session:
        result, contract = accepting.decline_on_page(session, w.clock, token, reason=reason, code=code, caller=caller,
                                                     pepper=w.pepper)  # fmt: skip
        if contract is not None:
            deal_news.tell(session, w, contract, deal_news.DECLINED)
    return result


def ask_again(w: Wiring, token: str, *, caller: Caller) -> State | None:
    """Whoever holds an ended link gets a mail, at the address on record alone: a new link, or what was signed once
    more. The state of the link, None where it is none. Raises TooOften, or Refused where a person has to send it."""
    with unit_of_work(w.engine) as session:
        there = accepting.held(session, w.clock, token)
        if there is None:
            return None
        link, contract, candidate, _ = there
        state, signature, _ = signing_page.standing_of(session, w, link, contract, candidate)
        if state not in ASKED_AGAIN:
            return state
        if state is State.ENDED and (not signing_page.has_certificate(signature) or candidate.stage in FINAL):
            raise Refused("Copies of this contract are not sent by themselves.", next_step="Send them by hand.")
        links.check_may_ask_again(session, w.clock, contract)
        if signature is None:
            links.note(session, w.clock, link, What.LINK_ASKED, caller=caller)
            signing_mails.queue_link(session, w, contract, "again", by=accepting.CREATOR)
        else:
            asked = links.note(session, w.clock, link, What.COPY_ASKED, caller=caller)
            signing_mails.queue_copies(session, w, contract, signature, step=f"copies-{asked.id}")
    signing_mails.send_now(w, contract.campaign)
    return state


def reissue(w: Wiring, slug: str, creator: str, *, actor: Person) -> SigningLink:
    """A person sends a creator a new link. Raises Refused where nothing is out, or no page can be reached."""
    if not signing_mails.links_are_on(w):
        raise Refused(signing_mails.why_no_link(w) or "Links are off: another way to sign is chosen.",
                      next_step="Set GREENROOM_PUBLIC_URL to the https address of your web door.")  # fmt: skip
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        check_may(actor, campaign_of(session, candidate), *NEGOTIATORS, what="send a link to sign")
        contract = contracts.current_contract(session, candidate)
        if contract is None or candidate.stage != Stage.OUT_FOR_SIGNATURE:
            raise Refused(f"{creator} in {slug} has nothing to sign: they are {candidate.stage}.",
                          next_step=f"See: greenroom contracts status {slug}")  # fmt: skip
        link = signing_mails.queue_link(session, w, contract, "again", by=actor.id)
    signing_mails.send_now(w, slug)
    return link


def _mailbox(session: Session, token: str) -> str:
    """Where the newest code of a link went: the address on record may have become another since."""
    link = links.found(session, token)
    if link is None:
        return ""
    codes = select(SigningEvent.id).where(SigningEvent.link_id == link.id, SigningEvent.what == What.CODE_SENT)
    newest = session.exec(codes.order_by(col(SigningEvent.id).desc()).limit(1)).first()
    mail = select(Message.recipient).where(Message.step == f"{signing_mails.CODE_STEP}{newest}")
    return session.exec(mail).first() or ""
