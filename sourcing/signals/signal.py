"""What a signal is, and the casts that make one safe to keep as an array."""

from dataclasses import dataclass

_SQL_TYPES = {"uint8": "utinyint", "uint16": "usmallint"}
_MOST = {"uint8": 255, "uint16": 65_535}


@dataclass(frozen=True)
class Signal:
    """A column of numbers. `dtype` is numpy's name. Null and NaN mean unknown; whole numbers are 0 there."""

    name: str
    sql: str
    dtype: str


def known(name: str, expression: str) -> Signal:
    """A float, null where nothing is known or the number is too large for one."""
    return Signal(name, f"try_cast({expression} as float)", "float32")


def counted(name: str, expression: str, *, dtype: str = "uint8") -> Signal:
    """A whole number from 0 to the most that the type holds; least and greatest pass over null."""
    return Signal(name, f"least(greatest({expression}, 0), {_MOST[dtype]})::{_SQL_TYPES[dtype]}", dtype)
