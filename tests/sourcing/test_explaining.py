"""Why somebody stands where they stand, what the fit is made of, and what differs between two longlists."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audience import Safety, Target, Weights
from core.campaign import Campaign
from core.clock import FixedClock
from core.errors import BadInput
from sourcing import service
from sourcing.choosing import WATCH_CAP
from sourcing.comparing import Run, Standing, compare
from sourcing.explaining import Explanation, explain
from sourcing.factors.results import PastResult
from sourcing.fit import factors_of, fit_of, sum_of, usual_of
from sourcing.followers.kept import Audit
from sourcing.importers import import_profiles
from sourcing.known import Exclusions, Known
from sourcing.longlist import Longlist
from sourcing.norms import signs
from sourcing.pool import Pool, open_pool
from sourcing.steps import Question
from tests.sourcing.conftest import NOW, write_jsonl

SIZE = 3


def good(handle: str, **told: Any) -> dict[str, Any]:
    usual = {"platform": "instagram", "followers": 20_000, "country": "DE", "last_seen": "2026-11-01"}
    return usual | {"engagement_percent": 3, "handle": handle} | told


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    place = tmp_path_factory.mktemp("explained")
    rows = [good(f"u{n:02}", bio=f"coffee and metal {n}", engagement_percent=1 + n / 20) for n in range(45)]
    rows += [
        good("best", bio="slow fashion, linen and the capsule wardrobe", engagement_percent=4),
        good("second", bio="slow fashion, linen outfit", city="Berlin"), good("third", bio="slow fashion"),
        good("norate", bio="slow fashion now and then", engagement_percent=None), good("blank"),
        good("abroad", bio="slow fashion, linen and the capsule wardrobe", country="Japan", followers=900),
        good("rival", bio="slow fashion, capsule wardrobe, bitter rival"), good("opted", bio="slow fashion and tea"),
        good("watched", bio="slow fashion, linen and an oldwar", engagement_percent=4),
        good("best", platform="tiktok", bio="tea", links=["https://instagram.com/best"]),
        good("abroad.two", bio="slow fashion", country="Japan"), good("sized", bio="slow fashion", followers=400_000),
    ]  # fmt: skip
    import_profiles(place / "pool", [write_jsonl(place / "rows.jsonl", rows)], clock=FixedClock(NOW))
    return open_pool(place / "pool")


@pytest.fixture
def asked(campaign: Campaign) -> Campaign:
    return campaign.model_copy(
        update={"safety": Safety(categories=(), veto=("bitter rival",), watch=("oldwar",)), "target": Target()}
    )


def told(pool: Pool, campaign: Campaign, handle: str, known: Known | None = None) -> Explanation:
    platform, _, name = handle.rpartition(":")
    found = explain(pool, campaign, (platform or "instagram", name), known or Known(), size=SIZE)
    assert found is not None
    assert sum(share.points for share in found.factors) == pytest.approx(
        found.fit, abs=0.05
    ) or found.capped  # fmt: skip
    assert sum(share.most for share in found.factors) == pytest.approx(100, abs=0.05)
    return found


def made(pool: Pool, campaign: Campaign, known: Known | None = None) -> Longlist:
    return service.source(pool.place.parent.parent, campaign, known, limit=SIZE)


def test_everybody_with_a_place_is_explained_as_the_longlist_has_them(pool: Pool, asked: Campaign) -> None:
    longlist = made(pool, asked)
    for entry in (*longlist.entries, *longlist.bench[::9]):
        found = told(pool, asked, f"{entry.platform}:{entry.handle}")
        assert (found.rank, found.by_fit, found.fit) == (entry.rank, entry.by_fit, entry.fit)
        assert (found.coverage, found.outside, found.kept_off) == (entry.coverage, (), "")
        assert {share.name: share.value for share in found.factors} == dict(entry.factors)
        assert {share.name: share.evidence for share in found.factors} == dict(entry.evidence)
        assert found.cut == longlist.entries[-1].fit
        missing = any("points are missing" in line or "good enough" in line for line in found.advice)
        assert missing == (entry.rank > SIZE)


def test_who_is_in_reserve_is_told_what_would_bring_them_up(pool: Pool, asked: Campaign) -> None:
    reserve = made(pool, asked).bench
    found = told(pool, asked, next(one.handle for one in reserve if one.fit > 50 and one.fit < reserve[0].fit))
    assert found.rank is not None
    assert found.rank > SIZE
    assert found.cut is not None
    gap = found.cut - found.fit
    assert found.advice[0] == f"{gap:.1f} points are missing to the last place of the list."
    topic = next(share for share in found.factors if share.name == "topic")
    needed = (topic.value or 0) + gap / 100 / topic.weight
    assert f"Topic at {needed:.2f} in place of {topic.value:.2f} would be enough." in found.advice


def test_who_is_far_down_is_told_that_no_factor_alone_is_enough(pool: Pool, asked: Campaign) -> None:
    both = asked.weights.model_copy(update={"topic": 0.3, "engagement": 0.4})
    found = told(pool, asked.model_copy(update={"weights": both}), "u00")
    assert "No factor alone is enough." in found.advice
    assert any(line.startswith("Topic gives 0.0 of ") for line in found.advice)


def test_what_is_not_known_counts_as_usual_and_says_what_it_could_add(pool: Pool, asked: Campaign) -> None:
    found = told(pool, asked, "norate")
    engagement = next(share for share in found.factors if share.name == "engagement")
    assert engagement.value is None
    assert engagement.points == pytest.approx(engagement.usual * engagement.most, abs=0.02)
    room = engagement.most - engagement.points
    assert any(f"Engagement is not known and counts as usual; known, it could add up to {room:.1f} points." == line
               for line in found.advice)  # fmt: skip


def test_outside_limits_are_all_named_with_what_to_loosen(pool: Pool, asked: Campaign) -> None:
    found = told(pool, asked, "abroad")
    assert found.rank is None
    assert [name for name, _ in found.outside] == ["not 5,000 to 100,000 followers", "another country"]
    assert "Outside a limit: another country. Loosen audience.countries." in found.advice
    lines = {share.name: (share.value, share.evidence) for share in found.factors}
    assert lines["location"] == (0.0, "Location: Japan")
    assert lines["followers"][1] == "Size: 900 followers, outside 5,000 to 100,000"
    held = told(pool, asked, "third", Known(Exclusions(accounts={"reserved": frozenset({"instagram:third"})})))
    assert held.outside == (("reserved", ""),)
    assert held.advice[0] == "Outside a limit: reserved."


@pytest.mark.parametrize(
    ("handle", "reason"),
    [
        ("rival", "Brand safety: bio says “bitter rival” (the campaign)"),
        ("tiktok:best", "Another account of @best (instagram): this account links to it"),
    ],
)
def test_who_was_kept_off_is_told_why(pool: Pool, asked: Campaign, handle: str, reason: str) -> None:
    found = told(pool, asked, handle)
    assert found.rank is None
    assert found.kept_off.startswith(reason)
    assert found.advice[0] == f"{found.kept_off}."


def test_a_watched_phrase_that_holds_the_fit_down_is_named(pool: Pool, asked: Campaign) -> None:
    found = told(pool, asked, "watched")
    assert found.fit == WATCH_CAP * 100
    assert "bio says “oldwar”" in found.capped
    assert any("40% at most" in line for line in found.advice)
    assert max(found.by_fit, SIZE) < (found.rank or 0)


def test_nobody_knows_a_stranger(pool: Pool, asked: Campaign) -> None:
    assert explain(pool, asked, ("youtube", "best"), Known()) is None


def test_audits_and_past_results_replace_what_was_estimated(pool: Pool, asked: Campaign) -> None:
    audit = Audit("instagram", "best", "2026-10-01", "followers.csv", 900, 0.4, 0.3, 0.5, "m", True)
    past = PastResult(0.2, "Past results: declined in old")
    known = Known(audits={"instagram:best": audit, "instagram:nobody": audit}, results={"instagram:second": past})
    rows = np.sort(pool.rows_of(["instagram:best", "instagram:second", "instagram:third"]))
    handles = [pool.profile(int(row)).handle for row in rows]
    found, plain = (factors_of(pool, Question.of(asked, one, first=1), rows) for one in (known, Known()))
    real = dict(zip(handles, found["authenticity"].tolist(), strict=True))
    before = dict(zip(handles, plain["authenticity"].tolist(), strict=True))
    assert real == before | {"best": 0.6}
    # What numbers alone say stays what it was: words and risks are made of it.
    assert list(before.values()) == signs(pool.norms, pool.numbers, rows).likely.share.tolist()
    assert "results" not in plain
    results = dict(zip(handles, found["results"].tolist(), strict=True))
    assert results["second"] == 0.2
    assert math.isnan(results["best"])
    lines = {share.name: share.evidence for share in told(pool, asked, "best", known).factors}
    assert "sample of 900 followers" in lines["authenticity"]


def test_a_local_area_is_asked_of_city_and_text(pool: Pool, asked: Campaign) -> None:
    local = asked.model_copy(update={"longlist": asked.longlist.model_copy(update={"local_area": "Berlin"})})
    shares = {
        handle: next(share for share in told(pool, local, handle).factors if share.name == "location")
        for handle in ("second", "third", "abroad.two")
    }  # fmt: skip
    assert [share.value for share in shares.values()] == [1.0, 0.5, 0.0]


def test_weights_that_nothing_answers_to_are_refused(pool: Pool, asked: Campaign) -> None:
    nothing = dict.fromkeys(Weights.model_fields, 0.0)
    only = asked.model_copy(update={"weights": Weights(**(nothing | {"audience": 1.0}))})
    with pytest.raises(BadInput, match="weighs audience alone") as refused:
        made(pool, only)
    assert "[target]" in refused.value.next_step


Value = st.one_of(st.just(math.nan), st.floats(0, 1))


@given(st.lists(st.tuples(Value, Value, Value), min_size=1, max_size=8), st.tuples(*[st.floats(0, 1)] * 3))
def test_fit_and_coverage_are_shares_and_more_is_never_worse(
    drawn: list[tuple[float, float, float]], weights: tuple[float, float, float]
) -> None:
    factors = {name: np.array([one[at] for one in drawn]) for at, name in enumerate("abc")}
    weighed = dict(zip("abc", weights, strict=True))
    usual = {name: usual_of([sum_of(column)]) for name, column in factors.items()}
    fit, coverage = fit_of(factors, weighed, usual)
    assert ((fit >= 0) & (fit <= 1 + 1e-9)).all()
    assert ((coverage >= 0) & (coverage <= 1 + 1e-9)).all()
    for at, one in enumerate(drawn):
        if all(math.isnan(value) for value in one):
            total = sum(weights) or 1.0
            assert coverage[at] == 0
            # Shares first: of the smallest numbers there are, half of one is none.
            assert fit[at] == pytest.approx(sum(usual[name] * (weighed[name] / total) for name in "abc"))
        for other, two in enumerate(drawn):
            if all(a >= b for a, b in zip(one, two, strict=True)):
                assert fit[at] >= fit[other] - 1e-9


def run(*places: Standing, **told: Any) -> Run:
    usual = Run("new", "pool", "campaign", "code", "record", "", 2, places)
    return replace(usual, **told)


def at(account: str, rank: int, fit: float, **factors: float | None) -> Standing:
    return Standing(account, rank, fit, rank > 2, factors)


def test_two_runs_say_who_entered_left_and_moved_and_why() -> None:
    before = run(at("a", 1, 70, topic=0.5, audience=None), at("b", 2, 60, topic=0.4), at("c", 3, 50, topic=0.3),
                 kept_off={"e": "Milan has its 2 places"})  # fmt: skip
    after = run(at("c", 1, 80, topic=0.9), at("a", 2, 70.02, topic=0.51, audience=None), at("d", 3, 40),
                kept_off={"b": "Asked not to be written to"}, pool_version="other", wanted=3)  # fmt: skip
    found = compare(before, after)
    assert [(c.account, c.before, c.after, c.why) for c in found.entered] == [
        ("c", None, 1, "Was in reserve at 3. Fit 50.0 to 80.0: Topic 0.30 to 0.90.")
    ]
    assert [(c.account, c.before, c.after, c.why) for c in found.left] == [
        ("b", 2, None, "Kept off: Asked not to be written to.")
    ]
    assert [(c.account, c.before, c.after, c.why) for c in found.moved] == [
        ("a", 1, 2, "The fit is the same; others moved.")
    ]
    assert found.stayed == 0
    assert found.inputs == ("The pool has changed: profiles were imported in between.",
                            "3 places were asked for in place of 2.")  # fmt: skip
    back = compare(after, run(at("e", 1, 75), at("a", 2, 70, audience=0.5), kept_off={}))
    assert [c.why for c in back.entered] == [
        "Was in neither list nor reserve: new in the pool, newly inside the limits, or a much better fit."
    ]
    assert [c.why for c in back.left] == [
        "Now in neither list nor reserve: gone from the limits (longlist explain says which), or a worse fit."
    ]
    assert compare(before, run(at("e", 1, 75))).entered[0].why == "Was kept off: Milan has its 2 places."


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"campaign_hash": "x"}, "campaign file"), ({"record": "x"}, "record has changed"),
        ({"model": "abc"}, "abc in place of none"), ({"code": "x"}, "scoring itself"),
        ({"meaning": "x"}, "learnt anew"), ({}, "Nothing that goes into a run"),
    ],
)  # fmt: skip
def test_what_went_into_two_runs_is_compared_first(changed: dict[str, Any], words: str) -> None:
    [line] = compare(run(), run(**changed)).inputs
    assert words in line


@given(st.permutations("abcdef"), st.permutations("abcdef"), st.integers(1, 6))
def test_everybody_is_accounted_for_once(first: list[str], second: list[str], size: int) -> None:
    runs = [Run("r", "p", "c", "k", "d", "", size, [Standing(name, rank, 50.0, rank > size)
            for rank, name in enumerate(order, start=1)]) for order in (first, second)]  # fmt: skip
    found = compare(*runs)
    assert len(found.moved) + found.stayed + len(found.entered) == size
    assert {c.account for c in found.entered} == set(second[:size]) - set(first[:size])
    assert {c.account for c in found.left} == set(first[:size]) - set(second[:size])
    assert all(c.before != c.after for c in found.moved)
