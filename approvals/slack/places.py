"""Where in Slack a request is shown, and changing all those messages at once.

Knows no card: what to show is handed in. Never calls Slack and never commits.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import update
from sqlmodel import Session, col, select

from approvals.slack.outbox import post_with, put
from core.clock import Clock
from core.models.slack import SlackPost

Render = Callable[[SlackPost], Mapping[str, object]]


def places_of(session: Session, request_id: str) -> list[SlackPost]:
    """The messages that show the request, in a thread or not, sent or on their way. A remark carries no request."""
    query = select(SlackPost).where(SlackPost.request_id == request_id, SlackPost.method == "chat.postMessage")
    return [post for post in session.exec(query.order_by(col(SlackPost.id))) if is_there(post)]


def is_there(post: SlackPost) -> bool:
    """In Slack, or on its way."""
    return post.status not in ("dead", "superseded")


def update_message(session: Session, clock: Clock, key: str, payload: Mapping[str, object]) -> SlackPost | None:
    """One change of the message posted under that key; None where there is none in Slack or on its way."""
    place = post_with(session, key)
    if place is None or not is_there(place):
        return None
    return update_place(session, clock, place, payload)


def update_everywhere(session: Session, clock: Clock, request_id: str, render: Render) -> list[SlackPost]:
    """One change per message of the request; what a message shows already is not said again."""
    return [update_place(session, clock, place, render(place)) for place in places_of(session, request_id)]


def changes_of(session: Session, places: Sequence[SlackPost]) -> list[SlackPost]:
    """The changes of these messages that were ever put, oldest first."""
    keys = [place.key for place in places]
    query = select(SlackPost).where(SlackPost.method == "chat.update", col(SlackPost.after_key).in_(keys))
    return list(session.exec(query.order_by(col(SlackPost.id))))


def update_place(
    session: Session, clock: Clock, place: SlackPost, payload: Mapping[str, object],
    *, earlier: Sequence[SlackPost] | None = None,
) -> SlackPost:  # fmt: skip
    """One change of one message; what it shows already is not said again.

    `earlier` are the changes of it that were put before, where they are known already.
    """
    if earlier is None:
        earlier = changes_of(session, [place])
    # The newest one counts: a message may go back to what it showed before.
    newest = next((post for post in reversed([place, *earlier]) if post.status != "dead"), place)
    if _says(newest, payload):
        return newest
    if not earlier and _rewritten(session, place, payload):
        return place
    content = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    key = f"{place.key}:update:{len(earlier) + 1}:{content[:12]}"
    return put(session, clock, key=key, method="chat.update", channel=place.channel, payload=payload,
               after_key=place.key, request_id=place.request_id)  # fmt: skip


def _says(post: SlackPost, payload: Mapping[str, object]) -> bool:
    """Whether the message shows this already; how links are shown is said once, when it is posted."""
    return all(post.payload.get(name) == value for name, value in payload.items())


def _rewritten(session: Session, place: SlackPost, payload: Mapping[str, object]) -> bool:
    """What is surely not in Slack yet goes there as it is now, with no change to follow."""
    changed = {**place.payload, **payload}
    waits = (col(SlackPost.id) == place.id) & (col(SlackPost.status) == "waiting")
    done = session.execute(update(SlackPost).where(waits).values(payload=changed))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        return False
    session.refresh(place)
    return True
