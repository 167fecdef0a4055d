"""A home with a pool, a longlist and a queue, made once and copied for each test."""

from pathlib import Path

import pytest

from core.clock import FixedClock
from flows.steps import longlist
from tests.house import CAMPAIGN, CAMPAIGN_FILE, House, build


@pytest.fixture(scope="module")
def longlisted_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a pool, a longlist and a queue, made once; tests work on copies."""
    from tests.conftest import START

    house = build(tmp_path_factory.mktemp("made") / "home", FixedClock(START))
    house.import_sample()
    longlist.source_campaign(house.w, CAMPAIGN_FILE, actor="omar")
    longlist.fill_queue(house.w, CAMPAIGN, actor="omar")
    house.w.engine.dispose()
    return house.w.settings.home


@pytest.fixture
def house(longlisted_home: Path, tmp_path: Path, clock: FixedClock) -> House:
    import shutil

    shutil.copytree(longlisted_home, tmp_path / "home")
    return build(tmp_path / "home", clock)
