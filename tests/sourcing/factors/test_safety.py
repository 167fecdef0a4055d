"""Brand safety: whole words, stems, joined words, scripts without spaces, and words that only look alike."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audience import Safety
from sourcing.factors.safety import Hit, compile_phrases, first_hit
from sourcing.lexicon.safety import HARMLESS, VETO, WATCH
from sourcing.words import fold

ALL = compile_phrases(Safety())


def _hit(profile: Any, *veto: str, watch: tuple[str, ...] = ()) -> Hit | None:
    return first_hit(profile, compile_phrases(Safety(categories=(), veto=veto, watch=watch)))


@pytest.mark.parametrize(
    ("phrase", "said", "found"),
    [
        ("bet", "alphabet soup", False),
        ("bet", "I bet", True),
        ("gambl*", "gambling nights", True),
        ("gambl*", "Gamble", True),
        ("gambl*", "ungambled", False),
        ("*casino*", "bestcasino777", True),
        ("*casino", "bestcasino777", False),
        ("sports betting", "#SportsBetting", True),
        ("sports betting", "sports and betting", False),
        ("sports bett*", "sportsbettingtips", True),
        ("online casino", "my online  casino!", True),
        ("casinò", "CASINO", True),
        ("𝓬𝓪𝓼𝓲𝓷𝓸", "casino", True),
        ("casino", "𝓬𝓪𝓼𝓲𝓷𝓸", True),
        ("18+", "18+ only", True),
        ("18+", "18 only", False),
        ("🔞", "hello 🔞", True),
        ("คาสิโน", "เล่นคาสิโนออนไลน์", True),
        ("赌场", "最好的赌场在这里", True),
        ("казино", "лучшее казино", True),
        ("c++", "c programmer", False),
        ("high", "high school", True),
    ],
)
def test_phrases_are_words_and_stems(made: Any, phrase: str, said: str, found: bool) -> None:
    assert (_hit(made(bio=said), phrase) is not None) is found


@pytest.mark.parametrize(
    "bio",
    [
        "high school teacher", "alphabet books for kids", "drug free and proud", "guns n roses cover band", "food porn",
        "grass fed beef", "nudes and pinks are my lipstick shades", "casino royale outfit night",
        "weed control for gardeners",
        "Essex girl", "Scunthorpe United", "I love gambas", "escort my kids to school", "time slots available",
        "Tipico italiano",
        "il mio monat", "Luv Kush", "shooting photos in LA", "killer heels", "crack the code", "sniper of deals",
        "Dick van Dyke fan",
        "heroine of my own story", "therapist", "assistant", "Pussycat Dolls fan", "cockapoo mum", "analyst",
        "grape seed oil",
    ],
)  # fmt: skip
def test_harmless_words_are_no_veto(made: Any, bio: str) -> None:
    hit = first_hit(made(bio=bio, handle="lena", captions=(bio,)), ALL)
    assert hit is None or hit.phrase.level == "watch", hit


@pytest.mark.parametrize(
    ("bio", "category"),
    [
        ("18+ betting tips in my channel", "gambling"), ("online casino bonus codes", "gambling"),
        ("link to my OnlyFans", "adult"),
        ("Sportwetten Tipps", "gambling"), ("paris sportifs 🔥", "gambling"), ("white power", "hate"),
        ("buy weed here", "drugs"),
        ("guns for sale", "weapons"), ("get rich quick with me", "schemes"), ("crypto pump group", "schemes"),
        ("diet pills", "schemes"),
        ("casa de apostas", "gambling"), ("slot gacor hari ini", "gambling"),
    ],
)  # fmt: skip
def test_what_brands_will_not_stand_beside_is_a_veto(made: Any, bio: str, category: str) -> None:
    hit = first_hit(made(bio=bio), ALL)
    assert hit is not None
    assert (hit.phrase.level, hit.phrase.origin) == ("veto", category)


def test_every_phrase_of_the_lists_finds_itself_and_no_harmless_one_is_a_veto(made: Any) -> None:
    for lists in (VETO, WATCH):
        for category, phrases in lists.items():
            own = compile_phrases(Safety(categories=(category,)))
            for phrase in phrases:
                hit = first_hit(made(handle="lena", bio=phrase.strip("*")), own)
                assert hit is not None, phrase
    for text in HARMLESS:
        hit = first_hit(made(handle="lena", bio=text.strip("*")), ALL)
        assert hit is None or hit.phrase.level == "watch", (text, hit)


def test_a_campaigns_own_phrase_counts_even_where_the_lists_take_it_for_harmless(made: Any) -> None:
    assert first_hit(made(bio="drug free"), compile_phrases(Safety(veto=("drug",)))) is not None


def test_a_hit_names_phrase_and_place_and_quotes_one_line(made: Any) -> None:
    hit = _hit(
        made(captions=("all is well", "come and\nplay \u202eONLINE casino with me and all my friends")), "online casino"
    )
    assert hit is not None
    assert (hit.place, hit.quote) == ("captions", "come and play ONLINE casino with me and")
    assert hit.words == (
        "Brand safety: captions says “online casino” (the campaign): “come and play ONLINE casino with me and”"
    )
    for known, place in (
        ({"handle": "casino_king"}, "handle"),
        ({"name": "Casino"}, "name"),
        ({"hashtags": ("casino",)}, "hashtags"),
    ):
        found = _hit(made(**known), "casino")
        assert found is not None
        assert found.place == place


def test_a_veto_anywhere_goes_before_what_is_only_watched(made: Any) -> None:
    profile = made(bio="poker", captions=("casino",))
    hit = _hit(profile, "casino", watch=("poker",))
    assert hit is not None
    assert (hit.phrase.level, hit.place) == ("veto", "captions")
    hit = _hit(profile, watch=("poker",))
    assert hit is not None
    assert hit.phrase.level == "watch"
    assert first_hit(made(bio="casino"), compile_phrases(Safety(categories=()), ["Casino"])) is not None
    assert first_hit(made(bio="casino"), compile_phrases(Safety(categories=()))) is None


def test_marks_that_cut_words_do_not_break_the_quote(made: Any) -> None:
    hit = _hit(made(bio="cafe\u0301 casi\u0301no"), "casino")
    assert hit is not None
    assert hit.quote == "cafe\u0301 casi\u0301no"


def test_the_quick_look_never_ends_the_search_too_early(made: Any) -> None:
    rng = Random(2)
    pieces = [phrase.strip("*") for lists in (VETO, WATCH) for phrases in lists.values() for phrase in phrases]
    hits = 0
    for _ in range(400):
        said = rng.choice((" ", "", "-", "_")).join(
            rng.choices([*pieces, "hello", "und", "🌿", "x"], k=rng.randint(1, 3))
        )
        if any(True for _ in ALL.in_text(said)):
            hits += 1
            assert ALL.may_be_in(fold(said)), said
            assert first_hit(made(handle="lena", bio=said), ALL) is not None
    assert hits > 80
    assert not ALL.may_be_in(fold("Slow fashion from Leeds, mum of two"))


_PIECES = [
    word
    for lists in (VETO, WATCH)
    for phrases in lists.values()
    for phrase in phrases
    for word in (phrase.strip("*"), *phrase.strip("*").split())
]
_SAID = st.one_of(
    st.sampled_from(_PIECES),
    st.sampled_from(_PIECES).map(str.upper),
    st.sampled_from(["", " ", "\n", "\r\n", "-", "_", ".", "#", "\u0301", "🔞", "👉🏽", "x", "ing", "18+", "𝓒"]),
    st.text(max_size=3),
)


@given(texts=st.lists(st.lists(_SAID, max_size=8).map("".join), min_size=1, max_size=3))
def test_where_the_quick_look_sees_nothing_no_text_says_anything(texts: list[str]) -> None:
    if not ALL.may_be_in(fold("\n".join(texts))):
        assert [hit for text in texts for hit in ALL.in_text(text)] == []
