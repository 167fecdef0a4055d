"""On what grounds a person is written to, and who was erased."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from core.models.columns import UtcMoment, json_column


class ContactBasis(SQLModel, table=True):
    """Why this person may be written to: a consent, a published business contact, or a person's decision.

    `evidence` says where that was seen or given; `ended_at` is when it was withdrawn.
    """

    __tablename__ = "contact_basis"

    id: int | None = Field(default=None, primary_key=True)
    creator_id: str = Field(foreign_key="creator.id", index=True)
    basis: str
    evidence: str
    by: str
    at: datetime = Field(sa_type=UtcMoment)
    ended_at: datetime | None = Field(default=None, sa_type=UtcMoment)


class Erasure(SQLModel, table=True):
    """A person who asked to be forgotten: when, by whom it was done, and how many rows of what went or were emptied."""

    id: int | None = Field(default=None, primary_key=True)
    creator_id: str = Field(index=True)
    by: str
    why: str
    removed: Any = Field(sa_column=json_column())
    at: datetime = Field(sa_type=UtcMoment)
