"""Decisions that can be taken back for a while; how far the audit log was read for Slack; pauses."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


# fmt: off
def upgrade() -> None:
    text, number, moment = sa.String(), sa.Integer(), sa.DateTime(timezone=True)
    with op.batch_alter_table("request") as table:
        table.add_column(sa.Column("effective_at", moment, nullable=True))
    op.create_table(
        "cursor",
        sa.Column("name", text, primary_key=True, nullable=False), sa.Column("position", number, nullable=False),
    )
    op.create_table(
        "outreach_pause",
        sa.Column("campaign", text, primary_key=True, nullable=False), sa.Column("by", text, nullable=False),
        sa.Column("at", moment, nullable=False),
    )
# fmt: on
