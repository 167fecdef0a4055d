"""A preset at work on one file: its columns found in the header, its units put into the values, its rows told apart.

Owns what a preset makes of a relation of text columns. What values may be is sourcing.cleaning's matter.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb

from sourcing.columns import Mapping, insist_on_handle, is_sensitive, map_columns, plain
from sourcing.dates import Order
from sourcing.headers import named_once
from sourcing.presets.preset import Account, Preset
from sourcing.provenance import Origin
from sourcing.quantities import our_figures_sql
from sourcing.readers import LISTS, Opened, text
from sourcing.readers import name as quoted

_UNIT_SIGNS = {"thousands": "K", "millions": "M"}
_NUMBERS = ("followers", "following", "posts", "paid_posts", "engagement", "engagement_percent", "engagement_bps",
            "comments_to_likes", "credibility")  # fmt: skip
_FIGURES = (*_NUMBERS, "last_seen", "expires_at", "age")
_ORDERS: dict[str, Order] = {"day first": "dmy", "month first": "mdy", "year first": "ymd"}
_ACCOUNT_FIELDS = ("handle", "followers", "engagement")
_DEPTH, _DOCUMENTS_SEEN = 5, 50


@dataclass(frozen=True)
class Recipe:
    """How a file is read. `factor`: what its rates are multiplied by, None where the values decide; `per_row`: how many
    accounts a row may have, and so how far apart the numbers of lines are."""

    opened: Opened
    mapping: Mapping
    origin: Origin
    platform: str | None
    preset: Preset | None = None
    accounts: tuple[Account, ...] = ()
    factor: int | None = None
    fields: tuple[str, ...] = ()

    @property
    def per_row(self) -> int:
        return len(self.accounts) + 1 if self.accounts else 1

    @property
    def dates(self) -> Order | None:
        """How its preset says that 03/04/2026 is meant."""
        return _ORDERS.get(self.preset.dates) if self.preset else None

    def relation(self) -> str:
        """A SELECT with `line`, `problem` and the fields; with several accounts in a row, a row for each."""
        found = _in_our_figures(self.opened.relation(self.mapping), self.mapping)
        if self.preset is not None:
            found = _in_our_units(found, self.preset, self.mapping)
        return _apart(found, self.accounts, self.mapping) if self.accounts else found


def recipe_for(
    preset: Preset | None, opened: Opened, db: duckdb.DuckDBPyConnection, *, shown: str, platform: str | None
) -> Recipe:
    """Raises BadInput where the file has not the columns that are needed."""
    if preset is not None and preset.header == 2 and opened.staged.format == "csv":
        opened = by_second_row(opened, db)
    found = opened.columns(db)
    if preset is None:
        mapping = map_columns(found, file=shown, platform=platform)
        return Recipe(opened, mapping, Origin(shown), platform, fields=tuple(mapping.fields))
    nested = preset.nested and opened.staged.format in ("jsonl", "json array")
    seen = _paths(opened, db, preset) if nested else found
    mapping = mapped(preset, found, seen, nested=nested)
    fields = dict.fromkeys(one.partition("@")[0] for one in mapping.fields)
    if preset.accounts:
        fields["platform"] = None
    insist_on_handle(fields, found, file=shown, platform=platform or preset.platform)
    unit = preset.units.get("engagement")
    return Recipe(
        opened,
        mapping, Origin(preset.source or shown, preset.email_basis, preset.expires_days), platform or preset.platform,
        preset, tuple(one for one in preset.accounts if f"handle@{one.platform}" in mapping.fields),
        {"percent": 1, "share": 100}.get(unit or ""), tuple(fields),
    )  # fmt: skip


def by_second_row(opened: Opened, db: duckdb.DuckDBPyConnection) -> Opened:
    """The same table with its columns named by the first row below what was taken for its header."""
    header = opened.staged.header
    relation = opened.relation(Mapping({f"c{place}": column for place, column in enumerate(header)}, (), ()))
    row = db.execute(
        f"select * exclude (problem) from ({relation}) where problem is null order by line limit 1"
    ).fetchone()
    if row is None:
        return opened
    names = named_once(str(cell or "") for cell in row[1:])
    return Opened(opened.file, replace(opened.staged, header=names), int(row[0]))


def mapped(preset: Preset, found: Sequence[str], seen: Sequence[str], *, nested: bool) -> Mapping:
    """Fields of `preset.columns`, and handle@platform and the like for each of several accounts."""
    asked: dict[str, Sequence[str]] = dict(preset.columns)
    for account in preset.accounts:
        for name in _ACCOUNT_FIELDS:
            if columns := getattr(account, name):
                asked[f"{name}@{account.platform}"] = columns
    spelt = {plain(column): column for column in reversed(found)}
    choices: dict[str, tuple[str, ...]] = {}
    for field_, columns in asked.items():
        here = tuple(columns) if nested else tuple(
            dict.fromkeys(c if c in found else spelt[plain(c)] for c in columns if c in found or plain(c) in spelt)
        )  # fmt: skip
        if here:
            choices[field_] = here
    never = {plain(column) for column in preset.never_read}
    sensitive = tuple(c for c in seen if is_sensitive(c) or plain(c) in never)
    choices = {one: tuple(c for c in columns if c not in sensitive) for one, columns in choices.items()}
    fields = {one: " or ".join(columns) for one, columns in choices.items() if columns}
    used = {column for columns in choices.values() for column in columns}
    ignored = () if nested else tuple(c for c in found if c not in used and c not in sensitive)
    return Mapping(fields, ignored, sensitive, choices, preset.rows if nested else (), nested)


def _in_our_figures(relation: str, mapping: Mapping) -> str:
    told = [one for one in mapping.fields if one.partition("@")[0] in _FIGURES]
    changed = ", ".join(f"{our_figures_sql(quoted(one))} as {quoted(one)}" for one in told)
    return f"select * replace ({changed}) from ({relation})" if changed else relation


def _in_our_units(relation: str, preset: Preset, mapping: Mapping) -> str:
    """The relation with thousands written out and the decimal sign as a point."""
    changed: dict[str, str] = {}
    for one in mapping.fields:
        name, value = one.partition("@")[0], quoted(one)
        if name in LISTS:
            continue
        if preset.decimal and name in _NUMBERS:
            marks, point = ("[. ’'']", ",") if preset.decimal == "," else ("[, ’'']", ".")
            figures = f"regexp_replace(trim({value}), '(\\d){marks}(\\d{{3}})', '\\1\\2', 'g')"
            plain_number = f"regexp_full_match(trim({value}), '[-+]?[\\d., ’'']+ ?%?')"
            value = f"case when {plain_number} then replace({figures}, '{point}', '.') else {value} end"
        if sign := _UNIT_SIGNS.get(preset.units.get(name, "")):
            bare = f"regexp_full_match(trim({value}), '[\\d.,]+')"
            value = f"case when {bare} then trim({value}) || '{sign}' else {value} end"
        if value != quoted(one):
            changed[one] = f"{value} as {quoted(one)}"
    return f"select * replace ({', '.join(changed.values())}) from ({relation})" if changed else relation


def _apart(relation: str, accounts: Sequence[Account], mapping: Mapping) -> str:
    """A row for each account that a row names; one without any is a problem of its own."""
    own = [one for one in mapping.fields if "@" not in one]
    told = [name for name in _ACCOUNT_FIELDS if any(f"{name}@{one.platform}" in mapping.fields for one in accounts)]
    many, parts = len(accounts) + 1, []
    for place, account in enumerate(accounts):
        values = [
            f"{quoted(f'{name}@{account.platform}')} as {name}"
            if f"{name}@{account.platform}" in mapping.fields
            else f"null::varchar as {name}"
            for name in told
        ]
        there = f"coalesce(trim({quoted(f'handle@{account.platform}')}), '') <> ''"
        parts.append(
            f"select line * {many} + {place} as line, problem, {text(account.platform)} as platform, "
            f"{', '.join([*values, *own])} from base where {there}"
        )
    nobody = " and ".join(f"coalesce(trim({quoted(f'handle@{one.platform}')}), '') = ''" for one in accounts)
    nulls = ", ".join([f"null::varchar as {name}" for name in told] + [f"null as {one}" for one in own])
    parts.append(
        f"select line * {many} + {many - 1} as line, coalesce(problem, 'names no account') as problem, "
        f"null::varchar as platform, {nulls} from base where {nobody}"
    )
    return f"with base as materialized ({relation}) {' union all '.join(parts)}"


def _paths(opened: Opened, db: duckdb.DuckDBPyConnection, preset: Preset) -> list[str]:
    """The paths of the first objects, to say which of them may not be read."""
    found: dict[str, None] = {}
    first = f"select line::varchar from ({opened.objects(preset.rows)}) limit {_DOCUMENTS_SEEN}"
    for (line,) in db.execute(first).fetchall():
        try:
            _walk(json.loads(line), "", 0, found)
        except (ValueError, RecursionError):
            continue
    return list(found)


def _walk(value: object, at: str, depth: int, found: dict[str, None]) -> None:
    if depth > _DEPTH:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            path = f"{at}.{key}" if at else str(key)
            found[path] = None
            if not is_sensitive(path):
                _walk(inner, path, depth + 1, found)
    elif isinstance(value, list):
        for item in value[:1]:
            _walk(item, at, depth + 1, found)
