"""Words counted in machine code are the words of `sourcing.words`, in the order and number that the index wants."""

import unicodedata
from collections import Counter
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sourcing.indexing import build_block, join_blocks
from sourcing.wordcounts import NO_WORDS, Counted, Words, count_words, one_vocabulary
from sourcing.words import FIELDS, LONGEST_WORD, split

Profile = tuple[str, ...]
_SIGNS = "\x1e\x1f"
_texts = st.text(
    st.one_of(
        st.sampled_from("abAB éÉ#_-.,0９ßẞİıΣςσŁ日本кИ\u0301\u20dd\u200d\U0001d4d5🌿"),
        st.characters(exclude_categories=["Cs"], exclude_characters=_SIGNS),
    ),
    max_size=40,
).filter(lambda text: not any(0x1100 <= ord(letter) < 0x1200 for letter in text))


def _said(profiles: list[Profile]) -> bytes:
    return "".join("\x1f".join(fields) + "\x1e" for fields in profiles).encode()


def _words(words: Words) -> list[str]:
    return [bytes(words.text[a:b]).decode() for a, b in zip(words.starts[:-1], words.starts[1:], strict=True)]


def _postings(found: Counted) -> list[tuple[str, int, int, int]]:
    """(word, profile, field, how often) in the order they are kept in."""
    words = np.repeat(np.arange(len(found.words)), np.diff(found.posting_starts))
    names = _words(found.words)
    return [
        (names[word], int(profile), int(count) & 7, int(count) >> 3)
        for word, profile, count in zip(words, found.profiles, found.counts, strict=True)
    ]


def _in_python(profiles: list[Profile]) -> list[tuple[str, int, int, int]]:
    counts = Counter(
        (word[:LONGEST_WORD], number, field)
        for number, fields in enumerate(profiles)
        for field, text in enumerate(fields)
        for word in split(text)
    )
    found = [(word, number, field, min(often, 31)) for (word, number, field), often in counts.items()]
    return sorted(found, key=lambda one: (one[0].encode(), *one[1:]))


@given(st.lists(st.tuples(*[_texts] * len(FIELDS)), max_size=6))
@settings(max_examples=200, deadline=None)
def test_counting_is_what_splitting_one_text_after_the_other_gives(profiles: list[Profile]) -> None:
    found = count_words(_said(profiles), len(profiles))
    assert found is not None
    assert _postings(found) == _in_python(profiles)


def test_every_character_is_folded_and_split_as_in_briefs() -> None:
    letters = [chr(code) for code in range(1, 0x1F800) if unicodedata.category(chr(code)) not in ("Cs", "Cn", "Co")]
    letters = [letter for letter in letters if letter not in _SIGNS and not 0x1100 <= ord(letter) < 0x1200]
    words = ["ΚΑΖΙΝΟΣ", "คาสิโน", "कैसीनो", "நாய்", "বাংলা", "İstanbul", "Straße", "Łódź", "قِمار", "ы́", "한국", "が",
             "e\u20dd", "x\U000e0100y"]  # fmt: skip
    profiles: list[Profile] = [(text, "", f"a{text}b", "", "") for text in [*words, *letters]]
    for some in (profiles[:50_000], profiles[50_000:]):
        found = count_words(_said(some), len(some))
        assert found is not None
        assert _postings(found) == _in_python(some)


def test_long_words_many_words_and_many_times() -> None:
    """More words than the first table has room for, most alike in all their first letters; none is lost or mixed up."""
    many = [f"beginningalike{number * 7919 % 100_003:06}" for number in range(60_000)]
    long = ["ä" * 63 + "xyz", "ä" * 64 + "other", "z" * 500]
    profiles: list[Profile] = [
        ("ada", "", " ".join(many[:30_000]), "", "so " * 40),
        ("bo", "", "", " ".join(many[20_000:]), " ".join(long)),
    ]
    found = count_words(_said(profiles), 2)
    assert found is not None
    assert _postings(found) == _in_python(profiles)
    assert max(found.counts >> 3) == 31


@given(st.lists(st.lists(_texts, max_size=8), max_size=5))
@settings(deadline=None)
def test_many_blocks_share_one_vocabulary(blocks: list[list[str]]) -> None:
    counted = [count_words(_said([(text, "", "", "", "") for text in block]), len(block)) for block in blocks]
    told = [found.words for found in counted if found is not None]
    words, numbers = one_vocabulary(told)
    assert _words(words) == sorted({word for block in told for word in _words(block)}, key=str.encode)
    assert [[_words(words)[number] for number in part] for part in numbers] == [_words(block) for block in told]
    assert all((np.diff(part.astype(np.int64)) > 0).all() for part in numbers)


def test_nothing_said_gives_no_words() -> None:
    found = count_words(b"", 0)
    assert found is not None
    assert (len(found.words), len(found.profiles)) == (0, 0)
    assert len(one_vocabulary([])[0]) == len(one_vocabulary([NO_WORDS])[0]) == 0


@pytest.mark.parametrize(
    ("bio", "words"),
    [
        ("한국 여행", ["ada", "여행", "한국"]),  # whole syllables
        (unicodedata.normalize("NFD", "한국 여행"), ["ada", "여행", "한국"]),  # as macOS writes them
        ("\u110f\u110f\u110f \u1112\u1161ha", ["ada", "\u110f\u110f\u110f", "하ha"]),  # laughter, which is no syllable
        ("one\x1etwo\x1fthree", ["ada", "one", "three", "two"]),  # what cuts texts from one another
    ],
)
def test_texts_that_would_be_cut_wrongly_are_prepared_first(tmp_path: Path, bio: str, words: list[str]) -> None:
    with duckdb.connect() as db:
        db.execute("create table block (i bigint, handle text, name text, bio text, hashtags text[], captions text[])")
        db.execute("insert into block values (1, 'bo', null, null, null, null), (0, 'ada', null, $1, [], null)", [bio])
        found = build_block(db, tmp_path / "00000", 2)
    join_blocks(tmp_path, [0], [found])
    assert _words(found) == sorted(["bo", *words], key=str.encode)
    assert (tmp_path / "vocabulary.txt").read_text(encoding="utf-8").split("\n")[1:-1] == _words(found)
    rows = np.load(tmp_path / "00000" / "profiles.npy")
    assert rows.tolist() == [int(word == "bo") for word in _words(found)]
