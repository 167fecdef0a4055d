"""Places of the queue that go to creators to learn from, and the reserve once a short longlist is used up."""

import shutil
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from core.campaign import load_campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.candidates import Candidate, StageChange
from core.models.creators import Account, AccountLink
from core.models.sourcing import LonglistEntry
from core.stages import Stage
from core.store import account_of, candidate_named, run_in_force, snapshot_of
from flows.steps import longlist
from flows.steps.review_queue import EXPLORING
from sourcing import service
from tests.conftest import START
from tests.house import CAMPAIGN, CAMPAIGN_FILE, House, build


@pytest.fixture(scope="module")
def pool_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    house = build(tmp_path_factory.mktemp("made") / "home", FixedClock(START))
    house.import_sample(1_500)
    return house.w.settings.home


@pytest.fixture
def fresh(pool_home: Path, tmp_path: Path, clock: FixedClock) -> House:
    shutil.copytree(pool_home, tmp_path / "home")
    return build(tmp_path / "home", clock)


def sourced(house: House, tmp_path: Path, *, explore: int = 0, limit: int | None = None) -> None:
    file = tmp_path / "linen-summer.toml"
    text = CAMPAIGN_FILE.read_text()
    assert "explore = 0" in text
    file.write_text(text.replace("explore = 0", f"explore = {explore}"))
    longlist.source_campaign(house.w, file, actor="omar", limit=limit)


def queued(session: Session) -> list[tuple[int, str]]:
    """(rank, why) of everybody who was ever put in front of a reviewer, in that order."""
    query = (
        select(Candidate.rank, StageChange.reason).join(StageChange, col(StageChange.candidate_id) == Candidate.id)
        .where(StageChange.went_to == Stage.QUEUED).order_by(col(StageChange.id))
    )  # fmt: skip
    return [(rank, reason) for rank, reason in session.exec(query)]


@pytest.mark.slow
def test_some_places_go_to_creators_to_learn_from_the_same_ones_each_time(
    fresh: House, pool_home: Path, tmp_path: Path, clock: FixedClock
) -> None:
    shutil.copytree(pool_home, tmp_path / "again" / "home")
    found = []
    for house in (fresh, build(tmp_path / "again" / "home", clock)):
        sourced(house, tmp_path, explore=3)
        assert longlist.fill_queue(house.w, CAMPAIGN, actor="omar") == 25
        with reading(house.w.engine) as session:
            found.append(queued(session))
    assert found[0] == found[1]
    exploring = [rank for rank, why in found[0] if why == EXPLORING]
    assert len(exploring) == 3
    assert min(exploring) > 25
    assert [rank for rank, why in found[0] if not why] == list(range(1, 23))
    # They have had their share: what declines free goes to the best, until the share has grown with the queue.
    for question in fresh.queue()[:8]:
        fresh.decide(question, "decline", by="rosa", reason="off topic")
    assert longlist.refill_queues(fresh.w) == 8
    with reading(fresh.w.engine) as session:
        later = queued(session)[25:]
    assert [why for _, why in later] == [""] * 8
    assert [rank for rank, _ in later] == list(range(23, 31))
    for question in fresh.queue()[:1]:
        fresh.decide(question, "decline", by="rosa", reason="off topic")
    assert longlist.refill_queues(fresh.w) == 1
    with reading(fresh.w.engine) as session:
        assert queued(session)[-1][1] == EXPLORING


@pytest.mark.slow
def test_without_exploring_the_best_are_asked_about_and_the_reserve_comes_when_the_list_is_used_up(
    fresh: House, tmp_path: Path
) -> None:
    sourced(fresh, tmp_path, limit=20)
    assert longlist.fill_queue(fresh.w, CAMPAIGN, actor="omar") == 25
    with reading(fresh.w.engine) as session:
        assert queued(session) == [(rank, "") for rank in range(1, 26)]
        admitted = session.exec(select(Candidate).where(col(Candidate.rank) > 20).order_by(col(Candidate.rank))).all()
        assert len(admitted) == 5
        for candidate in admitted:
            place = session.get_one(LonglistEntry, (candidate.run_id, candidate.rank))
            assert place.bench
            known = snapshot_of(session, candidate)
            assert {field: row.value for field, row in known.items()} == place.snapshot["fields"]
            assert {row.source for row in known.values()} == {place.snapshot["source"]}
            account = account_of(session, candidate)
            assert (account.platform, account.handle) == (place.platform, place.handle)
    assert {question.card["title"] for question in fresh.queue()} >= {place.card["title"]}
    # The same list again changes nobody, and the next in reserve comes next.
    sourced(fresh, tmp_path, limit=20)
    fresh.decide(fresh.queue()[0], "decline", by="rosa", reason="off topic")
    assert longlist.refill_queues(fresh.w) == 1
    with reading(fresh.w.engine) as session:
        assert queued(session)[-1] == (26, "")


def test_a_pool_that_is_gone_keeps_nobody_from_being_asked_about(fresh: House, tmp_path: Path) -> None:
    sourced(fresh, tmp_path, explore=3, limit=30)
    shutil.rmtree(fresh.w.settings.pool_folder)
    assert longlist.fill_queue(fresh.w, CAMPAIGN, actor="omar") == 25
    with reading(fresh.w.engine) as session:
        assert queued(session) == [(rank, "") for rank in range(1, 26)]


@pytest.mark.slow
def test_a_reserve_that_is_used_up_fills_nothing_more(fresh: House, tmp_path: Path) -> None:
    sourced(fresh, tmp_path, limit=1)
    with unit_of_work(fresh.w.engine) as session:
        run_id = run_in_force(session, CAMPAIGN)
        places = session.exec(
            select(LonglistEntry).where(LonglistEntry.run_id == run_id).order_by(col(LonglistEntry.rank))
        )
        for place in places.all()[4:]:
            session.delete(place)
    assert longlist.fill_queue(fresh.w, CAMPAIGN, actor="omar") == 4
    assert longlist.fill_queue(fresh.w, CAMPAIGN, actor="omar") == 0


@pytest.mark.slow
def test_whose_other_account_ranks_now_stands_there_with_that_account(fresh: House, tmp_path: Path) -> None:
    campaign = load_campaign(CAMPAIGN_FILE)
    best, second = service.source(fresh.w.settings.pool_folder, campaign, limit=2).entries
    file = tmp_path / "without.toml"
    text = CAMPAIGN_FILE.read_text()
    assert "exclude_handles = []" in text
    file.write_text(text.replace("exclude_handles = []", f'exclude_handles = ["{best.handle}"]'))
    longlist.source_campaign(fresh.w, file, actor="omar", limit=20)
    with unit_of_work(fresh.w.engine) as session:
        candidate = candidate_named(session, CAMPAIGN, f"{second.platform}:{second.handle}")
        kept = candidate.id
        # Somebody found out that the other account is the same person's.
        account = Account(platform=best.platform, key=best.handle, handle=best.handle)
        session.add(account)
        session.flush()
        session.add(AccountLink(account_id=account.id or 0, creator_id=candidate.creator_id, since=START,
                                evidence="said so"))  # fmt: skip
    longlist.source_campaign(fresh.w, CAMPAIGN_FILE, actor="omar", limit=20)
    with reading(fresh.w.engine) as session:
        candidate = session.get_one(Candidate, kept)
        assert (candidate.rank, account_of(session, candidate).handle) == (1, best.handle)
        assert snapshot_of(session, candidate)["followers"].value == best.followers
        taken = session.exec(select(Candidate).where(Candidate.creator_id == candidate.creator_id)).all()
    assert [one.id for one in taken] == [kept]
