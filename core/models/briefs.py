"""Content briefs and onboarding sheets made for creators."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from core.models.columns import UtcMoment, json_column


class BriefDocument(SQLModel, table=True):
    """One version of one creator's content brief or onboarding sheet. `kind`: brief, onboarding; `status`: current, or
    void once a newer version took its place.

    The document lies in the archive under its sha256, and so does the template it was filled from. `approved_by`,
    `approved_at` and `request_id` say who signed off the campaign's creative brief in exactly the words it was made of.
    """

    __tablename__ = "brief"
    __table_args__ = (UniqueConstraint("candidate_id", "kind", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    candidate_id: int = Field(foreign_key="candidate.id", index=True)
    campaign: str = Field(index=True)
    kind: str
    version: int
    status: str
    contract_id: int = Field(foreign_key="contract.id")
    campaign_hash: str = Field(foreign_key="campaignversion.hash")
    template: str
    template_sha256: str
    terms: Any = Field(sa_column=json_column())
    terms_sha256: str
    docx_sha256: str
    file_name: str
    approved_by: str
    approved_at: datetime = Field(sa_type=UtcMoment)
    request_id: str
    made_by: str
    created_at: datetime = Field(sa_type=UtcMoment)
