"""Who is started, when, and what is said of them: decided without a process."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.settings import Settings
from flows.serving.children import children_of
from flows.serving.guard import watch
from flows.serving.keeping import Child, Keeper
from flows.serving.status import status_of
from tests.conftest import START

ONE = Child("one", ("true",))


def test_everybody_starts_in_order_and_nobody_twice() -> None:
    keeper = Keeper([ONE, Child("two", ("true",))])
    assert [child.name for child in keeper.due(0)] == ["one", "two"]
    keeper.started("one", 7, 0)
    assert [child.name for child in keeper.due(5)] == ["two"]


def test_who_keeps_ending_waits_twice_as_long_each_time_at_most_a_minute() -> None:
    keeper, now, pauses = Keeper([ONE]), 0.0, []
    for _ in range(9):
        keeper.started("one", 7, now)
        pauses.append(keeper.ended("one", 1, now))
        assert not keeper.due(now + pauses[-1] - 0.1)
        now += pauses[-1]
        assert keeper.due(now) == [ONE]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_who_lived_a_minute_starts_again_after_one_second() -> None:
    keeper = Keeper([ONE])
    for _ in range(4):
        keeper.started("one", 7, 0)
        keeper.ended("one", 1, 59)
    keeper.started("one", 7, 100)
    assert keeper.ended("one", 1, 160) == 1


def test_the_status_tells_pid_age_restarts_and_the_last_end() -> None:
    keeper = Keeper([ONE])
    keeper.started("one", 7, 0)
    keeper.ended("one", -9, 3)
    assert keeper.status(3)[0] == {
        "name": "one",
        "pid": None,
        "seconds": None,
        "restarts": 0,
        "last_exit": -9,
        "starts_in": 1,
    }
    keeper.started("one", 8, 4)
    assert keeper.status(14)[0] == {
        "name": "one",
        "pid": 8,
        "seconds": 10,
        "restarts": 1,
        "last_exit": -9,
        "starts_in": None,
    }


def test_a_child_gets_its_own_variables_and_not_those_it_must_not_see() -> None:
    child = Child("one", ("true",), {"PREFECT_API_URL": "ours", "PREFECT_API_KEY": None, "PREFECT_PROFILE": None})
    assert child.environment({"PREFECT_API_KEY": "theirs", "PREFECT_API_URL": "theirs", "HOME": "/"}) == {
        "PREFECT_API_URL": "ours",
        "HOME": "/",
    }


def test_two_children_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="one name"):
        Keeper([ONE, ONE])


def test_prefect_can_be_left_out(tmp_path: Path) -> None:
    def names(*, prefect: bool) -> list[str]:
        settings = Settings(_env_file=None, home=tmp_path)
        return [child.name for child in children_of(settings, host="127.0.0.1", port=8700, prefect=prefect)]

    assert names(prefect=True) == ["web", "worker", "prefect", "scheduler"]
    assert names(prefect=False) == ["web", "worker"]


def test_slack_has_a_process_of_its_own_when_it_is_on(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, home=tmp_path, slack_bot_token="xoxb-1")
    children = children_of(settings, host="127.0.0.1", port=8700, prefect=True)
    assert [child.name for child in children] == ["web", "worker", "slack", "prefect", "scheduler"]


def test_no_secret_is_in_the_words_a_child_is_started_with(tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None,
        home=tmp_path,
        pepper="pep-secret-pepper",
        slack_bot_token="xoxb-pep-secret",
        slack_app_token="xapp-pep-secret",
        slack_signing_secret="pep-secret-signing",
    )
    assert not re.search("pep-secret", repr(children_of(settings, host="127.0.0.1", port=8700, prefect=True)))


def test_the_guard_remembers_whoever_came_and_did_not_go() -> None:
    assert watch(["+7\n", "+8\n", "-7\n", "-9\n"]) == {8}


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", '{"at": 3}'])
def test_a_broken_status_counts_as_none(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "serve.json").write_text(text)
    assert not status_of(tmp_path, now=datetime.now(UTC)).running


def test_a_status_that_nobody_writes_any_more_is_not_running(tmp_path: Path) -> None:
    (tmp_path / "serve.json").write_text(json.dumps({"at": START.isoformat(), "children": []}))
    assert status_of(tmp_path, now=START + timedelta(seconds=9)).running
    assert not status_of(tmp_path, now=START + timedelta(seconds=10)).running
