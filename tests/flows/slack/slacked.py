"""A Greenroom whose people are in a simulated Slack: what is announced and delivered there, in verbs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from approvals import service as approvals
from approvals.slack.api import WebSlack
from approvals.slack.outbox import post_with, waiting
from approvals.slack.poster import deliver_due
from core.clock import Clock, FixedClock
from core.database import reading, unit_of_work
from core.models.approvals import Request
from core.models.slack import SlackPost
from core.settings import PROJECT
from flows.slack.posting import announce
from flows.wiring import wire
from tests.approvals.slack.simulator import Simulator
from tests.house import House

TOKEN = "xoxb-test"


def member(person_id: str) -> str:
    """The Slack id of somebody from the people file."""
    return f"U{person_id.upper()}"


class Killed(BaseException):
    """The process is gone: nothing catches this."""


class DyingClock:
    """Kills whoever asks it the time too often."""

    def __init__(self, clock: FixedClock, asks: int) -> None:
        self._clock, self._left = clock, asks

    def now(self) -> datetime:
        self._left -= 1
        if self._left < 0:
            raise Killed
        return self._clock.now()


@dataclass(frozen=True)
class Slacked:
    house: House
    simulator: Simulator
    clock: FixedClock

    @property
    def slack(self) -> WebSlack:
        return WebSlack(TOKEN, base_url=self.simulator.address)

    def announce(self) -> int:
        return announce(self.house.w)

    def deliver(self) -> int:
        return deliver_due(self.house.w.engine, self.clock, self.slack).sent

    def settle(self) -> None:
        """Announce and deliver until nothing is left, a second at a time, as the two loops do."""
        for _ in range(400):
            self.announce()
            self.deliver()
            with reading(self.house.w.engine) as session:
                if not waiting(session):
                    return
            self.clock.advance(timedelta(seconds=1))
        raise AssertionError("never delivered")

    def messages(self, channel: str = "C1") -> list[dict[str, Any]]:
        return self.simulator.messages.get(channel, [])

    def top(self, channel: str = "C1") -> list[dict[str, Any]]:
        return [message for message in self.messages(channel) if "thread_ts" not in message]

    def thread(self, parent: Mapping[str, Any], channel: str = "C1") -> list[dict[str, Any]]:
        return [message for message in self.messages(channel) if message.get("thread_ts") == parent["ts"]]

    def post(self, key: str) -> SlackPost:
        with reading(self.house.w.engine) as session:
            found = post_with(session, key)
        assert found is not None
        return found


def buttons(message: Mapping[str, Any]) -> list[str]:
    """The action ids that a message offers."""
    return [
        element["action_id"]
        for block in message["blocks"] if block["type"] == "actions"
        for element in block["elements"]
    ]  # fmt: skip


def words(message: Mapping[str, Any]) -> str:
    """Everything a message or a view says."""
    return str(message.get("text", "")) + str(message.get("blocks"))


def with_slack(
    house: House, home: Path, address: str, clock: Clock, *, edit: tuple[str, str] = ("#", "#"), **changes: object
) -> House:
    """The same home with Slack on; everybody has an account, and one channel takes everything unless told otherwise.

    `edit` replaces something in the people file.
    """
    people = home / "people.toml"
    text = (PROJECT / "people.example.toml").read_text(encoding="utf-8")
    parts = text.split('id = "')
    for number, part in enumerate(parts[1:], start=1):
        parts[number] = part.replace('slack = ""', f'slack = "{member(part.partition(chr(34))[0])}"', 1)
    people.write_text('id = "'.join(parts).replace(*edit), encoding="utf-8")
    known: dict[str, object] = {"people_file": people, "slack_bot_token": SecretStr(TOKEN), "slack_channel": "C1",
                                "slack_api_url": address}  # fmt: skip
    house.w.engine.dispose()
    return House(wire(house.w.settings.model_copy(update=known | changes), clock))


@contextmanager
def in_slack(
    house: House, home: Path, clock: FixedClock, *, edit: tuple[str, str] = ("#", "#"), **changes: object
) -> Iterator[Slacked]:
    with Simulator(clock) as simulator:
        slacked = with_slack(house, home, simulator.address, clock, edit=edit, **changes)
        for person in slacked.w.people:
            simulator.member(person.slack)
        yield Slacked(slacked, simulator, clock)


def leave(house: House, many: int) -> list[Request]:
    """Withdraw all questions about creators but the first so many, before Slack hears of them: tests are quicker."""
    first, rest = house.queue()[:many], house.queue()[many:]
    with unit_of_work(house.w.engine) as session:
        for request in rest:
            approvals.void(session, house.w.clock, kind=request.kind, subject=request.subject, why="not needed here")
    return first
