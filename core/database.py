"""Opening the record: SQLite by default, PostgreSQL by address; units of work that commit at one edge.

Owns engines, transactions and what a database error means to a person. Knows no table.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlmodel import Session

from core.errors import BadInput, GreenroomError, PermanentError, TransientError

#: How long a writer waits for another before it gives up.
BUSY_SECONDS = 15.0
#: Any constant will do: PostgreSQL writers wait for one another on it.
_WRITER_LOCK = 7_316_420
#: The unit under way of which every other unit on the same engine is a part: see `one_whole`.
_whole: ContextVar[tuple[Engine, Connection] | None] = ContextVar("greenroom_whole", default=None)


def open_engine(address: str, *, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """An engine for the record at `address`. SQLite runs in WAL mode with foreign keys on; the folder is made.

    Errors do not say what a statement was filled with: they end in logs, and that is names, addresses and mails.
    """
    if not address.startswith("sqlite"):
        try:
            engine = create_engine(address, pool_pre_ping=True, hide_parameters=True)
        except (ArgumentError, ImportError):
            # Without the address: it may hold a password.
            raise BadInput(
                "GREENROOM_DATABASE_URL is not the address of a PostgreSQL database.",
                next_step="Write it as postgresql+psycopg://user:password@host/name, or leave it empty.",
            ) from None
        event.listen(engine, "begin", partial(_take_turns, wait=busy_seconds))
        return engine
    _make_folder(Path(address.removeprefix("sqlite:///")).parent)
    engine = create_engine(address, connect_args={"timeout": busy_seconds}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_as_asked)
    return engine


@contextmanager
def unit_of_work(engine: Engine) -> Iterator[Session]:
    """A writing transaction: commits when the block ends well, else leaves nothing behind.

    One writes at a time, on either database. SQLite writers begin immediately: a transaction that reads first and
    upgrades later fails with "locked", and no waiting helps it. PostgreSQL writers take turns: each writes the audit
    chain and so waits for the others anyway; waiting at the start keeps two that touch the same rows in another order
    from a deadlock, and makes look-then-insert safe.
    """
    within = _within(engine)
    if within is not None:
        with explained(engine), _part(within) as session:
            yield session
            session.commit()
        return
    with (
        explained(engine),
        engine.connect().execution_options(greenroom_writes=True) as connection,
        Session(connection, expire_on_commit=False) as session,
    ):
        yield session
        session.commit()


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A reading transaction; whatever is changed in it is given up."""
    within = _within(engine)
    with explained(engine), _part(within) if within else Session(engine, expire_on_commit=False) as session:
        yield session


@contextmanager
def one_whole(engine: Engine) -> Iterator[Session]:
    """A unit of work of which all others inside the block are parts: what they did stands when the block ends well,
    and else nothing of it does.

    A part that fails leaves nothing of its own behind, and the whole may go on without it. Other threads notice
    nothing. The record is kept from other writers meanwhile: only for what is quick.
    """
    with (
        explained(engine),
        engine.connect().execution_options(greenroom_writes=True) as connection,
        connection.begin(),
        Session(connection, expire_on_commit=False) as session,
    ):
        token = _whole.set((engine, connection))
        try:
            yield session
        finally:
            _whole.reset(token)
        session.flush()


def leave_no_trace(engine: Engine) -> None:
    """What was deleted is gone from SQLite's log as well, as far as nobody reads there this moment; else it goes when
    the log is next emptied. PostgreSQL sees to its own."""
    if engine.dialect.name == "sqlite":
        with explained(engine), engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()


def _within(engine: Engine) -> Connection | None:
    whole = _whole.get()
    return whole[1] if whole is not None and whole[0] is engine else None


@contextmanager
def _part(whole: Connection) -> Iterator[Session]:
    with Session(whole, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
        session.connection()  # begins now: parts of this part must be inside of it
        yield session


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Turns the database's errors into ours, for code that runs a transaction of its own."""
    try:
        yield
    except DBAPIError as error:
        raise _in_words(error, engine) from error


def _take_turns(connection: Any, *, wait: float) -> None:
    if connection.get_execution_options().get("greenroom_writes", False):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(wait * 1000)}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PermanentError(
            f"The folder {folder} for the record cannot be made: {error.strerror}.",
            next_step="Set GREENROOM_HOME to a folder that you may write to.",
        ) from None


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: "begin" below decides how they start.
    connection.isolation_level = None
    # What is deleted is overwritten: else a person who was erased can still be read in the file.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_as_asked(connection: Any) -> None:
    writes = connection.get_execution_options().get("greenroom_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _in_words(error: DBAPIError, engine: Engine) -> GreenroomError | DBAPIError:
    """What a database error means to the person at the terminal; errors that are our bugs stay as they are."""
    text = str(error.orig)
    where = engine.url.render_as_string(hide_password=True)
    if "database is locked" in text or "lock timeout" in text:
        return TransientError(
            f"The record {where} is busy: another command is writing to it.", next_step="Try again in a moment."
        )
    if "disk is full" in text:
        return TransientError(f"No space is left for the record {where}.", next_step="Free some space and try again.")
    if "no such table" in text or "UndefinedTable" in type(error.orig).__name__:
        return PermanentError(f"The record {where} is not set up.", next_step="Run: greenroom db upgrade")
    if "not a database" in text or "malformed" in text:
        return PermanentError(f"{where} is damaged or not a record: {text}.", next_step="Restore it from a backup.")
    if isinstance(error, OperationalError):
        return TransientError(f"The record {where} cannot be used: {text.strip()}.", next_step="Run: greenroom doctor")
    return error
