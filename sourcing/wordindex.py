"""The word index of a pool: which profiles say a word, in which field, how often; by part of a word too.

Blocks of at most 65,536 profiles and a bounded amount of text, built one at a time. A block is a sorted vocabulary (one
word a line), and for each word the local profile numbers (16 bits) and field and count (8 bits: field in the low
three). A word of a brief is looked up as its stem inside the vocabulary's text, because handles and hashtags are
compounds (`veganfoodie`): that gives the reach of character n-grams at the size of a word index. Knows nothing of
campaigns.
"""

import mmap
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sourcing.words import FIELDS, LONGEST_WORD, fold_sql, likeness, stem

if TYPE_CHECKING:
    import duckdb

BLOCK = 65_536
BLOCK_TEXT = 16 * 1024 * 1024
_MOST_COUNT = 31
# Whoever says a word a hundred times in one field speaks of it no more than who says it twice.
_ENOUGH = 2
_CACHED_WORDS = 256
# What a mention says about what somebody does: a bio is a statement about oneself, hashtags follow fashions.
FIELD_WEIGHTS = np.array([1.0, 1.0, 2.0, 0.5, 0.5])

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Mentions:
    """The profiles that mention a word or a relative of it, and how strongly (weighted count over the fields)."""

    rows: Rows
    strength: Floats


class WordIndex:
    """Reads the blocks of one pool version. Looked-up words are kept, the least recently used are let go."""

    def __init__(self, folder: Path, blocks: Sequence[int]) -> None:
        """`blocks`: the first profile of each."""
        self._blocks = [_Block(folder / f"{number:05}", first) for number, first in enumerate(blocks)]
        self._mentions: OrderedDict[str, Mentions] = OrderedDict()

    def mentions(self, word: str) -> Mentions:
        """Profiles with a word that contains the stem of `word`, weighted by how alike the two are."""
        if word not in self._mentions:
            parts = [block.mentions(word) for block in self._blocks]
            self._mentions[word] = Mentions(
                np.concatenate([part.rows for part in parts] or [np.empty(0, np.int64)]),
                np.concatenate([part.strength for part in parts] or [np.empty(0)]),
            )
            if len(self._mentions) > _CACHED_WORDS:
                self._mentions.popitem(last=False)
        self._mentions.move_to_end(word)
        return self._mentions[word]

    def rows_with(self, word: str) -> Rows:
        """Profiles that hold exactly this folded word, in any field."""
        found = [block.rows_with(word) for block in self._blocks]
        return np.concatenate(found) if found else np.empty(0, np.int64)


class _Block:
    def __init__(self, folder: Path, first_row: int) -> None:
        self._folder, self._first = folder, first_row

    @cached_property
    def _vocabulary(self) -> mmap.mmap | bytes:
        with (self._folder / "vocabulary.txt").open("rb") as stream:
            return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)

    @cached_property
    def _word_starts(self) -> npt.NDArray[np.int64]:
        return self._load("word_starts")

    @cached_property
    def _posting_starts(self) -> npt.NDArray[np.int64]:
        return self._load("posting_starts")

    def _load(self, name: str) -> npt.NDArray[np.int64]:
        array: npt.NDArray[np.int64] = np.load(self._folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
        return array

    def mentions(self, word: str) -> Mentions:
        ids, likenesses = self._relatives(word)
        if not len(ids):
            return Mentions(np.empty(0, np.int64), np.empty(0))
        places, counts = self._postings(ids)
        local = self._load("profiles")[places]
        packed = self._load("counts")[places]
        weights = np.repeat(likenesses, counts) * FIELD_WEIGHTS[packed & 7] * np.minimum(packed >> 3, _ENOUGH)
        strength: Floats = np.bincount(local, weights=weights).astype(np.float64)
        rows = np.flatnonzero(strength)
        return Mentions(rows + self._first, strength[rows])

    def rows_with(self, word: str) -> Rows:
        place = self._vocabulary.find(b"\n" + word.encode() + b"\n")
        if place < 0:
            return np.empty(0, np.int64)
        word_id = np.array([np.searchsorted(self._word_starts, place + 1)])
        return np.unique(self._load("profiles")[self._postings(word_id)[0]]).astype(np.int64) + self._first

    def _relatives(self, word: str) -> tuple[Rows, Floats]:
        """(word ids, likeness) of the vocabulary's words that hold the stem."""
        root, text, found = stem(word).encode(), self._vocabulary, []
        place = text.find(root)
        while place >= 0:
            found.append(place)
            place = text.find(root, place + 1)
        places = np.array(found, dtype=np.int64)
        ids = np.searchsorted(self._word_starts, places, side="right") - 1
        best: dict[int, float] = {}
        for word_id, place in zip(ids.tolist(), places.tolist(), strict=True):
            start, end = int(self._word_starts[word_id]), int(self._word_starts[word_id + 1]) - 1
            whole = text[start:end].decode()
            position = len(text[start:place].decode())
            best[word_id] = max(best.get(word_id, 0.0), likeness(word, whole, position))
        kept = {word_id: like for word_id, like in best.items() if like > 0}
        return np.array(list(kept), dtype=np.int64), np.array(list(kept.values()))

    def _postings(self, ids: Rows) -> tuple[Rows, Rows]:
        """(places of all postings of these words, how many each word has)."""
        starts = self._posting_starts[ids]
        counts = self._posting_starts[ids + 1] - starts
        before = np.cumsum(counts) - counts
        return np.repeat(starts - before, counts) + np.arange(int(counts.sum())), counts


def cut_blocks(sizes: Rows) -> list[int]:
    """The first profile of each block, so that none has more than BLOCK profiles or (but for one) BLOCK_TEXT of text.

    `sizes`: how much text each profile has.
    """
    starts, whole = [], np.concatenate([[0], np.cumsum(sizes)])
    first = 0
    while first < len(sizes):
        starts.append(first)
        enough = int(np.searchsorted(whole, whole[first] + BLOCK_TEXT, side="right")) - 1
        first = min(max(enough, first + 1), first + BLOCK)
    return starts


def build_block(db: "duckdb.DuckDBPyConnection", profiles: str, rows: tuple[int, int], folder: Path) -> None:
    """Index the rows from the first of `rows` to before the second: `profiles` is a relation with `row` and texts."""
    folder.mkdir(parents=True)
    first, end = rows
    texts = {"handle": "handle", "name": "name", "bio": "bio"} | {
        field: f"array_to_string({field}, ' ')" for field in ("hashtags", "captions")
    }
    said = " union all ".join(
        f"select row - {first} as i, {place} as f, unnest(regexp_extract_all({fold_sql(texts[field])}, "
        f"'[\\p{{L}}\\p{{N}}]+')) as word from block where {field} is not null"
        for place, field in enumerate(FIELDS)
    )
    db.execute(f"create or replace temp table block as select * from {profiles} where row >= {first} and row < {end}")
    db.execute(
        f"create or replace temp table said as select left(word, {LONGEST_WORD}) as word, i, f, "
        f"least(count(*), {_MOST_COUNT}) as n from ({said}) group by all"
    )
    db.execute(
        "create or replace temp table vocabulary as select word, row_number() over (order by word) - 1 as id, "
        "count(*) as postings from said group by word"
    )
    _write_vocabulary(db, folder)
    postings = db.execute(
        "select i::usmallint as i, (f + n * 8)::utinyint as c from said join vocabulary using (word) order by id, i, f"
    ).fetchnumpy()
    np.save(folder / "profiles.npy", np.ma.getdata(postings["i"]))
    np.save(folder / "counts.npy", np.ma.getdata(postings["c"]))
    db.execute("drop table block; drop table said; drop table vocabulary")


def _write_vocabulary(db: "duckdb.DuckDBPyConnection", folder: Path) -> None:
    words = db.execute("select string_agg(word, chr(10) order by id) from vocabulary").fetchone()
    # A line end before the first word and after the last lets a whole word be found as "\nword\n".
    text = b"\n" + (words[0] if words and words[0] else "").encode() + b"\n"
    (folder / "vocabulary.txt").write_bytes(text)
    np.save(folder / "word_starts.npy", np.flatnonzero(np.frombuffer(text, np.uint8) == 10) + 1)
    counts = np.ma.getdata(db.execute("select postings from vocabulary order by id").fetchnumpy()["postings"])
    np.save(folder / "posting_starts.npy", np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))
