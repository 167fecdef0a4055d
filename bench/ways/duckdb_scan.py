"""DuckDB over Parquet: no text index, each query reads the text of all profiles. BM25 in SQL, so exact.

Cannot: match parts of words, explain, or get faster with a smaller question (how rare a word is takes the whole pool).
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb

from bench.brief import Brief
from bench.evaluation import each_brief
from bench.table import building, profiles_sql
from bench.way import Query

TITLE = "DuckDB scan of Parquet"
BUILT_BY = ""
BUILDS = True
K1, B = 1.2, 0.75


def build(pool: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    with building(folder) as db:
        # A blank on both sides of every word of its own: a word is found and counted without cutting the text up.
        told = f"select * replace (' ' || replace(words, ' ', '  ') || ' ' as words) from ({profiles_sql(pool)})"
        db.execute(f"copy ({told}) to '{folder / 'profiles.parquet'}' (format parquet, compression zstd)")


def opened(pool: Path, folder: Path) -> Query:
    db = duckdb.connect()

    def query(brief: Brief) -> list[str]:
        return [str(key) for (key,) in db.execute(_sql(folder / "profiles.parquet", brief)).fetchall()]

    return query


def answers(pool: Path, folder: Path, briefs: Path, limit: int) -> Sequence[tuple[str, list[str]]]:
    return each_brief(opened(pool, folder), briefs, limit)


def _sql(file: Path, brief: Brief) -> str:
    """One statement: how rare each word is, then the limits, BM25 and the weighted score. Words hold no quotes."""
    asked = Counter(brief.words)
    words = list(enumerate(asked))
    says = ", ".join(f"count(*) filter (contains(words, ' {word} ')) as d{n}" for n, word in words)
    any_of = f"regexp_matches(words, ' ({'|'.join(asked)}) ')"
    counted = ", ".join(
        f"(strlen(words) - strlen(replace(words, ' {word} ', ''))) / {len(word.encode()) + 2} as t{n}"
        for n, word in words
    )
    text = " + ".join(
        f"{asked[word]} * ln(1 + (n - d{n} + 0.5) / (d{n} + 0.5)) * t{n} / (t{n} + norm)" for n, word in words
    )
    of_text, of_rank, of_band = brief.weights
    return f"""
        with lengths as (select count(*) as n, avg(length) as usual from '{file}'),
        pool as (select {says} from '{file}' where {any_of}),
        inside as (select *, {any_of} as hit from '{file}' where {limits_sql(brief)}),
        found as (select key, rank, followers, length, {counted} from inside),
        scored as (
            select key, rank, {band_sql(brief)} as band, {text} as text
            from (select *, {K1} * (1 - {B} + {B} * length / usual) as norm from found, lengths, pool)
        )
        select key from scored
        order by {of_text} * text / coalesce(nullif(max(text) over (), 0), 1) + {of_rank} * rank
            + {of_band} * band desc, key
        limit {brief.limit}
    """


def limits_sql(brief: Brief) -> str:
    limits = [f"platform in ({quoted(brief.platforms)})"]
    if brief.countries:
        limits.append(f"country in ({quoted(brief.countries)})")
    if brief.followers is not None:
        limits.append(f"followers between {brief.followers[0]} and {brief.followers[1]}")
    if brief.engagement_min > 0:
        limits.append(f"(engagement is null or engagement >= {brief.engagement_min})")
    return " and ".join(limits)


def band_sql(brief: Brief) -> str:
    if brief.followers is None:
        return "1.0"
    low, high = brief.followers
    return f"1 - 0.5 * pow(2 * (ln(1 + followers) - ln({1 + low})) / (ln({1 + high}) - ln({1 + low})) - 1, 2)"


def quoted(values: Sequence[str]) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)
