"""Ctrl-C: what it does to a command, from the first moment to the last. Needs nothing but the standard library."""

import signal
import sys
import threading
from types import FrameType

#: What shells say of a program that Ctrl-C ended.
STOPPED = 130
_SOON = 0.02


class CtrlC:
    """Ctrl-C as KeyboardInterrupt, and whether it was pressed: some libraries turn it into an error of their own."""

    def __init__(self) -> None:
        self.pressed = False

    def watch(self) -> None:
        signal.signal(signal.SIGINT, self._press)
        sys.unraisablehook = self._lost

    def ignore(self) -> None:
        """Once the answer is out, a key must not change what the exit code says."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _press(self, _number: int, _frame: FrameType | None) -> None:
        self.pressed = True
        raise KeyboardInterrupt

    def _lost(self, unraisable: "sys.UnraisableHookArgs") -> None:
        # What is raised while Python tidies up behind our back is dropped; a Ctrl-C lost there is pressed once more.
        if issubclass(unraisable.exc_type, KeyboardInterrupt):
            threading.Timer(_SOON, _press_again).start()
        else:
            sys.__unraisablehook__(unraisable)


def _press_again() -> None:
    # A real signal to the main thread: it may be waiting in a call that only a signal ends.
    main = threading.main_thread().ident
    if main is not None:
        signal.pthread_kill(main, signal.SIGINT)
