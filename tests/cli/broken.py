"""Commands that fail in ways no command should."""

import errno
import os
import signal
import time


def bug() -> None:
    raise ZeroDivisionError("nobody thought of it")


def full_disk() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/home/of/it")


def no_right() -> None:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/home/of/it")


def swallowed_ctrl_c() -> None:
    """As libraries in C do: the key becomes an error of their own."""
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except KeyboardInterrupt:
        raise RuntimeError("query interrupted") from None


class _Ending:
    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)


def lost_ctrl_c() -> None:
    """The key is pressed while something is tidied up, where Python drops what is raised."""
    _Ending()
    time.sleep(5)
