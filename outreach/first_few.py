"""The first few mails in a wording: how many are out, what came back of them, and whether the others may follow.

Owns the rule. Asks nobody and sends nothing; that a person is asked is the business of whoever keeps the batch.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

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
_COMPLAINT = "complaint"


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
    """The first mails in one wording, in the order in which they went, and how many mails in it are out in all."""

    mails: tuple[FirstMail, ...] = ()
    out: int = 0


def first_few(
    session: Session, campaign: str, *, templates: Collection[str], size: int, since: datetime
) -> dict[str, FirstFew]:
    """The first `size` mails of each of these templates (sha256) in a campaign, of those that went since then."""
    rows = _went_out(session, campaign, templates, since)
    by_template: dict[str, list[tuple[Message, datetime]]] = {sha256: [] for sha256 in templates}
    for message, at in rows:
        by_template[message.template_sha256].append((message, at))
    first = {sha256: mails[:size] for sha256, mails in by_template.items()}
    came_back = _came_back(session, [message for mails in first.values() for message, _ in mails])
    return {
        sha256: FirstFew(
            tuple(
                FirstMail(message.id or 0, message.candidate_id, message.status, at, came_back.get(message.id or 0, ()))
                for message, at in mails
            ),
            len(by_template[sha256]),
        )
        for sha256, mails in first.items()
    }


def trouble(few: FirstFew, chosen: Outreach) -> str:
    """What came back of the first few that speaks against sending more, in words; "" where nothing does. Pure.

    What came only after others followed is no matter of the first few any more.
    """
    until = _free_at(few, chosen) if few.out > chosen.canary_size else None
    words = [word for mail in few.mails for word in _words(mail, until)]
    bounced, complained = words.count(ReplyKind.BOUNCE), words.count(_COMPLAINT)
    opted_out = words.count(ReplyKind.OPT_OUT)
    was = "was" if complained == 1 else "were"
    parts = [f"{bounced} came back" if bounced else "", f"{complained} {was} complained about" if complained else ""]
    parts += [f"{opted_out} opted out"] if opted_out > MOST_OPT_OUTS else []
    return " and ".join(filter(None, parts))


def why_held(few: FirstFew, chosen: Outreach, now: datetime) -> str:
    """Why no more mails in this wording may go now, as a sentence; "" where they may. Pure."""
    wrong = trouble(few, chosen)
    if wrong:
        return f"Of the first {len(few.mails)} mails in these words {wrong}."
    if few.out < chosen.canary_size:
        return ""
    free = _free_at(few, chosen)
    if now >= free:
        return ""
    return f"The first {len(few.mails)} mails in these words are out; the others follow from {free:%Y-%m-%d %H:%M} UTC."


def free_at(few: FirstFew, chosen: Outreach) -> datetime | None:
    """From when on the others may follow if nothing comes back; None while the first few are not all out."""
    return _free_at(few, chosen) if few.out >= chosen.canary_size else None


def _free_at(few: FirstFew, chosen: Outreach) -> datetime:
    return max(mail.out_since for mail in few.mails) + timedelta(hours=chosen.canary_hours)


def _words(mail: FirstMail, until: datetime | None) -> set[str]:
    return {word for word, at in mail.came_back if until is None or at <= until}


def _went_out(
    session: Session, campaign: str, templates: Collection[str], since: datetime
) -> list[tuple[Message, datetime]]:
    """Each with the moment since when it is out: when it was sent, else when its last attempt began."""
    began = (
        select(SendAttempt.message_id, func.max(SendAttempt.started_at).label("began"))
        .group_by(col(SendAttempt.message_id))
        .subquery()
    )
    at = func.coalesce(col(Message.sent_at), began.c.began, col(Message.created_at))
    query = (
        select(Message, at)
        .outerjoin(began, began.c.message_id == Message.id)
        .where(Message.campaign == campaign, Message.category == MARKETING, col(Message.status).in_(_OUT))
        .where(col(Message.template_sha256).in_(templates), at >= since)
        .order_by(at, col(Message.id))
    )
    return [(message, moment) for message, moment in session.exec(query)]


def _came_back(session: Session, mails: Collection[Message]) -> Mapping[int, tuple[tuple[str, datetime], ...]]:
    """By message: what came in about it, and that its creator opted out by another way since."""
    ids = [mail.id for mail in mails]
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
            found.setdefault(mail.id or 0, []).append((ReplyKind.OPT_OUT, left[mail.candidate_id]))
    return {message_id: tuple(words) for message_id, words in found.items()}
