"""One set of filling and proving processes for all tests of a process of the run.

Whoever drafts brings up two of them, each of which loads its libraries for half a second: a tenth of the run. What they
do for one document leaves nothing behind in them for the next, as many are drafted with them in a batch as well; tests
of the processes themselves make their own.
"""

from contracts.documents import Renderer
from flows import wiring


class _Kept(Renderer):
    """Does not end when a block that uses it does."""

    def close(self) -> None:
        """Left running, for `end`."""


def share() -> Renderer:
    """From now on every wiring of this process hands these out."""
    kept = _Kept()
    vars(wiring)["Renderer"] = lambda: kept
    return kept


def end(kept: Renderer) -> None:
    Renderer.close(kept)
