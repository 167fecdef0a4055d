"""What a signal is, and the casts that make one safe to keep as an array."""

from dataclasses import dataclass

_SQL_TYPES = {"float32": "float", "uint8": "utinyint", "uint16": "usmallint", "uint64": "ubigint"}
_MOST = {"uint8": 255, "uint16": 65_535}


@dataclass(frozen=True)
class Signal:
    """A column of numbers. `dtype` is numpy's name; floats are NaN where nothing is known, whole numbers are 0."""

    name: str
    sql: str
    dtype: str


def known(name: str, expression: str) -> Signal:
    """A float, NaN where the expression is null or no finite number."""
    return Signal(
        name, f"coalesce(case when isfinite({expression}) then {expression} end, 'nan'::double)::float", "float32"
    )


def counted(name: str, expression: str, *, dtype: str = "uint8") -> Signal:
    """A whole number from 0 to the most that the type holds."""
    most = _MOST[dtype]
    return Signal(name, f"least(greatest(coalesce({expression}, 0), 0), {most})::{_SQL_TYPES[dtype]}", dtype)
