"""What Slack's process does when nothing helps: whoever clicked is told, and nothing is tried without a pause."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from approvals.slack.api import FileSlack
from approvals.slack.app import make_app
from approvals.slack.arrivals import Arrival, Spool, arrival_of
from flows.serving.arrivals import LONGEST_PAUSE, THREADS, TRIES, Desk
from flows.serving.line import SlackConnection
from tests.flows.serving.waiting import until


def click(number: int) -> Arrival:
    return arrival_of({"type": "block_actions", "trigger_id": str(number), "user": {"id": f"U{number}"}})


def broken(_arrival: Arrival) -> None:
    raise ZeroDivisionError("a bug")


class FullDisk(Spool):
    """Takes nothing."""

    def keep(self, arrival: Arrival) -> bool:
        raise OSError("no space left on device")


CALL = {**click(1).body, "team": {"id": "T1"}, "actions": [{"type": "button", "action_id": "a", "block_id": "b"}]}


class Ear(BaseSocketModeClient):
    """The client's end of the line, as far as an answer goes back over it; `cut` is raised instead."""

    logger = logging.getLogger("greenroom.test")

    def __init__(self, cut: Exception | None = None) -> None:
        self.told, self._cut = list[object](), cut

    def send_socket_mode_response(self, response: object) -> None:
        if self._cut is not None:
            raise self._cut
        self.told.append(response)


def make_app_that(receives: Callable[[Arrival], None]) -> App:
    return make_app(signing_secret="secret", client=WebClient(token="xoxb-1"), form_errors=lambda _body: {},
                    receive=lambda body: receives(arrival_of(body)))  # fmt: skip


def tried_to_the_end(desk: Desk) -> int:
    """How often it was tried."""
    now, tries = time.monotonic(), 0
    for _ in range(2 * TRIES):
        now += LONGEST_PAUSE + 1
        for arrival in desk.take(now):
            tries += 1
            desk.work(arrival)
    return tries


@pytest.mark.parametrize("tell", [lambda _told: None, broken])
def test_whoever_clicked_is_told_once_when_it_is_put_aside(tmp_path: Path, tell: Callable[[Arrival], None]) -> None:
    spool, failed, told = Spool(tmp_path / "a"), Spool(tmp_path / "b"), list[Arrival]()

    def give_up(arrival: Arrival) -> None:
        told.append(arrival)
        tell(arrival)

    spool.keep(click(1))
    assert tried_to_the_end(Desk(spool, failed, broken, give_up)) == TRIES
    assert told == [click(1)]
    assert (list(spool.waiting()), list(failed.waiting())) == ([], [click(1)])


def test_what_cannot_even_be_put_aside_rests_all_the_same_and_the_log_says_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool, told = Spool(tmp_path / "a"), list[Arrival]()
    spool.keep(click(1))
    desk = Desk(spool, FullDisk(tmp_path / "b"), broken, told.append)
    now = time.monotonic()
    for _ in range(TRIES):
        assert "no space left" not in caplog.text
        now += LONGEST_PAUSE + 1
        [arrival] = desk.take(now)
        desk.work(arrival)
        assert desk.take(time.monotonic()) == []
    assert "no space left" in caplog.text
    assert (list(spool.waiting()), told) == ([click(1)], [])


@pytest.mark.parametrize("app", [lambda: make_app_that(broken), lambda: cast(App, object())], ids=["disk", "app"])
def test_a_call_that_cannot_be_taken_in_is_in_the_log_and_not_acknowledged(
    app: Callable[[], App], caplog: pytest.LogCaptureFixture
) -> None:
    line, client = SlackConnection(app(), FileSlack(Path("unused"))), Ear()
    line.hear(client, SocketModeRequest("interactive", "1", CALL))
    assert client.told == []
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("cut", [BrokenPipeError(), SlackClientError("not connected")])
def test_a_call_that_was_taken_in_is_not_lost_where_slack_cannot_be_told(
    cut: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    kept = list[Arrival]()
    line = SlackConnection(make_app_that(kept.append), FileSlack(Path("unused")))
    line.hear(Ear(cut), SocketModeRequest("interactive", "1", CALL))
    assert kept == [arrival_of(CALL)]
    assert "could not be told that its call was heard" in caplog.text


def test_what_rests_is_not_read_again_and_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "a")
    spool.keep(click(1))
    desk = Desk(spool, Spool(tmp_path / "b"), broken)
    [arrival] = desk.take(time.monotonic())
    desk.work(arrival)
    [path] = (tmp_path / "a").glob("*.json")
    path.write_text("whoever reads this puts it aside")
    assert desk.take(time.monotonic()) == []
    assert path.exists()
    assert desk.take(time.monotonic() + LONGEST_PAUSE) == []
    assert not path.exists()


def test_stopping_waits_for_what_is_in_hand_and_leaves_the_rest_for_the_next_start(tmp_path: Path) -> None:
    spool, go_on, stop = Spool(tmp_path / "a"), threading.Event(), threading.Event()
    begun, done = list[str](), list[str]()

    def handle(arrival: Arrival) -> None:
        begun.append(arrival.key)
        assert go_on.wait(10)
        done.append(arrival.key)

    desk = Desk(spool, Spool(tmp_path / "b"), handle)
    many = THREADS + 5
    for number in range(many):
        spool.keep(click(number))
    running = threading.Thread(target=desk.run, args=(stop,))
    running.start()
    until(lambda: len(begun) == THREADS)
    stop.set()
    desk.wake()
    running.join(0.3)  # so that it has seen that it is to stop
    go_on.set()
    running.join(10)
    assert not running.is_alive()
    assert len(done) == THREADS
    assert len(list(spool.waiting())) == many - THREADS
