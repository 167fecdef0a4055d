"""A place on a longlist keeps its factors and what was known; the bench stays on record; a run keeps its inputs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    structure = sa.JSON().with_variant(JSONB(), "postgresql")
    with op.batch_alter_table("longlist_entry") as table:
        table.add_column(sa.Column("factors", structure, nullable=True))
        table.add_column(sa.Column("by_fit", sa.Integer(), nullable=True))
        table.add_column(sa.Column("bench", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("snapshot", structure, nullable=True))
    with op.batch_alter_table("sourcing_run") as table:
        table.add_column(sa.Column("inputs", structure, nullable=True))
