"""Campaign files as they were when something was done with them."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from core.models.columns import UtcMoment


class CampaignVersion(SQLModel, table=True):
    """One exact content of a campaign file. Rows are never changed: runs and contracts point at them."""

    hash: str = Field(primary_key=True)
    slug: str = Field(index=True)
    brand: str
    content: str
    stored_at: datetime = Field(sa_type=UtcMoment)
