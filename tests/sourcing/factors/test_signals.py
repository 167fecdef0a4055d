"""Signals in columns, and that the evidence worded in Python says the same."""

import math
import re
from datetime import date, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest

from sourcing.factors.account_kind import kind_of
from sourcing.factors.growth import largest_leap, monthly_growth
from sourcing.factors.intent import signs
from sourcing.factors.stuffing import stuffing_of
from sourcing.lexicon import account_kinds, shopping
from sourcing.lexicon.account_kinds import BRAND, PERSON, REPOSTS
from sourcing.lexicon.patterns import Pattern, any_of, lowered
from sourcing.profiles import Profile, Sighting

LISTS = [
    shopping.PAID, shopping.SHOPPING, account_kinds.NAME_BRAND, account_kinds.NAME_REPOSTS,
    account_kinds.BIO_BRAND_OFFICIAL, account_kinds.BIO_BRAND_CLEAR, account_kinds.BIO_BRAND,
    account_kinds.BIO_REPOSTS_CLEAR, account_kinds.BIO_REPOSTS_STRONG, account_kinds.BIO_REPOSTS,
    account_kinds.BIO_PERSON,
]  # fmt: skip
OTHERS = [
    "Use my code LINA10!", "Rabattcode: MAX20 ", "código de descuento ANA15.", "15% off: KATE15 ", "CODE BELOW",
    "zip code BERLIN",
    "KOD: OLA10 ", "code promo LEA20\n", "https://amzn.to/3xYz", "www.amazon.de/shop/lina", "ltk.app/lina",
    "notamzn.to",
    "https://shop.example/p?a=1&aff_id=9", "hello", "🌿🌿", "İstanbul", "ΟΔΟΣ", "#", "|", "\n", "  ", "100 %",
    "x_shop", "best.of.x",
    "Straße", "e\u0301", "\u202eabc", "naïve", "'; drop table", "\\b(", "日本", "daily", "a,b,c,d", "\x1f",
]  # fmt: skip


def _phrases(pattern: Pattern, rng: Random) -> list[str]:
    """The words of an alternation, each class as one of its letters."""
    plain = re.sub(r"\[([^\]]+)\]\??", lambda found: rng.choice(found.group(1)), pattern.text)
    return [option.replace(r"\b", "").replace("\\", "") for option in plain.split("|")]


def _texts(rng: Random) -> list[str]:
    pieces = [piece for pattern in LISTS for piece in _phrases(pattern, rng)] + OTHERS * 4
    return [
        rng.choice(("", " ", "\n", " | ", "x", "é", "_")).join(
            rng.choice((piece, piece.upper(), piece.title(), piece))
            for piece in rng.choices(pieces, k=rng.randint(0, 5))
        )
        for _ in range(4_000)
    ]


def _random_profiles(made: Any, rng: Random) -> list[Profile]:
    texts = _texts(rng)
    return [
        made(
            handle=lowered(rng.choice(texts))[:30],
            name=rng.choice([None, rng.choice(texts)]),
            bio=rng.choice([None, "", rng.choice(texts) * rng.choice((1, 1, 9))]),
            captions=tuple(rng.choices(texts, k=rng.randint(0, 3))),
            hashtags=tuple(rng.choices(texts, k=rng.choice((0, 2, 60)))),
            links=tuple(rng.choices(OTHERS, k=rng.randint(0, 2))),
            paid_posts=rng.choice([None, 0, 3, 400]),
            paid_partners=tuple(rng.choices(["Zalando", "dm"], k=rng.randint(0, 2))),
            account_type=rng.choice([None, "creator", "business"]),
            history=_history(rng),
        )
        for _ in range(600)
    ]


def _history(rng: Random) -> tuple[Sighting, ...]:
    def seen() -> Sighting:
        day = (date(2025, 1, 1) + timedelta(days=rng.randint(0, 700))).isoformat()
        return Sighting(
            day, rng.choice((0, 50, 900, 10_000, rng.randint(0, 90_000))), rng.choice((None, 0.0, 2.0, 4.5))
        )

    sightings = [seen() for _ in range(rng.randint(0, 6))]
    return tuple(sightings + sightings[: rng.randint(0, 1)])


def test_columns_and_evidence_agree_on_every_word_of_the_lists(made: Any, measured: Any) -> None:
    profiles = _random_profiles(made, Random(11))
    columns = measured(profiles)
    for at, profile in enumerate(profiles):
        found = signs(profile)
        told = (len(found.links), len(found.codes), min(found.paid, 255), len(found.words), kind_of(profile))
        names = ("intent_links", "intent_codes", "intent_paid", "intent_words", "kind")
        assert told == tuple(int(columns[name][at]) for name in names), profile
        assert stuffing_of(profile) == pytest.approx(float(columns["stuffing"][at]), abs=1e-5), profile
    for name in ("intent_links", "intent_codes", "intent_paid", "intent_words", "stuffing"):
        assert 0.03 < (columns[name] > 0).mean() < 1, f"{name} is hardly tried"
    assert set(columns["kind"].tolist()) == {PERSON, BRAND, REPOSTS}


def test_growth_in_columns_is_growth_in_words(made: Any, measured: Any) -> None:
    rng = Random(3)
    profiles = [made(history=_history(rng)) for _ in range(400)]
    columns = measured(profiles)
    for at, profile in enumerate(profiles):
        growth, leap = monthly_growth(profile.history), largest_leap(profile.history)
        assert float(columns["growth_monthly"][at]) == pytest.approx(
            math.nan if growth is None else growth, nan_ok=True, rel=1e-4
        )
        assert float(columns["spike"][at]) == pytest.approx(
            math.nan if leap is None else leap.beyond, nan_ok=True, rel=1e-4
        )
        kept = math.nan if leap is None or leap.kept is None else leap.kept
        assert float(columns["spike_kept"][at]) == pytest.approx(kept, nan_ok=True, rel=1e-4)
    assert np.isfinite(columns["spike"]).sum() > 100


def test_figures_that_make_no_sense_are_unknown(made: Any, measured: Any) -> None:
    columns = measured([
        made(following=-3, comments_to_likes=-0.5, credibility=-0.2, followers=0),
        made(following=0, comments_to_likes=math.nan, credibility=84.0, followers=0),
        made(following=3_000, comments_to_likes=0.2, credibility=0.84, followers=6_000),
        made(following=3_000, comments_to_likes=math.inf, credibility=3_000.0),
    ])  # fmt: skip
    assert columns["following_ratio"].tolist()[1:3] == [0.0, 0.5]
    assert columns["credibility"][1:3].tolist() == pytest.approx([0.84, 0.84])
    assert np.isnan(columns["following"][0])
    assert np.isnan(columns["comments_to_likes"][[0, 1, 3]]).all()
    assert np.isnan(columns["credibility"][[0, 3]]).all()


def test_days_may_be_few_doubled_or_ahead_of_the_sighting(made: Any, measured: Any) -> None:
    columns = measured([
        made(),
        made(posted=("2026-11-08",)),
        made(posted=("2026-11-08", "2026-11-01", "2026-10-25")),
        made(posted=("2026-11-08", "2026-11-08", "2026-11-08")),
        made(posted=("2027-11-08", "2027-11-01")),
        made(posted=("2026-11-08", "2026-11-01"), last_seen=None),
    ])  # fmt: skip
    assert columns["days_silent"].tolist() == pytest.approx([math.nan, 2, 2, 2, 0, math.nan], nan_ok=True)
    assert columns["posts_per_week"].tolist() == pytest.approx([math.nan, math.nan, 1, 14, 1, 1], nan_ok=True)


def test_the_same_bio_has_the_same_key_however_it_is_spaced(made: Any, measured: Any) -> None:
    bios = ["Mum of two, tea and linen", "mum of two,\ntea and  LINEN", "another bio that is long", "too short", None]
    keys = measured([made(bio=bio) for bio in bios])["bio_key"].tolist()
    assert keys[0] == keys[1] != keys[2]
    assert keys[3:] == [0, 0]


def test_counts_stop_at_what_their_type_holds(made: Any, measured: Any) -> None:
    columns = measured([made(bio="x" * 70_000, paid_posts=10**12), made(captions=("abc", "de"), hashtags=("f",))])
    assert columns["text_length"].tolist() == [65_535, 7]
    assert columns["intent_paid"][0] == 255
    assert columns["intent_known"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("word", "said", "found"),
    [
        ("código", "mi codigo aquí", True),
        ("código", "mi código aquí", True),
        ("rabatt*", "rabattcode", True),
        ("rabatt", "rabattcode", False),
        ("try_on", "try-on haul", True),
        ("try_on", "tryon", True),
        ("#ad", "#adventure", False),
        ("bet", "alphabet", False),
        ("publicité", "#publicité!", True),
    ],
)
def test_a_pattern_is_whole_words_with_or_without_accents(word: str, said: str, found: bool) -> None:
    assert bool(any_of((word,)).compiled.search(said)) is found
