"""The same columns for every way that keeps an index of its own, read from a file of profiles by DuckDB.

A user has to do this whatever is used; `words` is all text of a profile in lower case, without accents, a blank
between any two words.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy.typing as npt

from bench.pools import files_of

_FIELDS = {
    "platform": "varchar", "username": "varchar", "fullname": "varchar", "bio": "varchar", "location": "varchar",
    "followers": "bigint", "engagement_bps": "bigint", "hashtags": "varchar[]", "captions": "varchar[]",
}  # fmt: skip
#: Far above what a million profiles take.
_MOST_MEMORY = "10GB"
_TEXT = "concat_ws(' ', username, fullname, bio, list_aggregate(hashtags, 'string_agg', ' '), " \
        "list_aggregate(captions, 'string_agg', ' '))"  # fmt: skip


def profiles_sql(pool: Path) -> str:
    """A query: key, platform, country, followers, engagement (percent, null unknown), rank (0..1), words, length."""
    columns = ", ".join(f"{name}: '{kind}'" for name, kind in _FIELDS.items())
    files = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files_of(pool))
    return f"""
        with told as (
            select platform || ':' || lower(username) as key, platform, coalesce(location, '') as country, followers,
                engagement_bps / 100.0::double as engagement,
                trim(regexp_replace(strip_accents(lower({_TEXT})), '[^\\p{{L}}\\p{{N}}]+', ' ', 'g')) as words
            from read_json([{files}], format = 'newline_delimited', columns = {{{columns}}})
        )
        select *, len(string_split(words, ' '))::double as length,
            case when engagement is null then 0.5 else
                percent_rank() over (partition by engagement is null order by engagement) end as rank
        from told order by key
    """


@contextmanager
def building(folder: Path, file: str = ":memory:") -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB to build an index in `folder` with: what a large pool takes beyond the limit goes to disk, and off it."""
    spill = folder / "spill"
    with duckdb.connect(file, config={"memory_limit": _MOST_MEMORY, "temp_directory": str(spill)}) as db:
        yield db
    shutil.rmtree(spill, ignore_errors=True)


def columns_of(pool: Path) -> dict[str, npt.NDArray[Any]]:
    """The columns as numpy arrays, sorted by key."""
    with duckdb.connect() as db:
        return dict(db.execute(profiles_sql(pool)).fetchnumpy())
