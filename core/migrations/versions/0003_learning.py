"""Models learnt from reviewers, and which of them is in force."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"


# fmt: off
def upgrade() -> None:
    text, number, share, moment = sa.String(), sa.Integer(), sa.Float(), sa.DateTime(timezone=True)
    op.create_table(
        "learnt_model",
        sa.Column("sha256", text, primary_key=True, nullable=False),
        sa.Column("campaign", text, nullable=False, index=True), sa.Column("brand", text, nullable=False),
        sa.Column("approved", number, nullable=False), sa.Column("declined", number, nullable=False),
        sa.Column("borrowed", number, nullable=False),
        sa.Column("campaigns", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("reviewers", number, nullable=False), sa.Column("precision_at", number, nullable=False),
        sa.Column("precision_without", share, nullable=False), sa.Column("precision_with", share, nullable=False),
        sa.Column("decisions_sha256", text, nullable=False), sa.Column("code_version", text, nullable=False),
        sa.Column("actor", text, nullable=False), sa.Column("made_at", moment, nullable=False),
    )
    op.create_table(
        "model_adoption",
        sa.Column("id", number, primary_key=True, nullable=False),
        sa.Column("campaign", text, nullable=False, index=True),
        sa.Column("sha256", text, sa.ForeignKey("learnt_model.sha256"), nullable=True),
        sa.Column("what", text, nullable=False), sa.Column("reason", text, nullable=False),
        sa.Column("request_id", text, sa.ForeignKey("request.id"), nullable=True),
        sa.Column("actor", text, nullable=False), sa.Column("at", moment, nullable=False),
    )
