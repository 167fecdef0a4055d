"""Writing files so that a reader sees the old one or the new one, never half of one."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO


@contextmanager
def atomic_writer(path: Path, *, mode: int = 0o666) -> Iterator[IO[bytes]]:
    """Open a hidden sibling of `path`; it takes the name only when the block ends well and is on disk. `mode` (less the
    umask) is that of the file from its first moment: 0o600 for what only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.part")
    try:
        with open(draft, "xb", opener=partial(os.open, mode=mode)) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
        _sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes | str, *, mode: int = 0o666) -> str:
    """Write the whole content or nothing; returns its sha256 in hex. Raises OSError (a full disk, say)."""
    raw = content.encode() if isinstance(content, str) else content
    with atomic_writer(path, mode=mode) as stream:
        stream.write(raw)
    return hashlib.sha256(raw).hexdigest()


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    # The rename itself is only durable once the folder is synced (rename(2) and fsync(2)).
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
