from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from approvals.slack.api import WebSlack
from core.clock import FixedClock
from tests.approvals.slack.simulator import Simulator
from tests.approvals.slack.simulator_apps import app_of, over_http


@pytest.fixture
def simulator(clock: FixedClock) -> Iterator[Simulator]:
    with Simulator(clock) as running:
        yield running


@pytest.fixture
def slack(simulator: Simulator) -> WebSlack:
    return WebSlack("xoxb-secret", base_url=simulator.address)


@pytest.fixture
def heard() -> list[Mapping[str, Any]]:
    return []


@pytest.fixture
def listening(simulator: Simulator, heard: list[Mapping[str, Any]]) -> Iterator[str]:
    with over_http(simulator, app_of(simulator, heard.append)) as address:
        yield address
