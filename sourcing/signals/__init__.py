"""What can be told of one profile by itself, as columns: counts of buying words, cadence, growth, kind of account.

Each signal is a DuckDB scalar expression over one row of the pool's columns, evaluated once, when a segment is
written. Many share lower-cased text or sorted history, which `PREPARED` names: they must be columns of the relation
that the signals are selected from. `selection` writes both steps:

    select platform, handle, <signals> from (select *, <prepared> from profiles)

Owns the expressions. Opens no database and knows no campaign. Words come from `sourcing.lexicon`; the factor modules
word the evidence with the same patterns.
"""

from sourcing.signals import accounts, buying, timing
from sourcing.signals.signal import Signal

#: name → expression over the pool's columns; none needs another.
PREPARED: dict[str, str] = buying.PREPARED | accounts.PREPARED | timing.PREPARED

SIGNALS: tuple[Signal, ...] = (*timing.SIGNALS, *buying.SIGNALS, *accounts.SIGNALS)


def selection(relation: str, *, keep: tuple[str, ...] = ()) -> str:
    """A query for all signals of a relation with the pool's columns, in its order, after the columns to `keep`."""
    prepared = ", ".join(f"{sql} as {name}" for name, sql in PREPARED.items())
    wanted = [*keep, *(f"{signal.sql} as {signal.name}" for signal in SIGNALS)]
    return f"select {', '.join(wanted)} from (select *, {prepared} from {relation})"


__all__ = ["PREPARED", "SIGNALS", "Signal", "selection"]
