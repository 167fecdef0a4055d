"""Runs migrations on the connection that `core.schema` hands over. Loaded by alembic, never imported."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import core.models as models
from core.models.columns import UtcMoment

assert models  # importing them fills the metadata


def _written(kind: str, thing: Any, _autogenerate: Any) -> str | Literal[False]:
    """How our column types stand in a drafted migration: by what the database sees, not by our classes."""
    if kind != "type":
        return False
    if isinstance(thing, UtcMoment):
        return "MOMENT"
    if isinstance(thing, sa.JSON):
        return "STRUCTURE"
    return "sa.String()" if isinstance(thing, AutoString) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    render_item=_written,
)
with context.begin_transaction():
    context.run_migrations()
