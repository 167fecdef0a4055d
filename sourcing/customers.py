"""The brand's own customers, kept as keyed hashes apart from the pool, to know which creators buy from it (R103).

    HOME/customers/<list>.npz    sorted 64-bit keyed hashes of addresses and accounts, the day, and when they must go
Nobody can read a customer back out of it, and no customer becomes a profile. Knows no record.
"""

import hmac
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import numpy.typing as npt

from core.clock import Clock
from core.errors import BadInput
from core.files import write_atomically
from core.platforms import PLATFORMS
from sourcing.columns import Mapping
from sourcing.formats import stage
from sourcing.handles import normal_handle
from sourcing.pool import Pool, account_key
from sourcing.presets.applying import mapped
from sourcing.presets.preset import Preset
from sourcing.readers import Opened
from sourcing.stored import stored_rows
from sourcing.unpacked import shown_name

_AT_ONCE = 10_000
Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Taken:
    """What of a list was kept: rows, and how many named an address or an account. `columns`: ours from theirs."""

    file: str
    rows: int
    usable: int
    columns: dict[str, str]
    expires_at: str


def take_customers(home: Path, file: Path, name: str, preset: Preset, *, pepper: bytes, clock: Clock) -> Taken:
    """Read a list and keep its keyed hashes as `name`; one of that name before is replaced. Raises BadInput."""
    until = clock.now().astimezone(UTC) + timedelta(days=preset.expires_days or 730)
    with TemporaryDirectory(prefix="greenroom-") as place, duckdb.connect() as db:
        opened = Opened(shown_name(file), stage(file, Path(place), on_bytes=lambda _count: None))
        found = opened.columns(db)
        mapping = mapped(preset, found, found, nested=False)
        if not mapping.fields:
            listed = ", ".join(repr(column[:40]) for column in found[:30])
            raise BadInput(
                f"{opened.file}: no column for the address or an account of a customer. Columns found: {listed}.",
                next_step="greenroom pool presets copy customers my-customers, then name the columns in it.",
            )
        keys, rows, usable = _hashed(db, opened, mapping, pepper)
    buffer = io.BytesIO()
    np.savez(buffer, keys=np.unique(keys), until=np.array([int(until.timestamp())]))
    path = home / "customers" / f"{name}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, buffer.getvalue())
    return Taken(opened.file, rows, usable, mapping.fields, until.date().isoformat())


def customers_in(pool: Pool, home: Path, *, pepper: bytes, clock: Clock) -> list[str]:
    """Account keys of the pool whose address or handle is a customer's, in order; lists past their day are deleted."""
    known = _known(home, clock)
    if not len(known):
        return []
    return sorted(_matched(pool, known, pepper))


def _matched(pool: Pool, known: Keys, pepper: bytes) -> Iterator[str]:
    first = 0
    with duckdb.connect() as db:
        db.execute("set memory_limit = '256MB'")
        for segment in pool.segments:
            rows = db.execute(f"select file_row_number, platform, handle, email from {stored_rows(db, segment.place)}")
            while some := rows.fetchmany(_AT_ONCE):
                mails = _hashes(((n, f"mail:{mail}") for n, (_, _, _, mail) in enumerate(some) if mail), pepper, known)
                names = ((n, f"account:{account_key(one[1], one[2])}") for n, one in enumerate(some))
                for place in sorted({*mails, *_hashes(names, pepper, known)}):
                    number, platform, handle, _ = some[place]
                    if pool.alive[first + number]:
                        yield account_key(platform, handle)
            first += len(segment)


def _hashes(said: Iterator[tuple[int, str]], pepper: bytes, known: Keys) -> list[int]:
    """The places of those texts that are known."""
    places, keys = [], []
    for place, text in said:
        places.append(place)
        keys.append(_hash(pepper, text))
    hashed = np.array(keys, dtype=np.uint64)
    at = np.minimum(np.searchsorted(known, hashed), len(known) - 1)
    return [places[n] for n in np.flatnonzero(known[at] == hashed).tolist()] if len(hashed) else []


def _known(home: Path, clock: Clock) -> Keys:
    now, found = int(clock.now().timestamp()), [np.empty(0, np.uint64)]
    for path in sorted((home / "customers").glob("*.npz")):
        try:
            with np.load(path, allow_pickle=False) as told:
                if int(told["until"][0]) > now:
                    found.append(told["keys"].astype(np.uint64))
                    continue
        except (OSError, ValueError, KeyError, IndexError):
            raise BadInput(f"The customers in {path} cannot be read.", next_step="Import that list again.") from None
        path.unlink(missing_ok=True)
    return np.unique(np.concatenate(found))


def _hashed(
    db: duckdb.DuckDBPyConnection, opened: Opened, mapping: Mapping, pepper: bytes
) -> tuple[Keys, int, int]:  # fmt: skip
    fields, keys, rows, usable = list(mapping.fields), [], 0, 0
    cursor = db.execute(f"select {', '.join(fields)} from ({opened.relation(mapping)}) where problem is null")
    while some := cursor.fetchmany(_AT_ONCE):
        rows += len(some)
        for row in some:
            said = [text for field, value in zip(fields, row, strict=True) if (text := _said(field, value or ""))]
            usable += bool(said)
            keys += [_hash(pepper, text) for text in said]
    return np.array(keys, dtype=np.uint64), rows, usable


def _said(field: str, value: str) -> str:
    """What is hashed: an address in lower case, or an account by the one form of its handle; "" for nothing."""
    if field == "email":
        mail = value.strip().lower()
        return f"mail:{mail}" if "@" in mail[1:-1] else ""
    handle = normal_handle(value, field) if field in PLATFORMS and value.strip() else ""
    return f"account:{account_key(field, handle)}" if handle else ""


def _hash(pepper: bytes, text: str) -> int:
    return int.from_bytes(hmac.digest(pepper, f"customer:{text}".encode(), "sha256")[:8], "little")
