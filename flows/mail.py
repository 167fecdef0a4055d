"""How mail leaves, put together from the settings: which way, with which login, signed by whom, proved by what.

No Prefect in here. Nothing is connected to before it is used.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from core.clock import Clock
from core.errors import Refused
from core.mailer import Evidence, FileMailer, Mailer
from core.oauth import AccessTokens, Grant
from core.resend import ResendAccount, ResendMailer
from core.settings import Settings
from core.signing import DkimKey, DkimSigner, load_key
from core.smtp import SmtpMailer, SmtpServer

#: Where Google and Microsoft take mail, for whoever set only the login.
KNOWN_HOSTS = {"google": "smtp.gmail.com", "microsoft": "smtp.office365.com"}


@contextmanager
def open_mailer(settings: Settings, clock: Clock) -> Iterator[Mailer]:
    """The real way out only when dry run is off; else files in the outbox. One connection per block."""
    if settings.dry_run:
        yield FileMailer(settings.outbox_folder, signer=signer(settings, clock))
    elif settings.mail_provider == "resend":
        with ResendMailer(account(settings)) as provider:
            yield provider
    else:
        with smtp_mailer(settings, clock) as server:
            yield server


def check(settings: Settings, clock: Clock) -> None:
    """Raises Refused where the way out is set up by half. Asks nobody."""
    with open_mailer(settings, clock):
        pass


def smtp_mailer(settings: Settings, clock: Clock) -> SmtpMailer:
    return SmtpMailer(smtp_server(settings), tokens=tokens(settings, clock), signer=signer(settings, clock))


def evidence(settings: Settings) -> Evidence | None:
    """What can prove that a mail went out: the outbox of a dry run, the provider's list; of a mail server nothing."""
    if settings.dry_run:
        return FileMailer(settings.outbox_folder)
    return ResendMailer(account(settings)) if settings.mail_provider == "resend" else None


def account(settings: Settings) -> ResendAccount:
    """Raises Refused where the provider's key is missing."""
    key = settings.provider_api_key.get_secret_value() if settings.provider_api_key else ""
    return ResendAccount(key, url=settings.provider_url.rstrip("/"), timeout_seconds=settings.smtp_timeout_seconds)


def smtp_server(settings: Settings) -> SmtpServer:
    """Raises Refused where no server is named, or a login by OAuth has no mailbox."""
    if not settings.smtp_host:
        known = KNOWN_HOSTS.get(settings.smtp_auth, "")
        raise Refused("Sending is on but no mail server is named.",
                      next_step=f"Set GREENROOM_SMTP_HOST{known and f' to {known}'} in .env.")  # fmt: skip
    if settings.smtp_auth != "password" and not settings.smtp_user:
        raise Refused("The login by OAuth names no mailbox.", next_step="Set GREENROOM_SMTP_USER to its address.")
    return SmtpServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else "",
        timeout_seconds=settings.smtp_timeout_seconds,
    )


def tokens(settings: Settings, clock: Clock, *, reads: bool = False) -> AccessTokens | None:
    """The OAuth tokens of the mailbox, for sending, or for reading it; None where it opens by password.

    Raises Refused where OAuth is set up by half.
    """
    if settings.smtp_auth == "password":
        return None
    client_secret, refresh = settings.oauth_client_secret, settings.oauth_refresh_token
    grant = Grant(
        provider=settings.smtp_auth,
        client_id=settings.oauth_client_id,
        refresh_token=refresh.get_secret_value() if refresh else "",
        client_secret=client_secret.get_secret_value() if client_secret else "",
        tenant=settings.oauth_tenant,
        token_url=settings.oauth_token_url,
        kept_in=settings.home,
        reads=reads,
    )
    return AccessTokens(grant, clock, timeout_seconds=settings.smtp_timeout_seconds)


def signer(settings: Settings, clock: Clock) -> DkimSigner | None:
    key = dkim_key(settings)
    return DkimSigner(key, clock) if key else None


def dkim_key(settings: Settings) -> DkimKey | None:
    """The key that mails are signed with; None where it is left to the mail server. Raises Refused by half."""
    told = (settings.dkim_domain, settings.dkim_selector, settings.dkim_key_file)
    if not any(told):
        return None
    if not all(told) or settings.dkim_key_file is None:
        raise Refused(
            "DKIM is set up by half.",
            next_step="Set all of GREENROOM_DKIM_DOMAIN, GREENROOM_DKIM_SELECTOR and GREENROOM_DKIM_KEY_FILE, or none.",
        )
    return load_key(settings.dkim_domain, settings.dkim_selector, settings.dkim_key_file)
