"""Sequences, recipients' time zones and lawful basis; replies as work for people; pace, stops and quarantine."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"


# fmt: off
def upgrade() -> None:
    text, number, moment = sa.String(), sa.Integer(), sa.DateTime(timezone=True)
    json = sa.JSON().with_variant(JSONB(), "postgresql")

    def words(name: str) -> sa.Column[str]:
        return sa.Column(name, text, nullable=False, server_default="")

    with op.batch_alter_table("message") as table:
        for name in ("html", "locale", "time_zone", "country", "basis", "stop_token", "provider_id"):
            table.add_column(words(name))
        table.create_index("ix_message_stop_token", ["stop_token"])
        table.create_index("ix_message_provider_id", ["provider_id"])
        table.create_index("ix_message_campaign_status_category_attempts_id",
                           ["campaign", "status", "category", "attempts", "id"])
    with op.batch_alter_table("reply") as table:
        for name in ("subject", "language", "decided_by", "draft", "draft_from", "assignee", "handled_by", "outcome"):
            table.add_column(words(name))
        table.add_column(sa.Column("confidence", sa.Float(), nullable=True))
        table.add_column(sa.Column("state", text, nullable=False, server_default="done"))
        table.add_column(sa.Column("handled_at", moment, nullable=True))
        table.create_index("ix_reply_state", ["state"])
        table.create_index("ix_reply_kind", ["kind"])
    op.create_table(
        "send_bucket",
        sa.Column("name", text, primary_key=True, nullable=False), sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("filled_at", moment, nullable=False),
    )
    op.create_table(
        "sender_stop",
        sa.Column("id", number, primary_key=True, nullable=False), sa.Column("sender", text, nullable=False),
        sa.Column("why", text, nullable=False), sa.Column("at", moment, nullable=False),
        sa.Column("lifted_at", moment, nullable=True), sa.Column("lifted_by", text, nullable=False),
    )
    op.create_index("ix_sender_stop_sender", "sender_stop", ["sender"])
    op.create_table(
        "quarantine",
        sa.Column("id", number, primary_key=True, nullable=False), sa.Column("template", text, nullable=False),
        sa.Column("template_sha256", text, nullable=False), sa.Column("campaign", text, nullable=False),
        sa.Column("why", text, nullable=False), sa.Column("by", text, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("lifted_at", moment, nullable=True), sa.Column("lifted_by", text, nullable=False),
    )
    op.create_index("ix_quarantine_template_sha256", "quarantine", ["template_sha256"])
    op.create_table(
        "mailbox_place",
        sa.Column("mailbox", text, primary_key=True, nullable=False),
        sa.Column("folder", text, primary_key=True, nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False), sa.Column("at", moment, nullable=False),
    )
    op.create_table(
        "webhook_event",
        sa.Column("source", text, primary_key=True, nullable=False),
        sa.Column("event_id", text, primary_key=True, nullable=False),
        sa.Column("kind", text, nullable=False), sa.Column("at", moment, nullable=False),
    )
    op.create_table(
        "contact_basis",
        sa.Column("id", number, primary_key=True, nullable=False),
        sa.Column("creator_id", text, sa.ForeignKey("creator.id"), nullable=False),
        sa.Column("basis", text, nullable=False), sa.Column("evidence", text, nullable=False),
        sa.Column("by", text, nullable=False), sa.Column("at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
    )
    op.create_index("ix_contact_basis_creator_id", "contact_basis", ["creator_id"])
    op.create_table(
        "erasure",
        sa.Column("id", number, primary_key=True, nullable=False), sa.Column("creator_id", text, nullable=False),
        sa.Column("by", text, nullable=False), sa.Column("why", text, nullable=False),
        sa.Column("removed", json, nullable=False), sa.Column("at", moment, nullable=False),
    )
    op.create_index("ix_erasure_creator_id", "erasure", ["creator_id"])
    # Asked for each mail: who is the same person as its reader.
    op.create_index("ix_creator_merged_into", "creator", ["merged_into"])
# fmt: on
