"""What goes to Slack and what came from there: posts not yet delivered, and clicks already handled."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.models.columns import UtcMoment, json_column


class SlackPost(SQLModel, table=True):
    """One call that Slack must get once, in the order of ids within its channel.

    `status`: waiting → sending → sent, or dead (Slack will never take it; mailed where a mail went instead), or
    superseded (a newer state of it waits, or nothing is left to say), or unknown until it was looked for. `key` names
    what is posted: the same again is the same post. `after_key` is the post whose message this one answers in a thread
    (chat.postMessage, files.upload) or changes (chat.update). `request_id` is the request that a message shows and
    changes with; a remark has none. `channel` may be a member's id, which means their direct messages. `sent_channel`
    and `ts` are Slack's name for the message, `file_id` that of a file, kept before it is shared.
    """

    __tablename__ = "slack_post"
    __table_args__ = (UniqueConstraint("key"), Index("ix_slack_post_due", "status", "not_before"))

    id: int | None = Field(default=None, primary_key=True)
    key: str
    method: str
    channel: str = Field(index=True)
    payload: Any = Field(sa_column=json_column())
    after_key: str | None = Field(default=None, index=True)
    request_id: str | None = Field(default=None, foreign_key="request.id", index=True)
    status: str = "waiting"
    attempts: int = 0
    not_before: datetime = Field(sa_type=UtcMoment)
    lease_until: datetime | None = Field(default=None, sa_type=UtcMoment)
    sent_channel: str = ""
    ts: str = ""
    file_id: str = ""
    last_error: str = ""
    created_at: datetime = Field(sa_type=UtcMoment)
    sent_at: datetime | None = Field(default=None, sa_type=UtcMoment)


class SlackEvent(SQLModel, table=True):
    """Something that happened in Slack and was handled: Slack repeats itself, and a repetition changes nothing."""

    __tablename__ = "slack_event"

    key: str = Field(primary_key=True)
    kind: str
    at: datetime = Field(sa_type=UtcMoment)


class Cursor(SQLModel, table=True):
    """How far somebody has read the audit log, as the number of its last entry seen."""

    __tablename__ = "cursor"

    name: str = Field(primary_key=True)
    position: int
