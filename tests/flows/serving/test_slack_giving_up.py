"""What Slack's process does when nothing helps: whoever clicked is told, and nothing is tried without a pause."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from approvals.slack.arrivals import Arrival, Spool, arrival_of
from flows.serving.arrivals import LONGEST_PAUSE, THREADS, TRIES, Desk
from tests.flows.serving.waiting import until


def click(number: int) -> Arrival:
    return arrival_of({"type": "block_actions", "trigger_id": str(number), "user": {"id": f"U{number}"}})


def broken(_arrival: Arrival) -> None:
    raise ZeroDivisionError("a bug")


class FullDisk(Spool):
    """Takes nothing."""

    def keep(self, arrival: Arrival) -> bool:
        raise OSError("no space left on device")


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
