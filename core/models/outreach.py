"""Mails to creators: what was written, each attempt to send it, the daily slots, the answers, and who opted out."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.models.columns import UtcMoment, json_column


class Message(SQLModel, table=True):
    """One mail of one step to one candidate: the ledger row. Unique, so a step is written to somebody once.

    `status`: pending → sending → sent | failed | unknown; failed is provably unsent, and cancelled is what was called
    back before it went out; draft waits for a person to send it. `category`: marketing mails count against the daily
    cap and stop at an opt-out; answers, which a person wrote to somebody who wrote to us, only stop at an opt-out;
    transactional ones do neither. A direct message is "direct", what a person wrote elsewhere "by hand"; `recipient` is
    "" where that was no mail. `recipient_key` is the keyed hash of the mailbox, the same for every spelling of it.
    `facts` holds what the mail says of the creator with its source; `attachments` name, path and sha256 of files.
    `html` says the same as `text`, "" where there is none. `time_zone` (IANA) and `country` (two letters) are the
    recipient's, `basis` why they may be written to; "" where nobody knows. `stop_token` stands in the unsubscribe
    address, and `provider_id` is what a mail provider calls the mail.

    The mail goes out only while the candidate is at `needs_stage`, and moves it to `moves_to` when it went out.
    `withdrawn` says why it is not wanted any more, also of a mail on the wire: should that turn out to be unsent, it is
    not sent again.
    """

    __table_args__ = (
        UniqueConstraint("candidate_id", "step"),
        # The order in which mails are taken: the next one is found without sorting all that wait.
        Index(None, "campaign", "status", "category", "attempts", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    candidate_id: int = Field(foreign_key="candidate.id", index=True)
    campaign: str = Field(index=True)
    step: str
    category: str = "marketing"
    sender: str
    recipient: str
    recipient_key: str = Field(default="", index=True)
    recipient_name: str = ""
    subject: str
    text: str
    html: str = ""
    locale: str = ""
    time_zone: str = ""
    country: str = ""
    basis: str = ""
    stop_token: str = Field(default="", index=True)
    provider_id: str = Field(default="", index=True)
    message_id: str = Field(unique=True)
    headers: Any = Field(default_factory=dict, sa_column=json_column())
    attachments: Any = Field(default_factory=list, sa_column=json_column())
    template: str
    template_sha256: str
    facts: Any = Field(sa_column=json_column())
    answer_by: date | None = None
    needs_stage: str | None = None
    moves_to: str | None = None
    withdrawn: str = ""
    status: str = Field(default="pending", index=True)
    attempts: int = 0
    not_before: datetime | None = Field(default=None, sa_type=UtcMoment)
    detail: str = ""
    created_at: datetime = Field(sa_type=UtcMoment)
    sent_at: datetime | None = Field(default=None, sa_type=UtcMoment)


class SendAttempt(SQLModel, table=True):
    """Committed before the wire is touched, closed after: an open one of a dead process is an unknown outcome.

    `via` is the mailer's name: evidence of what became of the mail is only looked for where it went.
    """

    __tablename__ = "send_attempt"

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    worker: str
    via: str
    started_at: datetime = Field(sa_type=UtcMoment)
    lease_until: datetime = Field(sa_type=UtcMoment)
    ended_at: datetime | None = Field(default=None, sa_type=UtcMoment)
    outcome: str = ""
    detail: str = ""


class SendSlot(SQLModel, table=True):
    """One of a sender's sends of one local day (R28). Taken before the wire; the key makes an extra one impossible."""

    __tablename__ = "send_slot"

    sender: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    number: int = Field(primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)


class Reply(SQLModel, table=True):
    """One answer, known by its own Message-ID, so reading the inbox twice records it once.

    `decided_by` is rule, model or person, `confidence` the model's. `state`: open while somebody has to do something
    about it, else done; `draft` is what might be answered, made from the approved wording named by `draft_from`, and
    `outcome` says what was done.
    """

    id: int | None = Field(default=None, primary_key=True)
    mail_id: str = Field(unique=True)
    message_id: int | None = Field(default=None, foreign_key="message.id", index=True)
    candidate_id: int | None = Field(default=None, foreign_key="candidate.id", index=True)
    sender: str = ""
    kind: str = Field(index=True)
    because: str
    text: str
    subject: str = ""
    language: str = ""
    decided_by: str = ""
    confidence: float | None = None
    state: str = Field(default="done", index=True)
    assignee: str = ""
    draft: str = ""
    draft_from: str = ""
    handled_by: str = ""
    handled_at: datetime | None = Field(default=None, sa_type=UtcMoment)
    outcome: str = ""
    received_at: datetime = Field(sa_type=UtcMoment)


class Suppression(SQLModel, table=True):
    """Keyed hash of an address or account that must never be written to again.

    One row of kind `check` is the hash of a constant: with another pepper the list would silently match nobody.
    """

    key_hash: str = Field(primary_key=True)
    kind: str
    why: str
    at: datetime = Field(sa_type=UtcMoment)
