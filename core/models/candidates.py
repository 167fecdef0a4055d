"""Creators in campaigns: where each stands, how it got there, and what we knew of it that day."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from core.models.columns import UtcMoment, json_column


class Candidate(SQLModel, table=True):
    """A creator in one cycle of one campaign. `stage` is written by `core.store` alone."""

    __table_args__ = (UniqueConstraint("campaign", "cycle", "creator_id"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign: str = Field(index=True)
    cycle: int = 1
    brand: str = Field(index=True)
    creator_id: str = Field(foreign_key="creator.id", index=True)
    account_id: int = Field(foreign_key="account.id")
    stage: str = Field(index=True)
    returns_to: str | None = None
    held_until: datetime | None = Field(default=None, sa_type=UtcMoment)
    run_id: str = Field(foreign_key="sourcing_run.run_id")
    rank: int
    sender: str | None = None
    entered_stage_at: datetime = Field(sa_type=UtcMoment)


class StageChange(SQLModel, table=True):
    """One move of one candidate: who, when, why, and which request decided it."""

    __tablename__ = "stage_change"

    id: int | None = Field(default=None, primary_key=True)
    candidate_id: int = Field(foreign_key="candidate.id", index=True)
    came_from: str | None = None
    went_to: str
    at: datetime = Field(sa_type=UtcMoment)
    actor: str
    reason: str = ""
    request_id: str | None = None


class Snapshot(SQLModel, table=True):
    """One thing known of a creator when longlisted, with its source, date and expiry. Erasable."""

    __table_args__ = (UniqueConstraint("candidate_id", "field"),)

    id: int | None = Field(default=None, primary_key=True)
    candidate_id: int = Field(foreign_key="candidate.id", index=True)
    field: str
    value: Any = Field(sa_column=json_column())
    source: str
    kind: str
    fetched_at: datetime = Field(sa_type=UtcMoment)
    expires_at: datetime | None = Field(default=None, sa_type=UtcMoment)


class Reservation(SQLModel, table=True):
    """The first approval keeps a creator for the brand until the cool-down ends; `released_at` ends it early."""

    __table_args__ = (UniqueConstraint("candidate_id"),)

    id: int | None = Field(default=None, primary_key=True)
    brand: str = Field(index=True)
    creator_id: str = Field(foreign_key="creator.id", index=True)
    candidate_id: int = Field(foreign_key="candidate.id")
    until: datetime = Field(sa_type=UtcMoment)
    released_at: datetime | None = Field(default=None, sa_type=UtcMoment)
