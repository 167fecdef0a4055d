"""PDFs of contracts by LibreOffice, where it is installed; where it is not, everything else goes on without them.

Owns one run of the office program: a profile of its own, a time limit, and the end of all its processes. Knows bytes
only. Two runs over one document differ in some bytes, so a PDF is made once and kept; its text is the document's.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from contracts.fonts import without_colours
from core.errors import Refused, TransientError

#: Starting takes a second or two, each document after it a tenth; a machine under load needs many times that.
SECONDS_TO_START = 60.0
SECONDS_EACH = 5.0


class Press(Protocol):
    """Whatever turns documents into PDFs."""

    @property
    def name(self) -> str:
        """What makes them, for the record; '' where nothing does."""
        ...

    def press(self, documents: Sequence[bytes]) -> list[bytes]:
        """A PDF of each document, in their order, or an error and none at all."""
        ...


class NoPress:
    """On a machine without LibreOffice."""

    name = ""

    def press(self, documents: Sequence[bytes]) -> list[bytes]:
        raise Refused(
            "There is no LibreOffice on this machine, so no PDF can be made.",
            next_step="Install it (libreoffice-writer), or set GREENROOM_OFFICE to its command.",
        )


class LibreOffice:
    """The real one. Runs do not meet: each has a profile, a folder and a group of processes of its own."""

    def __init__(
        self, command: str, *, seconds_to_start: float = SECONDS_TO_START, seconds_each: float = SECONDS_EACH
    ) -> None:
        self._command, self._start, self._each = command, seconds_to_start, seconds_each

    @property
    def name(self) -> str:
        return "LibreOffice"

    def press(self, documents: Sequence[bytes]) -> list[bytes]:
        """Raises TransientError when it does not come to an end, Refused when a document does not come out."""
        if not documents:
            return []
        with tempfile.TemporaryDirectory(prefix="greenroom-pdf-", ignore_cleanup_errors=True) as place:
            folder = Path(place)
            names = [f"{number}.docx" for number in range(len(documents))]
            for name, document in zip(names, documents, strict=True):
                (folder / name).write_bytes(document)
            said = self._run(folder, names)
            return [_made(folder / "pdf" / f"{Path(name).stem}.pdf", said) for name in names]

    def _run(self, folder: Path, names: Sequence[str]) -> str:
        limit = self._start + self._each * len(names)
        try:
            process = subprocess.Popen(
                [self._command, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore",
                 "--convert-to", "pdf:writer_pdf_Export", "--outdir", str(folder / "pdf"), *names],
                cwd=folder, env=_environment(folder), start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
        except OSError as error:
            raise Refused(
                f"LibreOffice ({self._command}) cannot be started: {error.strerror}.",
                next_step="Set GREENROOM_OFFICE to its command, or to nothing for no PDFs.",
            ) from None
        try:
            said, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            raise TransientError(
                f"LibreOffice did not come to an end within {limit:g} seconds over {len(names)} documents.",
                next_step="The documents are kept; their PDFs are made at the next try.",
            ) from None
        finally:
            _end(process)
        return said.decode(errors="replace").strip()


def press_of(command: str) -> Press:
    """LibreOffice by the command given, where there is one; none where the command is empty."""
    found = shutil.which(command) if command else None
    return LibreOffice(found) if found else NoPress()


def _environment(folder: Path) -> dict[str, str]:
    # Its home is the folder too: it leaves settings and caches there. It needs nothing else of ours, and no secrets.
    known = {"HOME": str(folder), "PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}
    fonts = without_colours()
    if fonts is None:
        return known
    (folder / "fonts.conf").write_text(fonts, encoding="utf-8")
    return known | {"FONTCONFIG_FILE": str(folder / "fonts.conf")}


def _made(pdf: Path, said: str) -> bytes:
    try:
        content = pdf.read_bytes()
    except FileNotFoundError:
        content = b""
    if not content.startswith(b"%PDF-"):
        last = said.splitlines()[-1] if said else "it said nothing"
        raise Refused(f"LibreOffice made no PDF of a document ({last}).", next_step="Open the document in Word.")
    return content


def _end(process: subprocess.Popen[bytes]) -> None:
    # The command is a script that starts others; they are all in one group, which is ended whole.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
