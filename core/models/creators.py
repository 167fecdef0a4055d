"""Who creators are: accounts on platforms, the persons behind them, and the dated links between the two."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from core.models.columns import UtcMoment, new_id


class Creator(SQLModel, table=True):
    """A person. A merge is a redirect (`merged_into`), so it can be undone."""

    id: str = Field(default_factory=new_id, primary_key=True)
    name: str
    merged_into: str | None = Field(default=None, foreign_key="creator.id", index=True)
    created_at: datetime = Field(sa_type=UtcMoment)


class Account(SQLModel, table=True):
    """One account, known by (platform, key): the platform's own id, else the normalised handle."""

    __table_args__ = (UniqueConstraint("platform", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    platform: str
    key: str
    handle: str


class AccountLink(SQLModel, table=True):
    """This account belonged to this person from `since` until `until` (None: still)."""

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    creator_id: str = Field(foreign_key="creator.id", index=True)
    since: datetime = Field(sa_type=UtcMoment)
    until: datetime | None = Field(default=None, sa_type=UtcMoment)
    evidence: str
