"""Where contract documents lie: a folder in which each file is named by its content and nothing is ever changed.

Knows bytes and hashes only; the record says whose they are and what a person would call them.
"""

import hashlib
import re
from pathlib import Path

from core.errors import PermanentError, TransientError
from core.files import write_atomically

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Damaged(PermanentError):
    """A document is gone or is no longer what was kept. It must not be signed off, sent or signed."""


class Archive:
    """Documents by sha256, as `ab/abcd….docx`. Keeping the same content twice keeps it once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, content: bytes) -> str:
        """Store a document and return its sha256. A kill at any moment leaves the whole file or none."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path_of(sha256)
        if path.exists():
            self.read(sha256)
        else:
            self._write(path, content)
        return sha256

    def read(self, sha256: str) -> bytes:
        """The document, verified. Raises Damaged when it is missing or differs by one byte."""
        path = self.path_of(sha256)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise Damaged(f"The document {path} is missing.", next_step="Restore it from a backup.") from None
        except OSError as error:
            raise Damaged(f"The document {path} cannot be read: {error.strerror}.") from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Damaged(f"The document {path} was changed after it was kept.", next_step="Restore it from a backup.")
        return content

    def path_of(self, sha256: str) -> Path:
        """Where a document with that hash lies, whether it is there or not."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is not a sha256")
        return self._folder / sha256[:2] / f"{sha256}.docx"

    def _write(self, path: Path, content: bytes) -> None:
        try:
            write_atomically(path, content)
            path.chmod(0o444)
        except OSError as error:
            raise TransientError(
                f"The document {path.name} could not be kept in {self._folder}: {error.strerror}.",
                next_step="Make room or mend the folder's permissions, then draft again; nothing was recorded.",
            ) from None
