"""A home with a pool, a longlist and a queue, made once and copied for each test."""

import shutil
from pathlib import Path

import pytest

from core.clock import FixedClock
from tests.homes import made_once, make_longlisted
from tests.house import House, build


@pytest.fixture(scope="session")
def longlisted_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a pool, a longlist and a queue; tests work on copies."""
    return made_once(tmp_path_factory, "longlisted", make_longlisted)


@pytest.fixture
def house(longlisted_home: Path, tmp_path: Path, clock: FixedClock) -> House:
    shutil.copytree(longlisted_home, tmp_path / "home")
    return build(tmp_path / "home", clock)
