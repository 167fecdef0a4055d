"""One relation of text columns from each kind of file. Owns how DuckDB reads CSV, JSON lines, JSON arrays and Parquet.

Every relation has `line`, `problem` (why the row cannot be read, or null; then its fields are null) and one column for
each known field that the file has: text, a list of text, or JSON text. Meaning and checks are not decided here.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import duckdb

from core.errors import BadInput
from sourcing.columns import Mapping
from sourcing.formats import LONGEST_LINE, Staged
from sourcing.jsonpaths import json_at, rows_at
from sourcing.quotes import LONGEST_ROW
from sourcing.sqltext import name, text

__all__ = ["DOCUMENTS", "FIELDS", "LISTS", "Opened", "first_said", "name", "parquet", "text", "unreadable"]

FIELDS = (
    "handle", "name", "bio", "followers", "engagement_bps", "engagement_percent", "engagement", "country", "language",
    "verified", "hashtags", "captions", "email", "platform", "last_seen", "url", "city", "category", "account_type",
    "is_business", "links", "following", "posts", "comments_to_likes", "posted", "history", "audience_countries",
    "audience_cities", "audience_ages", "audience_genders", "audience_languages", "audience_interests", "credibility",
    "paid_posts", "paid_partners", "source", "expires_at", "email_basis", "email_source",
    "age",
)  # fmt: skip
#: Fields that are lists of texts; what an item is called where it is an object.
LISTS = {
    "hashtags": ("name", "title", "tag"), "captions": ("name", "title", "tag"), "category": ("name", "title"),
    "links": ("url", "href", "link"), "paid_partners": ("name", "username", "handle", "title"),
    "posted": ("date", "timestamp", "created", "created_at", "taken_at", "published_at", "posted_at"),
}  # fmt: skip
#: Fields that are handed on as JSON text, to be taken apart where they are understood.
DOCUMENTS = tuple(field for field in FIELDS if field == "history" or field.startswith("audience_"))
_KEYS_FROM = 20_000
_FIRST_LINES = 100
_GOES_ON = re.compile(rb'\{(\s*".*[\[{,])?', re.DOTALL)
LONGEST_DOCUMENT = 64 * 1024 * 1024
# Nested, because DuckDB may ask for the type of an invalid line first when the two are joined by AND.
_IS_OBJECT = "case when json_valid(line) then json_type(line) = 'OBJECT' else false end"


@dataclass(frozen=True)
class Opened:
    """What can be read: the columns found, and the relation once they are mapped."""

    file: str
    staged: Staged
    #: The line of a table up to which everything is header.
    header_until: int = 0

    def columns(self, db: duckdb.DuckDBPyConnection) -> list[str]:
        kind, path = self.staged.format, str(self.staged.path)
        if kind == "csv":
            return self.staged.header
        if kind == "parquet":
            rows = db.execute(f"describe select * from {parquet(path)}").fetchall()
            return [str(row[0]) for row in rows]
        rows = db.execute(
            f"select key, min(place) from (select unnest(json_keys(line)) as key, n as place from ({self._objects()}) "
            f"where {_IS_OBJECT} limit {_KEYS_FROM * 50}) group by key order by 2, 1"
        ).fetchall()
        if not rows:
            raise BadInput(f"{self.file} holds no JSON object that can be read.", next_step="One object per line.")
        return [str(row[0]) for row in rows]

    def relation(self, mapping: Mapping) -> str:
        """A SELECT with `line`, `problem` and the mapped fields."""
        kind = self.staged.format
        if kind == "csv":
            return self._csv(mapping)
        if kind == "parquet":
            return self._parquet(mapping)
        return self._json(mapping)

    def _objects(self, limit: int | None = _KEYS_FROM) -> str:
        path, end = text(str(self.staged.path)), f" limit {limit}" if limit else ""
        if self.staged.format == "json array" or self._is_one_document:
            shape = "array" if self.staged.format == "json array" else "unstructured"
            longest = LONGEST_LINE if shape == "array" else self._longest_document()
            return (
                f"select row_number() over () as n, json as line from "
                f"read_json_objects({path}, format='{shape}', maximum_object_size={longest}){end}"
            )
        return (
            f"select row_number() over () as n, line from read_csv({path}, columns={{'line': 'VARCHAR'}}, "
            f"delim='\x1f', quote='', escape='', header=false, auto_detect=false, null_padding=true, "
            f"strict_mode=false, max_line_size={LONGEST_LINE + 16}, buffer_size={4 * LONGEST_LINE + 64}){end}"
        )

    @cached_property
    def _is_one_document(self) -> bool:
        """Whether objects go over several lines, as answers that were saved for people to read do."""
        if self.staged.format != "jsonl":
            return False
        with self.staged.path.open("rb") as stream:
            lines = [line.strip() for line in islice(stream, _FIRST_LINES) if line.strip()]
        # A line that was cut is one line lost; a document goes on below, and what comes next is no whole object.
        return bool(lines) and bool(_GOES_ON.fullmatch(lines[0])) and not any(map(_is_json, lines[:2]))

    def _longest_document(self) -> int:
        size = self.staged.path.stat().st_size
        if size > LONGEST_DOCUMENT:
            raise BadInput(
                f"{self.file} is one JSON document of {size >> 20} MiB; {LONGEST_DOCUMENT >> 20} MiB are read.",
                next_step="Write one object a line: jq -c '.[]' FILE > FILE.jsonl",
            )
        return max(size, LONGEST_LINE)

    def objects(self, rows: Sequence[str]) -> str:
        """(n, line) of the JSON objects that are rows, wherever in the documents they lie."""
        if not rows:
            return self._objects(None)
        whole = f"case when {_IS_OBJECT} then line::json end"
        return (
            f"select row_number() over () as n, line from (select unnest({rows_at(whole, rows)}) as line "
            f"from ({self._objects(None)}))"
        )

    def _json_nested(self, mapping: Mapping) -> str:
        row = f"case when {_IS_OBJECT} then line::json end"
        picked: dict[str, str] = {}
        for field in mapping.fields:
            found = [json_at("row", column) for column in mapping.columns_of(field)]
            if field in {*LISTS, *DOCUMENTS}:
                picked[field] = first_said(found, empty="'[]', '{}', 'null', '\"\"'")
            else:
                picked[field] = first_said([f"({one} ->> '$')" for one in found])
        _take_apart(picked, {})
        return f"""
            select n as line, case when row is null then 'not a JSON object' end as problem, {_columns(picked)}
            from (select n, {row} as row
                from ({self.objects(mapping.rows)}) where line is not null and trim(line::varchar) <> '')
        """

    def _json(self, mapping: Mapping) -> str:
        if mapping.nested or mapping.rows or any(len(columns) > 1 for columns in mapping.choices.values()):
            return self._json_nested(mapping)
        nested = {*LISTS, *DOCUMENTS}
        shape = {column: "JSON" if field in nested else "VARCHAR" for field, column in mapping.fields.items()}
        picked = {field: f"s[{text(column)}]" for field, column in mapping.fields.items()}
        _take_apart(picked, {})
        return f"""
            select n as line,
                case when not good then 'not a JSON object' end as problem, {_columns(picked)}
            from (
                select n, line, {_IS_OBJECT} as good,
                    case when {_IS_OBJECT} then from_json(line, {text(json.dumps(shape))}) end as s
                from ({self._objects(None)}) where line is not null and trim(line::varchar) <> '')
        """

    def _csv(self, mapping: Mapping) -> str:
        width = len(self.staged.header)
        # One column more than the header has, and no text that stands for null: so a short row ends in null, a long one
        # fills the last column, and both are refused in columns (the reader's own list of them grows without bound).
        names = {"n": "BIGINT"} | {f"c{number}": "VARCHAR" for number in range(width + 1)}
        position = {column: f"c{number}" for number, column in enumerate(self.staged.header)}
        picked = {
            field: first_said([position[column] for column in mapping.columns_of(field) if column in position])
            for field in mapping.fields
        }
        for field in set(LISTS) & set(picked):
            value = picked[field]
            picked[field] = (
                f"case when {value} like '[%' and json_valid({value}) then {_list_of(f'{value}::json', LISTS[field])} "
                f"when {value} <> '' then [{value}] end"
            )
        after = f"where n > {self.header_until}" if self.header_until else ""
        problem = (
            f"when c{width - 1} is null then 'has too few columns' when c{width} <> '' then 'has too many columns'"
        )
        return f"""
            select n as line, case {problem} end as problem, {_columns(picked)}
            from read_csv({text(str(self.staged.path))}, columns={names}, auto_detect=false, header=false,
                delim={text(self.staged.delimiter)}, quote='"', escape='"', store_rejects=true, rejects_limit=0,
                strict_mode=true, nullstr='\x01', null_padding=true, parallel=false, max_line_size={2 * LONGEST_ROW},
                buffer_size={8 * LONGEST_ROW}, hive_partitioning=false) {after}
        """

    def _parquet(self, mapping: Mapping) -> str:
        columns = {field: [name(column) for column in mapping.columns_of(field)] for field in mapping.fields}
        picked = {field: first_said([f"{one}::varchar" for one in names]) for field, names in columns.items()}
        _take_apart(picked, {field: f"to_json({names[0]})" for field, names in columns.items()})
        return f"""
            select row_number() over () as line, null as problem, {_columns(picked)}
            from {parquet(str(self.staged.path))}
        """


def unreadable(error: duckdb.Error, shown: str, staged: Staged) -> BadInput:
    """What DuckDB says of the clean copy, said of the file."""
    words = str(error).strip().splitlines()[0].replace(str(staged.path), shown)[:300]
    said = re.sub(r"^[A-Z][A-Za-z ]* Error: ", "", words)
    return BadInput(f"{shown} cannot be read as {staged.format}: {said}",
                    next_step="Export it again; if that does not help, as CSV.")  # fmt: skip


def parquet(path: str, *, rows: bool = False) -> str:
    """A relation of that one file, whatever its path looks like; with `rows`, also `file_row_number`."""
    numbered = ", file_row_number=true" if rows else ""
    return f"read_parquet({text(path)}, hive_partitioning=false, binary_as_string=true{numbered})"


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def first_said(values: Sequence[str], empty: str = "''") -> str:
    """The first of these texts that says something."""
    if len(values) == 1:
        return values[0]
    said = [f"case when trim({value}::varchar) not in ({empty}) then {value} end" for value in values]
    return f"coalesce({', '.join(said)})"


def _columns(picked: dict[str, str]) -> str:
    return ", ".join(f"{expression} as {name(field)}" for field, expression in picked.items())


def _take_apart(picked: dict[str, str], documents: dict[str, str]) -> None:
    """Lists of text and JSON text in place of JSON values; `documents` are the values where they are not JSON yet."""
    for field in picked:
        value = documents.get(field, picked[field])
        if field in LISTS:
            picked[field] = _list_of(value, LISTS[field])
        elif field in DOCUMENTS:
            # JSON may stand in a text once more.
            picked[field] = (
                f"case json_type({value}) when 'VARCHAR' then {value} ->> '$' when 'NULL' then null "
                f"else {value}::varchar end"
            )


def _list_of(value: str, called: Sequence[str]) -> str:
    """Text of the items of a JSON list: an object gives the first it has of `called`; a list inside gives nothing."""
    named = ", ".join(f"item ->> '{key}'" for key in called)
    item = f"case json_type(item) when 'OBJECT' then coalesce({named}) when 'ARRAY' then null else item ->> '$' end"
    items = f"list_transform(from_json({value}, '[\"JSON\"]'), lambda item: {item})"
    return (
        f"case json_type({value}) when 'ARRAY' then {items} "
        f"when 'OBJECT' then null when 'NULL' then null else [{value} ->> '$'] end"
    )
