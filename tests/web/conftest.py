"""What tests of the web door share: a contract that is out for signature, and the console with an answer."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.clock import FixedClock
from core.database import unit_of_work
from core.stages import Stage
from core.store import candidate_named, move
from tests.homes import copied, made_once
from tests.house import CAMPAIGN, House
from tests.web.calling import Caller, calling
from tests.web.console_scene import HOSTILE, Browser, say
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


@pytest.fixture(scope="module")
def house(longlisted_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = copied(longlisted_home, tmp_path_factory.mktemp("console") / "home")
    for creator, question in made.with_addresses(1):
        made.decide(question, "approve", by="rosa")
        with unit_of_work(made.w.engine) as session:
            candidate = candidate_named(session, CAMPAIGN, creator)
            move(session, made.w.clock, candidate, Stage.INVITED, actor="sofia")
            candidate.sender = "sofia"
            move(session, made.w.clock, candidate, Stage.REPLIED, actor="sofia")
    yield made
    made.w.engine.dispose()


@pytest.fixture(scope="module")
def client(house: House) -> Iterator[Caller]:
    with calling(create_app(house.w)) as client:
        yield client


@pytest.fixture
def browser(client: Caller, house: House) -> Browser:
    return Browser(client, house)


@pytest.fixture
def answer(house: House) -> int:
    """A new answer of the creator who was invited."""
    return say(house, "question", f"Do you ship to Spain? {HOSTILE}")
