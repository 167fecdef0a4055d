"""New records of SQLite for tests are made by the statements that the migrations came to, once read for a process.

A home that is new gets its record by all migrations one after the other: a tenth of the time of a test that begins with
nothing. The migrations themselves are the matter of the tests in tests/core, and of every command that tests start.
"""

from types import SimpleNamespace

from sqlalchemy import Engine, inspect

from core import schema
from core.database import open_engine, unit_of_work
from flows import wiring

_made: list[str] = []


def share() -> None:
    """From now on every wiring of this process makes its new records so."""
    vars(wiring)["schema"] = SimpleNamespace(
        is_current=schema.is_current, is_empty=schema.is_empty, upgrade=_upgrade
    )  # fmt: skip


def _upgrade(engine: Engine) -> None:
    if not _made:
        _made.extend(_statements())
    with unit_of_work(engine) as session:
        connection = session.connection()
        if not inspect(connection).get_table_names():  # nobody else made it meanwhile
            for statement in _made:
                connection.exec_driver_sql(statement)


def _statements() -> list[str]:
    engine = open_engine("sqlite://")
    schema.upgrade(engine)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        found = [line for line in driver.iterdump() if line not in ("BEGIN TRANSACTION;", "COMMIT;")]
    engine.dispose()
    return found
