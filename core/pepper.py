"""The secret of the keyed hashes: taken from the settings, else made once and kept in the home folder.

Whoever has it can test guesses against the suppression list; whoever loses it loses the list. It is never printed.
"""

import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from core.errors import PermanentError

FILE_NAME = "pepper"
_LENGTH = 32


def load_pepper(home: Path, configured: SecretStr | None = None) -> bytes:
    """The pepper of this installation. Made on first use with mode 0600; two first uses at once agree on one.

    Raises PermanentError where the file is there but cannot be the secret (emptied, cut short).
    """
    if configured is not None and configured.get_secret_value():
        return _long_enough(configured.get_secret_value().encode(), "GREENROOM_PEPPER")
    path = home / FILE_NAME
    if not path.exists():
        _make(path)
    try:
        return _long_enough(bytes.fromhex(path.read_text(encoding="ascii").strip()), str(path))
    except ValueError:
        raise _unusable(str(path)) from None


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(_LENGTH) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        # A link fails where the name is taken, a rename would replace it: the first of two makers wins.
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)


def _long_enough(pepper: bytes, where: str) -> bytes:
    if len(pepper) < 16:
        raise _unusable(where)
    return pepper


def _unusable(where: str) -> PermanentError:
    return PermanentError(
        f"{where} does not hold a usable secret (at least 16 bytes are needed).",
        next_step="Restore it from a backup: without it nobody who opted out is recognised.",
    )
