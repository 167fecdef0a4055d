"""What is looked for in Python finds what the whole pattern finds, however much of it is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcing.lexicon.patterns import Choice, Pattern, any_of, certain, lowered, whole
from sourcing.lexicon.shopping import AFFILIATE_LINK, MAY_HOLD_CODE, PAID, SHOPPING

CUT_UP = {"links": AFFILIATE_LINK, "codes": MAY_HOLD_CODE, "paid": PAID, "shopping": SHOPPING}
NEEDED = sorted({need for pattern in CUT_UP.values() for choice in pattern.choices for need in choice.needs})
BETWEEN = [
    "",
    " ",
    "\n",
    "\r\n",
    "#",
    "/",
    "?",
    "https://",
    "www.",
    "_",
    "-",
    "é",
    "\u0301",
    "👉🏽",
    "İ",
    "Σ",
    "x",
    "2",
]
PIECES = st.one_of(
    st.sampled_from(NEEDED), st.sampled_from(BETWEEN), st.text(max_size=4), st.sampled_from(NEEDED).map(str.upper)
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@pytest.mark.parametrize("name", CUT_UP)
@given(text=TEXTS)
def test_what_is_found_is_what_the_whole_pattern_finds(name: str, text: str) -> None:
    pattern = CUT_UP[name]
    for said in (text, lowered(text)):
        whole_way = list(pattern.compiled.finditer(said))
        assert [match.span() for match in pattern.matches_in(said)] == [match.span() for match in whole_way]
        assert pattern.is_in(said) == bool(whole_way)


@given(words=st.lists(st.text("aábc_ *#.", min_size=1, max_size=5).filter(lambda word: word.strip("*_")), min_size=1),
       text=st.text("aáÁbcd_ -.#*\n", max_size=30))  # fmt: skip
def test_any_words_are_found_as_the_whole_pattern_finds_them(words: list[str], text: str) -> None:
    pattern = any_of(words)
    assert [match.span() for match in pattern.matches_in(text)] == [
        match.span() for match in pattern.compiled.finditer(text)
    ]


def test_of_what_begins_together_the_first_choice_is_taken() -> None:
    pattern = Pattern.of([Choice("abc", ("abc",)), Choice("ab", ("ab",)), Choice("bcd", ("bcd",))])
    assert pattern.found_in("abcd ab bcd") == ("abc", "ab", "bcd")


def test_what_is_certain_of_a_phrase_is_its_longest_part_that_nobody_writes_otherwise() -> None:
    assert certain("código*") == "digo"
    assert certain("paid_promotion") == "promotion"
    assert certain("[werbung]") == "[werbung]"
    assert whole("código*") == r"\bc[oó]digo"
