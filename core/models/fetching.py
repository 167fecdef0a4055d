"""What asking other platforms cost, and where each run of it stands. Holds no profile and no credential."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from core.models.columns import UtcMoment, json_column


class QuotaUse(SQLModel, table=True):
    """What was taken of one quota in one of its windows (a day in the platform's own time zone, say).

    `holder` names the credential that has the quota by a digest of it: another key is another quota. `used` counts
    what is reserved too, in the quota's smallest unit; `told_empty`: the platform itself said that nothing is left.
    """

    __tablename__ = "quota_use"

    source: str = Field(primary_key=True)
    holder: str = Field(primary_key=True)
    quota: str = Field(primary_key=True)
    window: str = Field(primary_key=True)
    used: int
    told_empty: bool = False
    changed_at: datetime = Field(sa_type=UtcMoment)


class FetchPause(SQLModel, table=True):
    """A platform asked not to be asked again before `until`; every process keeps to it."""

    __tablename__ = "fetch_pause"

    source: str = Field(primary_key=True)
    holder: str = Field(primary_key=True)
    until: datetime = Field(sa_type=UtcMoment)
    why: str


class FetchRun(SQLModel, table=True):
    """One run, of `kind` search, accounts or refresh. `order_digest` names what was asked for; who it was lies with its
    pages. `status`: open, waiting (until `waits_until`, where that is known), stopped (somebody must mend something
    first) or done.
    """

    __tablename__ = "fetch_run"

    id: str = Field(primary_key=True)
    source: str = Field(index=True)
    kind: str
    order_digest: str = Field(index=True)
    status: str = Field(index=True)
    pages: int = 0
    profiles: int = 0
    counts: Any = Field(default=None, sa_column=json_column(nullable=True))
    waits_until: datetime | None = Field(default=None, sa_type=UtcMoment)
    actor: str
    started_at: datetime = Field(sa_type=UtcMoment)
    changed_at: datetime = Field(sa_type=UtcMoment)


class FetchTag(SQLModel, table=True):
    """What a platform called its last answer to one request (ETag), so that it need not say the same again."""

    __tablename__ = "fetch_tag"

    source: str = Field(primary_key=True)
    request_digest: str = Field(primary_key=True)
    tag: str
    seen_at: datetime = Field(sa_type=UtcMoment)
