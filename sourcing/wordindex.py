"""The word index of a pool: which profiles say a word, in which field, how often; by part of a word too.

A segment has one sorted vocabulary (one word a line) and blocks of at most 65,536 profiles and a bounded amount of
text, built one at a time. A block has the words it knows, and for each the local profile numbers (16 bits) and field
and count (8 bits: field in the low three). A word of a brief is looked up as its stem inside the vocabulary's text,
because handles and hashtags are compounds (`veganfoodie`): that gives the reach of character n-grams at the size of a
word index. Knows nothing of campaigns.
"""

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sourcing.meaning import Said
from sourcing.words import SHORTEST_STEM, likeness, stem

# Whoever says a word a hundred times in one field speaks of it no more than who says it twice.
_ENOUGH = 2
_CACHED_WORDS = 256
#: Parts of words are listed from so many bytes on, in the order of their first so many bytes.
SHORTEST_PART, PART_ORDER = 3, 8
# What a mention says about what somebody does: a bio is a statement about oneself, hashtags follow fashions.
FIELD_WEIGHTS = np.array([1.0, 1.0, 2.0, 0.5, 0.5])

# By the byte of a posting: what its field weighs times how often it counts.
_WEIGHTS = np.array([FIELD_WEIGHTS[min(byte & 7, 4)] * min(byte >> 3, _ENOUGH) for byte in range(256)])

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Mentions:
    """The profiles that mention a word or a relative of it, and how strongly (weighted count over the fields)."""

    rows: Rows
    strength: Floats


class WordIndex:
    """Reads the words of all segments of a version. Looked-up words are kept, the least recently used are let go."""

    def __init__(
        self, places: Sequence[tuple[Path, int]], *, profiles: int, alive: npt.NDArray[np.bool_] | None = None
    ) -> None:
        """`places`: the folder of each segment's words and its first row; `profiles`: how many rows are alive.

        `alive`: which rows count; None where all do.
        """
        self.profiles = profiles
        self._alive = alive
        self._segments = [_Words(folder, first) for folder, first in places]
        self._mentions: OrderedDict[str, Mentions] = OrderedDict()

    def mentions(self, word: str) -> Mentions:
        """Living profiles with a word that contains the stem of `word`, weighted by how alike the two are."""
        if word not in self._mentions:
            parts = [part for segment in self._segments for part in segment.mentions(word)]
            rows = np.concatenate([np.empty(0, np.int64), *(part.rows for part in parts)])
            strength = np.concatenate([np.empty(0), *(part.strength for part in parts)])
            if self._alive is not None:
                living = self._alive[rows]
                rows, strength = rows[living], strength[living]
            self._mentions[word] = Mentions(rows, strength)
            if len(self._mentions) > _CACHED_WORDS:
                self._mentions.popitem(last=False)
        self._mentions.move_to_end(word)
        return self._mentions[word]

    def rows_with(self, word: str) -> Rows:
        """Living profiles that hold exactly this folded word, in any field."""
        found = [rows for segment in self._segments for rows in segment.rows_with(word)]
        rows = np.concatenate([np.empty(0, np.int64), *found])
        return rows if self._alive is None else rows[self._alive[rows]]

    def rows_containing(self, part: str) -> Rows:
        """Living profiles that hold a folded word with this part in it, in any field, in order."""
        found = [rows for segment in self._segments for rows in segment.rows_containing(part)]
        rows = np.concatenate([np.empty(0, np.int64), *found])
        return rows if self._alive is None else rows[self._alive[rows]]


def vocabulary_of(folder: Path) -> list[str]:
    """The words of a segment, by their numbers."""
    return (folder / "vocabulary.txt").read_bytes()[1:-1].decode().split("\n")


def said_in(folder: Path, rows: int) -> Iterator[tuple[int, Said]]:
    """(first row, postings) of each block of a segment with so many rows, in order."""
    starts = np.load(folder / "blocks.npy", allow_pickle=False).tolist()
    for number, (first, end) in enumerate(pairwise([*starts, rows])):
        yield first, _Block(folder / f"{number:05}", first).said(end - first)


class _Words:
    """The words of one segment."""

    def __init__(self, folder: Path, first_row: int) -> None:
        self._folder = folder
        starts = np.load(folder / "blocks.npy", allow_pickle=False).tolist()
        self._blocks = [_Block(folder / f"{number:05}", first_row + start) for number, start in enumerate(starts)]

    @cached_property
    def _vocabulary(self) -> bytes:
        """In memory, as it is searched from end to end for each word; a line end before the first and after each."""
        return (self._folder / "vocabulary.txt").read_bytes()

    @cached_property
    def _word_starts(self) -> npt.NDArray[np.int64]:
        return np.flatnonzero(np.frombuffer(self._vocabulary, np.uint8) == 10) + 1

    def mentions(self, word: str) -> list[Mentions]:
        ids, likenesses = self._relatives(word)
        return [block.mentions(ids, likenesses) for block in self._blocks] if len(ids) else []

    def rows_with(self, word: str) -> list[Rows]:
        place = self._vocabulary.find(b"\n" + word.encode() + b"\n")
        if place < 0:
            return []
        word_id = np.array([np.searchsorted(self._word_starts, place + 1)])
        return [block.rows_with(word_id) for block in self._blocks]

    def rows_containing(self, part: str) -> list[Rows]:
        ids = np.unique(np.searchsorted(self._word_starts, self._places(part.encode()), side="right") - 1)
        return [block.rows_with(ids) for block in self._blocks] if len(ids) else []

    def _relatives(self, word: str) -> tuple[Rows, Floats]:
        """(word ids in order, likeness) of the vocabulary's words that hold the stem."""
        root = stem(word)
        places = self._places(root.encode())
        ids = np.searchsorted(self._word_starts, places, side="right") - 1
        if len(root) < SHORTEST_STEM:
            # Such a stem counts at the start of a word alone, and inside words it is everywhere.
            at_start = self._word_starts[ids] == places
            places, ids = places[at_start], ids[at_start]
        if not len(places):
            return ids, np.empty(0)
        ends = self._word_starts[ids + 1] - 1
        if len(root) < SHORTEST_STEM or not word.isascii():
            likenesses = self._one_by_one(word, places, (self._word_starts[ids], ends))
        else:
            likenesses = self._at_once(word, places, (self._word_starts[ids], ends))
        firsts = np.flatnonzero(np.diff(ids, prepend=-1))
        best = np.maximum.reduceat(likenesses, firsts)
        kept = best > 0
        return ids[firsts][kept], best[kept]

    def _places(self, root: bytes) -> Rows:
        """Where the vocabulary holds these bytes, in order."""
        text, found = self._vocabulary, []
        if len(root) < SHORTEST_PART:
            place = text.find(root)
            while place >= 0:
                found.append(place)
                place = text.find(root, place + 1)
            return np.array(found, dtype=np.int64)
        begin = root[:PART_ORDER]
        for parts in self._parts:
            first = bisect_left(parts, begin, key=lambda place: text[place : place + len(begin)])
            last = bisect_right(parts, begin, lo=first, key=lambda place: text[place : place + len(begin)])
            found += parts[first:last].tolist()
        if len(root) > PART_ORDER:
            found = [place for place in found if text.startswith(root, place)]
        return np.sort(np.array(found, dtype=np.int64))

    def _at_once(self, word: str, places: Rows, within: tuple[Rows, Rows]) -> Floats:
        """`likeness` of many words, which for long stems of ASCII hangs on two things alone: how much of the word
        agrees, and whether that is at an edge."""
        (starts, ends), root = within, len(stem(word))
        letters = np.frombuffer(self._vocabulary, np.uint8)
        agree = np.zeros(len(places), dtype=np.int64)
        going = np.ones(len(places), dtype=np.bool_)
        for number, letter in enumerate(word[root:].encode()):
            # A word ends in a line end, which is no letter, so this never leaves the vocabulary.
            at = places[going] + root + number
            going[going] = letters[at] == letter
            agree += going
        edge = (places == starts) | (places + root + agree == ends)
        known = [
            (likeness(word, f"-{word[:length]}-", 1), likeness(word, word[:length], 0))
            for length in range(root, len(word) + 1)
        ]
        values: Floats = np.array(known)[agree, edge.astype(np.int64)]
        return values

    def _one_by_one(self, word: str, places: Rows, within: tuple[Rows, Rows]) -> Floats:
        text, found = self._vocabulary, []
        for place, start, end in zip(places.tolist(), within[0].tolist(), within[1].tolist(), strict=True):
            found.append(likeness(word, text[start:end].decode(), len(text[start:place].decode())))
        return np.array(found)

    @cached_property
    def _parts(self) -> list[npt.NDArray[np.uint32]]:
        """Where parts of words begin, in the order of their first bytes: a stem is found by halving."""
        files = sorted(self._folder.glob("parts-*.npy"))
        return [np.load(file, mmap_mode="r", allow_pickle=False) for file in files]


class _Block:
    def __init__(self, folder: Path, first_row: int) -> None:
        self._folder, self._first = folder, first_row

    def mentions(self, ids: Rows, likenesses: Floats) -> Mentions:
        places, counts = self._postings(ids)
        weights = np.repeat(likenesses, counts) * _WEIGHTS[self._counts[places]]
        strength: Floats = np.bincount(self._profiles[places], weights=weights).astype(np.float64)
        rows = np.flatnonzero(strength)
        return Mentions(rows + self._first, strength[rows])

    def rows_with(self, ids: Rows) -> Rows:
        return np.unique(self._profiles[self._postings(ids)[0]]).astype(np.int64) + self._first

    def said(self, size: int) -> Said:
        strength = _WEIGHTS.astype(np.float32)[self._counts]
        return Said(self._words, self._posting_starts, self._profiles, strength, size)

    def _postings(self, ids: Rows) -> tuple[Rows, Rows]:
        """(places of all postings of these words, how many each word has): none for a word the block does not know."""
        places = np.searchsorted(self._words, ids)
        known = places < len(self._words)
        known[known] = self._words[places[known]] == ids[known]
        places = places * known
        starts = self._posting_starts[places]
        counts = (self._posting_starts[places + 1] - starts) * known
        before = np.cumsum(counts) - counts
        return np.repeat(starts - before, counts) + np.arange(int(counts.sum())), counts

    @cached_property
    def _words(self) -> npt.NDArray[np.uint32]:
        """The ids in the segment's vocabulary of the words of this block, in order."""
        words: npt.NDArray[np.uint32] = self._load("words")
        return words

    @cached_property
    def _posting_starts(self) -> npt.NDArray[np.int64]:
        return self._load("posting_starts").astype(np.int64)

    @cached_property
    def _profiles(self) -> npt.NDArray[np.uint16]:
        return self._load("profiles")

    @cached_property
    def _counts(self) -> npt.NDArray[np.uint8]:
        return self._load("counts")

    def _load(self, name: str) -> npt.NDArray[Any]:
        array: npt.NDArray[Any] = np.load(self._folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
        return array
