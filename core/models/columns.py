"""Column kinds that several tables use."""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

# Every constraint has a name that is the same on each database, so that a later migration can find it.
SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}


class UtcMoment(TypeDecorator[datetime]):
    """An aware time, kept in UTC. A naive one is refused: nobody could say later when it was."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def json_column(*, nullable: bool = False) -> Column[Any]:
    """Structured detail that is read as a whole and never searched. None is kept as no value, not as JSON's null."""
    kind = JSON(none_as_null=nullable).with_variant(JSONB(none_as_null=nullable), "postgresql")
    return Column(kind, nullable=nullable)


def new_id() -> str:
    """An opaque id for rows that other systems point at."""
    return str(uuid.uuid4())
