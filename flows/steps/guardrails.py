"""What people see of all that runs without one: samples of what was done, and what else went out like it.

Owns which actions are noted and what a person is shown of one. The counting and the lots are approvals'.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, cast, literal
from sqlmodel import Session, col, select

from approvals import sampling
from approvals import service as approvals
from approvals.kinds import Kind
from core.campaign import Campaign
from core.cards import Fact
from core.database import reading, unit_of_work
from core.errors import GreenroomError, Refused
from core.models.approvals import Request
from core.models.deals import Offer
from core.models.guardrails import AutomatedAction
from core.models.outreach import Message
from core.people import Role
from core.store import account_name, stored_campaign, the_candidate
from flows.effects import INVITATION_SENT, OFFER_MADE
from flows.steps.second_look import ask_about_first
from flows.steps.watchman import Watchman, note_shut
from flows.wiring import Wiring
from outreach.ledger import MARKETING

log = logging.getLogger("greenroom.guardrails")
#: What was sampled longer ago and never asked about, nobody is asked about any more.
_LATELY = timedelta(days=8)


def ask_samples(w: Wiring, slug: str) -> int:
    """Ask ops about those of the campaign's automated actions that the lot fell on; returns how many were asked."""
    with unit_of_work(w.engine) as session:
        campaign = stored_campaign(session, slug)
        since = w.clock.now() - _LATELY
        _note_sent(session, w, campaign, since=since)
        drawn = sampling.drawn(session, slug, since=since, every=campaign.guardrails.sample_every)
        return _ask(session, w, campaign, drawn, weekly=False)


def after_batch(w: Wiring, watch: Watchman) -> None:
    """Note what shut the gate, ask for samples, and look at what came back of first mails. What went out is told in any
    case: who cannot be asked now is asked by the clock."""
    slug = watch.campaign.slug
    note_shut(w, watch.campaign, watch.missing)
    try:
        ask_samples(w, slug)
    except GreenroomError as error:
        log.warning("nobody could be asked for samples of %s: %s", slug, error)
    look_at_first_mails(w, slug)


def look_at_first_mails(w: Wiring, slug: str = "") -> int:
    """Ask a person about first mails that came back or were complained about, of every campaign or one; how many."""
    asked = 0
    for campaign in [slug] if slug else _with_actions(w):
        try:
            asked += len(ask_about_first(w, campaign))
        except GreenroomError as error:
            log.warning("whether mails of %s may follow the first cannot be asked: %s", campaign, error)
    return asked


def weekly_spot_check(w: Wiring, slug: str = "") -> int:
    """Ask about last week's share of every campaign (or of one), and about samples not asked yet; once each."""
    asked = 0
    for campaign in [slug] if slug else _with_actions(w):
        try:
            asked += ask_samples(w, campaign) + _ask_weekly(w, campaign)
        except GreenroomError as error:
            if slug:
                raise
            log.warning("nobody could be asked for spot checks of %s: %s", campaign, error)
    return asked


@dataclass(frozen=True)
class Affected:
    """One thing that was done like the one found wrong: to whom, what, and where it stands."""

    creator: str
    campaign: str
    what: str
    status: str
    at: str


def affected(session: Session, request: Request) -> list[Affected]:
    """What went out in the same words (or was offered on the same terms) as what a spot check was about."""
    number = request.subject.rpartition(":")[2]
    if request.kind != Kind.SPOT_CHECK or not number.isdigit():
        raise Refused(
            "Only a spot check tells what else was done alike.", next_step="Which there are: greenroom approvals list"
        )
    action = session.get_one(AutomatedAction, int(number))
    about = int(action.subject.rpartition(":")[2])
    if action.kind == OFFER_MADE:
        return _alike_offers(session, session.get_one(Offer, about))
    return _alike_mails(session, session.get_one(Message, about))


def _note_sent(session: Session, w: Wiring, campaign: Campaign, *, since: datetime) -> None:
    """Invitations that went out by themselves, also those of which that was known only later, are noted as done."""
    noted = select(AutomatedAction.subject).where(
        AutomatedAction.kind == INVITATION_SENT, AutomatedAction.campaign == campaign.slug
    )
    query = (
        select(Message.id)
        .where(Message.campaign == campaign.slug, Message.category == MARKETING, Message.status == "sent")
        .where(col(Message.sent_at) >= since, (literal("message:") + cast(Message.id, String)).not_in(noted))
        .order_by(col(Message.sent_at), col(Message.id))
    )
    for number in session.exec(query).all():
        sampling.note(session, w.clock, campaign=campaign.slug, kind=INVITATION_SENT, subject=f"message:{number}")


def _ask_weekly(w: Wiring, slug: str) -> int:
    with unit_of_work(w.engine) as session:
        campaign = stored_campaign(session, slug)
        week, rules = sampling.last_week(w.clock.now()), campaign.guardrails
        chosen = sampling.spot_check(session, w.clock, slug, week, rules.weekly_spot_check, every=rules.sample_every)
        return _ask(session, w, campaign, chosen, weekly=True)


def _ask(session: Session, w: Wiring, campaign: Campaign, actions: Sequence[AutomatedAction], *, weekly: bool) -> int:
    for action in actions:
        what, facts = _shown(session, action)
        card = sampling.sample_card(action, what=what, facts=facts, weekly=weekly)
        assignee = w.people.holder(campaign, Role.OPS, w.clock.now())
        question = sampling.sample_question(action, campaign, card, assignee=assignee, weekly=weekly)
        sampling.mark_asked(session, action, approvals.ask(session, w.clock, question).id)
    return len(actions)


def _shown(session: Session, action: AutomatedAction) -> tuple[str, tuple[Fact, ...]]:
    """What was done, in a few words, and all that is needed to say whether it was right."""
    about = int(action.subject.rpartition(":")[2])
    if action.kind == OFFER_MADE:
        offer = session.get_one(Offer, about)
        terms = "; ".join(f"{key.replace('_', ' ')}: {value}" for key, value in offer.terms.items())
        return f"an offer to {_creator(session, offer.candidate_id)}", (Fact(label="Terms", value=terms),)
    mail = session.get_one(Message, about)
    return f"an invitation to {_creator(session, mail.candidate_id)}", (
        *(Fact(label="Said of them", value=fact["shown"], evidence=fact["source"]) for fact in mail.facts),
        Fact(label="Mail", value=f"{mail.subject}\n\n{mail.text}"),
    )


def _alike_mails(session: Session, mail: Message) -> list[Affected]:
    query = select(Message).where(
        Message.template_sha256 == mail.template_sha256, Message.category == mail.category,
        col(Message.status).in_(("sent", "sending", "unknown")),
    )  # fmt: skip
    return [
        Affected(_creator(session, one.candidate_id), one.campaign, one.subject, one.status,
                 f"{one.sent_at:%Y-%m-%d %H:%M}" if one.sent_at else "")
        for one in session.exec(query.order_by(col(Message.id)))
    ]  # fmt: skip


def _alike_offers(session: Session, offer: Offer) -> list[Affected]:
    query = select(Offer).where(Offer.campaign == offer.campaign, Offer.terms_sha256 == offer.terms_sha256)
    return [
        Affected(_creator(session, one.candidate_id), one.campaign, f"offer {one.version}", one.status,
                 f"{one.created_at:%Y-%m-%d %H:%M}")
        for one in session.exec(query.order_by(col(Offer.id)))
    ]  # fmt: skip


def _creator(session: Session, candidate_id: int) -> str:
    return account_name(session, the_candidate(session, candidate_id))


def _with_actions(w: Wiring) -> Sequence[str]:
    lately = w.clock.now() - 2 * _LATELY
    noted = select(AutomatedAction.campaign).where(col(AutomatedAction.at) > lately).distinct()
    sent = select(Message.campaign).where(Message.category == MARKETING, col(Message.sent_at) > lately).distinct()
    with reading(w.engine) as session:
        return sorted({*session.exec(noted), *session.exec(sent)})
