"""The bytes of somebody's file, unpacked, with what goes wrong in reading said of the file and of nothing else.

Knows gzip and line ends; not what the file holds.
"""

import gzip
import io
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, cast

from core.errors import BadInput

CHUNK = 1024 * 1024


def shown_name(file: Path) -> str:
    """The file's name as text that can be written anywhere: names need not be UTF-8."""
    return os.fsencode(file).decode("utf-8", "replace")


@contextmanager
def unpacked(file: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    with _opened(file) as raw:
        if raw.read(2) != b"\x1f\x8b":
            raw.seek(0)
            yield raw, raw
            return
        raw.seek(0)
        with gzip.GzipFile(fileobj=raw) as stream:
            yield cast(IO[bytes], stream), raw


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

    def __init__(self, shown: str, rest: IO[bytes], tell: Callable[[], None]) -> None:
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
