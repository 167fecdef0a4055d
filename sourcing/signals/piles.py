"""What makes a pile of search words: the bounds of the signal `stuffing`, what counts as a word or an item in it."""

import re
from typing import NamedTuple

#: A bio under a hundred letters is no pile, however it is written.
SHORTEST_PILE = 100
LIST_SIGNS = "|,•·/;"
WORD = re.compile("[^ ,;|#/.\n\t•·]{3,}")


class Ramp(NamedTuple):
    """0 up to `none`, 1 from `all` on."""

    none: float
    all: float

    def at(self, value: float) -> float:
        return min(max((value - self.none) / (self.all - self.none), 0.0), 1.0)


BIO_TAGS = Ramp(6, 20)
LIST_ITEMS = Ramp(9, 30)
REPEATED = Ramp(0.45, 0.8)
TAGS = Ramp(40, 100)
