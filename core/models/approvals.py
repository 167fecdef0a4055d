"""Requests: one question to one person or role about one exact content; what was said about it, reminders of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.models.columns import UtcMoment, json_column, new_id


class Request(SQLModel, table=True):
    """`status` goes open → decided or open → void, by compare-and-set. Time alone never changes it.

    `applied_at` is when what a decision sets off was done. Until `effective_at`, where there is one, a decision can be
    taken back: decided → open again; only then does anything follow from it. What was decided and not applied yet is
    withdrawn (→ void) as an open question is.

    The three moments are 50, 75 and 100 % of the time to decide on the assignee's calendar. The clock last started at
    `clock_started_at`, after `used_seconds` of the time had gone; while `waits_for` names whoever owes an answer, it
    stands still since `paused_at`. Both are empty once a decision has taken effect, or nothing is asked any more.
    """

    __table_args__ = (
        # At most one open question about one matter.
        Index("one_open_request", "kind", "subject", unique=True,
              sqlite_where=text("status = 'open'"), postgresql_where=text("status = 'open'")),
        Index("ix_request_to_remind", "status", "first_reminder_at"),
    )  # fmt: skip

    id: str = Field(default_factory=new_id, primary_key=True)
    kind: str
    subject: str = Field(index=True)
    campaign: str = Field(index=True)
    candidate_id: int | None = Field(default=None, foreign_key="candidate.id", index=True)
    content_sha256: str
    card: Any = Field(sa_column=json_column())
    role: str
    assignee: str = Field(index=True)
    requested_by: str
    four_eyes: bool = False
    status: str = "open"
    asked_at: datetime = Field(sa_type=UtcMoment)
    first_reminder_at: datetime = Field(sa_type=UtcMoment)
    second_reminder_at: datetime = Field(sa_type=UtcMoment)
    due_at: datetime = Field(sa_type=UtcMoment)
    choice: str | None = None
    reason: str = ""
    decided_by: str | None = None
    door: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcMoment)
    void_reason: str = ""
    sla_hours: int = 48
    sla_clock: str = "business"
    clock_started_at: datetime = Field(sa_type=UtcMoment)
    used_seconds: int = 0
    waits_for: str | None = None
    paused_at: datetime | None = Field(default=None, sa_type=UtcMoment)
    applied_at: datetime | None = Field(default=None, sa_type=UtcMoment)
    effective_at: datetime | None = Field(default=None, sa_type=UtcMoment)


class RequestComment(SQLModel, table=True):
    """Something said about a request. `kind`: comment, question (stops the clock), answer (starts it again)."""

    __tablename__ = "request_comment"

    id: int | None = Field(default=None, primary_key=True)
    request_id: str = Field(foreign_key="request.id", index=True)
    kind: str
    author: str
    text: str
    door: str
    at: datetime = Field(sa_type=UtcMoment)


class Reminder(SQLModel, table=True):
    """One person reminded once of one request at one level (50, 75 or 100 % of the time to decide), in one notice."""

    __table_args__ = (UniqueConstraint("request_id", "level", "recipient"),)

    id: int | None = Field(default=None, primary_key=True)
    request_id: str = Field(foreign_key="request.id")
    level: int
    recipient: str
    at: datetime = Field(sa_type=UtcMoment)
    notice_id: str | None = Field(default=None, foreign_key="notice.id", index=True)


class Notice(SQLModel, table=True):
    """One message to one person about what waits for them. `key` says which: sent for the same once."""

    __table_args__ = (UniqueConstraint("key"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    key: str
    kind: str
    recipient: str = Field(index=True)
    at: datetime = Field(sa_type=UtcMoment)
