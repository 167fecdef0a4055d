"""`greenroom slack check|repost|manifest`, and what the doctor says of Slack: against a simulated workspace."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from approvals.slack import outbox
from approvals.slack.arrivals import Spool, arrival_of
from approvals.slack.manifest import SCOPES, as_text
from approvals.slack.poster import deliver_due
from core.clock import FixedClock
from core.database import open_engine, unit_of_work
from core.settings import PROJECT
from flows.slack.posting import announce
from flows.wiring import wire
from tests.approvals.slack.simulator import Simulator
from tests.cli.conftest import Terminal
from tests.house import CAMPAIGN_FILE

GROUP = '\n[[group]]\nid = "reviewers"\nname = "Reviewers"\nmembers = ["rosa"]\nslack = "S1"\n'


@pytest.fixture
def simulator(clock: FixedClock) -> Iterator[Simulator]:
    with Simulator(clock) as running:
        running.member("U0OMAR", real_name="Omar H.")
        running.member("U0ROSA")
        running.groups["S1"] = ["U0ROSA", "U0ELSE"]
        yield running


@pytest.fixture
def on(longlisted: Terminal, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Terminal:
    """Slack is set up as it should be: two people with ids, a group, a channel."""
    text = (PROJECT / "people.example.toml").read_text(encoding="utf-8")
    for person in ("omar", "rosa"):
        text = text.replace(
            f'{person}@example.com"\nslack = ""', f'{person}@example.com"\nslack = "U0{person.upper()}"'
        )
    (tmp_path / "people.toml").write_text(text + GROUP, encoding="utf-8")
    given = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_CHANNEL": "C1",
             "SLACK_API_URL": simulator.address, "PEOPLE_FILE": str(tmp_path / "people.toml")}  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(f"GREENROOM_{name}", value)
    return longlisted


def looks(terminal: Terminal, *, code: int) -> dict[str, dict[str, Any]]:
    answer = terminal("slack", "check", "--json")
    assert answer.code == code, answer.err
    assert answer.document["ok"] is (code == 0)
    return {look["what"]: look for look in answer.document["looks"]}


def test_where_everything_is_right_each_thing_is_named(on: Terminal) -> None:
    found = looks(on, code=0)
    assert [what for what, look in found.items() if not look["ok"]] == []
    assert found["bot token"]["found"] == "Greenroom test, as greenroom"
    assert found["permissions"]["found"].startswith(f"all {len(SCOPES)}")
    assert found["Socket Mode"]["found"] == "a line can be opened"
    assert found["channel C1"]["found"] == "#c1, GREENROOM_SLACK_CHANNEL"
    assert found["omar"]["found"] == "U0OMAR, in Slack Omar H."
    assert found["not in Slack"]["found"].startswith("olivia, lena, sofia, anton")
    assert found["group reviewers"]["found"] == "S1: rosa; 1 unknown here"
    people = on("slack", "check")
    assert people.code == 0
    assert "Greenroom in Slack" in people.out


Spoil = Callable[[Simulator], object]


@pytest.mark.parametrize(
    ("spoil", "what", "found", "next_step"),
    [
        (lambda s: s.fail("conversations.info", "500"), "channel C1", "503", "ask again: greenroom slack check"),
        (lambda s: s.archived.add("C1"), "channel C1", "archived", "another one"),
        (lambda s: s.outside.add("C1"), "channel C1", "not in it", "/invite @Greenroom"),
        (lambda s: s.messages.pop("C1"), "channel C1", "channel_not_found", "Check the channel's id"),
        (lambda s: s.member("U0OMAR", deleted=True), "omar", "has left Slack", "people.toml"),
        (lambda s: s.member("U0OMAR", is_bot=True), "omar", "is an app", "people.toml"),
        (lambda s: s.users.discard("U0OMAR"), "omar", "user_not_found", "people.toml"),
        (lambda s: s.granted.discard("im:write"), "permissions", "im:write (reminders", "install the app again"),
        (lambda s: s.groups.pop("S1"), "group reviewers", "no_such_subteam", ""),
        (lambda s: s.groups.update(S1=["U0ELSE"]), "group reviewers", "none of whom", "member ids"),
        (lambda s: s.fail("apps.connections.open", "invalid_auth"), "Socket Mode", "invalid_auth",
         "GREENROOM_SLACK_APP_TOKEN"),
        (lambda s: s.fail("apps.connections.open", "500"), "Socket Mode", "503", "ask again: greenroom slack check"),
    ],
)  # fmt: skip
def test_each_thing_that_is_wrong_is_said_with_what_to_do_and_hides_no_other(
    on: Terminal, simulator: Simulator, spoil: Spoil, what: str, found: str, next_step: str
) -> None:
    spoil(simulator)
    told = looks(on, code=1)
    assert [name for name, look in told.items() if not look["ok"]] == [what]
    assert found in told[what]["found"]
    assert next_step in told[what]["next_step"]


def test_with_a_token_that_does_not_work_nothing_else_is_asked(on: Terminal, simulator: Simulator) -> None:
    simulator.revoked = True
    told = looks(on, code=1)
    assert list(told) == ["bot token"]
    assert "token_revoked" in told["bot token"]["found"]
    assert "Install the app again" in told["bot token"]["next_step"]


@pytest.mark.slow
def test_channels_that_campaigns_name_are_looked_at_with_who_names_them(
    on: Terminal, simulator: Simulator, tmp_path: Path
) -> None:
    changed = tmp_path / "linen-summer.toml"
    text = CAMPAIGN_FILE.read_text().replace('review_channel = ""', 'review_channel = "C0REVIEW"')
    changed.write_text(text.replace('legal_channel = ""', 'legal_channel = "C0LEGAL"'))
    assert on("source", str(changed)).code == 0
    for channel in ("C0REVIEW", "C0LEGAL"):
        simulator.channel(channel)
    simulator.archived.add("C0REVIEW")
    told = looks(on, code=1)
    assert told["channel C0LEGAL"]["found"] == "#c0legal, legal_channel of linen-summer"
    assert told["channel C0REVIEW"]["found"] == "#c0review, review_channel of linen-summer: archived"
    assert told["channel C1"]["ok"]


def test_over_http_no_line_is_opened(on: Terminal, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GREENROOM_SLACK_APP_TOKEN")
    monkeypatch.setenv("GREENROOM_SLACK_SIGNING_SECRET", "secret")
    monkeypatch.delenv("GREENROOM_SLACK_CHANNEL")
    told = looks(on, code=0)
    assert "/slack/events" in told["Socket Mode"]["found"]
    assert "direct messages" in told["channels"]["found"]
    assert "apps.connections.open" not in [method for method, _ in simulator.calls]


def test_without_slack_or_with_half_of_it_nothing_is_asked(
    longlisted: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    off = longlisted("slack", "check")
    assert (off.code, off.out) == (1, "")
    assert "Slack is off" in off.err
    monkeypatch.setenv("GREENROOM_SLACK_BOT_TOKEN", "xoxb-1")
    assert "no click could reach Greenroom" in longlisted("slack", "check").err


def test_a_check_makes_no_record(on: Terminal) -> None:
    shutil.rmtree(on.home)
    looks(on, code=0)
    assert not (on.home / "greenroom.db").exists()


def test_what_never_reached_slack_is_listed_and_posted_again_when_asked(on: Terminal, simulator: Simulator) -> None:
    engine = open_engine(f"sqlite:///{on.home / 'greenroom.db'}")
    w = wire(clock=on.clock)
    announce(w)
    simulator.archived.add("C1")
    deliver_due(engine, on.clock, w.slack())
    simulator.archived.discard("C1")
    told = looks(on, code=1)["messages"]
    assert "for C1 never reached Slack" in told["found"]
    assert told["next_step"].endswith("greenroom slack repost")
    assert "posted within seconds" in on("slack", "repost").out
    announce(w)
    assert "messages" not in looks(on, code=0)
    assert deliver_due(engine, on.clock, w.slack()).sent > 0
    engine.dispose()
    w.engine.dispose()


def test_without_slack_nothing_is_posted_again(longlisted: Terminal) -> None:
    answer = longlisted("slack", "repost")
    assert (answer.code, answer.out) == (1, "")
    assert "Slack is off" in answer.err


def test_the_manifest_is_printed_for_pasting(terminal: Terminal) -> None:
    assert terminal("slack", "manifest").out == as_text()
    by_http = json.loads(terminal("slack", "manifest", "--public-url", "https://greenroom.example.com").out)
    assert by_http["settings"]["interactivity"]["request_url"] == "https://greenroom.example.com/slack/events"


@pytest.mark.parametrize("address", ["http://greenroom.example.com", "greenroom.example.com", "https://a.example/b"])
def test_an_address_that_slack_would_not_take_is_refused(terminal: Terminal, address: str) -> None:
    answer = terminal("slack", "manifest", "--public-url", address)
    assert (answer.code, answer.out) == (2, "")
    assert "https://greenroom.example.com" in answer.err


def doctor(terminal: Terminal) -> dict[str, str]:
    findings: list[dict[str, str]] = terminal("doctor", "--json").document["findings"]
    return next(finding for finding in findings if finding["what"] == "Slack")


def test_the_doctor_says_off_half_and_on(longlisted: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor(longlisted)["state"] == "optional"
    monkeypatch.setenv("GREENROOM_SLACK_BOT_TOKEN", "xoxb-1")
    assert doctor(longlisted)["state"] == "problem"
    monkeypatch.setenv("GREENROOM_SLACK_APP_TOKEN", "xapp-1")
    assert (doctor(longlisted)["state"], doctor(longlisted)["detail"]) == ("ok", "on; 0 posts on the way")


def test_the_doctor_tells_what_waits_what_slack_never_took_and_what_was_put_aside(on: Terminal) -> None:
    engine = open_engine(f"sqlite:///{on.home / 'greenroom.db'}")
    with unit_of_work(engine) as session:
        first = outbox.put(session, on.clock, key="a", method="chat.postMessage", channel="C1", payload={})
        first.last_error = "Slack refused chat.postMessage: is_archived."
    waits = doctor(on)
    assert waits["state"] == "ok"
    assert waits["detail"].startswith("on; 1 post on the way; last trouble: Slack refused")
    with unit_of_work(engine) as session:
        dead = outbox.post_with(session, "a")
        assert dead is not None
        dead.status = "dead"
        session.add(dead)
    engine.dispose()
    assert doctor(on)["state"] == "problem"
    assert "0 posts on the way, 1 that Slack never took: Slack refused" in doctor(on)["detail"]
    Spool(on.home / "slack" / "failed").keep(arrival_of({"command": "/greenroom", "trigger_id": "1"}))
    assert doctor(on)["state"] == "problem"
    assert "1 click could not be handled" in doctor(on)["detail"]
    assert "slack.log" in doctor(on)["next_step"]
