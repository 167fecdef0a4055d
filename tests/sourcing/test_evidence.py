"""The piece of a text that says most of a brief is the one that weighing all of its words finds."""

from hypothesis import given
from hypothesis import strategies as st

from sourcing.evidence import _BREAK, _NO_PROSE, _TOKEN, _WORTH_SHOWING, Mention, _around, _best_phrase, _Weights
from sourcing.factors.topic import KEYWORD_SHARE

LATIN = _Weights({"linen": 1.0, "baker": 0.8, "größe": 0.9, "style": 0.3})
HANGUL = _Weights({"가방": 1.0, "가": 0.9})
WORDS = ["linen", "LINEN", "Linén", "𝓵inen", "bakery", "homebaker", "stylish", "GRÖSSE", "größe", "가방", "가", "각"]
BETWEEN = [" ", "\n", "\r\n", " | ", "#", "@", "https:", "www.", ". ", " – ", "👉🏽", "①", "\u0301", "\u1100", "\u1161",
           "\u11a8", "_", "and"]  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(BETWEEN), st.text(max_size=4)), max_size=25)


def _found_at_length(text: str, weights: _Weights) -> Mention | None:
    best: Mention | None = None
    for piece in _BREAK.split(_NO_PROSE.sub("\n", text)):
        weight = sum(weights[token] for token in _TOKEN.findall(piece))
        if weight >= _WORTH_SHOWING * KEYWORD_SHARE and (best is None or weight > best.weight):
            best = Mention(_around(piece, weights), weight)
    return best


@given(text=TEXTS.map("".join))
def test_the_quick_look_passes_over_nothing(text: str) -> None:
    for weights in (LATIN, HANGUL):
        assert _best_phrase(text, weights) == _found_at_length(text, weights)


def test_a_text_without_any_of_the_words_is_not_looked_through() -> None:
    assert not LATIN.may_be_in("Slow mornings in Leeds")
    assert LATIN.may_be_in("LINÉN")
