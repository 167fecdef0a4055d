"""Building the words of a segment: blocks first, one at a time, then the vocabulary they share.

Owns where blocks are cut and what is written; how words are counted is wordcounts', and the form on disk is read by
wordindex.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt

from sourcing.arrays import save_array
from sourcing.wordcounts import Words, count_words, lines, one_vocabulary
from sourcing.wordindex import PART_ORDER, SHORTEST_PART
from sourcing.words import FIELDS

BLOCK = 65_536
BLOCK_TEXT = 16 * 1024 * 1024
# The signs that cut the texts of a block are none in a text itself, and Korean syllables are put together.
_PLAIN, _PREPARED = "{}", "nfc_normalize(translate({}, chr(30) || chr(31), '  '))"
#: Bytes of vocabulary whose parts of words are sorted together: what bounds the memory that this takes.
PIECE = 16 * 1024 * 1024

Rows = npt.NDArray[np.int64]


def cut_blocks(sizes: Rows, *, longest: int = BLOCK) -> list[int]:
    """The first profile of each block, so that none has more than `longest` profiles or (but for one) BLOCK_TEXT of
    text. `sizes`: how much text each profile has."""
    starts, whole = [], np.concatenate([[0], np.cumsum(sizes)])
    first = 0
    while first < len(sizes):
        starts.append(first)
        enough = int(np.searchsorted(whole, whole[first] + BLOCK_TEXT, side="right")) - 1
        first = min(max(enough, first + 1), first + min(longest, BLOCK))
    return starts


def build_block(db: duckdb.DuckDBPyConnection, folder: Path, rows: int) -> Words:
    """Index the rows of the table `block`, which has the number `i` of a row in it and the texts of profiles; returns
    the words that they say."""
    folder.mkdir(parents=True)
    found = count_words(_said(db, _PLAIN), rows) or count_words(_said(db, _PREPARED), rows, prepared=True)
    if found is None:
        raise RuntimeError("the texts of a block have other fields than they should")
    save_array(folder / "posting_starts.npy", found.posting_starts.astype(np.uint32))
    save_array(folder / "profiles.npy", found.profiles)
    save_array(folder / "counts.npy", found.counts)
    return found.words


def join_blocks(folder: Path, starts: list[int], blocks: Sequence[Words]) -> None:
    """Write the vocabulary of all blocks, and for each block which of its words it has."""
    vocabulary, places = one_vocabulary(blocks)
    # A line end before the first word and after the last lets a whole word be found as "\nword\n".
    text = lines(vocabulary)
    (folder / "vocabulary.txt").write_bytes(text)
    for number, first in enumerate(range(0, len(text), PIECE)):
        save_array(folder / f"parts-{number:03}.npy", _parts(text, first, first + PIECE))
    for number, found in enumerate(places):
        save_array(folder / f"{number:05}" / "words.npy", found)
    save_array(folder / "blocks.npy", np.array(starts, dtype=np.int64))


def _said(db: duckdb.DuckDBPyConnection, prepared: str) -> bytes:
    """The texts of the table `block` in the order that counting wants."""
    lists = {field: f"array_to_string({field}, ' ')" for field in ("hashtags", "captions")}
    texts = ", chr(31), ".join(prepared.format(lists.get(field, field)) for field in FIELDS)
    # As bytes: one character of four bytes would make each take four on the way.
    told = db.execute(f"select encode(string_agg(concat({texts}, chr(30)), '' order by i)) from block").fetchone()
    return bytes(told[0]) if told and told[0] is not None else b""


def _parts(text: bytes, first: int, end: int) -> npt.NDArray[np.uint32]:
    """Where in the vocabulary parts of words of `SHORTEST_PART` bytes and more begin, in the order of what they begin
    with (`PART_ORDER` bytes)."""
    letters = np.frombuffer(text[first : end + PART_ORDER] + b"\n" * PART_ORDER, dtype=np.uint8)
    starts = np.ones(min(end, len(text)) - first, dtype=np.bool_)
    for place in range(SHORTEST_PART):
        starts &= letters[place : place + len(starts)] != 10
    # Not inside a letter that takes several bytes.
    starts &= (letters[: len(starts)] & 0xC0) != 0x80
    places = np.flatnonzero(starts)
    beginnings = np.zeros(len(places), dtype=np.uint64)
    for place in range(PART_ORDER):
        beginnings = (beginnings << np.uint64(8)) | letters[places + place]
    return (places[np.argsort(beginnings, kind="stable")] + first).astype(np.uint32)
