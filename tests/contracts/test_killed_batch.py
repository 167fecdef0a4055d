"""Drafting a batch in a process that is killed at random, then started again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from contracts import service
from contracts.archive import Archive
from contracts.documents import check
from contracts.templates import Template
from core import audit
from core.database import reading, unit_of_work
from core.models.candidates import Candidate
from core.models.deals import Contract

BATCH = """
import sys
from pathlib import Path
from contracts import service
from core.clock import SystemClock
from core.database import open_engine, unit_of_work
from core.store import stored_campaign, the_candidate

address, folder, templates, people = sys.argv[1:]
engine = open_engine(address)
with service.Renderer() as renderer:
    for candidate_id in range(1, int(people) + 1):
        with unit_of_work(engine) as session:
            candidate = the_candidate(session, candidate_id)
            service.draft_contract(session, SystemClock(), stored_campaign(session, candidate.campaign), candidate,
                                   renderer=renderer, templates=service.Templates(Path(templates)),
                                   archive=service.Archive(Path(folder)), actor="greenroom")
"""


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_batch_that_was_killed_goes_on_without_gap_or_second_version(
    database: str, request: pytest.FixtureRequest, agreed: Callable[..., Candidate], archive: Archive, tmp_path: Path,
    template: Template,
) -> None:  # fmt: skip
    engine: Engine = request.getfixturevalue("sqlite_engine" if database == "sqlite" else "postgres_engine")
    people, kills = 20, 0
    with unit_of_work(engine) as session:
        for number in range(people):
            agreed(session, f"creator{number}")
    folder, project = tmp_path / "contracts", Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", BATCH, engine.url.render_as_string(hide_password=False), str(folder),
               str(project / "templates"), str(people)]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(project)}
    for enough in (2, 7, 12):
        batch = subprocess.Popen(command, env=environment)
        deadline = time.monotonic() + 60
        while batch.poll() is None and len(list(folder.rglob("*.docx"))) < enough and time.monotonic() < deadline:
            time.sleep(0.002)
        with suppress(ProcessLookupError):
            batch.send_signal(signal.SIGKILL)
        kills += batch.wait() == -signal.SIGKILL
    assert kills >= 2
    with reading(engine) as session:
        assert 0 < len(session.exec(select(Contract)).all()) < people
    subprocess.run(command, env=environment, check=True, timeout=60)
    with reading(engine) as session:
        contracts = session.exec(select(Contract)).all()
        assert sorted(contract.candidate_id for contract in contracts) == list(range(1, people + 1))
        assert {(contract.version, contract.status) for contract in contracts} == {(1, "drafted")}
        for contract in contracts:
            assert check(archive.read(contract.docx_sha256), template, service.terms_of(contract)) == []
        assert audit.verify(session).problem == ""
    for path in folder.rglob("*.docx"):
        archive.read(path.stem)  # a document without a row may be left over; half a document may not
