from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core.database import open_engine


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without any table, on each database in turn."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        address = request.getfixturevalue("postgres_address")
    engine = open_engine(address)
    yield engine
    engine.dispose()
