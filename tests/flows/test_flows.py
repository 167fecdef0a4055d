"""The Prefect flows on the embedded server, and their deployments."""

import asyncio
import gc
import inspect
import subprocess
import sys
import warnings
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from prefect import Flow
from prefect.schedules import Cron
from pydantic import SecretStr

from core.clock import FixedClock
from core.errors import PermanentError, TransientError
from core.settings import PROJECT
from core.stages import Stage
from flows.daily_outreach import daily_outreach
from flows.fetch_profiles import fetch_profiles, refresh_profiles
from flows.prepare_contracts import prepare_contracts
from flows.purge_profiles import purge_profiles
from flows.read_replies import read_replies
from flows.retrying import is_transient
from flows.sla_sweep import sweep_approvals
from flows.source import source
from flows.steps import deals, fetching, review
from flows.wiring import wire, wired_with
from sourcing.fetching.asking import Order
from sourcing.fetching.pages import alone_with, open_run
from tests.house import CAMPAIGN, CAMPAIGN_FILE, House, build
from tests.sourcing.fetching.others import BlueskyPlatform
from tests.sourcing.fetching.platforms import open_platform
from tests.sourcing.fetching.youtubes import KEY, YouTubePlatform

#: Prefect's own server leaves these open when it stops; nothing of ours does.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:prefect"),
]

DEPLOYMENTS: list[dict[str, Any]] = yaml.safe_load((PROJECT / "prefect.yaml").read_text())["deployments"]


@pytest.fixture(scope="module")
def prefect_server() -> Iterator[None]:
    # It loads the whole server, which every worker of a test run would pay for and one needs.
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield
    # What its clients left open is collected here, where that is known, and not in whichever test comes later.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def house(tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    house = build(tmp_path / "home", clock)
    yield house
    house.w.engine.dispose()


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_the_flows_carry_a_creator_from_the_pool_to_a_contract_out_for_signature(
    house: House, clock: FixedClock
) -> None:
    house.import_sample()
    with wired_with(house.w):
        made = asyncio.run(source(str(CAMPAIGN_FILE), actor="omar"))
        assert (made["longlisted"], made["queued"]) == (250, 25)
        house.everybody_consented()
        creator, question = house.best_with_an_address()
        review.decide(house.w, question.id, "approve", actor=house.w.people.named("rosa"), door="slack",
                      may_be_taken_back=True)  # fmt: skip
        assert asyncio.run(daily_outreach(CAMPAIGN))["sent"] == 0
        clock.advance(timedelta(minutes=10))
        house.sign_off_campaign()
        review.apply_due(house.w)
        house.let_mails_go()
        assert asyncio.run(daily_outreach(CAMPAIGN))["sent"] == 1
        assert asyncio.run(daily_outreach(CAMPAIGN))["sent"] == 0
        house.answer(house.outbox()[0], "Count me in!")
        assert asyncio.run(read_replies()) == {"interested": 1}
        deals.make_offer(house.w, CAMPAIGN, creator, actor=house.w.people.named("sofia"))
        deals.accept_offer(house.w, CAMPAIGN, creator, actor=house.w.people.named("sofia"), how="reply")
        assert asyncio.run(prepare_contracts()) == {"drafted": 1, "sent_for_signature": 0}
        contract = house.open_request("final contract")
        review.decide(house.w, contract.id, "sign_off", actor=house.w.people.named("lena"), door="slack",
                      may_be_taken_back=True)  # fmt: skip
        assert asyncio.run(prepare_contracts()) == {"drafted": 0, "sent_for_signature": 0}
        clock.advance(timedelta(minutes=10))
        assert asyncio.run(sweep_approvals())["applied"] == 1
        assert asyncio.run(prepare_contracts()) == {"drafted": 0, "sent_for_signature": 1}
        assert house.stage(creator) == Stage.OUT_FOR_SIGNATURE
        swept = asyncio.run(sweep_approvals())
    done = {"applied", "queued", "withdrawn", "sign_offs_asked", "spot_checks", "first_mails_asked", "reminders",
            "digests", "ends_told", "holds_ended", "outcomes_unknown", "facts_expired", "people_forgotten",
            "unsigned_recalled", "posts_recalled", "briefs_mailed", "deals_in_conflict", "deal_news"}  # fmt: skip
    assert swept == dict.fromkeys(done, 0)
    assert house.w.anchors.exists()


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_profiles_are_fetched_and_refreshed_by_flows(house: House, clock: FixedClock) -> None:
    with open_platform(BlueskyPlatform(6)) as bluesky:
        w = wire(house.w.settings, clock, source_urls={"bluesky": bluesky.url})
        with wired_with(w):
            made = asyncio.run(fetch_profiles("bluesky", "linen", limit=3))
            assert (made["status"], made["profiles"]) == ("done", 3)
            assert asyncio.run(refresh_profiles()) == {}
            clock.advance(timedelta(days=85))
            refreshed = asyncio.run(refresh_profiles())
            assert (refreshed["bluesky"]["status"], refreshed["bluesky"]["profiles"]) == ("done", 3)
            assert asyncio.run(purge_profiles()) == {"profiles": 0, "kept_for_deals": 0}
            clock.advance(timedelta(days=91))
            assert asyncio.run(purge_profiles()) == {"profiles": 3, "kept_for_deals": 0}
        w.engine.dispose()


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_a_source_that_another_process_refreshes_keeps_no_other_from_it(house: House, clock: FixedClock) -> None:
    with open_platform(YouTubePlatform(2)) as youtube, open_platform(BlueskyPlatform(2)) as bluesky:
        settings = house.w.settings.model_copy(update={"youtube_api_key": SecretStr(KEY)})
        w = wire(settings, clock, source_urls={"youtube": youtube.url, "bluesky": bluesky.url})
        fetching.fetch(w, Order("youtube", "linen", limit=2), actor="omar")
        fetching.fetch(w, Order("bluesky", "linen", limit=2), actor="omar")
        clock.advance(timedelta(days=85))
        assert isinstance(youtube, YouTubePlatform)
        youtube.left["units"] = 0
        begun = fetching.refresh(w, "youtube", within_days=7, limit=9, actor="omar")
        assert begun is not None
        run = open_run(settings.fetched_folder / begun.run)
        assert run is not None
        with wired_with(w), alone_with(settings.fetched_folder / run.order.digest[:16]):
            refreshed = asyncio.run(refresh_profiles())
        assert {name: one["status"] for name, one in refreshed.items()} == {"youtube": "refused", "bluesky": "done"}
        assert "by another process" in refreshed["youtube"]["why"]
        w.engine.dispose()


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_a_flow_that_is_refused_fails_with_the_reason(house: House) -> None:
    with wired_with(house.w), pytest.raises(Exception, match="no campaign 'unheard-of' on record"):
        asyncio.run(daily_outreach("unheard-of"))


def test_only_what_surely_changed_nothing_is_tried_again() -> None:
    class State:
        def __init__(self, error: Exception) -> None:
            self.error = error

        async def aresult(self, raise_on_failure: bool) -> Exception:
            return self.error

    def again(error: Exception) -> bool:
        return asyncio.run(is_transient(None, None, State(error)))  # type: ignore[arg-type]

    assert again(TransientError("the server is busy"))
    assert not again(PermanentError("no such mailbox"))
    assert not again(ZeroDivisionError())


def test_every_flow_has_one_deployment() -> None:
    entrypoints = [deployment["entrypoint"] for deployment in DEPLOYMENTS]
    flows = {
        f"flows/{path.name}:{name}"
        for path in (PROJECT / "flows").glob("*.py")
        for name, value in vars(import_module(f"flows.{path.stem}")).items()
        if isinstance(value, Flow) and inspect.getmodule(value.fn) == import_module(f"flows.{path.stem}")
    }
    assert sorted(entrypoints) == sorted(flows)


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda deployment: deployment["entrypoint"])
def test_a_deployment_gives_its_flow_what_it_asks_for(deployment: dict[str, Any]) -> None:
    path, _, name = deployment["entrypoint"].partition(":")
    flow = getattr(import_module(path.removesuffix(".py").replace("/", ".")), name)
    inspect.signature(flow.fn).bind(**deployment.get("parameters", {}))
    for schedule in deployment.get("schedules", []):
        Cron(schedule["cron"], timezone=schedule["timezone"])
        ZoneInfo(schedule["timezone"])
    assert deployment["work_pool"]["name"] == "greenroom"


@pytest.mark.slow
def test_a_worker_can_load_every_flow_by_its_path() -> None:
    """Prefect puts the folder of the flow first on the path: a flow named like a room would hide that room."""
    entrypoints = [deployment["entrypoint"] for deployment in DEPLOYMENTS]
    load = "import sys; from prefect.flows import load_flow_from_entrypoint as load; [load(e) for e in sys.argv[1:]]"
    done = subprocess.run(
        [sys.executable, "-c", load, *entrypoints], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert not {path.stem for path in (PROJECT / "flows").glob("*.py")} & {
        path.parent.name for path in PROJECT.glob("*/__init__.py")
    }
