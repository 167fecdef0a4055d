"""DuckDB with a table of postings sorted by word: which profiles say a word, and how often. BM25 in SQL, so exact.

Cannot: match parts of words, or change a profile without writing its words anew.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb

from bench.brief import Brief
from bench.evaluation import each_brief
from bench.table import building, profiles_sql
from bench.way import Query
from bench.ways.duckdb_scan import K1, B, band_sql, limits_sql, quoted

TITLE = "DuckDB, postings sorted by word"
BUILT_BY = ""
BUILDS = True


def build(pool: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    with building(folder, str(folder / "pool.duckdb")) as db:
        db.execute(
            f"create temp table told as select row_number() over (order by key) as row, * from ({profiles_sql(pool)})"
        )
        db.execute("create table profiles as select * exclude (words) from told order by row")
        db.execute(
            "create table postings as select word, row, count(*)::usmallint as said from "
            "(select row, unnest(string_split(words, ' ')) as word from told) group by word, row order by word, row"
        )


def opened(pool: Path, folder: Path) -> Query:
    db = duckdb.connect(str(folder / "pool.duckdb"), read_only=True)

    def query(brief: Brief) -> list[str]:
        return [str(key) for (key,) in db.execute(_sql(brief)).fetchall()]

    return query


def answers(pool: Path, folder: Path, briefs: Path, limit: int) -> Sequence[tuple[str, list[str]]]:
    return each_brief(opened(pool, folder), briefs, limit)


def _sql(brief: Brief) -> str:
    """How rare each word is by its postings, then the limits, BM25 of those inside and the weighted score."""
    asked = Counter(brief.words)
    times = " ".join(f"when '{word}' then {count}" for word, count in asked.items())
    of_text, of_rank, of_band = brief.weights
    return f"""
        with lengths as (select count(*) as n, avg(length) as usual from profiles),
        hits as materialized (select word, row, said from postings where word in ({quoted(tuple(asked))})),
        rare as (
            select word, case word {times} end * ln(1 + (any_value(n) - count(*) + 0.5) / (count(*) + 0.5)) as worth
            from hits, lengths group by word),
        inside as (select row, key, rank, {band_sql(brief)} as band,
                {K1} * (1 - {B} + {B} * length / usual) as norm
            from profiles, lengths where {limits_sql(brief)}),
        texts as (select row, sum(worth * said / (said + norm)) as text
            from hits join rare using (word) join inside using (row) group by row),
        scored as (select key, rank, band, coalesce(text, 0) as text from inside left join texts using (row))
        select key from scored
        order by {of_text} * text / coalesce(nullif(max(text) over (), 0), 1) + {of_rank} * rank
            + {of_band} * band desc, key
        limit {brief.limit}
    """
