import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from core import audit
from core.clock import FixedClock
from core.database import open_engine, reading, unit_of_work
from core.errors import PermanentError, TransientError
from core.models.candidates import Candidate
from core.stages import Stage
from core.store import move, the_candidate


def test_eight_writers_lose_nothing(engine: Engine, clock: FixedClock) -> None:
    start = Barrier(8)

    def write(writer: int) -> None:
        start.wait()
        for number in range(10):
            with unit_of_work(engine) as session:
                audit.record(session, clock, actor=f"writer{writer}", action="test", subject=f"test:{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    with reading(engine) as session:
        verdict = audit.verify(session)
    assert (verdict.entries, verdict.problem) == (80, "")


def test_two_who_touch_the_same_candidates_in_another_order_do_not_lock_each_other_out(
    engine: Engine, clock: FixedClock, longlisted: Callable[..., Candidate]
) -> None:
    with unit_of_work(engine) as session:
        for handle in ("ada", "ben"):
            longlisted(session, handle)
    start = Barrier(2)

    def queue(order: tuple[int, int]) -> None:
        start.wait()
        with unit_of_work(engine) as session:
            for candidate_id in order:
                candidate = the_candidate(session, candidate_id)
                if candidate.stage == Stage.LONGLISTED:
                    move(session, clock, candidate, Stage.QUEUED, actor="omar")
                else:
                    move(session, clock, candidate, Stage.APPROVED, actor="rosa")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(queue, [(1, 2), (2, 1)]))
    with reading(engine) as session:
        assert {the_candidate(session, 1).stage, the_candidate(session, 2).stage} == {Stage.APPROVED}


def test_what_fails_leaves_nothing_behind(engine: Engine, clock: FixedClock) -> None:
    def write_and_fail() -> None:
        with unit_of_work(engine) as session:
            audit.record(session, clock, actor="omar", action="test", subject="test:1")
            raise RuntimeError("later step failed")

    with pytest.raises(RuntimeError):
        write_and_fail()
    with reading(engine) as session:
        assert audit.verify(session).entries == 0


def test_an_error_does_not_say_what_the_statement_was_filled_with(engine: Engine) -> None:
    with pytest.raises(DBAPIError) as caught, engine.connect() as connection:
        connection.execute(text("select * from nowhere where a = :who"), {"who": "ada@example.com"})
    assert "ada" not in str(caught.value)


def test_what_is_changed_while_reading_is_given_up(engine: Engine, clock: FixedClock) -> None:
    with reading(engine) as session:
        audit.record(session, clock, actor="omar", action="test", subject="test:1")
    with reading(engine) as session:
        assert audit.verify(session).entries == 0


def test_a_record_that_somebody_else_writes_to_is_busy_in_words(tmp_path: Path, postgres_address: str) -> None:
    for address in (f"sqlite:///{tmp_path / 'record.db'}", postgres_address):
        engine = open_engine(address, busy_seconds=0.05)
        SQLModel.metadata.create_all(engine)
        with unit_of_work(engine) as first:
            first.execute(text("SELECT 1"))
            busy = pytest.raises(TransientError, match="busy: another command is writing")
            with busy, unit_of_work(engine) as second:
                second.execute(text("SELECT 1"))
        with unit_of_work(engine) as session:
            assert session.execute(text("SELECT 1")).scalar() == 1
        engine.dispose()


def test_readers_do_not_wait_for_a_writer(engine: Engine, clock: FixedClock) -> None:
    with unit_of_work(engine) as writing, reading(engine) as session:
        audit.record(writing, clock, actor="omar", action="test", subject="test:1")
        assert audit.verify(session).entries == 0


def test_a_file_that_is_not_a_database_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    path.write_text("handle,followers\nada,12000\n" * 100)
    engine = open_engine(f"sqlite:///{path}")
    with (
        pytest.raises(PermanentError, match=r"record\.db is damaged or not a record") as caught,
        reading(engine) as session,
    ):
        session.execute(text("SELECT 1 FROM candidate"))
    assert caught.value.next_step == "Restore it from a backup."
    engine.dispose()


def test_a_damaged_record_is_said_so(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "record.db"
    engine = open_engine(f"sqlite:///{path}")
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    pages = bytearray(path.read_bytes())
    pages[4096:] = b"\xff" * (len(pages) - 4096)
    path.write_bytes(pages)
    with pytest.raises(PermanentError, match="damaged"), reading(engine) as session:
        audit.verify(session)
    engine.dispose()


def test_an_empty_record_asks_for_its_upgrade(empty_engine: Engine) -> None:
    with pytest.raises(PermanentError, match="not set up") as caught, reading(empty_engine) as session:
        audit.verify(session)
    assert caught.value.next_step == "Run: greenroom db upgrade"


def test_a_full_disk_is_said_and_leaves_the_record_whole(sqlite_engine: Engine, clock: FixedClock) -> None:
    def write_too_much() -> None:
        with unit_of_work(sqlite_engine) as session:
            pages = session.execute(text("PRAGMA page_count")).scalar_one()
            session.execute(text(f"PRAGMA max_page_count = {pages}"))
            for number in range(2_000):
                audit.record(session, clock, actor="omar", action="test" * 50, subject=f"test:{number}")

    with pytest.raises(TransientError, match="No space is left"):
        write_too_much()
    sqlite_engine.dispose()
    with reading(sqlite_engine) as session:
        assert audit.verify(session).entries == 0


def test_a_record_cannot_lie_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("I am a file")
    with pytest.raises(PermanentError, match="GREENROOM_HOME"):
        open_engine(f"sqlite:///{tmp_path / 'var' / 'greenroom.db'}")


def test_a_server_that_is_not_there_is_worth_retrying_and_its_password_is_not_shown() -> None:
    engine = open_engine("postgresql+psycopg://greenroom:s3cret@127.0.0.1:1/greenroom")
    with pytest.raises(TransientError) as caught, reading(engine) as session:
        session.execute(text("SELECT 1"))
    assert "cannot be used" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_sqlite_checks_references_and_keeps_a_write_ahead_log(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert isinstance(connection.connection.driver_connection, sqlite3.Connection)
