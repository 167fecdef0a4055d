"""A file of follower accounts as a checked sample. Owns what a good row is and the words of refusal.

Handles are used for their share of digits and to count an account once; they do not leave this module.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from core.errors import BadInput
from sourcing.columns import Mapping
from sourcing.followers.columns import map_follower_columns
from sourcing.followers.sample import Floats, Sample
from sourcing.formats import MOST_REJECTS_KEPT, Reject, Staged, stage
from sourcing.readers import Opened, unreadable
from sourcing.refusals import take_refused
from sourcing.unpacked import shown_name

_MOST = 2_000_000_000
_MISSING = "('na', 'n/a', 'n.a.', 'nan', 'none', 'null', '-', '')"
_COUNTS = ("followers", "following", "posts")
_FIELDS = ("handle", "followers", "following", "posts", "private", "picture", "no_picture", "bio", "bio_length",
           "digits", "label")  # fmt: skip
_YES, _NO = (
    "('true', '1', 'yes', 'y', 't', '1.0', 'fake', 'bot')",
    "('false', '0', 'no', 'n', 'f', '0.0', 'real', 'human')",
)
_SPAN = "[\\s\u00a0\u2009\u202f]+"


@dataclass(frozen=True)
class ReadSample:
    """The sample, and what became of the file: its columns, rows that were refused, values that say nothing."""

    sample: Sample
    file: str
    columns: dict[str, str]
    ignored: tuple[str, ...]
    refused: int
    rejects: tuple[Reject, ...]
    notes: tuple[str, ...]


def read_sample(file: Path, *, label: str | None = None) -> ReadSample:
    """Read a CSV, JSON lines or Parquet file of follower accounts of one creator, plain or gzipped.

    With `label`, rows whose label says neither yes nor no are refused. Raises BadInput where the file or all its rows
    cannot be used.
    """
    with tempfile.TemporaryDirectory(prefix="greenroom-followers-") as folder:
        staged = stage(file, Path(folder), on_bytes=lambda _: None)
        shown = shown_name(file)
        db = duckdb.connect(":memory:", config={"memory_limit": "512MB", "threads": 2, "temp_directory": folder})
        try:
            mapping = _load(db, shown, staged, label)
            return _checked(db, shown, staged, mapping)
        except duckdb.Error as error:
            raise unreadable(error, shown, staged) from None
        finally:
            db.close()


def _load(db: duckdb.DuckDBPyConnection, shown: str, staged: Staged, label: str | None) -> Mapping:
    """The rows as text in the table `said`, with what was made of them in `judged`."""
    db.execute("set enable_progress_bar = false")
    opened = Opened(shown, staged)
    mapping = map_follower_columns(opened.columns(db), file=shown, label=label)
    cells = ", ".join(
        f"case when lower(trim({field})) in {_MISSING} then null else trim({field}) end as {field}"
        if field in mapping.fields else f"null::varchar as {field}"
        for field in _FIELDS
    )  # fmt: skip
    bare = f"case when {'bio' in mapping.fields} then length(coalesce(trim(bio_said), '')) end"
    source = opened.relation(mapping)
    said = "bio" if "bio" in mapping.fields else "null::varchar"
    db.execute(f"create table said as select line, problem, {said} as bio_said, {cells} from ({source})")
    if staged.format == "csv":
        take_refused(db, shown, staged)
    numbers = ", ".join(f"{count_sql(field)} as {field}_n" for field in _COUNTS)
    db.execute(f"""
        create table judged as
        with typed as (
            select *, {numbers}, {_flag("private")} as private_n,
                coalesce({_flag("picture")}, 1 - {_flag("no_picture")}) as picture_n,
                coalesce({bare}, {_plain_number("bio_length")}) as bio_n,
                coalesce({_plain_number("digits")}, {_digits()}) as digits_n, {_flag("label")} as label_n,
                lower(ltrim(handle, '@')) as h
            from said),
        numbered as (select *, row_number() over (partition by h order by line) as nth, min(line) over
            (partition by h) as before from typed)
        select *, {_reason(mapping)} as reason from numbered order by line
    """)
    return mapping


def _checked(db: duckdb.DuckDBPyConnection, shown: str, staged: Staged, mapping: Mapping) -> ReadSample:
    bad = db.execute(
        f"select line, split_part(reason, ':', 1), substr(reason, strpos(reason, ':') + 1) from judged "
        f"where reason is not null order by line limit {MOST_REJECTS_KEPT}"
    ).fetchall()
    refused = staged.rejected_lines + _one(db, "select count(*) from judged where reason is not null")
    rejects = staged.rejects + [
        Reject(shown, int(line), mapping.fields.get(field, field), why, "", staged.unit) for line, field, why in bad
    ]
    rejects.sort(key=lambda reject: reject.line)
    kept = db.execute("select * from judged where reason is null order by line").fetchnumpy()
    if not len(kept["line"]):
        if not rejects:
            raise BadInput(f"{shown} has a header but no rows.", next_step="Export it again.")
        first = rejects[0]
        raise BadInput(
            f"None of {refused} rows of {shown} can be used; the first, {first.place}: "
            f"{f'{first.column} {first.reason}'.strip()}.",
            next_step="Mend the rows or the column names.",
        )
    names = ("followers", "following", "posts", "private", "picture", "digits", "bio", "label")
    sample = Sample(*(_column(kept, f"{name}_n") for name in names))
    columns = {field: mapping.fields[field] for field in _FIELDS if field in mapping.fields}
    return ReadSample(sample, shown, columns, mapping.ignored, refused, tuple(rejects), tuple(_notes(db, mapping)))


def count_sql(field: str) -> str:
    """12,345 and 12.345 and 12 345 are thousands, 12.4K and 1,2 Mio. are rounded; null where it is no count."""
    said = f"regexp_replace(lower({field}), '{_SPAN}', ' ', 'g')"
    scaled = r"(\d+(?:[.]\d+|,\d\d?)?) ?(k|tsd\.?|m|mn|mio\.?|million|millions)"
    number = f"replace(regexp_extract({said}, '^{scaled}$', 1), ',', '.')::double"
    scale = f"case when left(regexp_extract({said}, '^{scaled}$', 2), 1) in ('k', 't') then 1e3 else 1e6 end"
    return (
        rf"case when regexp_full_match({said}, '{scaled}') then round({number} * {scale}) "
        rf"when regexp_full_match({said}, '\d{{1,3}}([., ’'']\d{{3}})+') "
        rf"then regexp_replace({said}, '[^\d]', '', 'g')::double "
        rf"when regexp_full_match({said}, '[-+]?\d+(\.\d*)?(e[-+]?\d+)?') then try_cast({said} as double) end"
    )


def _flag(field: str) -> str:
    return f"case when lower({field}) in {_YES} then 1.0 when lower({field}) in {_NO} then 0.0 end"


def _plain_number(field: str) -> str:
    number = f"try_cast(replace(replace({field}, '%', ''), ',', '.') as double)"
    value = f"case when {field} like '%\\%%' escape '\\' then {number} / 100 else {number} end"
    return f"case when isfinite({value}) and {value} >= 0 then {value} end"


def _digits() -> str:
    bare = "ltrim(handle, '@')"
    return f"case when length({bare}) > 0 then length(regexp_replace({bare}, '[^0-9]', '', 'g')) / length({bare}) end"


def _reason(mapping: Mapping) -> str:
    """`field:words`, or null for a row that counts."""
    cases = ["when problem is not null then ':' || problem",
             "when length(h) > 100 then 'handle:has more than 100 characters'"]  # fmt: skip
    for field in _COUNTS:
        if field in mapping.fields:
            if field != "posts":
                cases.append(f"when {field} is null then '{field}:is empty'")
            cases += [
                f"when {field} is not null and {field}_n is null then '{field}:is not a number'",
                f"when {field}_n < 0 then '{field}:is negative'",
                f"when {field}_n > {_MOST} then '{field}:is more than any account has'",
                f"when {field}_n <> floor({field}_n) then '{field}:is not a whole number'",
            ]
    if "label" in mapping.fields:
        cases.append("when label_n is null then 'label:says neither yes nor no'")
    # A shape of a handle (letters and digits replaced) is shared by many accounts.
    if "handle" in mapping.fields and not mapping.fields["handle"].lower().endswith("shape"):
        cases.append("when h is not null and nth > 1 then 'handle:was counted already, line ' || before")
    return f"case {' '.join(cases)} end"


def _notes(db: duckdb.DuckDBPyConnection, mapping: Mapping) -> list[str]:
    notes = []
    for field, value in (("private", "private_n"), ("picture", "picture_n"), ("no_picture", "picture_n"),
                         ("bio_length", "bio_n"), ("digits", "digits_n")):  # fmt: skip
        if field in mapping.fields:
            lost = _one(
                db, f"select count(*) from judged where reason is null and {field} is not null and {value} is null"
            )
            if lost:
                notes.append(f"column {mapping.fields[field]!r}: {lost:,} of its values say nothing usable")
    return notes


def _one(db: duckdb.DuckDBPyConnection, query: str) -> int:
    row = db.execute(query).fetchone()
    return int(row[0]) if row else 0


def _column(kept: dict[str, Any], name: str) -> Floats:
    """Floats with NaN for null; digits more than the whole handle are unknown."""
    column = np.ma.filled(np.ma.asarray(kept[name], dtype=np.float64), np.nan)
    if name == "digits_n":
        column = np.where(column <= 1.0, column, np.nan)
    return np.asarray(column, dtype=np.float64)
