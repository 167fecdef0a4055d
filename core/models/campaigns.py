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


class CampaignAdoption(SQLModel, table=True):
    """From now on this content is in force for a cycle of a campaign, and this run's longlist where it names one.

    The latest row counts. Going back to an earlier content is a new row: who changed what is on record.
    """

    __tablename__ = "campaign_adoption"

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(index=True)
    cycle: int
    hash: str = Field(foreign_key="campaignversion.hash")
    run_id: str | None = None
    actor: str
    at: datetime = Field(sa_type=UtcMoment)


class OutreachPause(SQLModel, table=True):
    """Nothing is sent for a campaign until somebody goes on: then the row goes."""

    __tablename__ = "outreach_pause"

    campaign: str = Field(primary_key=True)
    by: str
    at: datetime = Field(sa_type=UtcMoment)
