"""How delivery to Slack goes, in three words for whoever watches: the web door's health and the doctor."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from approvals.slack.outbox import LIVE
from core.models.slack import SlackPost
from flows.slack.trouble import lost


@dataclass(frozen=True)
class Delivery:
    """Posts not yet in Slack, posts that Slack refused though somebody should see them, and what was last said against
    one of either."""

    waiting: int
    dead: int
    trouble: str


def delivery(session: Session) -> Delivery:
    """Counts; what Slack refused counts as long as somebody should still see it."""
    waits = col(SlackPost.status).in_(LIVE)
    waiting = session.exec(select(func.count()).where(waits)).one()
    troubled = select(SlackPost.last_error).where(waits, SlackPost.last_error != "")
    refused = lost(session)
    trouble = session.exec(troubled.order_by(col(SlackPost.id).desc()).limit(1)).first()
    return Delivery(waiting, len(refused), trouble or (refused[-1].last_error if refused else ""))
