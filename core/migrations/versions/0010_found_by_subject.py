"""Entries of the audit log and requests are found by what they are about."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject"])
    op.create_index("ix_request_subject", "request", ["subject"])
