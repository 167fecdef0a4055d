"""The brand's own customers: lists of them come in as keyed hashes, and creators among them are found in the pool."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import Refused
from flows.wiring import Wiring
from sourcing.customers import known_customers
from sourcing.pool import open_pool

if TYPE_CHECKING:
    from sourcing.customers_listed import Taken
    from sourcing.presets.store import Found


@dataclass(frozen=True)
class Customers:
    """What came of lists of customers; `creators` are accounts of the pool, as platform:handle."""

    taken: "tuple[Taken, ...]"
    creators: tuple[str, ...]


def take_lists(w: Wiring, files: Sequence[Path], found: "Found", *, sheet: str | None = None) -> Customers:
    """Keep the lists, each under the name of its file. Raises BadInput."""
    from sourcing.customers_listed import take_customers
    from sourcing.presets.store import name_for

    home = w.settings.home
    taken = tuple(
        take_customers(home, file, name_for(file), found.preset, pepper=w.pepper, clock=w.clock, sheet=sheet)
        for file in files
    )
    return Customers(taken, creators_among_customers(w))


def creators_among_customers(w: Wiring) -> tuple[str, ...]:
    """Accounts of the pool that are customers'; none while the pool is empty."""
    from sourcing.customers_listed import customers_in

    known = known_customers(w.settings.home, pepper=w.pepper, clock=w.clock)
    if not known:
        return ()
    try:
        pool = open_pool(w.settings.pool_folder)
    except Refused:
        if (w.settings.pool_folder / "CURRENT").exists():
            raise
        return ()
    return tuple(customers_in(pool, known))
