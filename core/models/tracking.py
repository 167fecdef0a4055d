"""The code and links by which a sale is known to come from a creator."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from core.models.columns import UtcMoment


class TrackingLink(SQLModel, table=True):
    """One code, one short name and one tagged address per candidate; contracts print them, orders carry them."""

    __tablename__ = "tracking_link"

    candidate_id: int = Field(primary_key=True, foreign_key="candidate.id")
    code: str = Field(unique=True)
    short: str = Field(unique=True)
    url: str
    minted_at: datetime = Field(sa_type=UtcMoment)
