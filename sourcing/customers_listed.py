"""Lists of the brand's own customers: read, hashed and kept; and which accounts of the pool are theirs.

Owns how a list is read. What is kept of it, and how that is asked, is sourcing.customers'.
"""

from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from core.clock import Clock
from core.errors import BadInput
from sourcing.columns import Mapping
from sourcing.customers import Customers, account_said, address_said, hash_of, keep, said_of
from sourcing.formats import stage
from sourcing.pool import Pool, account_key
from sourcing.presets.applying import mapped
from sourcing.presets.preset import Preset
from sourcing.readers import Opened
from sourcing.stored import stored_rows
from sourcing.unpacked import shown_name

_AT_ONCE = 10_000
_DAYS = 730


@dataclass(frozen=True)
class Taken:
    """What of a list was kept: rows, and how many named an address or an account. `columns`: ours from theirs."""

    file: str
    rows: int
    usable: int
    columns: dict[str, str]
    expires_at: str


def take_customers(
    home: Path, file: Path, name: str, preset: Preset, *, pepper: bytes, clock: Clock, sheet: str | None = None
) -> Taken:  # fmt: skip
    """Read a list and keep its keyed hashes as `name`. Raises BadInput."""
    until = clock.now().astimezone(UTC) + timedelta(days=preset.expires_days or _DAYS)
    with TemporaryDirectory(prefix="greenroom-") as place, duckdb.connect() as db:
        opened = Opened(shown_name(file), stage(file, Path(place), on_bytes=lambda _count: None, sheet=sheet))
        found = opened.columns(db)
        mapping = mapped(preset, found, found, nested=False)
        if not mapping.fields:
            listed = ", ".join(repr(column[:40]) for column in found[:30])
            raise BadInput(
                f"{opened.file}: no column for the address or an account of a customer. Columns found: {listed}.",
                next_step="greenroom pool presets copy customers my-customers, then name the columns in it.",
            )
        keys, rows, usable = _hashed(db, opened, mapping, pepper)
    keep(home, name, keys, until=until)
    return Taken(opened.file, rows, usable, mapping.fields, until.date().isoformat())


def customers_in(pool: Pool, customers: Customers) -> list[str]:
    """Account keys of the pool whose address or handle is a customer's, in order."""
    found: set[str] = set()
    first = 0
    with duckdb.connect() as db:
        db.execute("set memory_limit = '256MB'")
        for segment in pool.segments:
            rows = db.execute(f"select file_row_number, platform, handle, email from {stored_rows(db, segment.place)}")
            while some := rows.fetchmany(_AT_ONCE):
                places = set(customers.among([account_said(row[1], row[2]) for row in some]))
                mails = [(place, row[3]) for place, row in enumerate(some) if row[3]]
                places |= {mails[at][0] for at in customers.among([address_said(mail) for _, mail in mails])}
                found |= {account_key(some[at][1], some[at][2]) for at in places if pool.alive[first + some[at][0]]}
            first += len(segment)
    return sorted(found)


def _hashed(
    db: duckdb.DuckDBPyConnection, opened: Opened, mapping: Mapping, pepper: bytes
) -> tuple[list[int], int, int]:
    fields, keys, rows, usable = list(mapping.fields), [], 0, 0
    cursor = db.execute(f"select {', '.join(fields)} from ({opened.relation(mapping)}) where problem is null")
    while some := cursor.fetchmany(_AT_ONCE):
        rows += len(some)
        for row in some:
            said = [text for field, value in zip(fields, row, strict=True) if (text := said_of(field, value or ""))]
            usable += bool(said)
            keys += [hash_of(pepper, text) for text in said]
    return keys, rows, usable
