"""A home with a pool, a longlist and a queue, made once and copied for each test; and a home that fetches."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from core.clock import FixedClock
from core.settings import PROJECT, Settings
from flows.wiring import Wiring, wire
from tests.homes import copy_home
from tests.house import House, build
from tests.sourcing.fetching.platforms import Platform, open_platform
from tests.sourcing.fetching.youtubes import KEY, YouTubePlatform


@pytest.fixture
def house(longlisted_home: Path, tmp_path: Path, clock: FixedClock) -> House:
    copy_home(longlisted_home, tmp_path / "home")
    return build(tmp_path / "home", clock)


@pytest.fixture
def platform() -> Iterator[YouTubePlatform]:
    """YouTube on loopback, with six channels."""
    with open_platform(YouTubePlatform(6)) as platform:
        assert isinstance(platform, YouTubePlatform)
        yield platform


def wired_to_youtube(home: Path, clock: FixedClock, platform: Platform, **settings: Any) -> Wiring:
    people = PROJECT / "people.example.toml"
    told = Settings(_env_file=None, home=home, youtube_api_key=SecretStr(KEY), people_file=people, **settings)
    return wire(told, clock, source_urls={"youtube": platform.url})


@pytest.fixture
def w(tmp_path: Path, clock: FixedClock, platform: YouTubePlatform) -> Iterator[Wiring]:
    """A new home that fetches from it."""
    w = wired_to_youtube(tmp_path / "home", clock, platform)
    yield w
    w.engine.dispose()
