"""An answer of a creator as work: who has to do something about it, what might be said, and what became of it.

Nothing is ever sent by a machine here: a person reads the draft, changes it and sends it; what may go stands in
`outreach.answer_mail`. Knows no Slack and no page; how a reply is understood is decided in `outreach.replies`.
"""

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path

from sqlmodel import Session, col, func, select

from core import audit
from core.campaign import Campaign
from core.clock import Clock
from core.errors import BadInput, Refused
from core.models.candidates import Candidate
from core.models.outreach import Message, Reply
from core.people import People, Person, Role, holds
from core.store import account_name, account_of, campaign_of, creator_of, name_of
from outreach import answer_mail, suppression
from outreach.answers import NOT_AN_ANSWER
from outreach.drafting import Asked, Draft, draft_for, left_to_translate
from outreach.entries import MACHINE, MARKETING
from outreach.phrases import OPTS_OUT, ReplyKind
from outreach.swap_language import LANGUAGES, load_swap_language
from outreach.writing import sender_of

log = logging.getLogger("greenroom.answers")
OPEN, DONE = "open", "done"
#: Somebody has to look at these; the others need nobody.
WORK = frozenset({ReplyKind.INTERESTED, ReplyKind.QUESTION, ReplyKind.PRICE_TALK, ReplyKind.LATER, ReplyKind.DECLINED,
                  ReplyKind.UNCLEAR})  # fmt: skip
#: What may have become of an item that nobody answered here.
NOTHING_TO_DO, ELSEWHERE = "nothing to do", "answered elsewhere"
OUTCOMES = (NOTHING_TO_DO, ELSEWHERE)
_RUNS_IT = (Role.OPS, Role.OWNER)


def open_item(
    session: Session, clock: Clock, reply: Reply, candidate: Candidate | None, campaign: Campaign | None,
    people: People, *, templates: Path,
) -> None:  # fmt: skip
    """Put a new reply before whoever writes to its creator (R29), with a draft where approved words fit.

    A reply that needs nobody changes nothing; one that opts out closes what is still open about the same candidate.
    """
    if candidate is not None and reply.kind in OPTS_OUT:
        for other in _open_about(session, candidate):
            _done(session, clock, other, actor=MACHINE, outcome="opted out", action="reply.closed")
    if not needs_somebody(session, reply) or reply.state == OPEN:
        return
    sender = _sender(candidate, campaign, people, clock)
    draft = _drafted(session, reply, candidate, campaign, sender, templates=templates)
    reply.state, reply.assignee = OPEN, sender.id if sender else ""
    reply.draft, reply.draft_from = draft.text, draft.source
    session.add(reply)
    session.flush()
    audit.record(session, clock, actor=MACHINE, action="reply.opened", subject=f"reply:{reply.id}",
                 detail={"candidate": reply.candidate_id, "kind": reply.kind, "assignee": reply.assignee,
                         "draft_from": reply.draft_from})  # fmt: skip


def needs_somebody(session: Session, reply: Reply) -> bool:
    """Whether a person has to look. What came back does not stop a deal, so somebody must hear that it did."""
    if reply.kind != ReplyKind.BOUNCE or reply.message_id is None:
        return reply.kind in WORK
    return session.get_one(Message, reply.message_id).category != MARKETING


def send_answer(
    session: Session, clock: Clock, reply_id: int, text: str, *, actor: Person, people: People, pepper: bytes,
    seen: int | None = None,
) -> Message:  # fmt: skip
    """A person sends this text in the thread of the reply: queued, and the item is done.

    `seen` is the number of the newest answer that they had before them, where their door knows it. Raises Refused
    where they may not, somebody was quicker, the creator opted out, wrote again or cannot be written to, or the text
    is empty, too long, unfinished, or names an amount that was not offered.
    """
    reply = _held(session, reply_id)
    candidate, campaign = about(session, reply)
    check_may_answer(actor, reply, campaign, people)
    _check_open(reply, people)
    if candidate is None or campaign is None:
        raise Refused("Nobody we wrote to could be made out, so there is no thread to answer in.",
                      next_step="Answer from your own mailbox, then mark it done.")  # fmt: skip
    text = answer_mail.as_sent(text)
    address = answer_mail.address_for(session, clock, reply, candidate)
    answer_mail.check_not_opted_out(session, candidate, address, pepper=pepper)
    _check_read(session, candidate, seen)
    offer = f"greenroom deal offer {candidate.campaign} {account_name(session, candidate)}"
    answer_mail.check_text(text, answer_mail.standing(session, candidate, campaign), offer=offer)
    sender = sender_of(candidate, campaign, people, clock.now())
    message = answer_mail.mail_for(session, clock, reply, candidate, sender=sender, address=address, text=text)
    message.recipient_key = suppression.address_key(pepper, message.recipient)
    session.add(message)
    session.flush()
    audit.record(session, clock, actor=actor.id, action="message.written", subject=f"message:{message.id}",
                 detail={"candidate": candidate.id, "step": message.step,
                         "template_sha256": message.template_sha256})  # fmt: skip
    _done(session, clock, reply, actor=actor.id, outcome=f"answered with mail {message.id}", action="reply.answered",
          message=message.id, text_sha256=_sha256(text), edited=text.strip() != reply.draft.strip())  # fmt: skip
    return message


def close_item(session: Session, clock: Clock, reply_id: int, *, actor: Person, people: People, outcome: str) -> Reply:
    """Nothing is to be sent from here: one of OUTCOMES says why. Raises Refused where somebody was quicker."""
    if outcome not in OUTCOMES:
        raise BadInput(f"{outcome!r} is nothing that becomes of an answer.", next_step=f"Say: {', '.join(OUTCOMES)}.")
    reply = _held(session, reply_id)
    _, campaign = about(session, reply)
    check_may_answer(actor, reply, campaign, people)
    _check_open(reply, people)
    _done(session, clock, reply, actor=actor.id, outcome=outcome, action="reply.closed")
    return reply


def close_settled(session: Session, clock: Clock, candidate: Candidate, *, actor: str, outcome: str) -> None:
    """The creator's answers in this campaign are settled by a deed: nobody has to do anything about them any more."""
    for reply in _open_about(session, candidate):
        if reply.candidate_id == candidate.id:
            _done(session, clock, reply, actor=actor, outcome=outcome, action="reply.closed")


def reassign(session: Session, clock: Clock, reply_id: int, *, to: Person, actor: Person, people: People) -> Reply:
    """Somebody else works on it. The mail still goes out under the name that the creator knows (R29)."""
    reply = _held(session, reply_id)
    _, campaign = about(session, reply)
    check_may_answer(actor, reply, campaign, people)
    _check_open(reply, people)
    if not {Role.SENDER, *_RUNS_IT} & set(to.roles):
        raise Refused(f"{to.name} may not write to creators.", next_step="Choose a sender, ops or an owner.")
    if to.id != reply.assignee:
        reply.assignee = to.id
        session.add(reply)
        session.flush()
        audit.record(session, clock, actor=actor.id, action="reply.assigned", subject=f"reply:{reply.id}",
                     detail={"candidate": reply.candidate_id, "assignee": to.id})  # fmt: skip
    return reply


def may_answer(actor: Person, assignee: str, campaign: Campaign | None) -> bool:
    """Whoever works on it, and the campaign's ops and owner; of a campaign that is not known, any ops and owner."""
    if actor.id == assignee and {Role.SENDER, *_RUNS_IT} & set(actor.roles):
        return True
    if campaign is None:
        return bool(set(_RUNS_IT) & set(actor.roles))
    return any(holds(actor, role, campaign) for role in _RUNS_IT)


def check_may_answer(actor: Person, reply: Reply, campaign: Campaign | None, people: People) -> None:
    """Raises Refused for everybody but those who `may_answer`."""
    if not may_answer(actor, reply.assignee, campaign):
        whose = people.name_of(reply.assignee) if reply.assignee else "ops"
        raise Refused(f"{actor.name} may not answer this: it is for {whose}.",
                      next_step="Ask them, or let ops hand it over.")  # fmt: skip


def newest_of(session: Session, candidate_id: int | None) -> int:
    """The number of the last thing that the creator wrote in this campaign; 0 where there is nothing."""
    query = select(func.max(Reply.id)).where(Reply.candidate_id == candidate_id)
    return session.exec(query.where(col(Reply.kind).not_in(NOT_AN_ANSWER))).one() or 0


def to_translate(session: Session, reply: Reply, text: str) -> tuple[str, ...]:
    """What of this text, which began as the reply's draft, a person has yet to say in the creator's language."""
    campaign = about(session, reply)[1]
    return left_to_translate(text, reply.draft_from, campaign) if campaign is not None else ()


def about(session: Session, reply: Reply) -> tuple[Candidate | None, Campaign | None]:
    """Whose reply it is, and in which campaign; (None, None) where nobody could be made out."""
    candidate = session.get(Candidate, reply.candidate_id) if reply.candidate_id is not None else None
    return candidate, campaign_of(session, candidate) if candidate is not None else None


def _drafted(
    session: Session, reply: Reply, candidate: Candidate | None, campaign: Campaign | None, sender: Person | None, *,
    templates: Path,
) -> Draft:  # fmt: skip
    if candidate is None or campaign is None or sender is None or reply.kind not in WORK:
        return Draft()
    locale = reply.language if reply.language in LANGUAGES else campaign.outreach.locale
    asked = Asked(reply.kind, reply.text, creator_of(session, candidate).name, account_of(session, candidate).handle)
    try:
        language = load_swap_language(templates, locale)
        return draft_for(
            asked, campaign, sender, answer_mail.standing(session, candidate, campaign), language, locale=locale
        )
    except Refused as refusal:
        # Somebody reads and answers it all the same.
        log.warning("no answer was drafted: %s", refusal)
        return Draft()


def _sender(candidate: Candidate | None, campaign: Campaign | None, people: People, clock: Clock) -> Person | None:
    known = {person.id: person for person in people}
    if candidate is not None and campaign is not None:
        return known.get(candidate.sender or "") or people.holder(campaign, Role.SENDER, clock.now())
    return next((person for person in people if Role.OPS in person.roles), None)


def _check_read(session: Session, candidate: Candidate, seen: int | None) -> None:
    if seen is not None and newest_of(session, candidate.id) > seen:
        raise Refused(f"{name_of(session, candidate)} wrote again since you opened this.",
                      next_step="Read what they wrote last, then send.")  # fmt: skip


def _check_open(reply: Reply, people: People) -> None:
    if reply.state != OPEN:
        who = people.name_of(reply.handled_by) if reply.handled_by not in ("", MACHINE) else "Greenroom"
        raise Refused(f"Answer {reply.id} is done already: {reply.outcome or 'nobody had to do anything'} ({who}).",
                      next_step="See: greenroom inbox list")  # fmt: skip


def _done(session: Session, clock: Clock, reply: Reply, *, actor: str, outcome: str, action: str,
          **detail: object) -> None:  # fmt: skip
    reply.state, reply.outcome, reply.handled_by, reply.handled_at = DONE, outcome, actor, clock.now()
    session.add(reply)
    session.flush()
    audit.record(session, clock, actor=actor, action=action, subject=f"reply:{reply.id}",
                 detail={"candidate": reply.candidate_id, "outcome": outcome, **detail})  # fmt: skip


def _open_about(session: Session, candidate: Candidate) -> Sequence[Reply]:
    query = select(Reply).join(Candidate, col(Candidate.id) == Reply.candidate_id)
    same = (Candidate.creator_id == candidate.creator_id) & (Reply.state == OPEN)
    return session.exec(query.where(same).order_by(col(Reply.id)).with_for_update(of=Reply)).all()


def _held(session: Session, reply_id: int) -> Reply:
    query = select(Reply).where(Reply.id == reply_id).with_for_update()
    known = 0 < reply_id < 2**31  # beyond, no database has such a number
    reply = session.exec(query.execution_options(populate_existing=True)).first() if known else None
    if reply is None:
        raise Refused(f"There is no answer {reply_id}.", next_step="See: greenroom inbox list")
    return reply


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
