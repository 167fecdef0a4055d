"""Tokens of creators who connected their TikTok account: one refresh token each, renewed with every use.

TikTok ends a refresh token once it gave the next one, so the next one is on disk before anything is asked with what
came along; one process at a time renews. A digest of the first token names a creator in files, asks and the record.
Kept as the tokens of mailboxes are (core/oauth): in files that only their owner reads, beside the keys of the vault,
which would therefore seal nothing from anybody.
"""

import fcntl
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.clock import Clock
from core.errors import PermanentError, TransientError
from core.files import write_atomically
from sourcing.fetching.wire import Gone

_SPARE = timedelta(minutes=2)
_TIMEOUT_SECONDS = 20.0
_LONGEST = 1 << 31


@dataclass
class Tokens:
    """`refresh_tokens` are those of the settings, one a creator; what came of them is kept in the folder `kept_in`."""

    client_key: str
    client_secret: str = field(repr=False)
    refresh_tokens: tuple[str, ...] = field(repr=False)
    kept_in: Path
    clock: Clock
    base_url: str = "https://open.tiktokapis.com"
    _access: dict[str, tuple[str, datetime]] = field(default_factory=dict, repr=False)
    _seen: set[str] = field(default_factory=set, repr=False)

    @property
    def creators(self) -> list[str]:
        """A name for each creator who connected, in the order of the settings."""
        return list(self._first())

    @property
    def secrets(self) -> Sequence[str]:
        return (self.client_secret, *self.refresh_tokens, *self._seen)

    def access(self, creator: str, *, anew: bool = False) -> str:
        """A token that is still good; with `anew` another one, where TikTok does not know the last: another process
        may have renewed since. Raises Gone where the creator took the permission back."""
        token, until = self._access.get(creator, ("", self.clock.now()))
        if anew or self.clock.now() >= until:
            token, lasts = self._renewed(creator)
            self._access[creator] = (token, self.clock.now() + max(lasts - _SPARE, _SPARE))
        return token

    def _first(self) -> dict[str, str]:
        tokens = [token for token in self.refresh_tokens if token]
        return {hashlib.sha256(f"tiktok {token}".encode()).hexdigest()[:16]: token for token in tokens}

    def _renewed(self, creator: str) -> tuple[str, timedelta]:
        first = self._first().get(creator)
        if first is None:
            raise Gone("no longer among those who connected")
        file = self.kept_in / f"tiktok-{creator}"
        try:
            self.kept_in.mkdir(parents=True, exist_ok=True)
            # Before anything is asked: where this cannot be written, the next token could not be kept either.
            with (self.kept_in / ".tiktok.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                said = self._asked(_newest(file) or first)
                refresh = said.get("refresh_token")
                if isinstance(refresh, str) and refresh.isascii() and refresh:
                    self._seen.add(refresh)
                    write_atomically(file, refresh, mode=0o600)
        except OSError as error:
            raise PermanentError(f"The tokens of creators cannot be kept in {self.kept_in}: {error.strerror}.",
                                 next_step="Make GREENROOM_HOME writable.") from None  # fmt: skip
        token, lasts = said.get("access_token"), said.get("expires_in")
        if not isinstance(token, str) or not token.isascii() or not token:
            raise TransientError("TikTok answered without a token.", next_step=_LATER)
        self._seen.add(token)
        return token, timedelta(seconds=lasts if isinstance(lasts, int) and 0 < lasts < _LONGEST else 600)

    def _asked(self, refresh: str) -> dict[str, Any]:
        import httpx

        form = {"client_key": self.client_key, "client_secret": self.client_secret, "grant_type": "refresh_token",
                "refresh_token": refresh}  # fmt: skip
        try:
            answer = httpx.post(f"{self.base_url}/v2/oauth/token/", data=form, timeout=_TIMEOUT_SECONDS,
                                follow_redirects=False)  # fmt: skip
            said = answer.json()
        except httpx.HTTPError as error:
            where = urlsplit(self.base_url).hostname
            raise TransientError(f"{where} cannot be reached: {type(error).__name__}.", next_step=_LATER) from None
        except ValueError:
            raise TransientError("TikTok's token server answered with no JSON.", next_step=_LATER) from None
        told = said if isinstance(said, dict) else {}
        code = str(told.get("error", ""))
        if code == "invalid_grant":
            raise Gone("took the permission back, or it ran out")
        if answer.status_code == 429 or answer.status_code >= 500:
            raise TransientError(f"TikTok gives no token now ({answer.status_code}).", next_step=_LATER)
        if answer.status_code != 200 or code:
            raise PermanentError(
                f"TikTok does not accept this app ({answer.status_code} {code[:40]}).",
                next_step="Check the app's key and secret in .env (docs/sources/tiktok.md).",
            )
        return told


def _newest(file: Path) -> str:
    """ "" where there is none, or none that can be read."""
    try:
        return file.read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""


_LATER = "Run the same command again later."
