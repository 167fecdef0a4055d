"""What `greenroom doctor` says of one thing it looked at."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "missing", "problem", "optional"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `missing` is yet to be set up, `problem` is set up and wrong."""

    what: str
    state: State
    detail: str
    next_step: str = ""
