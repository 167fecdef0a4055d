"""A desk: a longlisted house whose people have Slack ids, and a simulated workspace."""

from collections.abc import Iterator

import pytest

from approvals.slack.api import WebSlack
from core.clock import FixedClock
from flows.slack.deeds import Deeds
from flows.wiring import wire
from tests.approvals.slack.simulator import Simulator
from tests.flows.slack.desk_scene import NAMES, Scene, people_file, slack_id
from tests.house import House


@pytest.fixture
def scene(house: House, clock: FixedClock) -> Iterator[Scene]:
    people = house.w.settings.home / "people.toml"
    people.write_text(people_file())
    settings = house.w.settings.model_copy(update={"people_file": people, "terminal_may_sign_off": False})
    with Simulator(clock) as sim:
        sim.users |= {slack_id(name) for name in NAMES}
        at = House(wire(settings, clock))
        yield Scene(at, sim, WebSlack("xoxb-test", base_url=sim.address), Deeds())
        at.w.engine.dispose()
