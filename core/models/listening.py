"""How far each mailbox was read, and which notices of a mail provider have been taken in."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from core.models.columns import UtcMoment


class MailboxPlace(SQLModel, table=True):
    """Up to which UID a folder was read. Another `uid_validity` means that the server has numbered it anew."""

    __tablename__ = "mailbox_place"

    mailbox: str = Field(primary_key=True)
    folder: str = Field(primary_key=True)
    uid_validity: int = Field(sa_type=BigInteger)
    last_uid: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcMoment)


class WebhookEvent(SQLModel, table=True):
    """One notice of a provider, known by the id it gave, so that one sent twice is taken in once."""

    __tablename__ = "webhook_event"

    source: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    kind: str
    at: datetime = Field(sa_type=UtcMoment)
