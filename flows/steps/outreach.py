"""Mails to creators and their answers, with the real mailer, inbox and templates."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from core.campaign import Campaign
from core.database import reading, unit_of_work
from core.errors import Refused, TransientError, WrongUsage
from core.models.outreach import Message, Reply
from core.people import Person, Role, check_may
from core.store import campaign_of, candidate_named, in_force_since, stored_campaign
from flows.steps.guardrails import after_batch
from flows.steps.review import withdraw_questions
from flows.steps.taking_up import take_up
from flows.steps.watchman import watchman
from flows.wiring import Wiring
from outreach import service as outreach
from outreach.lanes import AT_ANY_HOUR
from outreach.ledger import MARKETING
from outreach.service import FollowUps, Invitations, LeftForPerson, Pace, ReadReply, ReplyKind, SendReport

#: Who may write to creators and tell what they answered.
WRITERS = (Role.SENDER, Role.OPS, Role.OWNER)


@dataclass(frozen=True)
class Due:
    """What was written for today and tomorrow, and who is left for a person."""

    invitations: Invitations
    follow_ups: FollowUps

    @property
    def left(self) -> tuple[LeftForPerson, ...]:
        return (*self.invitations.left, *self.follow_ups.left)


def write_invitations(w: Wiring, slug: str) -> Invitations:
    """Write the invitation of every approved candidate that has none yet."""
    with unit_of_work(w.engine) as session:
        return _invitations(session, w, stored_campaign(session, slug))


def write_due(w: Wiring, slug: str) -> Due:
    """Write what may go until the end of tomorrow: invitations, and the follow-ups whose day comes."""
    with unit_of_work(w.engine) as session:
        return written_due(session, w, stored_campaign(session, slug))


def written_due(session: Session, w: Wiring, campaign: Campaign) -> Due:
    """The same as part of something greater."""
    invitations = _invitations(session, w, campaign)
    sender = w.people.holder(campaign, Role.SENDER, w.clock.now())
    follow_ups = outreach.write_follow_ups(
        session, w.clock, campaign, w.people, templates=w.settings.templates, pepper=w.pepper,
        until=outreach.end_of_tomorrow(w.clock, sender.calendar.time_zone),
        reads_so_since=in_force_since(session, campaign.slug), public_url=w.settings.public_url,
    )  # fmt: skip
    return Due(invitations, follow_ups)


def close_unanswered(w: Wiring, slug: str) -> int:
    """Whoever let all mails of the sequence go by becomes NO_ANSWER; returns how many did."""
    with unit_of_work(w.engine) as session:
        campaign = stored_campaign(session, slug)
        return len(outreach.close_unanswered(session, w.clock, campaign, w.people, templates=w.settings.templates))


def _invitations(session: Session, w: Wiring, campaign: Campaign) -> Invitations:
    return outreach.write_invitations(
        session, w.clock, campaign, w.people, templates=w.settings.templates, pepper=w.pepper,
        reads_so_since=in_force_since(session, campaign.slug), public_url=w.settings.public_url,
    )  # fmt: skip


def send_due(
    w: Wiring,
    slug: str,
    *,
    limit: int | None = None,
    ignore_window: bool = False,
    categories: frozenset[str] | None = None,
    on_sent: Callable[[Message], None] | None = None,
) -> SendReport:
    """Send what is written (of these categories only, if any are named), inside the day's cap and the office hours.

    Raises Refused where invitations wait and may not go: the gate is not complete, or the outreach is paused. Should
    that come about meanwhile, the batch sends no more of them.
    """
    with reading(w.engine) as session:
        campaign = stored_campaign(session, slug)
    watch = watchman(w, slug) if categories is None or MARKETING in categories else None
    if watch is None:
        # Without anybody to look at the gate no invitation goes, also none that is written this moment.
        categories = (categories or frozenset(AT_ANY_HOUR)) - {MARKETING}
    with w.mailer() as mailer:
        report = outreach.send_due(
            w.engine,
            w.clock,
            mailer,
            campaign,
            w.people,
            pepper=w.pepper,
            limit=limit,
            ignore_window=ignore_window,
            categories=categories,
            on_sent=on_sent,
            watch=watch,
            hours=outreach.sequence_of(w.settings.templates, campaign).hours,
            pace=pace_of(w),
            warm_up=w.settings.warm_up,
        )
    if watch is not None:
        after_batch(w, watch)
    return report


def pace_of(w: Wiring) -> Pace | None:
    """How fast mails may leave; files are written as fast as it goes."""
    chosen = w.settings
    return None if chosen.dry_run else Pace(chosen.mailbox_mails_per_minute, chosen.provider_mails_per_minute)


def stops(w: Wiring) -> dict[str, str]:
    """Senders whose marketing mails stand still (too much came back), by id, and why."""
    with reading(w.engine) as session:
        return outreach.open_stops(session)


def lift_stop(w: Wiring, sender: str, *, actor: Person) -> None:
    """A person lets a sender's mails go on. Raises Refused where they do not stand still."""
    if not set(actor.roles) & set(WRITERS):
        raise Refused(f"{actor.name} may not let mails go on.", next_step=f"Ask one of: {', '.join(WRITERS)}.")
    with unit_of_work(w.engine) as session:
        outreach.lift_stop(session, w.clock, sender, actor=actor.id)


def pause(w: Wiring, slug: str, *, actor: Person) -> int:
    """Nothing more is sent until somebody goes on, but mails of running deals; returns how many are held back."""
    with unit_of_work(w.engine) as session:
        check_may(actor, stored_campaign(session, slug), *WRITERS, what="pause the outreach")
        return outreach.pause(session, w.clock, slug, actor=actor.id)


def go_on(w: Wiring, slug: str, *, actor: Person) -> None:
    """Mails may go again. Raises Refused where nothing was paused."""
    with unit_of_work(w.engine) as session:
        check_may(actor, stored_campaign(session, slug), *WRITERS, what="let the outreach go on")
        if not outreach.go_on(session, w.clock, slug, actor=actor.id):
            raise Refused(f"The outreach of {slug} is not paused.", next_step=f"See: greenroom outreach status {slug}")


def is_paused(session: Session, slug: str) -> bool:
    return outreach.pause_of(session, slug) is not None


def read_replies(w: Wiring) -> list[ReadReply]:
    """Read new answers; an opt-out is honoured in the same breath, and nobody is asked about its creator any more.

    Raises TransientError where an inbox broke off, after what was read until then had its effect.
    """
    team = [person.mail for person in w.people]
    read: list[ReadReply] = []
    trouble: TransientError | None = None
    try:
        for reply in outreach.each_reply(w.engine, w.clock, w.inbox, pepper=w.pepper, team=team, taken_up=take_up(w)):
            read.append(reply)
    except TransientError as error:
        trouble = error
    if read:
        with unit_of_work(w.engine) as session:
            withdraw_questions(session, w)
    if trouble is not None:
        raise trouble
    return read


def by_hand(w: Wiring, slug: str, creator: str, *, actor: Person, how: str, address: str = "") -> Message:
    """A person wrote to an approved creator themselves, as people do where no mail address is known."""
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        check_may(actor, campaign_of(session, candidate), *WRITERS, what="write to creators")
        return outreach.record_by_hand(
            session, w.clock, candidate, actor=actor, how=how, address=address, pepper=w.pepper
        )


def record_answer(w: Wiring, slug: str, creator: str, *, actor: Person, kind: str, note: str) -> Reply:
    """A person tells what a creator answered elsewhere than in the inbox. Raises WrongUsage for an unknown kind."""
    try:
        meant = ReplyKind(kind)
    except ValueError:
        raise WrongUsage(f"{kind!r} is no kind of answer.", next_step=f"Kinds: {', '.join(ReplyKind)}.") from None
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        check_may(actor, campaign_of(session, candidate), *WRITERS, what="record an answer")
        reply = outreach.record_answer(session, w.clock, candidate, actor=actor, kind=meant, note=note, pepper=w.pepper)
        take_up(w)(session, reply, candidate)
        withdraw_questions(session, w)
        return reply


def suppress(
    w: Wiring, *, actor: Person, why: str, address: str = "", account: tuple[str, str] | None = None
) -> list[int]:
    """Nobody there is written to again; what was under way before an agreement is closed. Ids of those closed."""
    with unit_of_work(w.engine) as session:
        closed = outreach.suppress(
            session, w.clock, pepper=w.pepper, actor=actor.id, why=why, address=address, account=account
        )
        withdraw_questions(session, w)
        return closed
