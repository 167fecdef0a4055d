"""Offers, the budget they bind, contracts and signatures."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.models.columns import UtcMoment, json_column


class Offer(SQLModel, table=True):
    """One version of an offer. `status`: drafted → made | refused, made → accepted | declined, or replaced.

    `side` says whose words it is: "ours", or "theirs" for what a creator asked. Theirs begins as `countered`, and
    is `answered` by an offer of ours, or taken: then it is made, or drafted, as one of ours would be. `conflicts`
    are the running deals that speak against it, each in a sentence; an offer that was made was let pass with them.
    `beyond` says in words which limit a drafted offer exceeds; `over_budget` that its making was a decision to
    exceed the campaign's budget, so that accepting it is not held against the budget again.
    """

    __table_args__ = (UniqueConstraint("candidate_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    candidate_id: int = Field(foreign_key="candidate.id", index=True)
    campaign: str = Field(index=True)
    version: int
    status: str
    terms: Any = Field(sa_column=json_column())
    terms_sha256: str
    cost_minor: int = Field(sa_type=BigInteger)
    currency: str
    beyond: str = ""
    over_budget: bool = False
    side: str = "ours"
    conflicts: Any = Field(default_factory=list, sa_column=json_column())
    note: str = ""
    offered_by: str
    approved_by: str | None = None
    answer: str = ""
    created_at: datetime = Field(sa_type=UtcMoment)
    answered_at: datetime | None = Field(default=None, sa_type=UtcMoment)


class BudgetCommitment(SQLModel, table=True):
    """What an accepted offer binds of its campaign's budget."""

    __tablename__ = "budget_commitment"

    offer_id: int = Field(primary_key=True, foreign_key="offer.id")
    campaign: str = Field(index=True)
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    at: datetime = Field(sa_type=UtcMoment)


class Contract(SQLModel, table=True):
    """One version of a contract. `status`: drafted → (changes_requested →) signed_off → out → signed or
    declined, or void.

    The document lies in the archive under its sha256, and so does the template it was filled from. The sign-off is for
    exactly the document's bytes. `template_approval` is what the manifest said of the template that day.
    `decided_by`, `decided_at` and `reason` are legal's latest word on this version.
    """

    __table_args__ = (UniqueConstraint("candidate_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    candidate_id: int = Field(foreign_key="candidate.id", index=True)
    campaign: str = Field(index=True)
    version: int
    status: str
    offer_id: int = Field(foreign_key="offer.id")
    campaign_hash: str = Field(foreign_key="campaignversion.hash")
    template: str
    template_sha256: str
    template_approval: Any = Field(sa_column=json_column())
    terms: Any = Field(sa_column=json_column())
    terms_sha256: str
    docx_sha256: str = Field(index=True)
    file_name: str
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcMoment)
    reason: str = ""
    created_at: datetime = Field(sa_type=UtcMoment)


class Signature(SQLModel, table=True):
    """The creator's signature under one contract: the name typed, when, and the evidence of how."""

    contract_id: int = Field(primary_key=True, foreign_key="contract.id")
    signed_name: str
    docx_sha256: str
    evidence: Any = Field(sa_column=json_column())
    recorded_by: str
    at: datetime = Field(sa_type=UtcMoment)


class Payee(SQLModel, table=True):
    """Where a creator's money goes, and what the tax office asks: one sealed text, readable with the key alone."""

    candidate_id: int = Field(primary_key=True, foreign_key="candidate.id")
    sealed: str
    recorded_by: str
    at: datetime = Field(sa_type=UtcMoment)


class Parcel(SQLModel, table=True):
    """The product on its way to a creator. `sealed` holds the address, and the size where one is needed."""

    candidate_id: int = Field(primary_key=True, foreign_key="candidate.id")
    sealed: str
    carrier: str = ""
    tracking_number: str = ""
    sent_on: date | None = None
    received_on: date | None = None
    recorded_by: str
    at: datetime = Field(sa_type=UtcMoment)
