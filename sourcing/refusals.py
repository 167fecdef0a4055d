"""What did not go in: rows and values, in our words, and the file that lists them."""

from pathlib import Path

import duckdb

from core.files import atomic_writer
from sourcing.columns import Mapping
from sourcing.formats import MOST_REJECTS_KEPT, Reject, Staged
from sourcing.tables import write_rows

RATES = ("engagement_bps", "engagement_percent", "engagement")
_LEFT_OUT = "cannot be used: value left out, row kept"
_WORDS = {
    "MISSING COLUMNS": "has too few columns",
    "TOO MANY COLUMNS": "has too many columns",
    "UNQUOTED VALUE": "has text after a closing quote",
    "LINE SIZE OVER MAXIMUM": "is too long",
    "INVALID ENCODING": "is not valid UTF-8",
}


def take_refused(db: duckdb.DuckDBPyConnection, shown: str, staged: Staged) -> None:
    """Add them to the rejects of the file, and empty the reader's own list. Each row begins with its line number."""
    number = f"coalesce(try_cast(split_part(csv_line, '{staged.delimiter}', 1) as bigint), line)"
    counted = db.execute(f"select count(distinct {number}) from reject_errors").fetchone()
    rows = db.execute(
        f"select {number}, min(error_type) from reject_errors group by 1 order by 1 limit {MOST_REJECTS_KEPT}"
    ).fetchall()
    staged.rejected_lines += int(counted[0]) if counted else 0
    staged.rejects += [
        Reject(shown, int(line), "", _WORDS.get(kind, str(kind).lower()), "", staged.unit) for line, kind in rows
    ]
    db.execute("delete from reject_errors; delete from reject_scans")


def rejects_of(db: duckdb.DuckDBPyConnection, shown: str, staged: Staged, of: tuple[Mapping, int]) -> list[Reject]:
    """Lines and rows that are lost first, in order, then the values that were left out of rows that went in."""
    mapping, first = of
    mine = f"seq >= {first}"
    rows = db.execute(
        f"select line, reason_field, reason, raw from typed where {mine} and reason is not null "
        f"order by line limit {MOST_REJECTS_KEPT}"
    ).fetchall()
    values = db.execute(
        f"select line, split_part(value, ':', 1), case when contains(value, ':') "
        f"then substr(value, strpos(value, ':') + 1) || ': left out, row kept' else '{_LEFT_OUT}' end, raw from "
        f"(select line, unnest(lost) as value, raw from typed where {mine} and reason is null and lost <> []) "
        f"order by line, 2 limit {MOST_REJECTS_KEPT}"
    ).fetchall()
    found = [
        Reject(shown, int(line), _column(mapping, field), reason, raw or "", staged.unit)
        for line, field, reason, raw in rows + values
    ]
    lines = sorted(staged.rejects + found[: len(rows)], key=lambda reject: reject.line)
    return lines + found[len(rows) :]


def lost_notes(db: duckdb.DuckDBPyConnection, mapping: Mapping, first: int) -> list[str]:
    rows = db.execute(
        f"select field, count(*) from (select split_part(unnest(lost), ':', 1) as field from typed "
        f"where seq >= {first} and reason is null) group by 1 order by 1"
    ).fetchall()
    return [
        f"column {_column(mapping, field)!r}: "
        + (
            "1 value could not be used and was left out, its row went in"
            if count == 1
            else f"{count:,} values could not be used and were left out, the rows went in"
        )
        for field, count in rows
    ]


def write_rejects(folder: Path, rejects: list[Reject]) -> Path | None:
    """rejects.csv beside the pool; the import before it is no longer described. Cells cannot become formulas."""
    path = folder / "rejects.csv"
    if not rejects:
        path.unlink(missing_ok=True)
        return None
    with atomic_writer(path) as stream:
        rows = [["file", "line", "column", "reason", "start of the line"]]
        rows += [[r.file, str(r.line) if r.unit == "line" else r.place, r.column, r.reason, r.raw] for r in rejects]
        write_rows(stream, rows)
    return path


def _column(mapping: Mapping, field: str) -> str:
    """The file's own name for what we call `field`."""
    if field == "engagement":
        return next((mapping.fields[rate] for rate in RATES if rate in mapping.fields), "")
    return mapping.fields.get(field, field or "")
