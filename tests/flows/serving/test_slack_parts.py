"""The parts of Slack's process: who is handled when, what becomes of what fails, and a line that is opened again."""

import os
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackClientError

from approvals.slack.api import RateLimited, TokenRefused
from approvals.slack.arrivals import Arrival, Spool, arrival_of
from core.errors import PermanentError, TransientError
from flows.serving.arrivals import LONGEST_PAUSE, TRIES, TRIES_IF_PASSING, Desk, whose_is
from flows.serving.line import Line
from flows.serving.routine import Routine
from tests.flows.serving.waiting import until


def click(number: int, user: str = "") -> Arrival:
    return arrival_of({"type": "block_actions", "trigger_id": str(number), "user": {"id": user or f"U{number}"}})


class Office:
    """A desk and its folders; `trouble` is raised by whatever is handled while it is there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "arrivals"
        self.spool, self.failed = Spool(self.folder), Spool(folder / "failed")
        self.trouble: dict[str, Exception] = {}
        self.handled: list[str] = []
        self.desk = Desk(self.spool, self.failed, self._handle)

    def _handle(self, arrival: Arrival) -> None:
        self.handled.append(arrival.key)
        if arrival.key in self.trouble:
            raise self.trouble[arrival.key]

    def came(self, *arrivals: Arrival) -> None:
        for arrival in arrivals:
            assert self.spool.keep(arrival)

    def turn(self, now: float) -> list[str]:
        """Take and handle whatever may be; returns whose keys."""
        taken = self.desk.take(now)
        for arrival in taken:
            self.desk.work(arrival)
        return [arrival.key for arrival in taken]

    @property
    def left(self) -> list[str]:
        return [arrival.key for arrival in self.spool.waiting()]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_what_was_handled_is_gone(office: Office) -> None:
    office.came(click(1), click(2))
    assert office.turn(0) == [click(1).key, click(2).key]
    assert (office.left, office.turn(1)) == ([], [])


def test_one_persons_clicks_keep_their_order_and_other_peoples_do_not_wait(office: Office) -> None:
    office.came(click(1, "U1"), click(2, "U1"), click(3, "U2"))
    first = office.desk.take(0)
    assert [one.key for one in first] == [click(1).key, click(3).key]
    assert office.desk.take(0) == []
    office.desk.work(first[0])
    assert [one.key for one in office.desk.take(0)] == [click(2).key]


def test_what_fails_rests_longer_each_time_while_the_others_go_on(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    bad = click(1, "U1")
    office.trouble[bad.key] = ZeroDivisionError("a bug")
    office.came(bad, click(2, "U1"))
    now = time.monotonic()
    assert office.turn(now) == [bad.key]
    assert office.turn(now + 0.5) == [click(2).key]  # whose first click rests, their next does not
    assert office.turn(now + 0.9) == []
    assert office.turn(time.monotonic() + 1) == [bad.key]
    assert office.turn(time.monotonic() + 1.9) == []
    assert office.turn(time.monotonic() + 2) == [bad.key]
    assert "Traceback" in caplog.text
    assert "a bug" in caplog.text


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (ZeroDivisionError(), TRIES),
        (PermanentError("Slack said no."), TRIES),
        (TransientError("The record is busy."), TRIES_IF_PASSING),
    ],
)
def test_what_keeps_failing_is_put_aside_whole_and_told(
    office: Office, caplog: pytest.LogCaptureFixture, error: Exception, tries: int
) -> None:
    office.trouble[click(1).key] = error
    office.came(click(1))
    now = time.monotonic()
    for _ in range(tries):
        assert list(office.failed.waiting()) == []
        now += LONGEST_PAUSE + 1
        office.turn(now)
    assert office.left == []
    assert list(office.failed.waiting()) == [click(1)]
    assert office.turn(now + 1000) == []
    assert f"failed {tries} times and is put aside" in caplog.text


def test_what_was_mended_in_time_is_handled_and_forgotten(office: Office) -> None:
    office.trouble[click(1).key] = TransientError("The record is busy.")
    office.came(click(1))
    office.turn(time.monotonic())
    office.trouble.clear()
    office.turn(time.monotonic() + 60)
    assert (office.left, list(office.failed.waiting())) == ([], [])


@pytest.mark.parametrize(
    ("body", "whose"),
    [
        ({"type": "block_actions", "trigger_id": "1", "user": {"id": "U1"}}, "person:U1"),
        ({"command": "/greenroom", "trigger_id": "1", "user_id": "U1"}, "person:U1"),
        ({"event_id": "E1", "event": {"type": "app_home_opened", "user": "U1"}}, "person:U1"),
        ({"event_id": "E1", "event": {"type": "other"}}, "nobody:event:E1"),
    ],
)
def test_whose_it_is_stands_in_three_places(body: Mapping[str, Any], whose: str) -> None:
    assert whose_is(arrival_of(body)) == whose


def test_in_threads_everything_is_handled_once_and_stopping_waits_for_what_is_in_hand(tmp_path: Path) -> None:
    spool, begun, go_on, done = Spool(tmp_path / "a"), threading.Event(), threading.Event(), list[str]()

    def handle(arrival: Arrival) -> None:
        if arrival.key == click(1).key:
            begun.set()
            assert go_on.wait(10)
        done.append(arrival.key)

    desk, stop = Desk(spool, Spool(tmp_path / "b"), handle), threading.Event()
    running = threading.Thread(target=desk.run, args=(stop,))
    running.start()
    for number in range(1, 30):
        spool.keep(click(number))
    until(lambda: len(done) == 28)
    assert begun.is_set()
    stop.set()
    desk.wake()
    running.join(0.3)
    assert running.is_alive()
    go_on.set()
    running.join(10)
    assert sorted(done) == sorted(click(number).key for number in range(1, 30))
    assert list(spool.waiting()) == []


class Away(Spool):
    """A disk that is not there for the first two looks."""

    looks = 0

    def waiting(self, *, but: Collection[str] = ()) -> Iterator[Arrival]:
        self.looks += 1
        if self.looks < 3:
            raise OSError("no such device")
        return super().waiting(but=but)


@pytest.mark.slow
def test_a_disk_that_is_away_for_a_while_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    spool, done, stop = Away(tmp_path / "a"), list[str](), threading.Event()
    desk = Desk(spool, Spool(tmp_path / "b"), lambda arrival: done.append(arrival.key))
    spool.keep(click(1))
    running = threading.Thread(target=desk.run, args=(stop,))
    running.start()
    until(lambda: done)
    stop.set()
    desk.wake()
    running.join()
    assert caplog.text.count("cannot be read") == 2


def test_what_was_read_before_a_file_that_cannot_be_is_not_taken_for_being_in_hand(office: Office) -> None:
    office.came(click(1))
    broken = office.folder / "later.json"
    broken.mkdir()
    os.utime(broken, ns=(2**62, 2**62))
    with pytest.raises(OSError, match=broken.name):
        office.desk.take(0)
    broken.rmdir()
    assert office.turn(0) == [click(1).key]


def test_a_routine_tells_a_trouble_once_waits_longer_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    trouble: list[Exception] = [PermanentError("The token is revoked.")]
    turns: list[int] = []

    def do() -> None:
        turns.append(1)
        if trouble:
            raise trouble[0]

    routine = Routine("delivering", do, every=1.0)
    assert [routine.turn() for _ in range(8)] == [2, 4, 8, 16, 32, 60, 60, 60]
    assert caplog.text.count("The token is revoked.") == 1
    assert "Traceback" not in caplog.text
    trouble.clear()
    assert routine.turn() == 1.0
    assert "delivering goes on" in caplog.text
    trouble.append(ZeroDivisionError("a bug"))
    assert routine.turn() == 2
    assert "Traceback" in caplog.text
    assert len(turns) == 10


def test_what_is_done_daily_is_not_done_sooner_because_it_failed() -> None:
    def fail() -> None:
        raise TransientError("The record is busy.")

    assert Routine("tidying", fail, every=86_400.0).turn() == 86_400.0


class Wire:
    """A connection that says no as often as it is told to."""

    def __init__(self, *troubles: Exception) -> None:
        self.troubles = list(troubles)
        self.up = self.closed = False
        self.opened = 0

    def open(self) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.up, self.opened = True, self.opened + 1

    def is_open(self) -> bool:
        return self.up

    def close(self) -> None:
        self.closed, self.up = True, False


def test_slack_being_away_at_the_start_is_told_once_and_tried_after_growing_pauses() -> None:
    told: list[str] = []
    away = [TransientError("Slack cannot be reached for apps.connections.open.")] * 8
    line = Line(Wire(*away), tell=told.append)
    assert [line.look() for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert len(told) == 1
    assert line.look() < 1
    assert told[1:] == ["Slack can be heard again."]


def test_a_line_that_breaks_is_opened_again_at_once_and_the_pauses_begin_anew() -> None:
    wire = Wire(ConnectionError("reset"), ConnectionError("reset"))
    line = Line(wire, tell=lambda _said: None)
    assert [line.look() for _ in range(2)] == [1, 2]
    line.look()
    wire.up = False
    wire.troubles = [ConnectionError("reset")]
    assert line.look() == 1
    assert line.look() < 1
    assert wire.opened == 2


def test_slack_asking_to_wait_is_obeyed() -> None:
    assert Line(Wire(RateLimited("apps.connections.open", 45)), tell=lambda _said: None).look() == 45


def test_a_token_that_does_not_work_is_named_and_its_setting() -> None:
    told: list[str] = []
    Line(Wire(TokenRefused("apps.connections.open", "invalid_auth")), tell=told.append).look()
    assert "invalid_auth; check GREENROOM_SLACK_APP_TOKEN" in told[0]


def test_a_stopped_line_is_closed() -> None:
    wire, stop = Wire(), threading.Event()
    running = threading.Thread(target=Line(wire).run, args=(stop,))
    running.start()
    until(lambda: wire.up)
    stop.set()
    running.join(5)
    assert wire.closed


def test_a_bug_in_the_line_ends_the_process_which_is_started_again() -> None:
    with pytest.raises(SlackClientError):
        Line(Wire(SlackClientError("unheard of"))).look()
