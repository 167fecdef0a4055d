"""What can be told of one profile by itself, as columns: counts of buying words, cadence, growth, kind of account.

Each signal is a DuckDB scalar expression over one row of the pool's columns, evaluated once, when a segment is
written. Select them together: they share lower-cased text and sorted history, which DuckDB then works out once (it
does so only outside of `case` and `coalesce`, which is why there is arithmetic where one would expect those).

Owns the expressions. Opens no database and knows no campaign. Words come from `sourcing.lexicon`; the factor modules
word the evidence with the same patterns.
"""

from sourcing.signals import accounts, buying, timing
from sourcing.signals.signal import Signal

SIGNALS: tuple[Signal, ...] = (*timing.SIGNALS, *buying.SIGNALS, *accounts.SIGNALS)


def selection(relation: str) -> str:
    """A query for all signals of a relation with the pool's columns, in its order."""
    return f"select {', '.join(f'{signal.sql} as {signal.name}' for signal in SIGNALS)} from {relation}"


__all__ = ["SIGNALS", "Signal", "selection"]
