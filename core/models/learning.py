"""Models learnt from reviewers: what was proposed, and which one ranks a campaign."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from core.models.columns import UtcMoment, json_column


class LearntModel(SQLModel, table=True):
    """One proposed model; its file lies in the home folder under its hash. Rows are never changed."""

    __tablename__ = "learnt_model"

    sha256: str = Field(primary_key=True)
    campaign: str = Field(index=True)
    brand: str
    approved: int
    declined: int
    borrowed: int
    campaigns: Any = Field(sa_column=json_column())
    reviewers: int
    precision_at: int
    precision_without: float
    precision_with: float
    decisions_sha256: str
    code_version: str
    actor: str
    made_at: datetime = Field(sa_type=UtcMoment)


class ModelAdoption(SQLModel, table=True):
    """From now on this model ranks the campaign, or none does. The latest row counts; going back is a new row."""

    __tablename__ = "model_adoption"

    id: int | None = Field(default=None, primary_key=True)
    campaign: str = Field(index=True)
    sha256: str | None = Field(default=None, foreign_key="learnt_model.sha256")
    what: str
    reason: str = ""
    request_id: str | None = Field(default=None, foreign_key="request.id")
    actor: str
    at: datetime = Field(sa_type=UtcMoment)
