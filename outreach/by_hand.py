"""What people did outside of Greenroom: a direct message they wrote themselves, an answer that came there.

Owns how such word comes on the record. Writes and sends nothing itself.
"""

from sqlmodel import Session, select

from core import audit
from core.clock import Clock
from core.errors import BadInput, Refused
from core.mailer import Address
from core.models.candidates import Candidate, Snapshot
from core.models.columns import new_id
from core.models.outreach import Message, Reply
from core.people import Person, Role
from core.stages import Stage
from core.store import account_of, name_of, snapshot_of
from outreach import answers, suppression
from outreach.entries import BY_HAND, DIRECT, INVITE, mark_sent, message_of
from outreach.phrases import OPTS_OUT, ReplyKind
from outreach.replies import Reading

_TEXT_KEPT = 20_000
_NOT_YET_WRITTEN_TO = frozenset({Stage.LONGLISTED, Stage.QUEUED, Stage.HELD, Stage.APPROVED})


def record_by_hand(
    session: Session, clock: Clock, candidate: Candidate, *, pepper: bytes, actor: Person, how: str, address: str = ""
) -> Message:
    """A person wrote to an APPROVED candidate themselves; `how` is what was written, or where.

    An invitation that surely did not go out gives way. An `address` that the creator gave is kept for later mails.
    Raises Refused where the creator opted out, was written to before (or may have been), or is not APPROVED.
    """
    if not how.strip():
        raise BadInput("Nothing says what was written.", next_step="Give the words, or say where you wrote them.")
    session.refresh(candidate, with_for_update=True)
    candidate_id = _id(candidate)
    known = message_of(session, candidate_id, INVITE)
    if known is not None and known.status in ("sent", "sending", "unknown"):
        raise Refused(f"{name_of(session, candidate)} has mail {known.id}, which is {known.status}.",
                      next_step=f"See: greenroom outreach status {candidate.campaign}")  # fmt: skip
    if candidate.stage != Stage.APPROVED:
        raise Refused(f"{name_of(session, candidate)} is {candidate.stage}; only who is APPROVED is written to.")
    mail = Address.checked(address).mail if address.strip() else ""
    reachable = mail or _mail_on_record(session, candidate)
    _check_not_opted_out(session, candidate, pepper=pepper, addresses=[mail, _mail_on_record(session, candidate)])
    if mail:
        _keep_address(session, clock, candidate, mail=mail, actor=actor)
    message = known or Message(candidate_id=candidate_id, campaign=candidate.campaign, step=INVITE, sender="",
                               recipient="", subject="", text="", message_id="", template="", template_sha256="",
                               facts=[], created_at=clock.now())  # fmt: skip
    key = suppression.address_key(pepper, reachable) if reachable else ""
    _fill(message, actor=actor, how=how, mail=mail, key=key)
    session.add(message)
    session.flush()
    audit.record(session, clock, actor=actor.id, action="message.by_hand", subject=f"message:{message.id}",
                 detail={"candidate": candidate_id, "step": INVITE})  # fmt: skip
    mark_sent(session, clock, message, actor=actor.id)
    if candidate.sender is None and Role.SENDER in actor.roles:
        # One person stays with a creator (R29), if they may write the mails that follow.
        candidate.sender = actor.id
        session.add(candidate)
        session.flush()
    return message


def record_answer(
    session: Session, clock: Clock, candidate: Candidate, *, pepper: bytes, actor: Person, kind: ReplyKind, note: str,
    address: str = "",
) -> Reply:  # fmt: skip
    """A person tells what a creator answered elsewhere; it does what a mail of that kind would do.

    An `address` that the creator gave is kept for later mails (of who opts out: put on the list). Raises Refused where
    nobody has written to the creator yet, opting out excepted.
    """
    session.refresh(candidate, with_for_update=True)
    candidate_id = _id(candidate)
    message = message_of(session, candidate_id, INVITE)
    opts_out = kind in OPTS_OUT
    may_have_it = message is not None and message.status in ("sent", "sending", "unknown")
    if candidate.stage in _NOT_YET_WRITTEN_TO and not (may_have_it or opts_out):
        raise Refused(f"{name_of(session, candidate)} is {candidate.stage}: nobody has written to them yet.",
                      next_step="Record what you wrote by hand first.")  # fmt: skip
    mail = Address.checked(address).mail if address.strip() else ""
    if mail and not opts_out:
        _check_not_opted_out(session, candidate, pepper=pepper, addresses=[mail])
        _keep_address(session, clock, candidate, mail=mail, actor=actor)
    reply = Reply(mail_id=f"by-hand:{new_id()}", message_id=message.id if message else None, candidate_id=candidate_id,
                  sender=mail, kind=kind, because=f"told by {actor.id}", text=note[:_TEXT_KEPT],
                  received_at=clock.now())  # fmt: skip
    session.add(reply)
    session.flush()
    answers.take_in(
        session,
        clock,
        candidate=candidate,
        message=message,
        reading=Reading(kind, reply.because, reply.text, decided_by="person"),
        pepper=pepper,
        addresses=[mail, message.recipient if message else ""],
        actor=actor.id,
        how=f"elsewhere, told by {actor.id}",
    )
    audit.record(session, clock, actor=actor.id, action="reply.told", subject=f"candidate:{candidate_id}",
                 detail={"kind": kind, "reply": reply.id})  # fmt: skip
    return reply


def _fill(message: Message, *, actor: Person, how: str, mail: str, key: str) -> None:
    """Nothing of a mail that gave way stays; its attempts keep what was tried. Of a draft for a direct message that
    went out word for word, where its words and facts come from."""
    if not (message.category == DIRECT and message.text.strip() == how.strip()):
        message.template, message.template_sha256, message.facts = "", "", []
    message.category, message.sender, message.text = BY_HAND, actor.id, how[:_TEXT_KEPT]
    message.recipient, message.recipient_key, message.recipient_name = mail, key, ""
    message.message_id, message.subject, message.html = f"by-hand:{new_id()}", "", ""
    message.headers, message.attachments = {}, []
    message.answer_by = message.not_before = None
    message.needs_stage, message.moves_to, message.withdrawn = None, Stage.INVITED, ""


def _mail_on_record(session: Session, candidate: Candidate) -> str:
    row = snapshot_of(session, candidate).get("email")
    return row.value.strip() if row is not None and isinstance(row.value, str) else ""


def _check_not_opted_out(session: Session, candidate: Candidate, *, pepper: bytes, addresses: list[str]) -> None:
    account = account_of(session, candidate)
    if suppression.is_suppressed(session, pepper=pepper, addresses=filter(None, addresses),
                                 accounts=[(account.platform, account.handle)]):  # fmt: skip
        raise Refused(f"{name_of(session, candidate)} opted out of mails from us.")


def _keep_address(session: Session, clock: Clock, candidate: Candidate, *, mail: str, actor: Person) -> None:
    """The address that the creator gave stands in for the one that was known, if any."""
    query = select(Snapshot).where(Snapshot.candidate_id == candidate.id, Snapshot.field == "email")
    row = session.exec(query).first() or Snapshot(candidate_id=_id(candidate), field="email", value="", source="",
                                                  kind="", fetched_at=clock.now())  # fmt: skip
    row.value, row.source, row.kind = mail, f"given to {actor.id}", "reported"
    row.fetched_at, row.expires_at = clock.now(), None
    session.add(row)
    session.flush()
    audit.record(session, clock, actor=actor.id, action="address.given", subject=f"candidate:{candidate.id}")


def _id(candidate: Candidate) -> int:
    if candidate.id is None:
        raise ValueError("a candidate must be on the record before it is written to")
    return candidate.id
