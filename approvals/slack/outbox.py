"""What waits to be posted to Slack, put on the record with the decision that causes it.

Owns putting and reading posts. Never calls Slack and never commits.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, or_, update
from sqlmodel import Session, col, select

from core.clock import Clock
from core.models.slack import SlackPost

#: A post of these holds back later ones of its channel.
LIVE = ("waiting", "sending", "unknown")
#: How keys begin of what is said to one person and never changed or looked for again.
TOLD, NOTICE = "told:", "notice:"
KEPT = timedelta(days=90)


def put(
    session: Session,
    clock: Clock,
    *,
    key: str,
    method: str,
    channel: str,
    payload: Mapping[str, object],
    after_key: str | None = None,
    request_id: str | None = None,
) -> SlackPost:
    """Record a post in the caller's transaction; the same key again is the same post.

    A change of a message takes the place of an older change of it that still waits.
    """
    known = post_with(session, key)
    if known is not None:
        return known
    if method == "chat.update" and after_key is not None:
        older = (col(SlackPost.after_key) == after_key) & (col(SlackPost.method) == method)
        waits = col(SlackPost.status) == "waiting"
        session.execute(update(SlackPost).where(older, waits).values(status="superseded"))
    post = add(session, clock, key=key, method=method, channel=channel, payload=payload, after_key=after_key,
               request_id=request_id)  # fmt: skip
    session.flush()
    return post


def add(
    session: Session, clock: Clock, *, key: str, method: str, channel: str, payload: Mapping[str, object],
    after_key: str | None = None, request_id: str | None = None,
) -> SlackPost:  # fmt: skip
    """Record a post whose key is surely new: for whoever has looked for many keys at once."""
    now = clock.now()
    post = SlackPost(key=key, method=method, channel=channel, payload=dict(payload), after_key=after_key,
                     request_id=request_id, not_before=now, created_at=now)  # fmt: skip
    session.add(post)
    return post


def try_again(session: Session, clock: Clock, post: SlackPost) -> None:
    """What Slack refused for good may be taken after somebody did something about it.

    It is looked for first: an early try at it may have arrived, where Slack refused the look for it and not the post.
    """
    post.status, post.attempts, post.not_before, post.last_error = "unknown", 0, clock.now(), ""
    session.add(post)


def post_with(session: Session, key: str) -> SlackPost | None:
    return session.exec(select(SlackPost).where(SlackPost.key == key)).first()


def waiting(session: Session) -> list[SlackPost]:
    """Everything not yet known to be in Slack, oldest first."""
    return list(session.exec(select(SlackPost).where(col(SlackPost.status).in_(LIVE)).order_by(col(SlackPost.id))))


def dead(session: Session) -> list[SlackPost]:
    """What Slack will never take, with the reason in `last_error`, oldest first."""
    return list(session.exec(select(SlackPost).where(SlackPost.status == "dead").order_by(col(SlackPost.id))))


def forget_old(session: Session, clock: Clock) -> int:
    """Drop what was said to single persons long ago, so that it does not pile up; returns how many."""
    to_one = or_(*(col(SlackPost.key).startswith(kind) for kind in (TOLD, NOTICE)))
    settled, old = col(SlackPost.status).not_in(LIVE), col(SlackPost.created_at) < clock.now() - KEPT
    return cast(CursorResult[Any], session.execute(delete(SlackPost).where(to_one, settled, old))).rowcount
