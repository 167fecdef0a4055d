from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine

from approvals.slack.arrivals import REMEMBERED, Arrival, Spool, arrival_of, first_time, forget_old
from core.clock import FixedClock
from core.database import unit_of_work

CLICK = {"type": "block_actions", "trigger_id": "13.37.abc", "user": {"id": "U1"}, "actions": [{"value": "id"}]}


@pytest.mark.parametrize(
    ("body", "kind", "key"),
    [
        ({"event_id": "Ev1", "type": "event_callback"}, "event", "event:Ev1"),
        (CLICK, "block_actions", "block_actions:13.37.abc"),
        ({"command": "/greenroom", "trigger_id": "1.2"}, "command", "command:1.2"),
    ],
)
def test_repetitions_share_a_name(body: dict[str, object], kind: str, key: str) -> None:
    assert arrival_of(body) == Arrival(kind, key, body)


def test_a_body_without_any_id_is_named_by_all_it_says() -> None:
    one, again, other = ({"type": "view_closed", "user": user} for user in ("U1", "U1", "U2"))
    assert arrival_of(one).key == arrival_of(again).key != arrival_of(other).key


def test_what_is_kept_waits_until_it_is_handled(tmp_path: Path) -> None:
    spool, arrival = Spool(tmp_path / "spool"), arrival_of(CLICK)
    assert list(spool.waiting()) == []
    assert spool.keep(arrival)
    assert not spool.keep(arrival)
    assert list(Spool(tmp_path / "spool").waiting()) == [arrival]
    spool.handled(arrival)
    assert list(spool.waiting()) == []
    assert list((tmp_path / "spool").iterdir()) == []


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"kind": "a", "key": "b", "body": 3}', "\udcff"])
def test_a_file_that_cannot_be_read_keeps_nobody_waiting_and_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: str
) -> None:
    spool = Spool(tmp_path)
    (tmp_path / "broken.json").write_bytes(content.encode(errors="surrogateescape"))
    arrival = arrival_of({"type": "block_actions", "trigger_id": "1"})
    spool.keep(arrival)
    assert [list(spool.waiting()) for _ in range(2)] == [[arrival]] * 2
    assert caplog.text.count("broken.json cannot be read and is put aside") == 1
    assert (tmp_path / "broken.unreadable").exists()


def test_a_name_from_outside_never_becomes_a_path(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    spool.keep(Arrival("event", "event:../../escaped", {}))
    assert [path.parent for path in tmp_path.rglob("*.json")] == [tmp_path / "spool"]


def test_of_eight_who_keep_the_same_click_one_does(tmp_path: Path) -> None:
    spool, start, kept = Spool(tmp_path / "spool"), Barrier(8), []

    def keep() -> None:
        start.wait()
        kept.append(spool.keep(arrival_of(CLICK)))

    threads = [Thread(target=keep) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(kept) == [False] * 7 + [True]


def test_it_is_the_first_time_once(engine: Engine, clock: FixedClock) -> None:
    arrival = arrival_of(CLICK)
    with unit_of_work(engine) as session:
        assert first_time(session, clock, arrival)
        assert not first_time(session, clock, arrival)
    with unit_of_work(engine) as session:
        assert not first_time(session, clock, arrival)


def test_a_click_whose_handling_failed_is_new_again(engine: Engine, clock: FixedClock) -> None:
    def fail() -> None:
        with unit_of_work(engine) as session:
            assert first_time(session, clock, arrival_of(CLICK))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with unit_of_work(engine) as session:
        assert first_time(session, clock, arrival_of(CLICK))


def test_what_slack_can_no_longer_repeat_is_forgotten(engine: Engine, clock: FixedClock) -> None:
    with unit_of_work(engine) as session:
        first_time(session, clock, arrival_of(CLICK))
        assert forget_old(session, clock) == 0
    clock.advance(REMEMBERED + timedelta(seconds=1))
    with unit_of_work(engine) as session:
        assert forget_old(session, clock) == 1
        assert first_time(session, clock, arrival_of(CLICK))
