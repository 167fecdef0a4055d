"""Clocks that pause, comments, notices, Slack's outbox, guardrails."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"


# fmt: off
def upgrade() -> None:
    text, number, moment = sa.String(), sa.Integer(), sa.DateTime(timezone=True)
    op.create_table(
        "notice",
        sa.Column("id", text, primary_key=True, nullable=False), sa.Column("key", text, nullable=False, unique=True),
        sa.Column("kind", text, nullable=False), sa.Column("recipient", text, nullable=False, index=True),
        sa.Column("at", moment, nullable=False),
    )
    with op.batch_alter_table("request") as table:
        table.add_column(sa.Column("sla_hours", number, nullable=False, server_default="48"))
        table.add_column(sa.Column("sla_clock", text, nullable=False, server_default="business"))
        table.add_column(sa.Column("clock_started_at", moment, nullable=True))
        table.add_column(sa.Column("used_seconds", number, nullable=False, server_default="0"))
        table.add_column(sa.Column("waits_for", text, nullable=True))
        table.add_column(sa.Column("paused_at", moment, nullable=True))
        table.add_column(sa.Column("applied_at", moment, nullable=True))
    # Of requests asked before, the clock started when they were asked, and what was decided was done at once.
    op.execute("UPDATE request SET clock_started_at = asked_at, applied_at = decided_at")
    with op.batch_alter_table("request") as table:
        table.alter_column("clock_started_at", existing_type=moment, nullable=False)
        table.alter_column("sla_hours", existing_type=number, existing_nullable=False, server_default=None)
        table.alter_column("sla_clock", existing_type=text, existing_nullable=False, server_default=None)
        table.alter_column("used_seconds", existing_type=number, existing_nullable=False, server_default=None)
    op.create_table(
        "request_comment",
        sa.Column("id", number, primary_key=True, nullable=False),
        sa.Column("request_id", text, sa.ForeignKey("request.id"), nullable=False, index=True),
        sa.Column("kind", text, nullable=False), sa.Column("author", text, nullable=False),
        sa.Column("text", text, nullable=False), sa.Column("door", text, nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    with op.batch_alter_table("reminder") as table:
        table.add_column(sa.Column("notice_id", text, nullable=True))
        table.create_foreign_key("fk_reminder_notice_id", "notice", ["notice_id"], ["id"])
        table.create_index("ix_reminder_notice_id", ["notice_id"])
    op.create_table(
        "slack_post",
        sa.Column("id", number, primary_key=True, nullable=False), sa.Column("key", text, nullable=False, unique=True),
        sa.Column("method", text, nullable=False), sa.Column("channel", text, nullable=False, index=True),
        sa.Column("payload", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("after_key", text, nullable=True, index=True),
        sa.Column("request_id", text, sa.ForeignKey("request.id"), nullable=True, index=True),
        sa.Column("status", text, nullable=False), sa.Column("attempts", number, nullable=False),
        sa.Column("not_before", moment, nullable=False), sa.Column("lease_until", moment, nullable=True),
        sa.Column("sent_channel", text, nullable=False), sa.Column("ts", text, nullable=False),
        sa.Column("file_id", text, nullable=False), sa.Column("last_error", text, nullable=False),
        sa.Column("created_at", moment, nullable=False), sa.Column("sent_at", moment, nullable=True),
    )
    op.create_index("ix_slack_post_due", "slack_post", ["status", "not_before"])
    op.create_table(
        "slack_event",
        sa.Column("key", text, primary_key=True, nullable=False), sa.Column("kind", text, nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.create_table(
        "automated_action",
        sa.Column("id", number, primary_key=True, nullable=False),
        sa.Column("campaign", text, nullable=False, index=True), sa.Column("kind", text, nullable=False),
        sa.Column("subject", text, nullable=False),
        sa.Column("request_id", text, sa.ForeignKey("request.id"), nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.UniqueConstraint("kind", "subject"),
    )
    op.create_table(
        "guardrail_catch",
        sa.Column("id", number, primary_key=True, nullable=False),
        sa.Column("guardrail", text, nullable=False, index=True),
        sa.Column("campaign", text, nullable=False, index=True),
        sa.Column("subject", text, nullable=False), sa.Column("found", text, nullable=False),
        sa.Column("at", moment, nullable=False),
    )
