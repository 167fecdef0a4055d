"""SQLite with FTS5, the text search that comes with Python; limits and the weighted score in the same statement.

Cannot: match parts of words. A word that half of the pool says counts as nearly nothing in its BM25, so it differs
a little.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from bench.brief import Brief
from bench.evaluation import each_brief
from bench.table import columns_of
from bench.way import Query
from bench.ways.duckdb_scan import limits_sql

TITLE = "SQLite FTS5"
BUILT_BY = ""
BUILDS = True
_COLUMNS = ("key", "platform", "country", "followers", "engagement", "rank")


def build(pool: Path, folder: Path) -> None:
    """`size` is the logarithm of the followers: SQLite need not have one."""
    folder.mkdir(parents=True)
    columns = columns_of(pool)
    with closing(sqlite3.connect(folder / "pool.sqlite")) as db:
        db.execute(
            "create table profiles (row integer primary key, key, platform, country, followers, engagement, rank, size)"
        )
        db.execute("create virtual table said using fts5 (words, content='', tokenize='unicode61 remove_diacritics 0')")
        db.executemany("insert into profiles values (?, ?, ?, ?, ?, ?, ?, ?)", _rows(columns))
        db.executemany("insert into said (rowid, words) values (?, ?)", enumerate(columns["words"].tolist()))
        db.execute("insert into said (said) values ('optimize')")
        db.commit()


def opened(pool: Path, folder: Path) -> Query:
    db = sqlite3.connect(f"file:{folder / 'pool.sqlite'}?mode=ro", uri=True)

    def query(brief: Brief) -> list[str]:
        return [str(key) for (key,) in db.execute(_sql(brief), [" OR ".join(f'"{word}"' for word in brief.words)])]

    return query


def answers(pool: Path, folder: Path, briefs: Path, limit: int) -> Sequence[tuple[str, list[str]]]:
    return each_brief(opened(pool, folder), briefs, limit)


def _rows(columns: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    told = [columns[name].tolist() for name in _COLUMNS]
    sizes = np.log1p(np.asarray(columns["followers"], dtype=np.float64)).tolist()
    return ((row, *values) for row, values in enumerate(zip(*told, sizes, strict=True)))


def _sql(brief: Brief) -> str:
    """bm25() is lower for what fits better."""
    of_text, of_rank, of_band = brief.weights
    return f"""
        with hits as materialized (select rowid as row, -bm25(said) as text from said where said match ?),
        inside as materialized (select row, key, rank, {_band(brief)} as band, coalesce(text, 0) as text
            from profiles left join hits using (row) where {limits_sql(brief)})
        select key from inside
        order by {of_text} * text / coalesce(nullif((select max(text) from inside), 0), 1) + {of_rank} * rank
            + {of_band} * band desc, key
        limit {brief.limit}
    """


def _band(brief: Brief) -> str:
    if brief.followers is None:
        return "1.0"
    low, high = np.log1p(brief.followers).tolist()
    away = f"(2 * (size - {low!r}) / ({high!r} - {low!r}) - 1)"
    return f"1 - 0.5 * {away} * {away}"
