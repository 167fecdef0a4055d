"""What ran without a person, which of it a person looked at, and what the guardrails caught (R48 to R52)."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from core.models.columns import UtcMoment


class AutomatedAction(SQLModel, table=True):
    """Something done without asking. `request_id` is the question about it, where it was sampled to a person."""

    __tablename__ = "automated_action"
    __table_args__ = (UniqueConstraint("kind", "subject"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign: str = Field(index=True)
    kind: str
    subject: str
    request_id: str | None = Field(default=None, foreign_key="request.id")
    at: datetime = Field(sa_type=UtcMoment)


class GuardrailCatch(SQLModel, table=True):
    """A guardrail stopped or found something. `found` is a word for counting; `subject` is `kind:id`."""

    __tablename__ = "guardrail_catch"

    id: int | None = Field(default=None, primary_key=True)
    guardrail: str = Field(index=True)
    campaign: str = Field(index=True)
    subject: str
    found: str
    at: datetime = Field(sa_type=UtcMoment)
