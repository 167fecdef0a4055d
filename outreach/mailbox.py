"""Opening somebody's mailbox over IMAP: found, safe and logged in, and nothing in it ever changed.

Owns TLS, the logins and what their failures mean. What is looked for in the mailbox is decided elsewhere.
"""

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from core.errors import Refused, TransientError
from core.mailer import clean_line
from core.smtp_login import Tokens, is_on_this_machine

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

__all__ = ["ImapServer", "Tokens", "examine", "opened"]

_LATER = "It goes on with the next reading; greenroom doctor tells when it works."


@dataclass(frozen=True)
class ImapServer:
    """Where a mailbox is and what opens it. Security `none` is for a server on this machine only."""

    host: str
    port: int
    user: str
    security: Literal["tls", "starttls", "none"] = "tls"
    password: str = field(default="", repr=False)
    timeout_seconds: float = 30.0

    def __post_init__(self) -> None:
        if self.security == "none" and not is_on_this_machine(self.host):
            raise Refused(
                f"The mailbox server {self.host} would be spoken to without encryption.",
                next_step="Set GREENROOM_IMAP_SECURITY to tls or starttls.",
            )
        if not self.user or not f"{self.user}{self.password}".isprintable():
            raise Refused("The login at the mailbox server is missing, or is none.",
                          next_step="Set GREENROOM_IMAP_USER and GREENROOM_IMAP_PASSWORD.")  # fmt: skip

    @property
    def mailbox(self) -> str:
        return f"{self.user}@{self.host}".casefold()


@contextmanager
def opened(
    server: ImapServer, *, context: ssl.SSLContext | None = None, tokens: Tokens | None = None
) -> Iterator["BaseMailBox"]:
    """The mailbox, for the block. Without a context the system's certificates decide.

    Raises TransientError saying what is in the way, also where the connection breaks inside of the block.
    """
    with _explained(server):
        box = _logged_in(server, context or ssl.create_default_context(), tokens)
        try:
            yield box
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                box.client.logout()
            with suppress(OSError):
                box.client.shutdown()


@contextmanager
def _explained(server: ImapServer) -> Iterator[None]:
    """Turns what may fail on the wire into our error; its words name the server, never the login."""
    from imap_tools.errors import ImapToolsError

    try:
        yield
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "") or error.reason or "TLS failed"
        raise _unusable(server, f"no safe connection ({why})") from None
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        raise _unusable(server, _said(error)) from None
    except UnicodeError:
        raise _unusable(server, "its user or password cannot be put in the letters of IMAP") from None
    except OSError as error:
        raise _unusable(server, error.strerror or str(error) or type(error).__name__) from None


def examine(box: "BaseMailBox", folder: str) -> int:
    """Open a folder for looking only; returns its UIDVALIDITY (RFC 3501, 2.3.1.1). Raises Refused where it is none."""
    from imap_tools.errors import MailboxFolderSelectError

    try:
        box.folder.set(folder, readonly=True)
    except MailboxFolderSelectError:
        names = ", ".join(sorted(one.name for one in box.folder.list())[:20])
        raise Refused(f"The mailbox has no folder {folder!r} that can be opened.",
                      next_step=f"Set GREENROOM_IMAP_FOLDERS to some of: {names}.") from None  # fmt: skip
    found = box.client.untagged_responses.get("UIDVALIDITY", [b""])[-1]
    return int(found) if isinstance(found, bytes) and found.isdigit() else 0


def _logged_in(server: ImapServer, context: ssl.SSLContext, tokens: Tokens | None) -> "BaseMailBox":
    from imap_tools.errors import MailboxLoginError

    try:
        return _tried(server, context, tokens.token if tokens else None)
    except (imaplib.IMAP4.error, MailboxLoginError) as error:
        if isinstance(error, imaplib.IMAP4.abort):
            raise
        if tokens is not None:
            with suppress(imaplib.IMAP4.error, MailboxLoginError):
                # Taken back before its time, it says nothing about the grant: another one is fetched, once.
                return _tried(server, context, lambda: tokens.token(anew=True))
        raise TransientError(
            f"The mailbox server {server.host} refuses the login.",
            next_step="Check GREENROOM_IMAP_USER and GREENROOM_IMAP_PASSWORD (or the OAuth grant) in .env.",
        ) from None


def _tried(server: ImapServer, context: ssl.SSLContext, token: Callable[[], str] | None) -> "BaseMailBox":
    word = token() if token else ""
    box = _connected(server, context)
    try:
        if token:
            box.xoauth2(server.user, word, initial_folder=None)
        elif f"{server.user}{server.password}".isascii():
            box.login(server.user, server.password, initial_folder=None)
        else:
            box.login_utf8(server.user, server.password, initial_folder=None)
    except BaseException:
        box.client.shutdown()
        raise
    return box


def _connected(server: ImapServer, context: ssl.SSLContext) -> "BaseMailBox":
    from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted

    if server.security == "tls":
        return MailBox(server.host, server.port, timeout=server.timeout_seconds, ssl_context=context)
    if server.security == "starttls":
        return MailBoxStartTls(server.host, server.port, timeout=server.timeout_seconds, ssl_context=context)
    return MailBoxUnencrypted(server.host, server.port, timeout=server.timeout_seconds)


def _unusable(server: ImapServer, why: str) -> TransientError:
    return TransientError(f"The mailbox server {server.host} cannot be read: {why}.", next_step=_LATER)


def _said(error: Exception) -> str:
    # Servers repeat what they were told; addresses in it are nobody's business.
    text = re.sub(r"\S+@\S+", "…", str(error).splitlines()[0] if str(error) else type(error).__name__)
    return clean_line(text, limit=200).rstrip(".")
