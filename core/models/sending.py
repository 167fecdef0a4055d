"""What keeps sending within bounds: the pace of each mailbox, senders who were stopped, wordings taken out of use."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from core.models.columns import UtcMoment


class SendBucket(SQLModel, table=True):
    """Tokens left of a mailbox (`mailbox:sofia@…`) or a way out (`smtp:host:587`); one is taken for each mail."""

    __tablename__ = "send_bucket"

    name: str = Field(primary_key=True)
    tokens: float
    filled_at: datetime = Field(sa_type=UtcMoment)


class SenderStop(SQLModel, table=True):
    """A sender's marketing mails stand still until somebody lets them go on: too many bounces or complaints.

    What came in before `lifted_at` is not counted again.
    """

    __tablename__ = "sender_stop"

    id: int | None = Field(default=None, primary_key=True)
    sender: str = Field(index=True)
    why: str
    at: datetime = Field(sa_type=UtcMoment)
    lifted_at: datetime | None = Field(default=None, sa_type=UtcMoment)
    lifted_by: str = ""


class Quarantine(SQLModel, table=True):
    """One exact wording that nothing more is sent in, in any campaign, until somebody lifts it."""

    id: int | None = Field(default=None, primary_key=True)
    template: str
    template_sha256: str = Field(index=True)
    campaign: str
    why: str
    by: str
    at: datetime = Field(sa_type=UtcMoment)
    lifted_at: datetime | None = Field(default=None, sa_type=UtcMoment)
    lifted_by: str = ""
