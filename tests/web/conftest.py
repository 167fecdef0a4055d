"""What tests of the web door share: a home with a contract that is out for signature."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.clock import FixedClock
from tests.homes import made_once
from tests.house import House
from tests.web.calling import calling
from tests.web.signing_scene import Signer, make_out, opened, token_in
from web.app import create_app


@pytest.fixture(scope="session")
def out_home(longlisted_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "out", lambda home: make_out(longlisted_home, home))


@pytest.fixture
def out(out_home: Path, tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    house, _ = opened(out_home, tmp_path / "home", clock)
    yield house
    house.w.engine.dispose()


@pytest.fixture
def creator(out_home: Path) -> str:
    return (out_home / "creator").read_text(encoding="utf-8")


@pytest.fixture
def signer(out: House) -> Iterator[Signer]:
    with calling(create_app(out.w)) as client:
        yield Signer(client, out, token_in(out))


@pytest.fixture
def later(clock: FixedClock) -> Callable[..., None]:
    return clock.advance
