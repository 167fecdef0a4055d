"""Text that is kept sealed: bank and tax data, postal addresses. The keys lie beside the pepper, or in the settings.

The first key seals, all of them open, so that a key can be changed while what older ones sealed is still read. Who has
the keys and the record reads everything; who loses the keys has lost what was sealed. Neither is ever printed.
The library is loaded where something is sealed or opened: every command has a vault, few use it.
"""

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from core.errors import PermanentError, Refused

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

FILE_NAME = "vault-keys"


class Vault:
    """Seals and opens text. The keys are read anew each time, so that a running server knows a changed one."""

    def __init__(self, home: Path, configured: SecretStr | None = None) -> None:
        self._path = home / FILE_NAME
        self._configured = configured.get_secret_value() if configured is not None else ""

    def seal(self, text: str) -> str:
        """The text as nobody can read it without the key. A first key is made where there is none, with mode 0600."""
        if not self._configured and not self._path.exists():
            self._keep([_new_key()], only_if_new=True)
        return self._keys().encrypt(text.encode()).decode()

    def open(self, sealed: str, *, whose: str) -> str:
        """Raises PermanentError, naming whose it is and nothing of it, where none of the keys fits."""
        from cryptography.fernet import InvalidToken

        try:
            return self._keys().decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise PermanentError(
                f"What was sealed for {whose} cannot be opened with the keys of this installation.",
                next_step=f"Restore {self._where} from a backup of the time when it was recorded.",
            ) from None

    def again(self, sealed: str, *, whose: str) -> str:
        """The same text, sealed with the first key."""
        from cryptography.fernet import InvalidToken

        try:
            return self._keys().rotate(sealed.encode()).decode()
        except InvalidToken:
            self.open(sealed, whose=whose)
            raise

    def add_key(self) -> None:
        """A new first key; what the others sealed is still opened. Raises Refused where the settings hold the keys, and
        PermanentError where those in the file cannot be read: written over, they would be lost."""
        if self._configured:
            raise Refused(
                "The keys are in GREENROOM_VAULT_KEYS, which only you can change.",
                next_step="Put a new key in front there (a comma between them), then run this with --no-new-key.",
            )
        if self._path.exists():
            self._keys()
        self._keep([_new_key(), *self._lines()])

    def drop_old_keys(self) -> None:
        """Keep the first key alone. Only once everything was sealed with it; older backups can then not be opened."""
        if not self._configured and len(self._lines()) > 1:
            self._keep(self._lines()[:1])

    @property
    def _where(self) -> str:
        return "GREENROOM_VAULT_KEYS" if self._configured else str(self._path)

    def _lines(self) -> list[str]:
        if self._configured:
            return [key.strip() for key in self._configured.split(",") if key.strip()]
        try:
            return self._path.read_text(encoding="ascii").split()
        except (OSError, UnicodeDecodeError):
            return []

    def _keys(self) -> "MultiFernet":
        from cryptography.fernet import Fernet, MultiFernet

        try:
            return MultiFernet([Fernet(key) for key in self._lines()])
        except ValueError:
            raise PermanentError(
                f"{self._where} does not hold usable keys.",
                next_step="Restore it from a backup: without it what was sealed cannot be opened.",
            ) from None

    def _keep(self, keys: list[str], *, only_if_new: bool = False) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}.part")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as stream:
                stream.write("\n".join(keys) + "\n")
                stream.flush()
                os.fsync(stream.fileno())
            if only_if_new:
                os.link(draft, self._path)  # of two first uses at once one wins, and both read its key
            else:
                draft.replace(self._path)
        except FileExistsError:
            return
        finally:
            draft.unlink(missing_ok=True)


def _new_key() -> str:
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()
