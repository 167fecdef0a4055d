"""The scripted people of the demo: what reviewer, owner, legal and creators say and do. Invented, and said to be.

They act through the same doors as real people: decisions on requests, replies dropped into the inbox folder.
"""

import email
import email.policy
from collections.abc import Sequence
from decimal import Decimal
from email.message import EmailMessage

from sqlmodel import Session, col, select

from approvals.kinds import Kind
from approvals.service import open_requests
from contracts.changes import Changes
from core.database import reading, unit_of_work
from core.files import write_atomically
from core.models.approvals import Request
from core.models.candidates import Candidate
from core.models.outreach import Message, Reply
from core.models.tracking import TrackingLink
from core.people import Role
from core.stages import Stage
from core.store import account_name, creator_of, stored_campaign, the_candidate
from flows.steps import canary, content, deals, guardrails, person, review, sign_offs
from flows.wiring import Wiring
from outreach.law.policy import Basis
from outreach.service import ReplyKind

#: How the scripted reviewer treats the queue, by place in it; everybody else is approved.
_REVIEW = {
    4: ("decline", "off brand"),
    9: ("decline", "poor content"),
    13: ("wrong_audience", "followers are mostly resellers"),
    16: ("decline", "works with a competitor"),
    18: ("hold", "wait for the spring collection"),
    21: ("decline", "off topic"),
    23: ("decline", "looks inauthentic"),
    24: ("hold", "asked for a newer sample of posts"),
}

#: How the scripted creators answer, by their rank; after the last one they keep silent.
_ANSWERS = (
    "Hi! I love this idea, count me in. Happy to go ahead.",
    "Thanks for writing. Sounds great, I'd love to take part!",
    "Hello, I usually charge more for a Reel: could you do 260 EUR?",
    "Sounds good, I'm interested. Let's do it.",
    "Please remove me from your list, no thanks.",
    "Hey, I'm in! Looking forward to it.",
    "Could you tell me which sizes the shirts come in?",
    "I'd love to, but my rate for this is 450 EUR.",
    "Thank you, but I'm fully booked, so I have to pass this time.",
    "Yes please, I am interested!",
)
_ASKED_FEES = ("260", "450")


def review_queue(w: Wiring, slug: str) -> dict[str, int]:
    """The scripted reviewer decides about everybody in the queue; returns how often which choice."""
    with reading(w.engine) as session:
        campaign = stored_campaign(session, slug)
        requests = review.review_queue(session, slug)
    reviewer = w.people.holder(campaign, Role.REVIEWER, w.clock.now())
    chosen: dict[str, int] = {}
    for place, request in enumerate(requests, start=1):
        choice, reason = _REVIEW.get(place, ("approve", ""))
        review.decide(w, request.id, choice, actor=reviewer, door="script", reason=reason)
        chosen[choice] = chosen.get(choice, 0) + 1
    return chosen


def campaign_is_signed_off(w: Wiring, slug: str) -> int:
    """Scripted ops ask, and brand lead and analyst sign off, one after the other; returns how many sign-offs."""
    with reading(w.engine) as session:
        campaign = stored_campaign(session, slug)
    ops = w.people.holder(campaign, Role.OPS, w.clock.now())
    asked, signed = sign_offs.ask_sign_offs(w, slug, actor=ops), 0
    while asked:
        for request in asked:
            review.decide(w, request.id, "sign_off", actor=w.people.named(request.assignee), door="script")
            signed += 1
        sign_offs.ask_next(w)
        asked = _open(w, slug, Kind.TRACKING)
    return signed


def creators_asked_us_to_write(w: Wiring, slug: str) -> int:
    """Every approved creator has asked for it, as in most countries of the campaign nobody is written to otherwise."""
    with reading(w.engine) as session:
        ops = w.people.holder(stored_campaign(session, slug), Role.OPS, w.clock.now())
        approved = [_name(session, candidate.id or 0) for candidate in _at(session, slug, Stage.APPROVED)]
    for creator in approved:
        person.set_grounds(w, slug, creator, Basis.CONSENT, evidence="the form on our page (scripted)", withdraw=False,
                           actor=ops)  # fmt: skip
    return len(approved)


def first_mail_is_let_go(w: Wiring, slug: str) -> str:
    """Scripted ops show the first mail as it will go out, and the sender lets it go; returns the sender's name."""
    with reading(w.engine) as session:
        campaign = stored_campaign(session, slug)
    shown = canary.ask_canary(w, slug, actor=w.people.holder(campaign, Role.OPS, w.clock.now()))
    looked = w.people.named(shown.assignee)
    review.decide(w, shown.id, "approve", actor=looked, door="script")
    return looked.name


def samples_look_right(w: Wiring, slug: str) -> int:
    """Scripted ops find nothing wrong with what was sampled of all that ran by itself; returns how many they saw."""
    guardrails.weekly_spot_check(w, slug)
    samples = _open(w, slug, Kind.SPOT_CHECK)
    for request in samples:
        review.decide(w, request.id, "fine", actor=w.people.named(request.assignee), door="script")
    return len(samples)


def creators_answer(w: Wiring) -> int:
    """The scripted creators read the mails in the outbox and answer into the inbox folder; returns how many did."""
    with reading(w.engine) as session:
        # By rank: ids of people and of their mails differ from run to run.
        query = select(Message.message_id).join(Candidate, col(Candidate.id) == Message.candidate_id)
        written = session.exec(query.order_by(col(Candidate.rank), col(Message.id))).all()
    mails = {str(mail["Message-ID"]): mail for mail in _outbox(w)}
    answering = [mails[one] for one in written if one in mails]
    for place, (mail, answer) in enumerate(zip(answering, _ANSWERS, strict=False)):
        write_atomically(w.settings.inbox_folder / f"{place:02}.eml", _reply(w, mail, answer))
    return min(len(answering), len(_ANSWERS))


def make_offers(w: Wiring, slug: str) -> tuple[int, int]:
    """The scripted sender offers to whoever is interested; the owner decides beyond the limits. (made, escalated)"""
    with reading(w.engine) as session:
        campaign = stored_campaign(session, slug)
        interested = [(_name(session, reply.candidate_id or 0), reply) for reply in _interested(session, slug)]
    made = escalated = 0
    for name, reply in interested:
        asked = next((Decimal(fee) for fee in _ASKED_FEES if f"{fee} EUR" in reply.text), None)
        _, request = deals.make_offer(
            w, slug, name, actor=w.people.holder(campaign, Role.SENDER, w.clock.now()),
            changes=Changes(stipend=asked), note="scripted",
        )  # fmt: skip
        made += 1
        if request is not None:
            escalated += 1
            owner = w.people.holder(campaign, Role.OWNER, w.clock.now())
            review.decide(w, request.id, "approve", actor=owner, door="script")
    return made, escalated


def creators_accept(w: Wiring, slug: str) -> int:
    """Every scripted creator with an offer says yes by mail."""
    with reading(w.engine) as session:
        names = [_name(session, candidate.id or 0) for candidate in _at(session, slug, Stage.NEGOTIATING)]
        sender = w.people.holder(stored_campaign(session, slug), Role.SENDER, w.clock.now())
    for name in names:
        deals.accept_offer(w, slug, name, actor=sender, how="reply by mail (scripted)")
    return len(names)


def negotiated_ones_are_drafted(w: Wiring, slug: str) -> int:
    """The scripted sender drafts each contract that the batch left to a person."""
    with reading(w.engine) as session:
        left = [candidate.id or 0 for candidate in _at(session, slug, Stage.AGREED)]
        sender = w.people.holder(stored_campaign(session, slug), Role.SENDER, w.clock.now())
    with w.renderer() as renderer:
        for candidate_id in left:
            with unit_of_work(w.engine) as session:
                deals.draft_contract(session, w, renderer, candidate_id, actor=sender.id)
    return len(left)


def legal_signs_off(w: Wiring, slug: str) -> tuple[int, int]:
    """Scripted legal signs off every contract but the last, of which it wants another wording. (signed off, changes)"""
    with reading(w.engine) as session:
        campaign = stored_campaign(session, slug)
        query = select(Request).join(Candidate, col(Candidate.id) == Request.candidate_id).where(
            Request.campaign == slug, Request.kind == Kind.FINAL_CONTRACT, Request.status == "open"
        )  # fmt: skip
        # By rank: a request's id is drawn by lot, and whoever comes last here signs nothing in this demo.
        requests = session.exec(query.order_by(col(Candidate.rank))).all()
    legal = w.people.holder(campaign, Role.LEGAL, w.clock.now())
    for request in requests[:-1]:
        review.decide(w, request.id, "sign_off", actor=legal, door="script")
    for request in requests[-1:]:
        reason = "name the rain date for the outdoor shoot"
        review.decide(w, request.id, "request_changes", actor=legal, door="script", reason=reason)
    return len(requests[:-1]), len(requests[-1:])


def creators_sign(w: Wiring, slug: str) -> int:
    """Every scripted creator who has a contract to sign signs it with their name."""
    with reading(w.engine) as session:
        signers = [
            (_name(session, candidate.id or 0), creator_of(session, candidate).name)
            for candidate in _at(session, slug, Stage.OUT_FOR_SIGNATURE)
        ]
        sender = w.people.holder(stored_campaign(session, slug), Role.SENDER, w.clock.now())
    for name, signed_name in signers:
        deals.record_signature(w, slug, name, signed_name=signed_name, actor=sender,
                               evidence={"note": "scripted: reply with full name and 'I agree'"})  # fmt: skip
    return len(signers)


def _open(w: Wiring, slug: str, kind: Kind) -> list[Request]:
    with reading(w.engine) as session:
        return [request for request in open_requests(session, campaign=slug) if request.kind == kind]


def creators_hand_in_drafts(w: Wiring, slug: str) -> tuple[int, int]:
    """Two scripted creators hand in captions, one of them without a disclosure; ops approve what is as agreed and send
    back what is not. (approved, sent back)"""
    with reading(w.engine) as session:
        campaign = stored_campaign(session, slug)
        signed = [
            (_name(session, candidate.id or 0), session.get_one(TrackingLink, candidate.id))
            for candidate in _at(session, slug, Stage.SIGNED)[:2]
        ]
    sender = w.people.holder(campaign, Role.SENDER, w.clock.now())
    approved = sent_back = 0
    for place, (name, link) in enumerate(signed):
        opening = "Thanks to my partner!" if place else campaign.contract.disclosure
        caption = f"{opening} One shirt, three everyday situations. 10% off with {link.code}: {link.url}"
        request, verdict = content.submit_draft(w, slug, name, caption, actor=sender)
        choice, reason = ("approve", "") if verdict.clean else ("request_changes", verdict.flags[0].words)
        assignee = w.people.named(request.assignee)
        review.decide(w, request.id, choice, actor=assignee, door="script", reason=reason)
        approved, sent_back = approved + verdict.clean, sent_back + (not verdict.clean)
    return approved, sent_back


def _interested(session: Session, slug: str) -> Sequence[Reply]:
    query = (
        select(Reply)
        .join(Candidate, col(Candidate.id) == Reply.candidate_id)
        .where(Candidate.campaign == slug, Candidate.stage == Stage.REPLIED)
        .where(col(Reply.kind).in_([ReplyKind.INTERESTED, ReplyKind.PRICE_TALK]))
        .order_by(col(Reply.id))
    )
    return session.exec(query).all()


def _at(session: Session, slug: str, stage: Stage) -> Sequence[Candidate]:
    query = select(Candidate).where(Candidate.campaign == slug, Candidate.stage == stage)
    return session.exec(query.order_by(col(Candidate.rank))).all()


def _name(session: Session, candidate_id: int) -> str:
    return account_name(session, the_candidate(session, candidate_id))


def _outbox(w: Wiring) -> list[EmailMessage]:
    return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in w.settings.outbox_folder.glob("*.eml")]  # fmt: skip


def _reply(w: Wiring, mail: EmailMessage, text: str) -> bytes:
    reply = EmailMessage(policy=email.policy.SMTP)
    reply["From"], reply["To"] = str(mail["To"]), str(mail["From"])
    reply["Subject"] = f"Re: {mail['Subject']}"
    reply["Date"] = w.clock.now()
    reply["Message-ID"] = f"<reply.{str(mail['Message-ID']).strip('<>')}>"
    reply["In-Reply-To"] = str(mail["Message-ID"])
    body = mail.get_body(("plain",)) or mail
    quoted = "\n".join(f"> {line}" for line in body.get_content().splitlines())
    reply.set_content(f"{text}\n\nOn Monday somebody wrote:\n{quoted}\n")
    return reply.as_bytes()
