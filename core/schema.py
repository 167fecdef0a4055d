"""The form of the record: bringing a database to the tables that this code knows, and asking whether it is there.

Migrations lie in `core/migrations/versions`, run on SQLite and PostgreSQL, and need no ini file. After a change in
`core/models`, this writes the missing one (the tests fail until it is there):

    python -c "from core.schema import draft; draft('what changed')" && ruff format core/migrations
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from core.database import explained, open_engine
from core.errors import PermanentError

if TYPE_CHECKING:
    from alembic.config import Config

#: The newest migration.
HEAD = "0011"
_FOLDER = Path(__file__).resolve().parent / "migrations"
_VERSIONS = _FOLDER / "versions"


def is_current(engine: Engine) -> bool:
    """Whether the record has the tables that this code knows. Cheap: asked by every command."""
    with explained(engine), engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.scalars(text("SELECT version_num FROM alembic_version")).all() == [HEAD]


def is_empty(engine: Engine) -> bool:
    """Whether there is nothing in the database at all: new, or a first run was killed before it made anything."""
    with explained(engine), engine.connect() as connection:
        return not inspect(connection).get_table_names()


def upgrade(engine: Engine) -> None:
    """Run all missing migrations in one writing transaction: all or none, one process at a time.

    Raises PermanentError where the record was written by a newer version of this program.
    """
    # Only this needs alembic; importing it takes longer than most commands.
    from alembic import command
    from alembic.util import CommandError

    with (
        explained(engine),
        engine.connect().execution_options(greenroom_writes=True) as connection,
        _references_unchecked(connection),
        connection.begin(),
    ):
        try:
            command.upgrade(_config(connection), "head")
        except CommandError as error:
            raise PermanentError(
                f"The record {engine.url.render_as_string(hide_password=True)} cannot be upgraded: {error}.",
                next_step="Was it written by a newer Greenroom? Then install that version.",
            ) from error
        _check_references(connection)


def draft(message: str, *, versions: Path = _VERSIONS) -> None:
    """Write the migration from the newest one to the models into `versions`, for a person to read and clean."""
    from alembic import command

    number = 1 + max((int(path.name[:4]) for path in versions.glob("[0-9]*.py")), default=0)
    engine = open_engine("sqlite://")
    with engine.connect() as connection:
        config = _config(connection, versions)
        command.upgrade(config, "head")
        command.revision(config, message=message, autogenerate=True, rev_id=f"{number:04d}")
    engine.dispose()


def _config(connection: Connection, versions: Path = _VERSIONS) -> "Config":
    from alembic.config import Config

    config = Config()
    options = {
        "script_location": str(_FOLDER),
        "version_locations": str(versions),
        "path_separator": "newline",
        "file_template": "%(rev)s_%(slug)s",
    }
    for name, value in options.items():
        config.set_main_option(name, value.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _references_unchecked(connection: Connection) -> Iterator[None]:
    # SQLite alters a table by making it anew, which live foreign keys would undo; it can only be told so
    # outside of a transaction, hence through the driver (https://www.sqlite.org/lang_altertable.html, section 7).
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF").close()
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON").close()


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise PermanentError(
                f"The upgrade was undone: a row of {broken[0]} would point at a missing row of {broken[2]}.",
                next_step="Restore the record from a backup, or report this with the output of: greenroom doctor",
            )
