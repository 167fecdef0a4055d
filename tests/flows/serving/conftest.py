"""A home that is on Slack, and the simulated workspace it is on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.clock import FixedClock
from flows.wiring import Wiring
from tests.approvals.slack.simulator import Simulator
from tests.flows.serving.doors import SECRET
from tests.house import build


@pytest.fixture
def simulator(clock: FixedClock) -> Iterator[Simulator]:
    with Simulator(clock, secret=SECRET) as running:
        yield running


@pytest.fixture
def w(tmp_path: Path, clock: FixedClock, simulator: Simulator) -> Iterator[Wiring]:
    house = build(tmp_path / "home", clock)
    slack = {"slack_bot_token": SecretStr("xoxb-1"), "slack_app_token": SecretStr("xapp-1"),
             "slack_signing_secret": SecretStr(SECRET), "slack_api_url": simulator.address}  # fmt: skip
    made = Wiring(house.w.settings.model_copy(update=slack), clock)
    yield made
    made.engine.dispose()
