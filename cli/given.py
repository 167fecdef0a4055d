"""Texts that somebody hands to a command: in a file, or typed."""

import sys
from pathlib import Path

from core.errors import BadInput


def text_given(place: str) -> str:
    """What stands in a file, or is typed where it is `-`. Raises BadInput where it cannot be read as text."""
    try:
        return sys.stdin.read() if place == "-" else Path(place).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{place} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise BadInput(f"{place} is not UTF-8 text.") from None
