"""What creators ask, running deals that stand in the way, and where money and parcels go, sealed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"


# fmt: off
def upgrade() -> None:
    text, number, moment = sa.String(), sa.Integer(), sa.DateTime(timezone=True)
    json = sa.JSON().with_variant(JSONB(), "postgresql")

    with op.batch_alter_table("offer") as table:
        table.add_column(sa.Column("side", text, nullable=False, server_default="ours"))
        table.add_column(sa.Column("conflicts", json, nullable=False, server_default="[]"))
    op.create_table(
        "payee",
        sa.Column("candidate_id", number, sa.ForeignKey("candidate.id"), primary_key=True, nullable=False),
        sa.Column("sealed", text, nullable=False), sa.Column("recorded_by", text, nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.create_table(
        "parcel",
        sa.Column("candidate_id", number, sa.ForeignKey("candidate.id"), primary_key=True, nullable=False),
        sa.Column("sealed", text, nullable=False), sa.Column("carrier", text, nullable=False),
        sa.Column("tracking_number", text, nullable=False), sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True), sa.Column("recorded_by", text, nullable=False),
        sa.Column("at", moment, nullable=False),
    )
# fmt: on
