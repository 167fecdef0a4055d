"""Links under which creators sign, and what happened on the way to a signature: its evidence."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from core.models.columns import UtcMoment, json_column


class SigningLink(SQLModel, table=True):
    """One link to the signing page of one version of a contract, known by the hash of its token alone.

    Whether it still opens anything follows from the contract; `replaced_at` is set when a newer link took its place.
    `docx_sha256` and `terms_sha256` are what the link was made for. `code_hash` is the keyed hash of the code mailed
    last ("" none), good until `code_until` and for so many tries; `confirmed_at` is when one was typed in rightly.
    """

    __tablename__ = "signing_link"

    id: int | None = Field(default=None, primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", index=True)
    token_hash: str = Field(unique=True)
    docx_sha256: str
    terms_sha256: str
    issued_by: str
    issued_at: datetime = Field(sa_type=UtcMoment)
    expires_at: datetime = Field(sa_type=UtcMoment)
    replaced_at: datetime | None = Field(default=None, sa_type=UtcMoment)
    code_hash: str = ""
    code_until: datetime | None = Field(default=None, sa_type=UtcMoment)
    code_tries: int = 0
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcMoment)


class SigningEvent(SQLModel, table=True):
    """One thing that happened on the way to a signature, in order of the ids.

    `network` is the caller's address without its last part, `browser` a keyed hash of what the browser calls itself: a
    signature stands on the mailbox that got link and code, so more of a person's trail is not kept than tells whether
    all came from one place.
    """

    __tablename__ = "signing_event"

    id: int | None = Field(default=None, primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", index=True)
    link_id: int | None = Field(default=None, foreign_key="signing_link.id", index=True)
    what: str
    at: datetime = Field(sa_type=UtcMoment)
    network: str = ""
    browser: str = ""
    detail: Any = Field(default_factory=dict, sa_column=json_column())
