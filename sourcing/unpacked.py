"""The bytes of somebody's file, unpacked, with what goes wrong in reading said of the file and of nothing else.

Knows gzip and line ends; not what the file holds.
"""

import gzip
import io
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Protocol

from core.errors import BadInput

CHUNK = 1024 * 1024
#: Tables pack 5 to 20 fold. Only what unpacks to more than `_SMALL` is held to the ratio.
_MOST_RATIO, _SMALL = 200, 1_000_000_000


class Reads(Protocol):
    """Bytes, one after the other."""

    def read(self, size: int = -1, /) -> bytes: ...


def shown_name(file: Path) -> str:
    """The file's name as text that can be written anywhere: names need not be UTF-8."""
    return os.fsencode(file).decode("utf-8", "replace")


@contextmanager
def unpacked(file: Path) -> Iterator[tuple[Reads, IO[bytes]]]:
    """(the bytes as they are once unpacked, the file as it lies). Reading raises BadInput where it unpacks to far more
    than a table would."""
    with _opened(file) as raw:
        if raw.read(2) != b"\x1f\x8b":
            raw.seek(0)
            yield raw, raw
            return
        raw.seek(0)
        with gzip.GzipFile(fileobj=raw) as stream:
            yield _Bounded(shown_name(file), stream, raw), raw


class _Bounded:
    """What a gzip file unpacks to, as long as it is in proportion to the file."""

    def __init__(self, shown: str, stream: gzip.GzipFile, raw: IO[bytes]) -> None:
        self._shown, self._stream, self._raw, self._read = shown, stream, raw, 0

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._stream.read(size)
        self._read += len(chunk)
        if self._read > _SMALL and self._read > _MOST_RATIO * max(self._raw.tell(), 1):
            raise BadInput(f"{self._shown} unpacks to far more than a table would, and was not read to its end.",
                           next_step="Ask whoever sent it for a plain CSV.")  # fmt: skip
        return chunk


def _opened(file: Path) -> IO[bytes]:
    """The file, of which two bytes could be read once."""
    try:
        if file.exists() and not file.is_file():
            raise BadInput(
                f"{shown_name(file)} is a folder or a device, not a file.", next_step="Name the files in it."
            )
        with closing(file.open("rb")) as tried:
            tried.read(2)
        return file.open("rb")
    except (FileNotFoundError, PermissionError):
        raise
    except OSError as error:
        raise BadInput(f"{shown_name(file)} cannot be read: {error.strerror or error}.") from None


class Ahead(io.RawIOBase):
    """A stream whose first bytes can be seen before they are read; tells how far it is after each chunk."""

    def __init__(self, shown: str, rest: Reads, tell: Callable[[], None]) -> None:
        self._shown, self._rest, self._tell = shown, rest, tell
        self._head: bytes | None = None
        self.lines_end_in_cr = False

    def peek(self) -> bytes:
        """The first bytes, with line ends as they will be read."""
        if self._head is None:
            self._head = self._next(CHUNK)
        return self._head.replace(b"\r", b"\n") if self.lines_end_in_cr else self._head

    def read(self, size: int = -1) -> bytes:
        chunk = self._head or self._next(size)
        self._head = b""
        self._tell()
        return chunk.replace(b"\r", b"\n") if self.lines_end_in_cr else chunk

    def _next(self, size: int) -> bytes:
        try:
            return self._rest.read(size)
        except gzip.BadGzipFile:
            raise
        except OSError as error:
            raise BadInput(f"{self._shown} cannot be read: {error.strerror or error}.") from None
