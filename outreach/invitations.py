"""The invitations of a campaign: who gets one, who is left for a person, and which are written again. Sends nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from core.campaign import Campaign
from core.clock import Clock
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.outreach import Message
from core.people import People
from core.stages import Stage
from outreach import schedule
from outreach.entries import INVITE, message_of
from outreach.frequency import check_not_shared, check_quiet
from outreach.render import MailTemplate
from outreach.sequence import Step
from outreach.writing import Desk, LeftForPerson, id_of, is_outdated, keep, left_for_person, mail_for, renew


@dataclass(frozen=True)
class Invitations:
    """Message ids written now, ids written again because their deadline had come too near, and who was left."""

    written: tuple[int, ...]
    renewed: tuple[int, ...]
    left: tuple[LeftForPerson, ...]


def write_invitations(
    session: Session, clock: Clock, campaign: Campaign, people: People, *, templates: Path, pepper: bytes,
    reads_so_since: datetime | None = None, public_url: str = "",
) -> Invitations:  # fmt: skip
    """Write the invitation of every APPROVED candidate who has none; done again it writes nothing twice.

    A written invitation stays as it is; only one that was never sent is written again: when its deadline has come too
    near, its sender is not in the people file any more, or template or campaign read otherwise since (before
    `reads_so_since` they did), as what was signed off is what is sent.
    """
    people.check_campaign(campaign)
    desk = Desk.of(campaign, people, templates, pepper=pepper, reads_so_since=reads_so_since, public_url=public_url)
    step = desk.sequence.steps[0]
    template = desk.template(step)
    written: list[int] = []
    renewed: list[int] = []
    left: list[LeftForPerson] = []
    for candidate in _approved(session, campaign):
        message = message_of(session, id_of(candidate), INVITE)
        if message is not None and not is_outdated(message, desk, template, clock.now()):
            left += _unsent(session, candidate, message)
            continue
        try:
            new = _invitation(session, clock, candidate, desk, step, template)
        except Refused as refusal:
            left.append(left_for_person(session, candidate, str(refusal)))
            continue
        if message is None:
            written.append(keep(session, clock, new).id or 0)
        else:
            renewed.append(renew(session, clock, message, new).id or 0)
    return Invitations(tuple(written), tuple(renewed), tuple(left))


def _approved(session: Session, campaign: Campaign) -> Sequence[Candidate]:
    query = (
        select(Candidate)
        .where(Candidate.campaign == campaign.slug, Candidate.cycle == campaign.cycle)
        .where(Candidate.stage == Stage.APPROVED)
        .order_by(col(Candidate.id))
        .with_for_update()
    )
    return sorted(session.exec(query), key=lambda candidate: (candidate.rank, candidate.id))


def _unsent(session: Session, candidate: Candidate, message: Message) -> list[LeftForPerson]:
    """An invitation that will not go out by itself, so that its creator is not forgotten."""
    if message.status not in ("failed", "cancelled"):
        return []
    reason = f"Message {message.id} to them {message.status}: {message.detail.rstrip('.')}."
    again = "Write by hand." if message.withdrawn else "Put it back when the reason is gone, or write by hand."
    return [left_for_person(session, candidate, f"{reason} {again}")]


def _invitation(
    session: Session, clock: Clock, candidate: Candidate, desk: Desk, step: Step, template: MailTemplate
) -> Message:
    message, sender = mail_for(session, clock, candidate, desk, step, template)
    chosen = desk.campaign.outreach
    check_not_shared(session, clock, candidate, key=message.recipient_key, cool_down_days=chosen.cool_down_days)
    check_quiet(session, clock, candidate, key=message.recipient_key, quiet_days=chosen.quiet_days)
    message.needs_stage, message.moves_to = Stage.APPROVED, Stage.INVITED
    reader = schedule.calendar_at(message.time_zone, message.country)
    opening = schedule.next_chance(clock.now(), reader=reader, sender=sender.calendar, hours=desk.hours)
    if opening > clock.now():
        message.not_before = opening + schedule.spread(message.message_id, hours=desk.hours)
    return message
