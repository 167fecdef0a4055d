"""A home with a pool, a longlist and a queue, made once and copied for each test."""

from pathlib import Path

import pytest

from core.clock import FixedClock
from tests.homes import copy_home
from tests.house import House, build


@pytest.fixture
def house(longlisted_home: Path, tmp_path: Path, clock: FixedClock) -> House:
    copy_home(longlisted_home, tmp_path / "home")
    return build(tmp_path / "home", clock)
