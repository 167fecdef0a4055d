"""Sourcing runs and the longlists they made. Entries are never changed."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from core.models.columns import UtcMoment, json_column


class SourcingRun(SQLModel, table=True):
    """One run, named by what went into it: the same inputs give the same id and the same longlist."""

    __tablename__ = "sourcing_run"

    run_id: str = Field(primary_key=True)
    campaign: str = Field(index=True)
    campaign_hash: str = Field(foreign_key="campaignversion.hash")
    pool_version: str
    funnel: Any = Field(sa_column=json_column())
    inputs: Any = Field(default=None, sa_column=json_column(nullable=True))
    actor: str
    at: datetime = Field(sa_type=UtcMoment)


class LonglistEntry(SQLModel, table=True):
    """One place on a longlist: who, how high, the reasons, and the card a reviewer is shown.

    `factors` is a list of [name, value 0..1 or null]; `by_fit` the rank by the campaign's own fit, which later learning
    starts from; `snapshot` what a place in reserve needs to become a candidate.
    """

    __tablename__ = "longlist_entry"

    run_id: str = Field(foreign_key="sourcing_run.run_id", primary_key=True)
    rank: int = Field(primary_key=True)
    platform: str
    handle: str
    fit: float
    coverage: float
    reasons: Any = Field(sa_column=json_column())
    card: Any = Field(sa_column=json_column())
    factors: Any = Field(default=None, sa_column=json_column(nullable=True))
    by_fit: int | None = None
    bench: bool = False
    snapshot: Any = Field(default=None, sa_column=json_column(nullable=True))
