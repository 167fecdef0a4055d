"""A worker that gives a template back unfilled when asked to fill it, and proves as the real one does."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from contracts.proof import prove_or_tell
from contracts.worker import Answer, serve


def unfilled(files: Sequence[bytes], _: Mapping[str, Any]) -> Answer:
    return [], files[0]


if __name__ == "__main__":
    serve(unfilled if sys.argv[1] == "fill" else prove_or_tell)
