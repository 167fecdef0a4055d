"""Building the words of a segment: blocks first, one at a time, then the vocabulary they share.

Owns where blocks are cut and what is counted; the form on disk is read by sourcing.wordindex.
"""

from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt

from sourcing.arrays import save_array
from sourcing.wordindex import PART_ORDER, SHORTEST_PART
from sourcing.words import FIELDS, LONGEST_WORD, fold_sql

BLOCK = 65_536
BLOCK_TEXT = 16 * 1024 * 1024
_MOST_COUNT = 31
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


def prepare_words(db: duckdb.DuckDBPyConnection) -> None:
    db.execute("create or replace table block_words (block integer, word varchar)")


def build_block(db: duckdb.DuckDBPyConnection, block: int, folder: Path) -> None:
    """Index the rows of the table `block`, which has the number `i` of a row in it and the texts of profiles."""
    folder.mkdir(parents=True)
    texts = {"handle": "handle", "name": "name", "bio": "bio"} | {
        field: f"array_to_string({field}, ' ')" for field in ("hashtags", "captions")
    }
    said = " union all ".join(
        f"select i, {place} as f, unnest(regexp_extract_all({fold_sql(texts[field])}, '[\\p{{L}}\\p{{N}}]+')) as word "
        f"from block where {field} is not null"
        for place, field in enumerate(FIELDS)
    )
    db.execute(
        f"create or replace temp table said as select left(word, {LONGEST_WORD}) as word, i, f, "
        f"least(count(*), {_MOST_COUNT}) as n from ({said}) group by all"
    )
    db.execute(
        "create or replace temp table vocabulary as select word, row_number() over (order by word) - 1 as id, "
        "count(*) as postings from said group by word"
    )
    db.execute(f"insert into block_words select {block}, word from vocabulary")
    counts = np.ma.getdata(db.execute("select postings from vocabulary order by id").fetchnumpy()["postings"])
    save_array(folder / "posting_starts.npy", np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32))
    postings = db.execute(
        "select i::usmallint as i, (f + n * 8)::utinyint as c from said join vocabulary using (word) order by id, i, f"
    ).fetchnumpy()
    save_array(folder / "profiles.npy", np.ma.getdata(postings["i"]))
    save_array(folder / "counts.npy", np.ma.getdata(postings["c"]))
    db.execute("drop table said; drop table vocabulary")


def join_blocks(db: duckdb.DuckDBPyConnection, folder: Path, starts: list[int]) -> None:
    """Write the vocabulary of all blocks, and for each block which of its words it has."""
    db.execute(
        "create or replace table vocabulary as select word, row_number() over (order by word) - 1 as id "
        "from (select distinct word from block_words)"
    )
    words = db.execute("select string_agg(word, chr(10) order by id) from vocabulary").fetchone()
    # A line end before the first word and after the last lets a whole word be found as "\nword\n".
    text = b"\n" + (words[0] if words and words[0] else "").encode() + b"\n"
    (folder / "vocabulary.txt").write_bytes(text)
    for number, first in enumerate(range(0, len(text), PIECE)):
        save_array(folder / f"parts-{number:03}.npy", _parts(text, first, first + PIECE))
    for number in range(len(starts)):
        found = db.execute(
            "select id::uinteger as id from block_words join vocabulary using (word) "
            f"where block = {number} order by id"
        ).fetchnumpy()["id"]
        save_array(folder / f"{number:05}" / "words.npy", np.ma.getdata(found))
    save_array(folder / "blocks.npy", np.array(starts, dtype=np.int64))
    db.execute("drop table vocabulary; drop table block_words")


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
