"""Engagement norms, intent, cadence, growth, authenticity, results: columns and their words."""

import math
from typing import Any

import numpy as np
import pytest

from sourcing.factors import authenticity, cadence, engagement, growth, intent, results
from sourcing.profiles import Sighting

NAN = math.nan


def _pool(seed: int, size: int = 6_000) -> tuple[Any, Any, Any]:
    """(platform, followers, rate): rates fall with size, as they do."""
    rng = np.random.default_rng(seed)
    followers = np.round(rng.lognormal(10, 1.4, size))
    rate = 4.0 * (followers / 20_000) ** -0.25 * rng.lognormal(0, 0.6, size)
    return np.ones(size, dtype=np.uint8), followers, rate


def test_ranks_are_even_at_every_size_though_rates_fall_with_it() -> None:
    platform, followers, rate = _pool(1)
    stands = engagement.standing(platform, followers, rate, np.arange(len(rate)))
    for low, high in ((0, 5_000), (5_000, 30_000), (30_000, 100_000), (100_000, 10**9)):
        here = (followers >= low) & (followers < high)
        assert np.mean(stands.rank[here]) == pytest.approx(0.5, abs=0.05), (low, high)
    assert np.corrcoef(np.log(followers), stands.rank)[0, 1] == pytest.approx(0, abs=0.05)
    assert stands.unusual.mean() == pytest.approx(0.01, abs=0.006)


def test_one_follower_more_changes_next_to_nothing() -> None:
    platform, followers, rate = _pool(2)
    steps = np.arange(8_000.0, 12_000.0, 5.0)
    whole = (
        np.concatenate([platform, np.ones(len(steps), np.uint8)]),
        np.concatenate([followers, steps]),
        np.concatenate([rate, np.full(len(steps), 4.0)]),
    )
    counted = np.arange(len(whole[0])) < len(platform)
    stands = engagement.apply(engagement.prepare(*whole, counted), np.arange(len(platform), len(whole[0])))
    assert np.abs(np.diff(stands.rank)).max() < 0.02
    assert np.abs(np.diff(stands.median)).max() < 0.02
    assert stands.rank[0] < stands.rank[-1], "4 % is more for a larger account"


def test_norms_do_not_hang_on_the_order_of_the_pool_and_dead_rows_do_not_count() -> None:
    platform, followers, rate = _pool(3)
    order = np.random.default_rng(4).permutation(len(rate))
    plain = engagement.prepare(platform, followers, rate)
    turned = engagement.prepare(platform[order], followers[order], rate[order])
    assert np.array_equal(plain.rank[order], turned.rank, equal_nan=True)
    doubled = (np.tile(platform, 2), np.tile(followers, 2), np.concatenate([rate, np.full(len(rate), 99.0)]))
    alive = np.arange(2 * len(rate)) < len(rate)
    assert np.array_equal(engagement.prepare(*doubled, alive).rank[: len(rate)], plain.rank)


def test_the_very_highest_rates_are_worth_less_than_very_good_ones() -> None:
    value = engagement.worth(np.array([0.2, 0.95, 0.98, 1.0, NAN]))
    assert value == pytest.approx([0.2, 0.95, 0.95, 0.6, NAN], nan_ok=True)


def test_rates_that_are_none_are_unknown_and_other_platforms_are_no_peers() -> None:
    platform, followers, rate = _pool(5, 200)
    rate[:4] = [NAN, -1.0, math.inf, 0.0]
    platform = np.concatenate([platform, np.full(40, 2, np.uint8)])
    whole = (platform, np.concatenate([followers, followers[:40]]), np.concatenate([rate, np.full(40, 80.0)]))
    stands = engagement.standing(*whole, np.array([0, 1, 2, 3, 239]))
    assert np.isnan(stands.rank[:3]).all()
    assert stands.rank[3] < 0.02
    assert stands.rank[4] == 0.5
    assert len(engagement.standing(*whole, np.empty(0, np.int64)).rank) == 0


def _intent(links: int, codes: int, paid: int, words: int, known: int = 1) -> float:
    counts = (links, codes, paid, words)
    columns = {name: np.array([count], np.uint8) for name, count in zip(intent.WORTH, counts, strict=True)}
    return float(intent.purchase_intent(columns, np.array([known], np.uint8))[0])


def test_intent_grows_with_every_sign_and_never_reaches_one() -> None:
    assert _intent(0, 0, 0, 0) == 0.0
    assert math.isnan(_intent(0, 0, 0, 0, known=0))
    assert (
        0
        < _intent(0, 0, 0, 1)
        < _intent(0, 0, 1, 0)
        < _intent(0, 1, 0, 0)
        < _intent(0, 2, 0, 0)
        < _intent(1, 2, 1, 1)
        < 1
    )
    assert _intent(255, 255, 255, 255) < 1.0
    assert _intent(0, 0, 0, 255) < 0.3


def test_intent_names_code_partner_link_and_word(made: Any) -> None:
    profile = made(
        bio="Linen and tea | use code LINA10 | shop my looks", links=("https://amzn.to/3xYz",), paid_posts=3,
        paid_partners=("Zalando", "Ab\u202eout\nYou", "dm", "Rossmann"),
    )  # fmt: skip
    assert intent.words(profile) == (
        "Purchase intent: code LINA10, 4 paid posts (Zalando, About You, dm, …), affiliate link amzn.to/3xyz, "
        "shopping words “shop my”"
    )
    assert intent.words(made()) == "Purchase intent: not known"
    assert "seen" in intent.words(made(bio="tea"))
    assert intent.words(made(paid_posts=1)) == "Purchase intent: 1 paid post"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Use my code LINA10", "LINA10"), ("USE CODE: LINA10 NOW", "LINA10"), ("mit dem Code LEA20 spart ihr", "LEA20"),
        ("Code promo « LEA15 »", "LEA15"), ("código de descuento MARIA", "MARIA"), ("codice sconto: ANNA5.", "ANNA5"),
        ("kod rabatowy OLA15", "OLA15"), ("kortingscode SANNE10", "SANNE10"), ("cupom: BIA10!", "BIA10"),
        ("10% off: KATE10", "KATE10"),
        ("PROMO CODE BELOW", None), ("zip code BERLIN", None), ("I code JAVA", None),
        ("dress code BLACK TIE", None), ("use code", None),
        ("QR code 2024", None),
    ],
)  # fmt: skip
def test_a_code_is_in_capitals_behind_a_word_for_it(made: Any, text: str, code: str | None) -> None:
    assert intent.signs(made(bio=text)).codes == ((code,) if code else ())


def test_cadence_is_lower_for_the_rare_the_spamming_and_the_silent(made: Any) -> None:
    rate = np.array([0.0, 0.2, 1.0, 4.0, 30.0, 500.0, 4.0, 4.0, NAN, NAN])
    silent = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 60.0, 400.0, 3.0, NAN])
    value = cadence.cadence(rate, silent)
    assert value[0] == 0 < value[1] < value[2] < value[3] == 1.0 > value[4] > value[5] == 0.0
    assert value[6:8].tolist() == [0.5, 0.0]
    assert value[8] == 1.0
    assert math.isnan(value[9])
    profile = made(posted=("2026-11-08", "2026-11-06"))
    assert (
        cadence.words(profile, 3.5, 1.0)
        == "Cadence: 3.5 posts a week over the last 2, the last one 1 day before it was seen"
    )
    assert cadence.words(profile, NAN, 0.0) == "Cadence: the last one on the day it was seen"
    assert cadence.words(profile, NAN, NAN) == "Cadence: not known"


def _history(*seen: tuple[str, int, float | None]) -> tuple[Sighting, ...]:
    return tuple(Sighting(*one) for one in seen)


LEAPT = _history(
    ("2026-01-01", 10_000, 4.0), ("2026-02-01", 10_300, 4.0), ("2026-03-01", 20_000, 2.0), ("2026-04-01", 20_500, 2.0)
)


def test_a_leap_is_what_goes_beyond_the_accounts_own_rate() -> None:
    leap = growth.largest_leap(LEAPT)
    assert leap is not None
    assert leap.beyond == pytest.approx(0.89, abs=0.03)
    assert leap.kept == 0.5
    steady = _history(*((f"2026-{month:02}-01", 10_000 * 2**month, 4.0) for month in range(1, 7)))
    even = growth.largest_leap(steady)
    assert even is not None
    assert even.beyond < 0.1, "doubling every month is that account's rate"
    assert growth.words(LEAPT) == (
        "Growth: +27.5% a month over 4 sightings since 2026-01-01; from 10,300 to 20,000 followers between "
        "2026-02-01 and 2026-03-01, while engagement fell from 4.0 % to 2.0 %"
    )


def test_few_doubled_unordered_and_empty_sightings_are_borne() -> None:
    assert growth.monthly_growth(()) is None
    assert growth.monthly_growth(LEAPT[:1]) is None
    assert growth.largest_leap(LEAPT[:2]) is None
    assert growth.words(()) == ""
    assert growth.largest_leap(tuple(reversed(LEAPT))) == growth.largest_leap(LEAPT)
    same_day = _history(("2026-01-01", 10, None), ("2026-01-01", 10, None), ("2026-01-01", 10, None))
    assert growth.monthly_growth(same_day) is None
    leap = growth.largest_leap(same_day)
    assert leap is not None
    assert leap.beyond == 0.0
    from_none = _history(("2026-01-01", 0, None), ("2026-02-01", 90, None), ("2026-03-01", 5_000, 0.0))
    leap = growth.largest_leap(from_none)
    assert leap is not None
    assert math.isfinite(leap.beyond)


def _signs(**known: float) -> authenticity.Signs:
    names = ("engagement_rank", "comments_rank", "spike", "spike_kept", "following", "following_ratio", "credibility")
    return authenticity.Signs(*(np.array([known.get(name, NAN)]) for name in names))


def test_nothing_known_is_unknown_and_little_known_is_wide() -> None:
    assert math.isnan(authenticity.likely_real(_signs()).share[0])
    widths = []
    for known in (
        {"engagement_rank": 0.5},
        {"engagement_rank": 0.5, "comments_rank": 0.5, "following_ratio": 0.1},
        {"credibility": 0.8},
    ):
        found = authenticity.likely_real(_signs(**known))
        assert 0 <= found.lower[0] < found.share[0] < found.upper[0] <= 1
        assert found.share[0] == pytest.approx(0.8)
        widths.append(found.upper[0] - found.lower[0])
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize(
    "worse",
    [
        {"engagement_rank": 0.01}, {"engagement_rank": 0.995}, {"comments_rank": 0.001}, {"comments_rank": 0.999},
        {"spike": 1.5, "spike_kept": 0.4}, {"following": 6_000.0, "following_ratio": 0.8},
    ],
)  # fmt: skip
def test_every_hint_lowers_the_estimate_and_none_alone_condemns(worse: dict[str, float]) -> None:
    usual = {
        "engagement_rank": 0.5,
        "comments_rank": 0.5,
        "spike": 0.0,
        "spike_kept": 1.0,
        "following": 300.0,
        "following_ratio": 0.1,
    }
    before, after = (authenticity.likely_real(_signs(**known)).share[0] for known in (usual, usual | worse))
    assert 0.5 < after < before - 0.03


def test_a_vendors_figure_goes_before_the_estimate_and_hints_only_widen_it() -> None:
    told = authenticity.likely_real(_signs(credibility=0.9))
    doubted = authenticity.likely_real(_signs(credibility=0.9, engagement_rank=0.001))
    assert told.share[0] == doubted.share[0] == 0.9
    assert doubted.upper[0] - doubted.lower[0] > told.upper[0] - told.lower[0]


def test_a_leap_with_its_engagement_is_fame_not_doubt() -> None:
    viral = authenticity.likely_real(_signs(spike=3.0, spike_kept=1.1)).share[0]
    bought = authenticity.likely_real(_signs(spike=3.0, spike_kept=0.3)).share[0]
    assert viral == pytest.approx(authenticity.USUAL)
    assert bought < 0.6


def test_words_say_worth_a_look_and_never_fake(made: Any) -> None:
    profile = made(
        history=LEAPT, engagement_percent=0.02, comments_to_likes=0.001, following=7_400, followers=20_500,
        source="vendor.csv",
    )  # fmt: skip
    signs = _signs(
        engagement_rank=0.002,
        comments_rank=0.001,
        spike=0.9,
        spike_kept=0.5,
        following=7_400.0,
        following_ratio=0.36,
        credibility=0.6,
    )
    said = authenticity.words(profile, signs, 0)
    assert said.startswith("Authenticity: likely real 60% (")
    assert "by the vendor's figure in vendor.csv" in said
    hints = authenticity.hints(profile, signs, 0)
    assert len(hints) == 5
    assert all(hint.startswith("worth a look: ") for hint in hints)
    assert not any(word in " ".join([said, *hints]).lower() for word in ("fake", "fraud", "bought", "bot"))
    assert authenticity.words(made(), _signs(), 0) == "Authenticity: not known"
    assert authenticity.hints(made(), _signs(engagement_rank=0.5), 0) == ()


def test_ranks_share_ties_and_stay_in_their_group() -> None:
    ranks = authenticity.ranks(np.array([1.0, 1.0, 2.0, NAN, 9.0]), np.array([1, 1, 1, 1, 2]))
    assert ranks == pytest.approx([1 / 3, 1 / 3, 5 / 6, NAN, 0.5], nan_ok=True)


def test_past_results_weigh_the_latest_most_and_keep_a_wrong_audience() -> None:
    assert results.past_result([]) is None
    good = results.past_result([("Spring", "no answer"), ("Summer", "live")])
    bad = results.past_result([("Spring", "live"), ("Summer", "declined")])
    wrong = results.past_result([("Spring", "wrong audience"), ("Summer", "live")])
    assert good is not None
    assert bad is not None
    assert wrong is not None
    assert good.score > 0.75 > bad.score > 0.3 > wrong.score == 0.0
    assert good.evidence == "Past results: signed and went live in Summer, did not answer in Spring"
    column = results.column({7: good, 2: bad, 99: wrong}, np.array([5, 7, 2]))
    assert column == pytest.approx([NAN, good.score, bad.score], nan_ok=True)
    assert np.isnan(results.column({}, np.array([1]))).all()
