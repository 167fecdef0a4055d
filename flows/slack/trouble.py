"""What Slack will never take though somebody should see it, in sentences for ops. Reads."""

from collections import Counter
from collections.abc import Sequence, Set

from sqlmodel import Session, col, func, select

from approvals.slack.outbox import TOLD
from core.models.approvals import Request
from core.models.slack import SlackPost
from flows.slack.notices import MAILED

_CARD = "chat.postMessage"


def lost_in_words(session: Session) -> list[str]:
    """One line for each reason for which messages to a channel or a person are lost.

    What was about a request that is closed by now is no trouble any more, nor what reached people another way since.
    """
    counted = Counter((post.channel, post.last_error) for post in lost(session))
    return [
        f"{'1 message' if count == 1 else f'{count} messages'} for {channel} never reached Slack: {why}"
        for (channel, why), count in counted.items()
    ]


def lost(session: Session) -> list[SlackPost]:
    """What Slack will never take and somebody should still see, oldest first."""
    refused = col(SlackPost.status).in_(("dead", MAILED))
    posts = session.exec(select(SlackPost).where(refused).order_by(col(SlackPost.id))).all()
    missed = _missed(session, posts)
    # An answer to a click was for that moment, and may have been for somebody whom we cannot write to at all.
    others = [post for post in posts if post.request_id is None and not post.key.startswith(TOLD)]
    found = [*missed, *_others_lost(session, others, queues={post.after_key for post in missed})]
    return sorted(found, key=lambda post: post.id or 0)


def _missed(session: Session, posts: Sequence[SlackPost]) -> list[SlackPost]:
    """Those of requests that are still open; of cards, only where the request is shown nowhere else."""
    if not posts:
        return []
    asked = set(session.exec(select(Request.id).where(Request.status == "open")))
    there = (SlackPost.method == _CARD, col(SlackPost.status).not_in(("dead", "superseded")))
    shown = set(session.exec(select(SlackPost.request_id).where(*there)))
    return [
        post for post in posts
        if post.request_id in asked and not (post.method == _CARD and post.request_id in shown)
    ]  # fmt: skip


def _others_lost(session: Session, posts: Sequence[SlackPost], *, queues: Set[str | None]) -> list[SlackPost]:
    """What is about no single request: queues whose cards are missed, and what nothing came after in its channel."""
    query = select(SlackPost.channel, func.max(SlackPost.id)).where(SlackPost.status == "sent")
    last = {channel: number or 0 for channel, number in session.exec(query.group_by(col(SlackPost.channel)))}
    return [
        post for post in posts
        if (post.key in queues if post.key.startswith("queue:") else (post.id or 0) > last.get(post.channel, 0))
    ]  # fmt: skip
