"""Where in Slack a request is shown, and changing all those messages at once.

Knows no card: what to show is handed in. Never calls Slack and never commits.
"""

import hashlib
import json
from collections.abc import Callable, Mapping

from sqlmodel import Session, col, select

from approvals.slack.outbox import put
from core.clock import Clock
from core.models.slack import SlackPost

Render = Callable[[SlackPost], Mapping[str, object]]


def places_of(session: Session, request_id: str) -> list[SlackPost]:
    """The messages that show the request, in a thread or not, sent or on their way. A remark carries no request."""
    query = select(SlackPost).where(
        SlackPost.request_id == request_id,
        SlackPost.method == "chat.postMessage",
        col(SlackPost.status).not_in(("dead", "superseded")),
    )
    return list(session.exec(query.order_by(col(SlackPost.id))))


def update_everywhere(session: Session, clock: Clock, request_id: str, render: Render) -> list[SlackPost]:
    """One change per message of the request; what a message shows already is not said again."""
    return [_change(session, clock, place, dict(render(place))) for place in places_of(session, request_id)]


def _change(session: Session, clock: Clock, place: SlackPost, payload: dict[str, object]) -> SlackPost:
    content = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    query = select(SlackPost).where(SlackPost.method == "chat.update", SlackPost.after_key == place.key)
    earlier = list(session.exec(query.order_by(col(SlackPost.id))))
    # The newest one counts: a message may go back to what it showed before.
    if earlier and earlier[-1].payload == payload and earlier[-1].status != "dead":
        return earlier[-1]
    key = f"{place.key}:update:{len(earlier) + 1}:{content[:12]}"
    return put(session, clock, key=key, method="chat.update", channel=place.channel, payload=payload,
               after_key=place.key, request_id=place.request_id)  # fmt: skip
