"""A table of a file's lines, so many lines at a time: what is gathered into lists is held in memory whole."""

from collections.abc import Iterator

import duckdb

#: Lines whose lists are gathered together; a profile has a few dozen entries.
LINES = 100_000


def slices(db: duckdb.DuckDBPyConnection, table: str) -> Iterator[dict[str, int]]:
    """`first` and `last` line of each slice of the table, in order; none where it is empty."""
    ends = db.execute(f"select min(line), max(line) from {table}").fetchone()
    if ends is None or ends[0] is None:
        return
    for first in range(int(ends[0]), int(ends[1]) + 1, LINES):
        yield {"first": first, "last": first + LINES - 1}
