"""How delivery to Slack goes, in three words for whoever watches: the web door's health and the doctor."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from approvals.slack.outbox import LIVE
from core.models.slack import SlackPost


@dataclass(frozen=True)
class Delivery:
    """Posts not yet in Slack, posts that Slack will never take, and what was last said against one of either."""

    waiting: int
    dead: int
    trouble: str


def delivery(session: Session) -> Delivery:
    """Counts; reads no message."""

    def count(*statuses: str) -> int:
        return session.exec(select(func.count()).where(col(SlackPost.status).in_(statuses))).one()

    troubled = select(SlackPost.last_error).where(
        col(SlackPost.status).in_((*LIVE, "dead")), SlackPost.last_error != ""
    )
    trouble = session.exec(troubled.order_by(col(SlackPost.id).desc()).limit(1)).first() or ""
    return Delivery(count(*LIVE), count("dead"), trouble)
