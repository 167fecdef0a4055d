"""What the record tells a longlist: how earlier campaigns went, who is one person; on both databases."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from core.campaign import Campaign
from core.clock import FixedClock
from core.models.candidates import Candidate
from core.models.creators import Creator
from core.stages import ROAD, Stage
from core.store import move
from flows.steps.known import known_of
from flows.wiring import Wiring
from sourcing.known import Known
from tests.house import build

Longlisted = Callable[..., Candidate]
S = Stage


@pytest.fixture
def w(tmp_path: Path, clock: FixedClock) -> Wiring:
    return build(tmp_path / "home", clock).w


@pytest.fixture
def earlier(campaign: Campaign) -> Campaign:
    return campaign.model_copy(update={"slug": "linen-spring"})


def walk(session: Session, w: Wiring, candidate: Candidate, *stages: Stage, reason: str = "") -> None:
    for stage in stages:
        move(session, w.clock, candidate, stage, actor="omar", reason=reason)


def road_to(stage: Stage) -> tuple[Stage, ...]:
    return ROAD[1 : ROAD.index(stage) + 1]


@pytest.mark.parametrize(
    ("stages", "reason", "score", "words"),
    [
        (road_to(S.LIVE), "", 1.0, "signed and went live in linen-spring"),
        (road_to(S.CLOSED), "", 1.0, "signed and went live in linen-spring"),
        (road_to(S.SIGNED), "", 0.85, "signed in linen-spring"),
        (road_to(S.AGREED), "", 0.6, "replied in linen-spring"),
        ((*road_to(S.INVITED), S.NO_ANSWER), "", 0.4, "did not answer in linen-spring"),
        ((*road_to(S.REPLIED), S.DECLINED_BY_CREATOR), "", 0.2, "declined in linen-spring"),
        ((*road_to(S.SIGNED), S.DROPPED), "never posted", 0.15, "was dropped after signing in linen-spring"),
        ((S.QUEUED, S.DECLINED_BY_US), "wrong audience: too young", 0.0, "was found to have the wrong audience"),
        # What was our own doing, or says nothing yet, is no result.
        ((S.QUEUED, S.DECLINED_BY_US), "off topic", None, ""),
        ((*road_to(S.INVITED), S.DROPPED), "plans changed", None, ""),
        (road_to(S.INVITED), "", None, ""),
        ((), "", None, ""),
    ],
)
def test_how_an_earlier_campaign_ended_is_a_past_result(
    sqlite_engine: Engine, w: Wiring, longlisted: Longlisted, campaign: Campaign, earlier: Campaign,
    stages: tuple[Stage, ...], reason: str, score: float | None, words: str,
) -> None:  # fmt: skip
    with Session(sqlite_engine) as session:
        walk(session, w, longlisted(session, "ada", campaign=earlier), *stages, reason=reason)
        found = known_of(session, w, campaign).results
    if score is None:
        assert found == {}
        return
    assert found["instagram:ada"].score == pytest.approx(score)
    assert words in found["instagram:ada"].evidence


def test_merged_creators_share_results_and_are_one_person(
    engine: Engine, w: Wiring, longlisted: Longlisted, campaign: Campaign, earlier: Campaign
) -> None:
    with Session(engine) as session:
        main = longlisted(session, "ada", campaign=earlier)
        other = longlisted(session, "ada_tok", platform="tiktok", campaign=earlier)
        longlisted(session, "bob", campaign=earlier)
        walk(session, w, main, *road_to(S.LIVE))
        before = known_of(session, w, campaign)
        assert set(before.results) == {"instagram:ada"}
        assert len(set(before.persons.values())) == 3
        # A chain of merges: the account's creator became another, who became the first.
        between = Creator(name="between", created_at=w.clock.now(), merged_into=main.creator_id)
        session.add(between)
        session.flush()
        session.get_one(Creator, other.creator_id).merged_into = between.id
        session.flush()
        after = known_of(session, w, campaign)
    assert after.results["tiktok:ada_tok"] == after.results["instagram:ada"] == before.results["instagram:ada"]
    assert after.persons["tiktok:ada_tok"] == after.persons["instagram:ada"] != after.persons["instagram:bob"]
    assert after.digest != before.digest


def test_the_latest_counts_most_and_other_brands_and_the_campaign_itself_do_not(
    engine: Engine, w: Wiring, longlisted: Longlisted, campaign: Campaign, earlier: Campaign, clock: FixedClock
) -> None:
    elsewhere = campaign.model_copy(update={"slug": "wool", "brand": "Another"})
    with Session(engine) as session:
        walk(session, w, longlisted(session, "ada", campaign=campaign), *road_to(S.LIVE))
        walk(session, w, longlisted(session, "bob", campaign=elsewhere), *road_to(S.LIVE))
        assert known_of(session, w, campaign).results == {}
        renewal = known_of(session, w, campaign.model_copy(update={"cycle": 2})).results
        assert set(renewal) == {"instagram:ada"}
        assert known_of(session, w, earlier).results == renewal


def test_what_the_record_knows_is_named_the_same_whatever_its_ids_are(
    longlisted: Longlisted, w: Wiring, sqlite_engine: Engine, campaign: Campaign
) -> None:
    digests = set()
    for _ in range(2):
        with Session(sqlite_engine) as session:
            for handle in ("ada", "bob"):
                longlisted(session, handle)
            found = known_of(session, w, campaign)
            digests.add(found.digest)
            session.rollback()
    assert len(digests) == 1
    assert digests == {Known().digest}
    assert found.exclusions.now == w.clock.now(), "the terms of profiles are asked"
