"""Signals: numbers that are worked out of a profile when it is stored, one column of the pool each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Signal:
    """`sql` is a DuckDB scalar expression over the columns of a profile, `dtype` a numpy dtype; NaN is unknown."""

    name: str
    sql: str
    dtype: str


SIGNALS: tuple[Signal, ...] = ()
