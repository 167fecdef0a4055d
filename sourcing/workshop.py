"""Where a pool is worked on: one at a time, in a hidden folder, with bounded memory, and what stops it said plainly.

Whatever happens inside leaves the pool as it was: only the switch of a version (sourcing.versions) changes it.
"""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from core.errors import Refused, TransientError
from sourcing.versions import remove_leftovers

MEMORY_LIMIT = "768MB"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_WORDS = ("No space left", "File too large", "disk quota", "max_temp_directory_size")


@contextmanager
def workshop(folder: Path) -> Iterator[tuple[Path, duckdb.DuckDBPyConnection]]:
    """A folder to build in and a database for it.

    Raises Refused (somebody else is at work, the pool cannot be written, or memory is short) or TransientError (the
    disk is full).
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with alone(folder), _hidden(folder) as shop:
            db = _connect(shop)
            try:
                yield shop, db
            finally:
                db.close()
    except OSError as error:
        if error.errno in _FULL:
            raise _disk_full(folder) from None
        raise Refused(f"The pool in {folder} cannot be written: {error.strerror or error}.") from None
    except duckdb.OutOfMemoryException as error:
        if says_full(error):
            raise _disk_full(folder) from None
        raise Refused(
            f"The import needs more than the {MEMORY_LIMIT} it may use; the pool is as it was.",
            next_step="Take the longest column (captions, most often) out of the file and import it again.",
        ) from None
    except duckdb.Error as error:
        if says_full(error):
            raise _disk_full(folder) from None
        raise


def says_full(error: Exception) -> bool:
    """Whether DuckDB stopped because the disk is full."""
    return any(words in str(error) for words in _FULL_WORDS)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One import (or copy of the pool) at a time; the lock goes when the process does, however it ends."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"Another import into {folder} is running.", next_step="Wait for it to end.") from None
        yield


@contextmanager
def _hidden(folder: Path) -> Iterator[Path]:
    """A hidden folder to build in. Those of dead imports are removed first: holding the lock, none is alive."""
    remove_leftovers(folder)
    shop = folder / f".building-{os.getpid()}"
    shop.mkdir()
    try:
        yield shop
    finally:
        shutil.rmtree(shop, ignore_errors=True)


def _connect(shop: Path) -> duckdb.DuckDBPyConnection:
    db = duckdb.connect(
        ":memory:",
        config={"memory_limit": MEMORY_LIMIT, "threads": 2, "temp_directory": str(shop / "spill")},
    )
    # Progress is asked for, never printed.
    db.execute("set enable_progress_bar = true; set enable_progress_bar_print = false")
    # What a statement is through with goes back to the system: the next large thing is numpy's.
    db.execute("set allocator_flush_threshold = '16MB'; set allocator_bulk_deallocation_flush_threshold = '16MB'")
    return db


def _disk_full(folder: Path) -> TransientError:
    return TransientError(
        f"The disk that holds {folder} is full: nothing was imported, the pool is as it was.",
        next_step="Free some space and import again.",
    )
