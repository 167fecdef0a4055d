"""The first few mails in a wording: how many are out, what came back of them, and whether the others may follow.

Owns the rule. Asks nobody and sends nothing; that a person is asked is the business of whoever keeps the batch.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select as select_many
from sqlmodel import Session, col, func, select

from core.campaign import Outreach
from core.models.candidates import Candidate
from core.models.outreach import Message, Reply, SendAttempt
from core.stages import Stage
from outreach.entries import MARKETING
from outreach.phrases import ReplyKind

#: A mail that came back or was complained about is one too many; of a few mails one opt-out is what is to be expected.
MOST_OPT_OUTS = 1
#: Gone, or perhaps gone: it counts until it is known to be unsent.
_OUT = ("sent", "sending", "unknown")


@dataclass(frozen=True)
class FirstMail:
    """One of the first mails: whose it is, since when it is out (at the latest), and what came of it, by word and
    moment."""

    message_id: int
    candidate_id: int
    status: str
    out_since: datetime
    came_back: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True)
class FirstFew:
    """The first mails in one wording, in the order in which they went, and whether others followed them."""

    mails: tuple[FirstMail, ...] = ()
    more: bool = False


def first_few(
    session: Session, campaign: str, *, templates: Collection[str], size: int, since: datetime
) -> dict[str, FirstFew]:
    """The first `size` mails of each of these templates (sha256) in a campaign, of those that went since then."""
    out = {sha256: _went_out(session, campaign, sha256, since, most=size + 1) for sha256 in templates}
    first = [mail for mails in out.values() for mail in mails[:size]]
    came_back = _came_back(session, first)
    return {
        sha256: FirstFew(
            tuple(replace(mail, came_back=came_back.get(mail.message_id, ())) for mail in mails[:size]),
            more=len(mails) > size,
        )
        for sha256, mails in out.items()
    }


def trouble(few: FirstFew, chosen: Outreach) -> str:
    """What came back of the first few that speaks against sending more, in words; "" where nothing does. Pure.

    What came only after others followed is no matter of the first few any more.
    """
    until = _free_at(few, chosen) if few.more else None
    words = [word for mail in few.mails for word in _words(mail, until)]
    bounced, complained = words.count(ReplyKind.BOUNCE), words.count(ReplyKind.COMPLAINT)
    opted_out = words.count(ReplyKind.OPT_OUT)
    was = "was" if complained == 1 else "were"
    parts = [f"{bounced} came back" if bounced else "", f"{complained} {was} complained about" if complained else ""]
    parts += [f"{opted_out} opted out"] if opted_out > MOST_OPT_OUTS else []
    return " and ".join(filter(None, parts))


def why_held(few: FirstFew, chosen: Outreach, now: datetime) -> str:
    """Why no more mails in this wording may go now, as a sentence; "" where they may. Pure."""
    wrong = trouble(few, chosen)
    if wrong:
        return f"Of {_named(few)} in these words {wrong}."
    if len(few.mails) < chosen.canary_size:
        return ""
    free = _free_at(few, chosen)
    if now >= free:
        return ""
    are = "is" if len(few.mails) == 1 else "are"
    named = _named(few)
    return f"{named.capitalize()} in these words {are} out; the others follow from {free:%Y-%m-%d %H:%M} UTC."


def _named(few: FirstFew) -> str:
    return "the first mail" if len(few.mails) == 1 else f"the first {len(few.mails)} mails"


def _free_at(few: FirstFew, chosen: Outreach) -> datetime:
    return max(mail.out_since for mail in few.mails) + timedelta(hours=chosen.canary_hours)


def _words(mail: FirstMail, until: datetime | None) -> set[str]:
    return {word for word, at in mail.came_back if until is None or at <= until}


def _went_out(session: Session, campaign: str, sha256: str, since: datetime, *, most: int) -> list[FirstMail]:
    """Each with the moment since when it is out: when it was sent, else when its last attempt began."""
    began = (
        select(func.max(SendAttempt.started_at)).where(SendAttempt.message_id == Message.id).correlate(Message)
    ).scalar_subquery()
    at = func.coalesce(col(Message.sent_at), began, col(Message.created_at))
    columns: Sequence[Any] = (Message.id, Message.candidate_id, Message.status, at)
    query = (
        select_many(*columns)
        .where(col(Message.campaign) == campaign, col(Message.category) == MARKETING, col(Message.status).in_(_OUT))
        .where(col(Message.template_sha256) == sha256, at >= since)
        .order_by(at, col(Message.id))
        .limit(most)
    )
    return [
        FirstMail(number, candidate, status, moment) for number, candidate, status, moment in session.execute(query)
    ]


def _came_back(session: Session, mails: Collection[FirstMail]) -> Mapping[int, tuple[tuple[str, datetime], ...]]:
    """By message: what came in about it, and that its creator opted out by another way since."""
    ids = [mail.message_id for mail in mails]
    query = select(Reply.message_id, Reply.kind, Reply.received_at).where(col(Reply.message_id).in_(ids))
    found: dict[int, list[tuple[str, datetime]]] = {}
    for message_id, kind, at in session.exec(query.order_by(col(Reply.received_at), col(Reply.id))):
        found.setdefault(message_id or 0, []).append((kind, at))
    closed = select(Candidate.id, Candidate.entered_stage_at).where(
        col(Candidate.id).in_([mail.candidate_id for mail in mails]), Candidate.stage == Stage.CLOSED_BY_OPT_OUT
    )
    left = dict(session.exec(closed).all())
    for mail in mails:
        if mail.candidate_id in left:
            found.setdefault(mail.message_id, []).append((ReplyKind.OPT_OUT, left[mail.candidate_id]))
    return {message_id: tuple(words) for message_id, words in found.items()}
