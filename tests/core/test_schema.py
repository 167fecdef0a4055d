import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlmodel import SQLModel

from core.database import open_engine, unit_of_work
from core.errors import PermanentError, TransientError
from core.models.approvals import Request
from core.schema import HEAD, draft, is_current, upgrade

VERSIONS = Path(__file__).resolve().parents[2] / "core" / "migrations" / "versions"


def test_the_migrations_make_exactly_the_tables_of_the_models(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    with empty_engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_dropped_column_is_seen_as_a_difference(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    with empty_engine.begin() as connection:
        connection.execute(text("ALTER TABLE job DROP COLUMN last_error"))
    with empty_engine.connect() as connection:
        changes = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    assert ("add_column", "job", "last_error") in [(change[0], change[2], change[3].name) for change in changes]


def test_head_is_the_newest_migration() -> None:
    newest = max(path.name for path in VERSIONS.glob("[0-9]*.py"))
    assert newest[:4] == HEAD


def test_a_record_is_current_only_after_the_upgrade(empty_engine: Engine) -> None:
    assert not is_current(empty_engine)
    upgrade(empty_engine)
    assert is_current(empty_engine)
    upgrade(empty_engine)
    assert is_current(empty_engine)
    with empty_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert not is_current(empty_engine)


def test_asking_whether_the_record_is_current_does_not_load_alembic(tmp_path: Path) -> None:
    code = (
        "import sys; from core.database import open_engine; from core.schema import is_current;"
        f"print(is_current(open_engine('sqlite:///{tmp_path}/x.db')), 'alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          cwd=VERSIONS.parents[2])  # fmt: skip
    assert done.stdout.split() == ["False", "False"]


def test_commands_that_upgrade_at_the_same_time_do_it_once(empty_engine: Engine) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: upgrade(empty_engine), range(3)))
    assert is_current(empty_engine)


def test_an_upgrade_that_fails_leaves_nothing_behind(empty_engine: Engine) -> None:
    with empty_engine.begin() as connection:
        connection.execute(text("CREATE TABLE send_slot (sender TEXT)"))
    with pytest.raises((TransientError, ProgrammingError), match="send_slot"):
        upgrade(empty_engine)
    assert [name for name in inspect(empty_engine).get_table_names() if name != "alembic_version"] == ["send_slot"]


def test_a_record_of_a_newer_version_is_left_alone(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    with empty_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(PermanentError, match="newer Greenroom"):
        upgrade(empty_engine)


def test_an_upgrade_never_leaves_a_row_that_points_nowhere(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'record.db'}")
    upgrade(engine)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute(
            "INSERT INTO reminder (request_id, level, recipient, at) VALUES ('gone', 50, 'rosa', '2026-11-20')"
        )
    with pytest.raises(PermanentError, match="reminder would point at a missing row of request"):
        upgrade(engine)
    engine.dispose()


def test_references_are_checked_again_after_an_upgrade(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'record.db'}")
    upgrade(engine)
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(
            text("INSERT INTO reminder (request_id, level, recipient, at) VALUES ('gone', 50, 'rosa', '2026-11-20')")
        )
    engine.dispose()


def test_the_database_itself_allows_one_open_request_about_one_matter(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    with unit_of_work(empty_engine) as session:
        session.add_all([_request(status="void"), _request(status="decided"), _request(status="open")])
    with pytest.raises(IntegrityError), unit_of_work(empty_engine) as session:
        session.add(_request(status="open"))


def test_every_constraint_has_a_name_that_a_later_migration_can_find() -> None:
    unnamed = [
        f"{table.name}: {constraint!r}"
        for table in SQLModel.metadata.tables.values()
        for constraint in table.constraints
        if not constraint.name
    ]
    assert unnamed == []


def test_a_drafted_migration_speaks_of_database_types_only(tmp_path: Path) -> None:
    draft("everything", versions=tmp_path)
    (path,) = tmp_path.glob("*.py")
    source = path.read_text(encoding="utf-8")
    assert path.name == "0001_everything.py"
    assert source.count("op.create_table(") == len(SQLModel.metadata.tables)
    assert "UtcMoment" not in source
    assert "AutoString" not in source
    compile(source, path.name, "exec")


def _request(*, status: str) -> Request:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    return Request(kind="contract", subject="candidate:1", campaign="linen-summer", content_sha256="0" * 64, card={},
                   role="legal", assignee="lena", requested_by="omar", status=status, asked_at=now,
                   first_reminder_at=now, second_reminder_at=now, due_at=now, clock_started_at=now)  # fmt: skip
