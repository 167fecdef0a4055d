"""An answer of a creator as work: who has to do something about it, what might be said, and what became of it.

Nothing is ever sent by a machine here: a person reads the draft, changes it and sends it, and amounts that were not
offered are refused (R49). Knows no Slack and no page; how a reply is understood is decided in `outreach.replies`.
"""

import hashlib
import logging
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import cast

from sqlmodel import Session, col, select

from core import audit
from core.campaign import Campaign
from core.clock import Clock
from core.errors import BadInput, Refused
from core.mailer import Address, clean_line, message_id_for
from core.models.candidates import Candidate
from core.models.deals import Offer
from core.models.outreach import Message, Reply
from core.money import Money
from core.people import People, Person, Role, holds
from core.stages import Stage
from core.store import account_name, account_of, campaign_of, creator_of, name_of, snapshot_of
from outreach import amounts, suppression
from outreach.drafting import Asked, Draft, Standing, draft_for
from outreach.entries import ANSWER, MACHINE, MARKETING
from outreach.html_part import html_of
from outreach.permission import address_of
from outreach.phrases import OPTS_OUT, ReplyKind
from outreach.swap_language import LANGUAGES, load_swap_language, open_places
from outreach.words import Locale
from outreach.writing import sender_of

log = logging.getLogger("greenroom.answers")
OPEN, DONE = "open", "done"
#: Somebody has to look at these; the others need nobody.
WORK = frozenset({ReplyKind.INTERESTED, ReplyKind.QUESTION, ReplyKind.PRICE_TALK, ReplyKind.LATER, ReplyKind.DECLINED,
                  ReplyKind.UNCLEAR})  # fmt: skip
#: What may have become of an item that nobody answered here.
NOTHING_TO_DO, ELSEWHERE = "nothing to do", "answered elsewhere"
OUTCOMES = (NOTHING_TO_DO, ELSEWHERE)
#: As much as the narrowest door takes.
LONGEST = 3_000
_MAIL_ID = re.compile(r"<[!-;=?-~]{1,250}>")
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
    session: Session, clock: Clock, reply_id: int, text: str, *, actor: Person, people: People, pepper: bytes
) -> Message:
    """A person sends this text in the thread of the reply: queued, and the item is done.

    Raises Refused where they may not, somebody was quicker, the creator opted out or cannot be written to, or the text
    is empty, too long, unfinished, or names an amount that was not offered.
    """
    reply = _held(session, reply_id)
    candidate, campaign = about(session, reply)
    check_may_answer(actor, reply, campaign)
    _check_open(reply, people)
    if candidate is None or campaign is None:
        raise Refused("Nobody we wrote to could be made out, so there is no thread to answer in.",
                      next_step="Answer from your own mailbox, then mark it done.")  # fmt: skip
    text = text.replace("\r\n", "\n").strip() + "\n"
    address = _address(session, clock, reply, candidate)
    _check_not_opted_out(session, candidate, address, pepper=pepper)
    check_text(
        text,
        standing(session, candidate, campaign),
        offer=f"greenroom deal offer {candidate.campaign} {account_name(session, candidate)}",
    )
    sender = sender_of(candidate, campaign, people, clock.now())
    message = _answer(session, clock, reply, candidate, sender=sender, address=address, text=text)
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
    check_may_answer(actor, reply, campaign)
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
    check_may_answer(actor, reply, campaign)
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


def check_may_answer(actor: Person, reply: Reply, campaign: Campaign | None) -> None:
    """Raises Refused for everybody but whoever works on it, and the campaign's ops and owner."""
    mine = actor.id == reply.assignee and bool({Role.SENDER, *_RUNS_IT} & set(actor.roles))
    if campaign is None:
        runs_it = bool(set(_RUNS_IT) & set(actor.roles))
    else:
        runs_it = any(holds(actor, role, campaign) for role in _RUNS_IT)
    if not (mine or runs_it):
        raise Refused(f"{actor.name} may not answer this: it is for {reply.assignee or 'ops'}.",
                      next_step="Ask them, or let ops hand it over.")  # fmt: skip


def check_text(text: str, offered: Standing, *, offer: str) -> None:
    """Raises BadInput or Refused where a text may not go to a creator as an answer. `offer` is how one is made."""
    if not text.strip():
        raise BadInput("The answer is empty.", next_step="Write it, or mark the item done.")
    if len(text) > LONGEST:
        raise BadInput(f"The answer has {len(text):,} characters; {LONGEST:,} are the most.", next_step="Shorten it.")
    if open_places(text):
        raise BadInput("A place in the answer is not filled in yet.", next_step="Replace what stands in {{ }}.")
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise BadInput("The answer holds characters that are not text.", next_step="Write it anew.")
    strange = amounts.beyond(text, offered.agreed)
    if strange:
        raise Refused(
            f"The answer says {', '.join(strange)}, which is not what was offered.",
            next_step=f"Leave the amount out, or make that offer first: {offer}",
        )


def about(session: Session, reply: Reply) -> tuple[Candidate | None, Campaign | None]:
    """Whose reply it is, and in which campaign; (None, None) where nobody could be made out."""
    candidate = session.get(Candidate, reply.candidate_id) if reply.candidate_id is not None else None
    return candidate, campaign_of(session, candidate) if candidate is not None else None


def standing(session: Session, candidate: Candidate, campaign: Campaign) -> Standing:
    """The amounts that were offered: in the latest offer that was made, else in the invitation."""
    made = select(Offer).where(Offer.candidate_id == candidate.id, col(Offer.status).in_(("made", "accepted")))
    offer = session.exec(made.order_by(col(Offer.version).desc()).limit(1)).first()
    if offer is None:
        return Standing(campaign.offer.stipend_money, campaign.offer.commission_percent)
    fee = offer.terms["stipend"]
    return Standing(Money(Decimal(fee["amount"]), fee["currency"]), Decimal(offer.terms["commission_percent"]))


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
        return draft_for(asked, campaign, sender, standing(session, candidate, campaign), language, locale=locale)
    except Refused as refusal:
        # Somebody reads and answers it all the same.
        log.warning("no answer was drafted: %s", refusal)
        return Draft()


def _sender(candidate: Candidate | None, campaign: Campaign | None, people: People, clock: Clock) -> Person | None:
    known = {person.id: person for person in people}
    if candidate is not None and campaign is not None:
        return known.get(candidate.sender or "") or people.holder(campaign, Role.SENDER, clock.now())
    return next((person for person in people if Role.OPS in person.roles), None)


def _answer(
    session: Session, clock: Clock, reply: Reply, candidate: Candidate, *, sender: Person, address: Address, text: str
) -> Message:
    ours = session.get(Message, reply.message_id) if reply.message_id is not None else None
    seed = f"{candidate.campaign}/{candidate.cycle}/{candidate.creator_id}/answer-{reply.id}"
    name, _, sha256 = reply.draft_from.partition("@")
    return Message(
        candidate_id=candidate.id or 0, campaign=candidate.campaign, step=f"answer-{reply.id}", category=ANSWER,
        sender=sender.id, recipient=address.mail, recipient_name=address.name, text=text, locale=reply.language,
        # Filters count large amounts against a mail of text alone; the parts say the same.
        html=html_of(text, cast(Locale, reply.language if reply.language in LANGUAGES else "en")),
        subject=_subject(ours.subject if ours else "", reply.subject), message_id=message_id_for(
            seed, Address.checked(sender.mail).domain),
        headers=_thread(ours, reply), template=name, template_sha256=sha256, facts=[], created_at=clock.now(),
    )  # fmt: skip


def _subject(ours: str, theirs: str) -> str:
    said = clean_line(ours or theirs, limit=150) or "your answer"
    return said if re.match(r"(re|aw|sv)\s*:", said, re.IGNORECASE) else f"Re: {said}"


def _thread(ours: Message | None, reply: Reply) -> dict[str, str]:
    """RFC 5322, 3.6.4: what it answers, and the thread so far. An id that is none is left out."""
    theirs = reply.mail_id if _MAIL_ID.fullmatch(reply.mail_id) else ""
    before = ours.message_id if ours is not None and _MAIL_ID.fullmatch(ours.message_id) else ""
    known = [one for one in (before, theirs) if one]
    return {"In-Reply-To": known[-1], "References": " ".join(known)} if known else {}


def _address(session: Session, clock: Clock, reply: Reply, candidate: Candidate) -> Address:
    """Where it came from, else the address on record."""
    if reply.kind == ReplyKind.BOUNCE:
        raise Refused(
            "A mail server said this, nobody who reads.", next_step="Reach them elsewhere, then mark it done."
        )
    if reply.sender.strip():
        return Address.checked(reply.sender)
    try:
        return address_of(snapshot_of(session, candidate), clock)
    except Refused as refusal:
        raise Refused(refusal.message, next_step="Answer where they wrote to you, then mark it done.") from None


def _check_not_opted_out(session: Session, candidate: Candidate, address: Address, *, pepper: bytes) -> None:
    account = account_of(session, candidate)
    listed = suppression.is_suppressed(session, pepper=pepper, addresses=[address.mail],
                                       accounts=[(account.platform, account.handle)])  # fmt: skip
    if listed or candidate.stage == Stage.CLOSED_BY_OPT_OUT:
        raise Refused(f"{name_of(session, candidate)} opted out of mails from us.", next_step="Mark the item done.")


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
