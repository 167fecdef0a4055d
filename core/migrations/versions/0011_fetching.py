"""Quotas of platforms, pauses they asked for, runs of fetching, and the tags of their answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"


# fmt: off
def upgrade() -> None:
    text, number, moment = sa.String(), sa.Integer(), sa.DateTime(timezone=True)
    json = sa.JSON().with_variant(JSONB(), "postgresql")
    op.create_table(
        "quota_use",
        sa.Column("source", text, primary_key=True, nullable=False),
        sa.Column("holder", text, primary_key=True, nullable=False),
        sa.Column("quota", text, primary_key=True, nullable=False),
        sa.Column("window", text, primary_key=True, nullable=False),
        sa.Column("used", number, nullable=False), sa.Column("told_empty", sa.Boolean(), nullable=False),
        sa.Column("changed_at", moment, nullable=False),
    )
    op.create_table(
        "fetch_pause",
        sa.Column("source", text, primary_key=True, nullable=False),
        sa.Column("holder", text, primary_key=True, nullable=False),
        sa.Column("until", moment, nullable=False), sa.Column("why", text, nullable=False),
    )
    op.create_table(
        "fetch_run",
        sa.Column("id", text, primary_key=True, nullable=False),
        sa.Column("source", text, nullable=False), sa.Column("kind", text, nullable=False),
        sa.Column("order_digest", text, nullable=False), sa.Column("status", text, nullable=False),
        sa.Column("pages", number, nullable=False),
        sa.Column("profiles", number, nullable=False), sa.Column("counts", json, nullable=True),
        sa.Column("waits_until", moment, nullable=True), sa.Column("actor", text, nullable=False),
        sa.Column("started_at", moment, nullable=False), sa.Column("changed_at", moment, nullable=False),
    )
    for column in ("source", "order_digest", "status"):
        op.create_index(f"ix_fetch_run_{column}", "fetch_run", [column])
    op.create_table(
        "fetch_tag",
        sa.Column("source", text, primary_key=True, nullable=False),
        sa.Column("request_digest", text, primary_key=True, nullable=False),
        sa.Column("tag", text, nullable=False), sa.Column("seen_at", moment, nullable=False),
    )
# fmt: on
