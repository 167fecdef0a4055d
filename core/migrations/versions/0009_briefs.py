"""Content briefs and onboarding sheets, version by version."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"


# fmt: off
def upgrade() -> None:
    text, number, moment = sa.String(), sa.Integer(), sa.DateTime(timezone=True)
    json = sa.JSON().with_variant(JSONB(), "postgresql")
    op.create_table(
        "brief",
        sa.Column("id", number, primary_key=True, nullable=False),
        sa.Column("candidate_id", number, sa.ForeignKey("candidate.id"), nullable=False),
        sa.Column("campaign", text, nullable=False), sa.Column("kind", text, nullable=False),
        sa.Column("version", number, nullable=False), sa.Column("status", text, nullable=False),
        sa.Column("contract_id", number, sa.ForeignKey("contract.id"), nullable=False),
        sa.Column("campaign_hash", text, sa.ForeignKey("campaignversion.hash"), nullable=False),
        sa.Column("template", text, nullable=False), sa.Column("template_sha256", text, nullable=False),
        sa.Column("terms", json, nullable=False), sa.Column("terms_sha256", text, nullable=False),
        sa.Column("docx_sha256", text, nullable=False), sa.Column("file_name", text, nullable=False),
        sa.Column("approved_by", text, nullable=False), sa.Column("approved_at", moment, nullable=False),
        sa.Column("request_id", text, nullable=False), sa.Column("made_by", text, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.UniqueConstraint("candidate_id", "kind", "version"),
    )
    op.create_index("ix_brief_candidate_id", "brief", ["candidate_id"])
    op.create_index("ix_brief_campaign", "brief", ["campaign"])
# fmt: on
