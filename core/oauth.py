"""Logging in to a Google or Microsoft mailbox without its password: access tokens by refresh token (RFC 6749, 6).

Owns fetching, keeping and renewing tokens, and the text in which XOAUTH2 says one. What is sent or read with it is
decided elsewhere. No token, secret or answer of a token server is ever in a message, a log or a repr.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlsplit

from core.clock import Clock
from core.encrypted import keeps_secrets
from core.errors import Refused
from core.files import write_atomically
from core.mailer import ServerUnusable

if TYPE_CHECKING:
    import httpx

#: A token that runs out during a login helps nobody.
_SPARE = timedelta(minutes=2)
_SHORTEST = timedelta(minutes=5)
_CODE = re.compile(r"[a-z_]{1,40}")
_SECONDS = re.compile(r"[0-9]{1,9}")
_GOOGLE = "https://oauth2.googleapis.com/token"
_MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
#: Microsoft gives tokens for what is asked for; whoever only sends need not be allowed to read.
_OUTLOOK_SENDS = "https://outlook.office.com/SMTP.Send offline_access"
_OUTLOOK_READS = "https://outlook.office.com/IMAP.AccessAsUser.All offline_access"


@dataclass(frozen=True)
class Grant:
    """What the owner of a mailbox allowed an app. `kept_in` is the folder where a renewed refresh token is kept; tokens
    with `reads` open the mailbox (IMAP), others send (SMTP)."""

    provider: Literal["google", "microsoft"]
    client_id: str
    refresh_token: str = field(repr=False)
    client_secret: str = field(default="", repr=False)
    tenant: str = "common"
    token_url: str = ""
    kept_in: Path | None = None
    reads: bool = False

    def __post_init__(self) -> None:
        if not self.client_id or not self.refresh_token:
            raise Refused("The mailbox login by OAuth is set up by half.", next_step=_SET_UP)
        if not keeps_secrets(self.url):
            raise Refused(
                "Tokens would be fetched without encryption.",
                next_step="Set GREENROOM_OAUTH_TOKEN_URL to an https address, or leave it empty.",
            )

    @property
    def url(self) -> str:
        tenant = quote(self.tenant, safe="")
        return self.token_url or (_GOOGLE if self.provider == "google" else _MICROSOFT.format(tenant=tenant))


class LoginRefused(ServerUnusable):
    """The grant or the app is not accepted any more: no later try can help before a person renews it."""


def xoauth2(user: str, token: str) -> str:
    """The initial response of SASL XOAUTH2, before base64; SMTP and IMAP say the same."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"


class AccessTokens:
    """Tokens for one mailbox: fetched when first needed, kept in memory until shortly before they run out."""

    def __init__(self, grant: Grant, clock: Clock, *, timeout_seconds: float = 30.0) -> None:
        self._grant = grant
        self._clock = clock
        self._timeout = timeout_seconds
        self._token = ""
        self._until: datetime | None = None

    def token(self, *, anew: bool = False) -> str:
        """A token that is still good; with `anew` another one, where a mail server refused the last.

        Raises LoginRefused where a person must grant anew, ServerUnusable where it may work later.
        """
        if anew or self._until is None or self._clock.now() >= self._until:
            self._token, lasts = self._fetched()
            self._until = self._clock.now() + max(lasts - _SPARE, _SHORTEST)
        return self._token

    def _fetched(self) -> tuple[str, timedelta]:
        import httpx  # most commands need no token

        try:
            answer = httpx.post(self._grant.url, data=self._asked(), timeout=self._timeout, follow_redirects=False)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServerUnusable(
                f"{self._where} cannot be reached: {type(error).__name__}.", next_step=_LATER
            ) from None
        said = _object(answer)
        if answer.status_code != 200:
            raise self._refused(answer.status_code, said)
        token, lasts = said.get("access_token"), said.get("expires_in", 3600)
        if not isinstance(token, str) or not token.isascii() or not token or not _SECONDS.fullmatch(str(lasts)):
            raise ServerUnusable(f"{self._where} answered without a token.", next_step=_LATER)
        self._keep(said.get("refresh_token"))
        return token, timedelta(seconds=int(lasts))

    def _asked(self) -> dict[str, str]:
        grant = self._grant
        asked = {"grant_type": "refresh_token", "client_id": grant.client_id, "refresh_token": self._newest()}
        if grant.client_secret:
            asked["client_secret"] = grant.client_secret
        if grant.provider == "microsoft":
            asked["scope"] = _OUTLOOK_READS if grant.reads else _OUTLOOK_SENDS
        return asked

    def _refused(self, status: int, said: dict[str, Any]) -> ServerUnusable:
        code = str(said.get("error", ""))
        because = f"{status} {code}" if _CODE.fullmatch(code) else str(status)
        if status == 429 or status >= 500 or code == "temporarily_unavailable":
            return ServerUnusable(f"{self._where} gives no token now ({because}).", next_step=_LATER)
        if code == "invalid_grant":
            return LoginRefused(f"The grant for the mailbox has run out or was taken back ({because}).",
                                next_step=_GRANT_ANEW)  # fmt: skip
        return LoginRefused(f"{self._where} does not accept this app ({because}).", next_step=_SET_UP)

    @property
    def _where(self) -> str:
        return f"The token server {urlsplit(self._grant.url).hostname}"

    def _newest(self) -> str:
        """Microsoft renews the refresh token each time, and the one in the settings dies after 90 days."""
        file = self._file()
        try:
            return (file.read_text(encoding="ascii").strip() if file else "") or self._grant.refresh_token
        except (OSError, UnicodeDecodeError):
            return self._grant.refresh_token

    def _keep(self, renewed: object) -> None:
        file = self._file()
        if file is None or not isinstance(renewed, str) or not renewed.isascii() or renewed == self._newest():
            return
        try:
            write_atomically(file, renewed, mode=0o600)
        except OSError as error:
            raise ServerUnusable(f"The renewed login of the mailbox cannot be kept in {file}: {error.strerror}.",
                                 next_step="Make GREENROOM_HOME writable.") from None  # fmt: skip

    def _file(self) -> Path | None:
        # Named after the token in the settings: whoever puts in another one is not held to what came of the old one.
        grant = self._grant
        of = hashlib.sha256(f"{grant.provider} {grant.client_id} {grant.refresh_token}".encode()).hexdigest()[:16]
        return grant.kept_in / f"oauth-{of}" if grant.kept_in else None


def _object(answer: "httpx.Response") -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


_LATER = "It is tried again with the next batch; greenroom doctor tells when it works."
_SET_UP = (
    "Set GREENROOM_OAUTH_CLIENT_ID, GREENROOM_OAUTH_CLIENT_SECRET and GREENROOM_OAUTH_REFRESH_TOKEN (docs/mail.md)."
)
_GRANT_ANEW = "Let the mailbox's owner grant anew and set GREENROOM_OAUTH_REFRESH_TOKEN (docs/mail.md)."
