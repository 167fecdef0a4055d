"""Ctrl-C during a batch: the mail on the wire is finished and written down, then the batch stops.

A second Ctrl-C stops at once; the mail on the wire is then an unknown outcome.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Whether somebody asked to stop."""

    def __init__(self) -> None:
        self.asked = False


@contextmanager
def between_mails() -> Iterator[Stop]:
    """While the block runs, the first Ctrl-C only sets `asked`. Outside the main thread it changes nothing."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = signal.getsignal(signal.SIGINT)

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.asked = True
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
