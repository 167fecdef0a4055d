"""A file comes once into the thread of its message, exactly as it was asked about, whatever breaks on the way."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from approvals.slack.api import FileSlack, WebSlack
from approvals.slack.files import UPLOAD, payload_of
from approvals.slack.outbox import dead, post_with, put, waiting
from approvals.slack.poster import LEASE, deliver_due
from core.cards import CardFile
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.slack import SlackPost
from tests.approvals.slack.simulator import Simulator

TERMS = b"what was agreed on"
CALLS = ("files.getUploadURLExternal", "bytes", "files.completeUploadExternal")


class Killed(BaseException):
    """The process is gone: nothing catches this."""


class Dying:
    """Dies before or after one of the calls."""

    def __init__(self, slack: WebSlack, when: str, at: str) -> None:
        self._slack, self._when, self._at = slack, when, at

    def call(self, method: str, payload: Mapping[str, object]) -> dict[str, Any]:
        self._die("before", method)
        answer = self._slack.call(method, payload)
        self._die("after", method)
        return answer

    def send_bytes(self, address: str, content: bytes) -> None:
        self._die("before", "bytes")
        self._slack.send_bytes(address, content)
        self._die("after", "bytes")

    def _die(self, when: str, at: str) -> None:
        if (when, at) == (self._when, self._at):
            raise Killed


@pytest.fixture
def contract(tmp_path: Path) -> CardFile:
    path = tmp_path / "ab12.docx"
    path.write_bytes(TERMS)
    return CardFile(name="GR-7-v2.docx", sha256=hashlib.sha256(TERMS).hexdigest(), path=str(path))


@pytest.fixture
def waits(sqlite_engine: Engine, clock: FixedClock, contract: CardFile) -> Engine:
    """A card and its file wait in the outbox."""
    with unit_of_work(sqlite_engine) as session:
        put(session, clock, key="card", method="chat.postMessage", channel="C1", payload={"text": "A contract"})
        put(session, clock, key="file", method=UPLOAD, channel="C1", payload=payload_of(contract), after_key="card")
    return sqlite_engine


def the_file(engine: Engine) -> SlackPost:
    with reading(engine) as session:
        found = post_with(session, "file")
    assert found is not None
    return found


def rounds(engine: Engine, clock: FixedClock, slack: WebSlack | FileSlack) -> None:
    for _ in range(40):
        deliver_due(engine, clock, slack)
        with reading(engine) as session:
            if not waiting(session):
                return
        clock.advance(timedelta(seconds=30))
    raise AssertionError("never delivered")


def shares(simulator: Simulator) -> list[str]:
    """Names of the files in the thread of the card, in order."""
    card, *rest = simulator.messages["C1"]
    assert all(message["thread_ts"] == card["ts"] for message in rest)
    return [file["name"] for message in rest for file in message["files"]]


def test_the_file_stands_in_the_thread_byte_for_byte(
    waits: Engine, clock: FixedClock, simulator: Simulator, slack: WebSlack
) -> None:
    rounds(waits, clock, slack)
    assert shares(simulator) == ["GR-7-v2.docx"]
    assert simulator.files[the_file(waits).file_id] == TERMS
    assert the_file(waits).status == "sent"


@pytest.mark.parametrize("content", [b"what was agreed on!", None])
def test_a_file_that_is_not_the_one_asked_about_is_never_shown(
    waits: Engine, clock: FixedClock, simulator: Simulator, slack: WebSlack, contract: CardFile, content: bytes | None
) -> None:
    if content is None:
        Path(contract.path).unlink()
    else:
        Path(contract.path).write_bytes(content)
    rounds(waits, clock, slack)
    with reading(waits) as session:
        [post] = dead(session)
    assert ("is missing" if content is None else "was changed after the question was asked") in post.last_error
    assert shares(simulator) == []
    assert simulator.files == {}


@pytest.mark.parametrize("fault", ["dropped", "500", "garbage", "429:20"])
@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
def test_a_file_of_which_nobody_knows_whether_it_arrived_is_looked_for(
    waits: Engine, clock: FixedClock, simulator: Simulator, slack: WebSlack, method: str, fault: str
) -> None:
    simulator.fail(method, fault)
    deliver_due(waits, clock, slack)
    assert the_file(waits).status != "sent"
    rounds(waits, clock, slack)
    assert shares(simulator) == ["GR-7-v2.docx"]
    assert the_file(waits).status == "sent"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", CALLS)
def test_a_poster_killed_at_any_call_leaves_one_file(
    waits: Engine, clock: FixedClock, simulator: Simulator, slack: WebSlack, at: str, when: str
) -> None:
    with pytest.raises(Killed):
        deliver_due(waits, clock, Dying(slack, when, at))
    clock.advance(LEASE + timedelta(seconds=1))
    rounds(waits, clock, slack)
    assert shares(simulator) == ["GR-7-v2.docx"]


def test_during_an_outage_the_file_waits_behind_its_card(
    waits: Engine, clock: FixedClock, simulator: Simulator, slack: WebSlack
) -> None:
    simulator.down = True
    for _ in range(6):
        deliver_due(waits, clock, slack)
        clock.advance(timedelta(minutes=10))
    simulator.down = False
    rounds(waits, clock, slack)
    assert shares(simulator) == ["GR-7-v2.docx"]


def test_a_slow_poster_shares_nothing_that_another_has_taken_over(
    waits: Engine, clock: FixedClock, simulator: Simulator, slack: WebSlack
) -> None:
    class Slow(Dying):
        def send_bytes(self, address: str, content: bytes) -> None:
            self._slack.send_bytes(address, content)
            clock.advance(LEASE + timedelta(seconds=1))
            rounds(waits, clock, self._slack)

    deliver_due(waits, clock, Slow(slack, "", ""))
    assert shares(simulator) == ["GR-7-v2.docx"]
    assert the_file(waits).status == "sent"


def test_the_twin_writes_what_would_be_sent_and_finds_it_again(
    waits: Engine, clock: FixedClock, tmp_path: Path
) -> None:
    twin = FileSlack(tmp_path / "slack")
    rounds(waits, clock, twin)
    assert (tmp_path / "slack" / f"{the_file(waits).file_id}.bin").read_bytes() == TERMS
    with unit_of_work(waits) as session:
        post = post_with(session, "file")
        assert post is not None
        post.status = "unknown"
        session.add(post)
    written = len(list((tmp_path / "slack").iterdir()))
    rounds(waits, clock, twin)
    assert the_file(waits).status == "sent"
    assert len(list((tmp_path / "slack").iterdir())) == written
