"""The follow-ups of a campaign, written when they are near and called off as soon as something came back; and the end
of a sequence that nobody answered. Sends nothing.
"""

from collections.abc import Sequence as Listed
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from core.campaign import Campaign
from core.clock import Clock, local_day
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.outreach import Message
from core.people import People
from core.stages import Stage
from core.store import move
from outreach import schedule, settling
from outreach.entries import INVITE, MACHINE, MARKETING, message_of
from outreach.sequence import FOLLOW_UPS, NO_ANSWER, Step, sequence_of
from outreach.standing import Standing, standings
from outreach.writing import (
    Desk,
    LeftForPerson,
    Thread,
    id_of,
    is_outdated,
    keep,
    left_for_person,
    mail_for,
    renew,
)


@dataclass(frozen=True)
class FollowUps:
    """Message ids written now, written again, and called off as they do not fit any more; who was left, and why."""

    written: tuple[int, ...]
    renewed: tuple[int, ...]
    called_off: tuple[int, ...]
    left: tuple[LeftForPerson, ...]


def write_follow_ups(
    session: Session, clock: Clock, campaign: Campaign, people: People, *, templates: Path, pepper: bytes,
    until: datetime | None = None, reads_so_since: datetime | None = None, public_url: str = "",
) -> FollowUps:  # fmt: skip
    """Write the follow-ups that are due before `until` (else by now); done again it writes nothing twice.

    They go in the thread and from the sender of the first mail (R29), on the day of the sequence. One that was never
    sent is written again as an invitation is. Whoever was written to by hand gets none.
    """
    desk = Desk.of(campaign, people, templates, pepper=pepper, reads_so_since=reads_so_since, public_url=public_url)
    called_off = _call_off(session, clock, campaign)
    written: list[int] = []
    renewed: list[int] = []
    left: list[LeftForPerson] = []
    for standing in standings(session, campaign, desk.sequence, people, stages=[Stage.INVITED]):
        step = desk.sequence.step(standing.next.what)
        called_off += _call_off_others(session, clock, standing)
        if step is None or standing.next.when is None or standing.next.when > (until or clock.now()):
            continue
        known = message_of(session, id_of(standing.candidate), step.name)
        if known is not None and not is_outdated(known, desk, desk.template(step), clock.now()):
            continue
        try:
            new = _follow_up(session, clock, standing, desk, step)
        except Refused as refusal:
            left.append(left_for_person(session, standing.candidate, str(refusal)))
            continue
        if known is None:
            written.append(keep(session, clock, new).id or 0)
        else:
            renewed.append(renew(session, clock, known, new).id or 0)
    return FollowUps(tuple(written), tuple(renewed), tuple(called_off), tuple(left))


def close_unanswered(
    session: Session, clock: Clock, campaign: Campaign, people: People, *, templates: Path
) -> list[Candidate]:
    """Whoever did not answer the last mail of the sequence in time becomes NO_ANSWER; a late reply reopens that."""
    sequence = sequence_of(templates, campaign)
    closed = []
    for standing in standings(session, campaign, sequence, people, stages=[Stage.INVITED]):
        decided = standing.next
        if decided.what == NO_ANSWER and decided.when is not None and decided.when <= clock.now():
            move(session, clock, standing.candidate, Stage.NO_ANSWER, actor=MACHINE, reason=decided.why)
            closed.append(standing.candidate)
    return closed


def end_of_tomorrow(clock: Clock, time_zone: str) -> datetime:
    """Until when mails are written ahead, so that people can look at the next day's before it comes."""
    day = local_day(clock.now(), time_zone) + timedelta(days=2)
    return datetime.combine(day, time(), tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def _follow_up(session: Session, clock: Clock, standing: Standing, desk: Desk, step: Step) -> Message:
    planned = standing.next.when
    message, sender = mail_for(session, clock, standing.candidate, desk, step, desk.template(step),
                               thread=_thread(session, standing.candidate, desk), planned=planned)  # fmt: skip
    message.needs_stage = Stage.INVITED
    reader = schedule.calendar_at(message.time_zone, message.country)
    opening = schedule.next_chance(max(planned or clock.now(), clock.now()), reader=reader, sender=sender.calendar,
                                   hours=desk.hours)  # fmt: skip
    if opening > clock.now():
        message.not_before = opening + schedule.spread(message.message_id, hours=desk.hours)
    return message


def _thread(session: Session, candidate: Candidate, desk: Desk) -> Thread:
    """The mails of the sequence that went out to them."""
    query = select(Message).where(Message.candidate_id == candidate.id, Message.category == MARKETING)
    sent = session.exec(query.where(Message.status == "sent").order_by(col(Message.sent_at), col(Message.id))).all()
    first = next((mail for mail in sent if mail.step == INVITE), None)
    if first is None or first.sent_at is None:
        raise Refused("Nobody can tell when the first mail went out.", next_step="Write to them by hand.")
    calendar = desk.people.named(first.sender).calendar
    return Thread(first.subject, local_day(first.sent_at, calendar.time_zone), tuple(mail.message_id for mail in sent))


def _call_off(session: Session, clock: Clock, campaign: Campaign) -> list[int]:
    """Follow-ups that wait for creators who stand elsewhere by now."""
    query = (
        select(Message)
        .join(Candidate, col(Candidate.id) == Message.candidate_id)
        .where(Message.campaign == campaign.slug, Message.status == "pending", col(Message.step).in_(FOLLOW_UPS))
        .where(Candidate.stage != Stage.INVITED)
        .order_by(col(Message.candidate_id))
    )
    return _cancelled(session, clock, session.exec(query).all(), why="the creator stands elsewhere by now")


def _call_off_others(session: Session, clock: Clock, standing: Standing) -> list[int]:
    """Follow-ups that wait although something else comes next, as after a bounce."""
    waiting = [mail.step for mail in standing.mails if mail.status == "pending" and mail.step in FOLLOW_UPS]
    others = [step for step in waiting if step != standing.next.what]
    found = [message_of(session, id_of(standing.candidate), step) for step in others]
    return _cancelled(session, clock, [one for one in found if one is not None], why=standing.next.why)


def _cancelled(session: Session, clock: Clock, messages: Listed[Message], *, why: str) -> list[int]:
    return [
        message.id or 0
        for message in messages
        if settling.cancel(session, clock, candidate_id=message.candidate_id, step=message.step, why=why)
    ]
