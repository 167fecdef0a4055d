"""Building the words of a segment: blocks first, one at a time, then the vocabulary they share.

Owns where blocks are cut and what is counted; the form on disk is read by sourcing.wordindex.
"""

from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt

from sourcing.arrays import save_array
from sourcing.words import FIELDS, LONGEST_WORD, fold_sql

BLOCK = 65_536
BLOCK_TEXT = 16 * 1024 * 1024
_MOST_COUNT = 31

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
    (folder / "vocabulary.txt").write_bytes(b"\n" + (words[0] if words and words[0] else "").encode() + b"\n")
    for number in range(len(starts)):
        found = db.execute(
            "select id::uinteger as id from block_words join vocabulary using (word) "
            f"where block = {number} order by id"
        ).fetchnumpy()["id"]
        save_array(folder / f"{number:05}" / "words.npy", np.ma.getdata(found))
    save_array(folder / "blocks.npy", np.array(starts, dtype=np.int64))
    db.execute("drop table vocabulary; drop table block_words")
