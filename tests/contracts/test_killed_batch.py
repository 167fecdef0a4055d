"""Drafting a batch in a process that is killed at random, then started again."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from bench.contracts import fill
from contracts import service
from contracts.archive import Archive
from contracts.documents import check
from contracts.templates import Template
from core import audit
from core.database import reading
from core.models.approvals import Request
from core.models.deals import Contract
from core.models.jobs import Job

BATCH = """
import sys
from pathlib import Path
from core import schema
from core.clock import FixedClock
from core.settings import Settings
from bench.contracts import NOW
from flows.steps import deals
from flows.wiring import Wiring

address, home, people = sys.argv[1:]
settings = Settings(_env_file=None, home=Path(home), database_url=address, people_file=Path(people))
w = Wiring(settings=settings, clock=FixedClock(NOW))
w.__dict__["engine"] = __import__("core.database").database.open_engine(address)
print(deals.draft_contracts(w))
"""
PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def test_a_batch_killed_anywhere_goes_on_without_gap_or_second_version(
    database: str, request: pytest.FixtureRequest, tmp_path: Path, template: Template
) -> None:
    engine: Engine = request.getfixturevalue("sqlite_engine" if database == "sqlite" else "postgres_engine")
    people, wanted = (40, 3) if database == "sqlite" else (150, 12)
    fill(engine, people)
    command = [sys.executable, "-c", BATCH, engine.url.render_as_string(hide_password=False), str(tmp_path),
               str(PROJECT / "people.example.toml")]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    chance, kills = random.Random(7), 0
    while kills < wanted and drafted(engine) < people - 8:
        batch = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
        # A batch takes longer to start than for all it does here: counted from when it has something to lose.
        wait_until_it_is_at_it(batch, engine, tmp_path if kills % 3 == 0 else None)
        time.sleep(chance.uniform(0, 0.3))
        with suppress(ProcessLookupError):
            batch.send_signal(signal.SIGKILL)
        batch.communicate()
        kills += batch.returncode == -signal.SIGKILL
    assert kills >= 2
    print(f"{kills} kills, {drafted(engine)} of {people} drafted by then")  # noqa: T201 - shown with -s
    # At once, not after the lease of a job: what a killed run was at is as it was before.
    subprocess.run(command, env=environment, check=True, timeout=120, stdout=subprocess.PIPE)
    archive = Archive(tmp_path / "contracts")
    with reading(engine) as session:
        check_everything(session, archive, template, people)
    for path in (tmp_path / "contracts").rglob("*.docx"):
        archive.read(path.stem)  # a document without a row may be left over; half a document may not


def check_everything(session: Session, archive: Archive, template: Template, people: int) -> None:
    contracts = session.exec(select(Contract)).all()
    assert sorted(contract.candidate_id for contract in contracts) == list(range(1, people + 1))
    assert {(contract.version, contract.status) for contract in contracts} == {(1, "drafted")}
    for contract in contracts:
        assert check(archive.read(contract.docx_sha256), template, service.terms_of(contract)) == []
    asked = session.exec(select(Request.subject, Request.content_sha256)).all()
    assert sorted(asked) == sorted((f"contract:{contract.id}", contract.docx_sha256) for contract in contracts)
    assert set(session.exec(select(Job.status))) == {"done"}
    assert audit.verify(session).problem == ""


def drafted(engine: Engine) -> int:
    with reading(engine) as session:
        return session.exec(select(func.count()).select_from(Contract)).one()


def wait_until_it_is_at_it(batch: subprocess.Popen[bytes], engine: Engine, home: Path | None) -> None:
    """Until there is a document more in the home, or a contract more on the record."""

    def so_far() -> int:
        return len(list(home.rglob("*.docx"))) if home else drafted(engine)

    before, deadline = so_far(), time.monotonic() + 60
    while so_far() == before and batch.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
