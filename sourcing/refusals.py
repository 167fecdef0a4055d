"""Rows the CSV reader refused by itself, in our words, and line numbers that count them too."""

from pathlib import Path

import duckdb

from sourcing.formats import MOST_REJECTS_KEPT, Reject

_WORDS = {
    "MISSING COLUMNS": "has too few columns",
    "TOO MANY COLUMNS": "has too many columns",
    "UNQUOTED VALUE": "has text after a closing quote",
    "LINE SIZE OVER MAXIMUM": "is too long",
    "INVALID ENCODING": "is not valid UTF-8",
}


def refused_by_reader(db: duckdb.DuckDBPyConnection, file: Path) -> tuple[int, list[Reject]]:
    """(how many rows, the first of them as rejects); the reader's own list is emptied."""
    count = db.execute("select count(distinct line) from reject_errors").fetchone()
    rows = db.execute(
        "select line, min(error_type), left(split_part(min(csv_line), chr(10), 1), 200) from reject_errors "
        f"group by line order by line limit {MOST_REJECTS_KEPT}"
    ).fetchall()
    db.execute("delete from reject_errors; delete from reject_scans")
    rejects = [Reject(str(file), int(line), "", _WORDS.get(kind, str(kind).lower()), raw) for line, kind, raw in rows]
    return (int(count[0]) if count else 0), rejects


def count_lost_lines(db: duckdb.DuckDBPyConnection, lost: list[int], *, after: int) -> None:
    """Correct the lines of refused rows: the reader counts only those it handed out, `lost` are the others."""
    if not lost:
        return
    # The k-th lost line moves all rows that were counted at or past its number less the k lost before it.
    places = [line - earlier for earlier, line in enumerate(sorted(lost))]
    db.execute(
        f"update typed set line = line + len(list_filter({places}::bigint[], lambda place: place <= line)) "
        f"where seq > {after} and (reason is not null or lost_field is not null)"
    )
