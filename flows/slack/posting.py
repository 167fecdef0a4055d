"""What Greenroom says in Slack by itself: follows the audit log, and puts what is new or has changed into the outbox.

Owns how far the log was read, in the same transaction as what was put: a kill at any moment loses and doubles nothing.
Knows which requests were touched, not what was done to them: a card shows the request as it is now.
"""

import logging
import time
from collections.abc import Callable, Sequence

from pydantic import ValidationError
from sqlalchemy import String, cast
from sqlmodel import Session, col, func, or_, select

from approvals.slack import cards
from approvals.slack.places import update_place
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.audit import AuditEntry
from core.models.outreach import Reply
from core.models.slack import Cursor, SlackPost
from flows.slack import notices, reply_cards
from flows.slack.cards import Batch, post_card, post_question
from flows.slack.queues import next_request, show_progress
from flows.wiring import Wiring

log = logging.getLogger("greenroom.slack")
CURSOR = "slack"
#: Entries read in one transaction: others wait to write meanwhile.
BATCH = 250
#: Seconds between two of them, for whoever waits to write: SQLite's waiters look again every tenth of a second.
BREATH = 0.15
_ABOUT = "request:"


def announce(w: Wiring, *, breathe: Callable[[float], None] = time.sleep) -> int:
    """Put whatever is new or has changed since the last time; returns how many posts that were."""
    told = 0
    behind, undelivered = _news(w)
    if undelivered:
        with unit_of_work(w.engine) as session:
            told += notices.mail_instead(session, w)
    if behind:
        with unit_of_work(w.engine) as session:
            notices.refresh(session, w)
    while behind:
        with unit_of_work(w.engine) as session:
            told += _follow(session, w)
        behind, _ = _news(w)
        if behind:
            breathe(BREATH)
    return told


def look_again(w: Wiring) -> None:
    """The next `announce` looks at every open request anew: a channel may be named that was not before, or may take
    what it refused."""
    with unit_of_work(w.engine) as session:
        cursor = session.get(Cursor, CURSOR)
        if cursor is not None:
            cursor.position = min(cursor.position, _first_position(session))
            session.add(cursor)


def next_of_queue(w: Wiring, queue_id: str) -> str | None:
    """The id of the request to be decided next in a queue, or None; `queue_id` is what its button carries."""
    with reading(w.engine) as session:
        found = next_request(session, queue_id)
    return found.id if found is not None else None


def _news(w: Wiring) -> tuple[bool, bool]:
    """(whether the log goes on, whether there are notices that Slack did not take), in one reading."""
    with reading(w.engine) as session:
        newest = select(func.coalesce(func.max(AuditEntry.seq), 0)).scalar_subquery()
        position = select(Cursor.position).where(Cursor.name == CURSOR).scalar_subquery()
        end, read, undelivered = session.exec(select(newest, position, notices.undelivered().exists())).one()
    return read is None or read < end, undelivered


def _follow(session: Session, w: Wiring) -> int:
    """One batch of the log."""
    cursor = session.get(Cursor, CURSOR) or Cursor(name=CURSOR, position=_first_position(session))
    query = select(AuditEntry.seq, AuditEntry.action, AuditEntry.subject).where(
        AuditEntry.seq > cursor.position,
        or_(*(col(AuditEntry.subject).startswith(about) for about in (_ABOUT, reply_cards.ABOUT))),
    )
    entries = session.exec(query.order_by(col(AuditEntry.seq)).limit(BATCH)).all()
    newest = session.exec(select(func.coalesce(func.max(AuditEntry.seq), 0))).one()
    cursor.position = entries[-1][0] if len(entries) == BATCH else newest
    session.add(cursor)
    last = session.exec(select(func.coalesce(func.max(SlackPost.id), 0))).one()
    happened = [(action, subject) for _, action, subject in entries]
    requests, new = _touched(session, [one for one in happened if one[1].startswith(_ABOUT)])
    batch = Batch(session, w, requests)
    for request in requests:
        _tell(batch, request, new=request.id in new)
    reply_cards.tell(session, w, [subject for _, subject in happened if subject.startswith(reply_cards.ABOUT)])
    session.flush()
    for queue_id in batch.queues.changed:
        show_progress(session, w.clock, w.people, queue_id)
    return session.exec(select(func.count()).select_from(SlackPost).where(col(SlackPost.id) > last)).one()


def _first_position(session: Session) -> int:
    """Before the oldest open request was asked and the oldest open answer came: what was settled before Slack was there
    is not told."""
    open_ones = select(_ABOUT + col(Request.id)).where(Request.status == "open")
    asked = (col(AuditEntry.action) == "request.asked") & col(AuditEntry.subject).in_(open_ones)
    waiting = select(reply_cards.ABOUT + cast(col(Reply.id), String)).where(Reply.state == "open")
    came = (col(AuditEntry.action) == "reply.opened") & col(AuditEntry.subject).in_(waiting)
    first = session.exec(select(func.min(AuditEntry.seq)).where(asked | came)).one()
    if first is not None:
        return first - 1
    return session.exec(select(func.coalesce(func.max(AuditEntry.seq), 0))).one()


def _touched(session: Session, entries: Sequence[tuple[str, str]]) -> tuple[list[Request], set[str]]:
    """(each request once, in the order in which things happened; ids of those that were asked)."""
    ids = list(dict.fromkeys(subject.removeprefix(_ABOUT) for _, subject in entries))
    new = {subject.removeprefix(_ABOUT) for action, subject in entries if action == "request.asked"}
    found = {request.id: request for request in session.exec(select(Request).where(col(Request.id).in_(ids)))}
    return [found[one] for one in ids if one in found], new


def _tell(batch: Batch, request: Request, *, new: bool) -> None:
    try:
        card = post_card(batch, request) if request.status == "open" else None
        if request.status == "open" and request.waits_for:
            post_question(batch, request)
        if new and request.status == "open" and not batch.place_of(request):
            log.info("request %s is not shown in Slack: no channel is named for it, and %s has no Slack id",
                     request.id[:8], request.assignee)  # fmt: skip
        _change(batch, request, [place for place in batch.places(request) if place is not card])
    except (Refused, ValidationError) as error:
        # One request that cannot be shown must not silence all others.
        log.warning("request %s cannot be shown in Slack: %s", request.id[:8], error)


def _change(batch: Batch, request: Request, places: Sequence[SlackPost]) -> None:
    payload = cards.message(batch.shown(request)) if places else {}
    for place in places:
        update_place(batch.session, batch.w.clock, place, payload, earlier=batch.changes(place))
        if place.after_key:
            batch.queues.note(place.after_key)
