"""Work that somebody's decision started and a flow will do."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from core.models.columns import UtcMoment, json_column


class Job(SQLModel, table=True):
    """Unique by (kind, key): starting the same work twice is starting it once.

    `status`: waiting → running → done, or failed after `attempts` of which no worker came back; `refusals` counts
    tries that came back undone, with their reason in `last_error`.
    """

    __table_args__ = (UniqueConstraint("kind", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(index=True)
    key: str
    payload: Any = Field(sa_column=json_column())
    status: str = Field(default="waiting", index=True)
    attempts: int = 0
    refusals: int = 0
    not_before: datetime = Field(sa_type=UtcMoment)
    lease_until: datetime | None = Field(default=None, sa_type=UtcMoment)
    last_error: str = ""
    created_at: datetime = Field(sa_type=UtcMoment)
    done_at: datetime | None = Field(default=None, sa_type=UtcMoment)
