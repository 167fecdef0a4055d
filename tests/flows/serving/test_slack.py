"""Slack's process against a simulated workspace: what is clicked is acknowledged at once, whatever else goes on."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from approvals.slack import outbox
from approvals.slack.api import Slack
from approvals.slack.arrivals import REMEMBERED, Arrival, Spool, arrival_of, first_time
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import TransientError
from flows.serving.arrivals import THREADS
from flows.serving.slack import DAY, KEPT_ASIDE, SlackProgram, anew, deliver, line_to, listening, put_aside, tidy
from flows.wiring import Wiring
from tests.approvals.slack.simulator import Simulator
from tests.approvals.slack.simulator_socket import Connection
from tests.flows.serving.doors import no_errors, served
from tests.flows.serving.waiting import until

#: Slack waits three seconds; a test on a busy machine asks for what is surely felt as at once there.
AT_ONCE = 2.0


@dataclass
class Desk:
    """Stands in for what is done with an arrival: notes it, and waits where it is told to."""

    seen: list[str] = field(default_factory=list)
    goes_on: threading.Event = field(default_factory=threading.Event)

    def handle(self, w: Wiring, _slack: Slack, arrival: Arrival) -> None:
        assert self.goes_on.wait(10)
        with unit_of_work(w.engine) as session:
            if first_time(session, w.clock, arrival):
                self.seen.append(str(arrival.body.get("text", arrival.kind)))


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.goes_on.set()
    return made


@contextmanager
def running(
    w: Wiring,
    desk: Desk,
    *,
    announce: Callable[[Wiring], int] = lambda _w: 0,
    fresh: Callable[[], Wiring] | None = None,
    hears: bool = True,
) -> Iterator[SlackProgram]:
    program = SlackProgram(w.settings, fresh or (lambda: w), w.slack(), handle=desk.handle, announce=announce)
    line = line_to(w, listening(w, program.receive, no_errors)) if hears else None
    thread = threading.Thread(target=program.run, args=(line,))
    thread.start()
    try:
        yield program
    finally:
        desk.goes_on.set()
        program.stop.set()
        thread.join(20)
        assert not thread.is_alive()


@contextmanager
def held(w: Wiring) -> Iterator[None]:
    """The record, by somebody who writes."""
    with unit_of_work(w.engine) as session:
        session.connection().exec_driver_sql("SELECT 1")
        yield


def _is_another_than(before: Connection, simulator: Simulator) -> bool:
    return simulator.sockets.connections[-1:] not in ([], [before])


def quickly(act: Callable[[], Any]) -> Any:
    begun = time.monotonic()
    told = act()
    assert time.monotonic() - begun < AT_ONCE
    return told


def test_over_the_line_a_click_is_acknowledged_while_the_record_is_held_and_handled_afterwards(
    w: Wiring, desk: Desk, simulator: Simulator
) -> None:
    with running(w, desk):
        simulator.sockets.wait()
        with held(w):
            for number in range(3):
                assert quickly(partial(simulator.command, "U1", f"queue {number}")).ok
            assert desk.seen == []
        until(lambda: desk.seen == ["queue 0", "queue 1", "queue 2"])


def test_over_http_a_click_is_acknowledged_while_the_record_is_held_and_found_by_slacks_process(
    w: Wiring, desk: Desk, simulator: Simulator
) -> None:
    with served(w) as address, running(w, desk, hears=False):
        simulator.doors.request_url = address
        with held(w):
            assert quickly(lambda: simulator.command("U1", "queue")).ok
            assert desk.seen == []
        until(lambda: desk.seen == ["queue"])


def test_a_desk_that_is_slow_delays_no_acknowledgement(w: Wiring, desk: Desk, simulator: Simulator) -> None:
    desk.goes_on.clear()
    with running(w, desk):
        simulator.sockets.wait()
        for number in range(THREADS + 4):  # more than there are threads at the desk
            simulator.member(f"U{number}")
            assert quickly(partial(simulator.open_home, f"U{number}")).ok
        desk.goes_on.set()
        until(lambda: len(desk.seen) == THREADS + 4)


def test_whatever_slack_repeats_is_handled_once(w: Wiring, desk: Desk, simulator: Simulator) -> None:
    simulator.doors.repeat = 3
    with running(w, desk):
        simulator.sockets.wait()
        simulator.command("U1", "queue")
        until(lambda: desk.seen)
        until(lambda: not list(Spool(w.settings.slack_arrivals).waiting()))
    assert desk.seen == ["queue"]


@pytest.mark.slow
def test_a_line_that_breaks_or_is_moved_is_open_again_and_nothing_is_lost(
    w: Wiring, desk: Desk, simulator: Simulator
) -> None:
    with running(w, desk):
        for number, trouble in enumerate(
            (simulator.sockets.drop, simulator.sockets.close, simulator.sockets.disconnect)
        ):
            simulator.sockets.wait()
            [before] = simulator.sockets.connections
            trouble()
            until(partial(_is_another_than, before, simulator))
            assert simulator.command("U1", f"queue {number}").ok
        until(lambda: len(desk.seen) == 3)


@pytest.mark.slow
def test_slack_away_at_the_start_ends_nothing_and_is_heard_when_it_comes(
    w: Wiring, desk: Desk, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    simulator.down = True
    with running(w, desk):
        until(lambda: "Slack cannot be heard" in caplog.text)
        simulator.down = False
        simulator.sockets.wait()
        simulator.command("U1", "queue")
        until(lambda: desk.seen == ["queue"])
    assert "Slack can be heard again." in caplog.text


@pytest.mark.slow
def test_a_record_that_is_away_keeps_nobody_from_being_heard(
    w: Wiring, desk: Desk, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    away = threading.Event()
    away.set()

    def fresh() -> Wiring:
        if away.is_set():
            raise TransientError("The record is away.")
        return w

    with running(w, desk, fresh=fresh):
        simulator.sockets.wait()
        assert simulator.command("U1", "queue").ok
        until(lambda: "The record is away." in caplog.text)
        away.clear()
        until(lambda: desk.seen == ["queue"])


def test_what_is_announced_is_delivered(w: Wiring, desk: Desk, simulator: Simulator) -> None:
    def announce(w: Wiring) -> int:
        with unit_of_work(w.engine) as session:
            outbox.put(
                session, w.clock, key="hello", method="chat.postMessage", channel="C1", payload={"text": "hello"}
            )
        return 1

    with running(w, desk, announce=announce, hears=False):
        until(lambda: simulator.texts("C1") == ["hello"])


@pytest.mark.slow
def test_a_token_that_is_revoked_is_told_and_the_post_waits(
    w: Wiring, desk: Desk, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    simulator.revoked = True
    with unit_of_work(w.engine) as session:
        outbox.put(session, w.clock, key="hello", method="chat.postMessage", channel="C1", payload={"text": "hello"})
    with running(w, desk, hears=False):
        until(lambda: "delivering failed" in caplog.text)
        assert "token_revoked" in caplog.text
        simulator.revoked = False
        until(lambda: simulator.texts("C1") == ["hello"])
        until(lambda: "delivering goes on" in caplog.text)


def test_what_slack_can_no_longer_repeat_is_forgotten_and_what_was_put_aside_after_a_month(
    w: Wiring, clock: FixedClock
) -> None:
    arrival = arrival_of({"command": "/greenroom", "trigger_id": "1", "user_id": "U1"})
    with unit_of_work(w.engine) as session:
        assert first_time(session, clock, arrival)
    Spool(w.settings.slack_failed).keep(arrival)
    tidy(w)
    with unit_of_work(w.engine) as session:
        assert not first_time(session, clock, arrival)
    [aside] = put_aside(w.settings)
    paths = [aside, *(w.settings.slack_arrivals / name for name in ("a.unreadable", ".b.part"))]
    w.settings.slack_arrivals.mkdir()
    for path in paths[1:]:
        path.write_text("")
    long_ago = time.time() - KEPT_ASIDE - DAY

    for path in paths:
        os.utime(path, (long_ago, long_ago))
    clock.advance(REMEMBERED + timedelta(seconds=1))
    tidy(w)
    with unit_of_work(w.engine) as session:
        assert first_time(session, clock, arrival)
    assert [path for path in paths if path.exists()] == []


def test_without_an_app_token_there_is_no_line(w: Wiring) -> None:
    by_http = Wiring(w.settings.model_copy(update={"slack_app_token": None}), w.clock)
    assert line_to(by_http, listening(by_http, lambda _body: None, no_errors)) is None


def test_at_each_start_whatever_is_open_is_looked_at_anew_once_the_record_is_there(w: Wiring) -> None:
    did: list[str] = []

    def look(_w: Wiring) -> None:
        did.append("look")
        if did == ["look"]:
            raise TransientError("The record is busy.")

    def announce(_w: Wiring) -> int:
        did.append("announce")
        return 0

    announced = anew(announce, look)
    with pytest.raises(TransientError):
        announced(w)
    announced(w)
    announced(w)
    assert did == ["look", "look", "announce", "announce"]


def test_what_slack_refuses_for_good_stands_in_the_log_with_where_to_look(
    w: Wiring, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    simulator.archived.add("C1")
    with unit_of_work(w.engine) as session:
        outbox.put(session, w.clock, key="hello", method="chat.postMessage", channel="C1", payload={"text": "hello"})
    deliver(w, w.slack())
    assert "Slack refused 1 posts for good: greenroom slack check" in caplog.text


def test_what_single_persons_were_told_long_ago_is_forgotten_and_no_card_nor_what_still_waits(
    w: Wiring, clock: FixedClock
) -> None:
    keys = ("told:click:1", "notice:digest.mail:1", "request:1", "question:1", "queue:a:1:1", "told:waits")
    with unit_of_work(w.engine) as session:
        for key in keys:
            post = outbox.put(session, clock, key=key, method="chat.postMessage", channel="U1", payload={})
            post.status = "waiting" if key == "told:waits" else "sent"
    clock.advance(outbox.KEPT)
    tidy(w)
    with reading(w.engine) as session:
        assert [key for key in keys if outbox.post_with(session, key) is None] == []
    clock.advance(timedelta(seconds=1))
    tidy(w)
    with reading(w.engine) as session:
        assert [key for key in keys if outbox.post_with(session, key) is None] == list(keys[:2])
