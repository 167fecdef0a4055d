import json
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from core import audit
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import BadInput
from core.models.audit import AuditEntry

COLUMNS = ["at", "actor", "action", "subject", "detail", "previous", "hash"]


@pytest.fixture
def chain(engine: Engine, clock: FixedClock) -> Engine:
    with unit_of_work(engine) as session:
        for number in range(1, 6):
            audit.record(session, clock, actor="omar", action="candidate.moved", subject=f"candidate:{number}",
                         detail={"from": "QUEUED", "to": "APPROVED", "note": "größer → 🧵"})  # fmt: skip
    return engine


def problem(engine: Engine, anchors: Path | None = None) -> str:
    with reading(engine) as session:
        return audit.verify(session, anchors).problem


def tamper(engine: Engine, statement: str, **values: object) -> None:
    with engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount == 1


def test_an_untouched_chain_holds(chain: Engine) -> None:
    with reading(chain) as session:
        verdict = audit.verify(session)
    assert (verdict.entries, verdict.problem) == (5, "")
    assert len(verdict.head) == 64


def test_an_empty_chain_holds(engine: Engine) -> None:
    with reading(engine) as session:
        assert audit.verify(session) == audit.Verdict(0, audit.GENESIS, "")


def test_one_changed_character_of_any_column_of_any_entry_is_found(chain: Engine) -> None:
    for seq, column in product(range(1, 6), COLUMNS):
        with chain.connect() as connection:
            before = connection.scalar(text(f"SELECT {column} FROM audit_entry WHERE seq = {seq}"))
        assert isinstance(before, str)
        middle = len(before) // 2
        changed = before[:middle] + chr(ord(before[middle]) ^ 1) + before[middle + 1 :]
        tamper(chain, f"UPDATE audit_entry SET {column} = :value WHERE seq = {seq}", value=changed)
        assert f"entry {seq}" in problem(chain)
        tamper(chain, f"UPDATE audit_entry SET {column} = :value WHERE seq = {seq}", value=before)
        assert problem(chain) == ""


def test_text_moved_from_one_column_to_the_next_is_found(chain: Engine) -> None:
    tamper(chain, "UPDATE audit_entry SET actor = actor || substr(action, 1, 1), action = substr(action, 2) "
                  "WHERE seq = 2")  # fmt: skip
    assert "entry 2" in problem(chain)


def test_a_moved_entry_is_found(chain: Engine) -> None:
    tamper(chain, "UPDATE audit_entry SET seq = 99 WHERE seq = 5")
    assert problem(chain) == "entry 5 is missing (found 99)"


def test_a_removed_entry_is_found(chain: Engine) -> None:
    tamper(chain, "DELETE FROM audit_entry WHERE seq = 3")
    assert problem(chain) == "entry 3 is missing (found 4)"


def test_a_chain_that_was_cut_off_contradicts_its_anchor(chain: Engine, clock: FixedClock, tmp_path: Path) -> None:
    anchors = tmp_path / "anchors.jsonl"
    with reading(chain) as session:
        audit.anchor(session, anchors, clock)
    assert problem(chain, anchors) == ""
    tamper(chain, "DELETE FROM audit_entry WHERE seq = 5")
    assert problem(chain) == ""
    assert "entry 5 is not the one that was anchored" in problem(chain, anchors)


def test_a_chain_that_was_written_anew_contradicts_its_anchor(chain: Engine, clock: FixedClock, tmp_path: Path) -> None:
    anchors = tmp_path / "anchors.jsonl"
    with reading(chain) as session:
        audit.anchor(session, anchors, clock)
    with unit_of_work(chain) as session:
        session.execute(text("DELETE FROM audit_entry"))
        for number in range(5):
            audit.record(session, clock, actor="omar", action="nothing.happened", subject=f"candidate:{number}")
    assert problem(chain) == ""
    assert "anchored on 2026-11-20" in problem(chain, anchors)


def test_an_edited_anchors_file_is_refused(chain: Engine, tmp_path: Path) -> None:
    anchors = tmp_path / "anchors.jsonl"
    anchors.write_text("not json\n")
    with pytest.raises(BadInput, match="line 1, is not an anchor"):
        problem(chain, anchors)


def test_an_anchor_that_was_cut_off_by_a_kill_is_passed_over_and_the_next_one_holds(
    chain: Engine, clock: FixedClock, tmp_path: Path
) -> None:
    anchors = tmp_path / "anchors.jsonl"
    with reading(chain) as session:
        audit.anchor(session, anchors, clock)
        anchors.write_bytes(anchors.read_bytes()[:-20])
        audit.anchor(session, anchors, clock)
    assert len(anchors.read_text().splitlines()) == 2
    assert problem(chain, anchors) == ""
    with unit_of_work(chain) as session:
        session.execute(text("DELETE FROM audit_entry WHERE seq = (SELECT max(seq) FROM audit_entry)"))
    assert "anchored" in problem(chain, anchors)


def test_verifying_reads_the_database_and_not_what_the_session_remembers(chain: Engine, clock: FixedClock) -> None:
    with unit_of_work(chain) as session:
        kept = audit.record(session, clock, actor="omar", action="request.asked", subject="request:1")
        session.execute(text("UPDATE audit_entry SET actor = 'lena' WHERE seq = 6"))
        assert "entry 6" in audit.verify(session).problem
        assert kept


def test_an_entry_goes_with_the_transaction_that_wrote_it(engine: Engine, clock: FixedClock) -> None:
    def write_and_fail() -> None:
        with unit_of_work(engine) as session:
            audit.record(session, clock, actor="omar", action="candidate.moved", subject="candidate:1")
            raise RuntimeError("the rest failed")

    with pytest.raises(RuntimeError):
        write_and_fail()
    with reading(engine) as session:
        assert session.get(AuditEntry, 1) is None


def test_details_are_kept_as_the_text_that_was_hashed(chain: Engine) -> None:
    with reading(chain) as session:
        entry = session.get_one(AuditEntry, 1)
        assert json.loads(entry.detail)["note"] == "größer → 🧵"
