"""Where the creators of a campaign stand in its sequence, read from the record for whoever decides or shows it."""

from collections.abc import Sequence as Listed
from dataclasses import dataclass

from sqlalchemy import select as select_many
from sqlmodel import Session, col, select

from core.campaign import Campaign
from core.models.candidates import Candidate
from core.models.outreach import Message, Reply
from core.people import People, WorkCalendar
from outreach import schedule
from outreach.entries import INVITE
from outreach.sequence import FOLLOW_UPS, Mailed, Next, Sequence, what_comes_next
from outreach.writing import hours_of


@dataclass(frozen=True)
class Standing:
    """One candidate, the mails of the sequence and the kinds of what came back, and what comes next."""

    candidate: Candidate
    mails: tuple[Mailed, ...]
    replies: tuple[str, ...]
    next: Next


def standings(
    session: Session, campaign: Campaign, sequence: Sequence, people: People, *, stages: Listed[str]
) -> list[Standing]:
    """Every candidate of the campaign's cycle at one of these stages, by rank. Three queries, however many they are."""
    query = (
        select(Candidate)
        .where(Candidate.campaign == campaign.slug, Candidate.cycle == campaign.cycle)
        .where(col(Candidate.stage).in_(stages))
        .order_by(col(Candidate.rank), col(Candidate.id))
    )
    candidates = session.exec(query).all()
    mails, places = _mails(session, campaign)
    replies = _replies(session, campaign)
    found = []
    for candidate in candidates:
        number = candidate.id or 0
        its_mails, its_replies = tuple(mails.get(number, ())), tuple(replies.get(number, ()))
        decided = what_comes_next(
            sequence, stage=candidate.stage, mails=its_mails, replies=its_replies, hours=hours_of(campaign, sequence),
            calendar=schedule.calendar_at(*places.get(number, ("", ""))) or _senders(candidate, campaign, people),
        )  # fmt: skip
        found.append(Standing(candidate, its_mails, its_replies, decided))
    return found


def _mails(session: Session, campaign: Campaign) -> tuple[dict[int, list[Mailed]], dict[int, tuple[str, str]]]:
    query = (
        select_many(col(Message.candidate_id), col(Message.step), col(Message.status), col(Message.category),
                    col(Message.sent_at), col(Message.time_zone), col(Message.country))
        .where(col(Message.campaign) == campaign.slug, col(Message.step).in_((INVITE, *FOLLOW_UPS)))
        .order_by(col(Message.id))
    )  # fmt: skip
    mails: dict[int, list[Mailed]] = {}
    places: dict[int, tuple[str, str]] = {}
    for candidate, step, status, category, sent_at, time_zone, country in session.execute(query):
        mails.setdefault(candidate, []).append(Mailed(step, status, category, sent_at))
        places.setdefault(candidate, (time_zone, country))
    return mails, places


def _replies(session: Session, campaign: Campaign) -> dict[int, list[str]]:
    query = (
        select(Reply.candidate_id, Reply.kind)
        .join(Candidate, col(Candidate.id) == Reply.candidate_id)
        .where(Candidate.campaign == campaign.slug)
        .order_by(col(Reply.id))
    )
    found: dict[int, list[str]] = {}
    for candidate, kind in session.exec(query):
        found.setdefault(candidate or 0, []).append(kind)
    return found


def _senders(candidate: Candidate, campaign: Campaign, people: People) -> WorkCalendar:
    """Of whoever writes to a creator of whom nobody knows where they live."""
    known = {person.id: person for person in people}
    sender = known.get(candidate.sender or "") or known.get(campaign.owners.sender)
    return sender.calendar if sender else WorkCalendar()
