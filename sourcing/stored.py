"""The profiles of a segment as a relation with every column there is today, whatever columns it was written with."""

from pathlib import Path

import duckdb

from sourcing.readers import name, parquet
from sourcing.rows import COLUMNS, TYPES
from sourcing.segments import SOURCE


def stored_rows(db: duckdb.DuckDBPyConnection, segment: Path) -> str:
    """A relation of `COLUMNS` and `file_row_number`; what a segment of an older program does not know is null."""
    file = parquet(str(segment / SOURCE), rows=True)
    known = {str(row[0]) for row in db.execute(f"describe select * from {file}").fetchall()}
    if known >= set(TYPES):
        return file
    columns = [column if column in known else f"null::{kind} as {name(column)}" for column, kind in TYPES.items()]
    return f"(select {', '.join(columns)}, file_row_number from {file})"


__all__ = ["COLUMNS", "stored_rows"]
