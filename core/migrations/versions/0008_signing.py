"""Links under which creators sign, and what happened on the way to a signature."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"


# fmt: off
def upgrade() -> None:
    text, number, moment = sa.String(), sa.Integer(), sa.DateTime(timezone=True)
    op.create_table(
        "signing_link",
        sa.Column("id", number, primary_key=True, nullable=False),
        sa.Column("contract_id", number, sa.ForeignKey("contract.id"), nullable=False),
        sa.Column("token_hash", text, nullable=False),
        sa.Column("docx_sha256", text, nullable=False), sa.Column("terms_sha256", text, nullable=False),
        sa.Column("issued_by", text, nullable=False), sa.Column("issued_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False), sa.Column("replaced_at", moment, nullable=True),
        sa.Column("code_hash", text, nullable=False), sa.Column("code_until", moment, nullable=True),
        sa.Column("code_tries", number, nullable=False), sa.Column("confirmed_at", moment, nullable=True),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_signing_link_contract_id", "signing_link", ["contract_id"])
    op.create_table(
        "signing_event",
        sa.Column("id", number, primary_key=True, nullable=False),
        sa.Column("contract_id", number, sa.ForeignKey("contract.id"), nullable=False),
        sa.Column("link_id", number, sa.ForeignKey("signing_link.id"), nullable=True),
        sa.Column("what", text, nullable=False), sa.Column("at", moment, nullable=False),
        sa.Column("network", text, nullable=False), sa.Column("browser", text, nullable=False),
        sa.Column("detail", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    )
    op.create_index("ix_signing_event_contract_id", "signing_event", ["contract_id"])
    op.create_index("ix_signing_event_link_id", "signing_event", ["link_id"])
# fmt: on
