"""Taking single profiles out of the pool: a version in which their rows are dead, so that nothing finds them.

Their bytes go when their segment is next written anew. Knows nothing of why somebody is to be forgotten; that they do
not come back with the next import is the record's to see to (`sourcing.known.Exclusions`).
"""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np

from core.errors import Refused
from sourcing.meanings import Before
from sourcing.pool import account_key, current_version
from sourcing.repair import sound_base
from sourcing.versions import compose, publish
from sourcing.workshop import workshop


def forget(folder: Path, accounts: Iterable[tuple[str, str]]) -> int:
    """Take these accounts (platform, handle) out; returns how many the pool had. Raises as an import does."""
    if not folder.is_dir() or current_version(folder) is None:
        return 0
    with workshop(folder) as (shop, db):
        base = sound_base(db, folder, shop, on_step=lambda _phase, _done, _total: None)
        if base.name is None or base.pool is None:
            return 0
        pool = base.pool
        rows = pool.rows_of(account_key(platform, handle) for platform, handle in accounts)
        if not len(rows):
            return 0
        if len(rows) == pool.profiles:
            raise Refused("Nobody would be left in the pool.", next_step="Delete the pool's folder instead.")
        gone = np.union1d(pool.dead, rows)
        firsts = np.concatenate([[0], np.cumsum([len(segment) for segment in pool.segments])]).astype(np.int64)
        parts = [gone[np.searchsorted(gone, a) : np.searchsorted(gone, b)] - a for a, b in pairwise(firsts)]
        name, _living = compose(
            shop, list(zip(pool.segments, parts, strict=True)), before=Before(pool.place, pool.manifest)
        )
        publish(folder, shop, name)
        return len(rows)
