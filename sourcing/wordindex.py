"""The word index of a pool: which profiles say a word, in which field, how often; by part of a word too.

A segment has one sorted vocabulary (one word a line) and blocks of at most 65,536 profiles and a bounded amount of
text, built one at a time. A block has the words it knows, and for each the local profile numbers (16 bits) and field
and count (8 bits: field in the low three). A word of a brief is looked up as its stem inside the vocabulary's text,
because handles and hashtags are compounds (`veganfoodie`): that gives the reach of character n-grams at the size of a
word index. Knows nothing of campaigns.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sourcing.words import likeness, stem

# Whoever says a word a hundred times in one field speaks of it no more than who says it twice.
_ENOUGH = 2
_CACHED_WORDS = 256
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
        ids = np.unique(self._words_at(np.array(self._places(part), dtype=np.int64)))
        return [block.rows_with(ids) for block in self._blocks] if len(ids) else []

    def _places(self, part: str) -> list[int]:
        """Where a part of a word stands in the vocabulary's text."""
        root, text, found = part.encode(), self._vocabulary, []
        place = text.find(root)
        while place >= 0:
            found.append(place)
            place = text.find(root, place + 1)
        return found

    def _words_at(self, places: Rows) -> Rows:
        ids: Rows = np.searchsorted(self._word_starts, places, side="right") - 1
        return ids

    def _relatives(self, word: str) -> tuple[Rows, Floats]:
        """(word ids in order, likeness) of the vocabulary's words that hold the stem."""
        text, found = self._vocabulary, self._places(stem(word))
        ids = self._words_at(np.array(found, dtype=np.int64))
        starts, ends = self._word_starts[ids].tolist(), (self._word_starts[ids + 1] - 1).tolist()
        best: dict[int, float] = {}
        for word_id, place, start, end in zip(ids.tolist(), found, starts, ends, strict=True):
            position = len(text[start:place].decode())
            best[word_id] = max(best.get(word_id, 0.0), likeness(word, text[start:end].decode(), position))
        kept = {word_id: like for word_id, like in best.items() if like > 0}
        return np.array(list(kept), dtype=np.int64), np.array(list(kept.values()))


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
