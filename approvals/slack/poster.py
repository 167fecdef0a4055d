"""Delivers the outbox: each post once, in order within its channel, whatever breaks on the way.

Owns claiming, trying again, and finding out whether a post arrived. Knows no request and no card.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from approvals.slack import files
from approvals.slack.api import ONCE_ONLY, RateLimited, TakesFiles, TokenRefused
from approvals.slack.outbox import LIVE, post_with
from core.clock import Clock
from core.database import unit_of_work
from core.errors import OutcomeUnknown, PermanentError, TransientError
from core.models.slack import SlackPost

#: A poster that is silent for so long is taken for dead; longer than all calls of one post may take.
LEASE = timedelta(minutes=2)
#: Slack takes about one message a second in a channel.
SPACING = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=5)
#: Slack may list a message a little after it took it.
LOOK_AFTER = timedelta(seconds=5)
#: Slack's clock and ours may differ.
_CLOCKS_DIFFER = timedelta(hours=1)
EVENT_TYPE = "greenroom_post"
#: How ids of members begin: U, and W in large organisations.
_MEMBERS = ("U", "W")


@dataclass
class Delivered:
    """What a round did; `stopped` says why nothing can be sent at all."""

    sent: int = 0
    dead: int = 0
    put_off: int = 0
    stopped: str = ""


def deliver_due(engine: Engine, clock: Clock, slack: TakesFiles, *, limit: int = 100) -> Delivered:
    """Deliver what is due, at most `limit` posts."""
    done = Delivered()
    for _ in range(limit):
        with unit_of_work(engine) as session:
            claimed = _claim(session, clock)
        if claimed is None:
            break
        post, unsure = claimed
        try:
            _deliver(engine, clock, slack, post, unsure, done)
        except TokenRefused as error:
            # Nothing is wrong with the post: it waits for the next token.
            _keep(engine, post, status="unknown" if unsure else "waiting", last_error=str(error))
            done.stopped = str(error)
            break
    return done


def _claim(session: Session, clock: Clock) -> tuple[SlackPost, bool] | None:
    """Take the first post that is due; says too whether an earlier try at it may have worked."""
    now = clock.now()
    gone = (col(SlackPost.status) == "sending") & (col(SlackPost.lease_until) < now)
    session.execute(update(SlackPost).where(gone).values(status="unknown", lease_until=None))
    live = col(SlackPost.status).in_(LIVE)
    heads = select(func.min(SlackPost.id)).where(live).group_by(col(SlackPost.channel))
    query = select(SlackPost).where(
        col(SlackPost.id).in_(heads), col(SlackPost.status) != "sending", col(SlackPost.not_before) <= now,
        _not_too_soon(now),
    )  # fmt: skip
    post = session.exec(query.order_by(col(SlackPost.id)).limit(1)).first()
    if post is None:
        return None
    was = post.status
    mine = (col(SlackPost.id) == post.id) & (col(SlackPost.status) == was)
    taken = update(SlackPost).where(mine).values(
        status="sending", attempts=post.attempts + 1, lease_until=now + LEASE
    )  # fmt: skip
    if session.execute(taken).rowcount != 1:  # type: ignore[attr-defined]
        return None
    session.refresh(post)
    return post, was == "unknown"


def _not_too_soon(now: datetime) -> ColumnElement[bool]:
    """Whether the last message of its channel is long enough ago. Only that one is looked at: a channel has many."""
    other = aliased(SlackPost)
    before = select(other.sent_at).where(
        other.channel == SlackPost.channel, other.method == "chat.postMessage", other.status == "sent",
        col(other.id) < col(SlackPost.id),
    )  # fmt: skip
    last = before.order_by(col(other.id).desc()).limit(1).scalar_subquery()
    return or_(col(SlackPost.method) != "chat.postMessage", last.is_(None), last <= now - SPACING)


def _deliver(engine: Engine, clock: Clock, slack: TakesFiles, post: SlackPost, unsure: bool, done: Delivered) -> None:
    try:
        answer = _settled(engine, clock, slack, post, unsure)
    except TokenRefused:
        raise
    except PermanentError as error:
        _keep(engine, post, status="dead", last_error=str(error)[:500])
        done.dead += 1
        return
    except (TransientError, OutcomeUnknown) as error:
        _put_off(engine, clock, post, error, unsure)
        done.put_off += 1
        return
    if answer is None:
        _keep(engine, post, status="waiting")
        return
    found = {"ts": str(answer.get("ts", "")), "sent_channel": str(answer.get("channel") or post.sent_channel)}
    _keep(engine, post, status="sent", sent_at=clock.now(), last_error="", **found)
    done.sent += 1


def _settled(engine: Engine, clock: Clock, slack: TakesFiles, post: SlackPost, unsure: bool) -> dict[str, Any] | None:
    """What Slack answered, or None when an earlier try turned out not to have arrived."""
    with unit_of_work(engine) as session:
        before = post_with(session, post.after_key) if post.after_key else None
    if post.after_key and (before is None or before.status not in (*LIVE, "sent")):
        raise PermanentError("The message that this one belongs to is not in Slack.")
    if before is not None and before.status != "sent":
        raise TransientError("The message that this one belongs to is not in Slack yet.")
    channel = before.sent_channel if before else _channel(engine, slack, post)
    thread = before.ts if before else ""
    if unsure and post.method in (*ONCE_ONLY, files.UPLOAD):
        return _look(slack, post, channel, thread)
    if post.method == files.UPLOAD:
        files.upload(slack, post.payload, channel=channel, thread=thread, keep=lambda made: _name(engine, post, made))
        return {"channel": channel}
    return slack.call(post.method, _payload(post, channel, before))


def _channel(engine: Engine, slack: TakesFiles, post: SlackPost) -> str:
    if post.sent_channel or not post.channel.startswith(_MEMBERS):
        return post.sent_channel or post.channel
    opened = str(slack.call("conversations.open", {"users": post.channel})["channel"]["id"])
    with unit_of_work(engine) as session:
        session.execute(update(SlackPost).where(col(SlackPost.id) == post.id).values(sent_channel=opened))
    post.sent_channel = opened
    return opened


def _payload(post: SlackPost, channel: str, before: SlackPost | None) -> dict[str, object]:
    payload: dict[str, object] = dict(post.payload)
    if post.method.startswith("chat."):
        payload["channel"] = channel
    if before is not None:
        payload["ts" if post.method == "chat.update" else "thread_ts"] = before.ts
    if post.method == "chat.postMessage":
        payload["metadata"] = {"event_type": EVENT_TYPE, "event_payload": {"key": post.key}}
    return payload


def _look(slack: TakesFiles, post: SlackPost, channel: str, thread: str) -> dict[str, Any] | None:
    if post.method == files.UPLOAD and not post.file_id:
        return None  # it was never shared: its id is kept first
    if post.method not in ("chat.postMessage", files.UPLOAD):
        raise PermanentError(f"Nobody can see whether {post.method} arrived; it is not repeated.")
    oldest = (post.created_at - _CLOCKS_DIFFER).timestamp()
    query: dict[str, object] = {"channel": channel, "include_all_metadata": True, "limit": 200}
    query |= {"oldest": f"{oldest:.6f}"} if not thread else {"ts": thread}
    while True:
        page = slack.call("conversations.replies" if thread else "conversations.history", query)
        for message in page.get("messages", []):
            if files.shows(message, post.file_id) if post.method == files.UPLOAD else _key(message) == post.key:
                return {"ts": message["ts"], "channel": channel}
        cursor = page.get("response_metadata", {}).get("next_cursor", "")
        if not cursor:
            return None
        query["cursor"] = cursor


def _key(message: Mapping[str, Any]) -> object:
    metadata = message.get("metadata") or {}
    return metadata.get("event_payload", {}).get("key") if metadata.get("event_type") == EVENT_TYPE else None


def _put_off(engine: Engine, clock: Clock, post: SlackPost, error: Exception, unsure: bool) -> None:
    again = clock.now() + min(LONGEST_PAUSE, timedelta(seconds=2 ** min(post.attempts, 10)))
    if isinstance(error, RateLimited):
        again = clock.now() + timedelta(seconds=error.retry_after)
        later = (col(SlackPost.channel) == post.channel) & (col(SlackPost.method) == post.method)
        with unit_of_work(engine) as session:
            session.execute(
                update(SlackPost)
                .where(later, col(SlackPost.status) == "waiting", col(SlackPost.not_before) < again)
                .values(not_before=again)
            )
    unknown = unsure or isinstance(error, OutcomeUnknown)
    again = max(again, clock.now() + LOOK_AFTER) if unknown else again
    _keep(engine, post, status="unknown" if unknown else "waiting", not_before=again, last_error=str(error)[:500])


def _keep(engine: Engine, post: SlackPost, **values: object) -> None:
    with unit_of_work(engine) as session:
        session.execute(update(SlackPost).where(_ours(post)).values(lease_until=None, **values))


def _name(engine: Engine, post: SlackPost, file_id: str) -> None:
    """The id under which a file can be looked for, before it is shared; not once another poster is at it."""
    with unit_of_work(engine) as session:
        named = session.execute(update(SlackPost).where(_ours(post)).values(file_id=file_id))
        if named.rowcount != 1:  # type: ignore[attr-defined]
            raise TransientError("Another poster has taken over this file.")


def _ours(post: SlackPost) -> ColumnElement[bool]:
    # Only while the claim is still ours: a poster that was slow must not undo what another found out.
    mine = (col(SlackPost.id) == post.id) & (col(SlackPost.status) == "sending")
    return mine & (col(SlackPost.attempts) == post.attempts)
