"""Where answers arrive, put together from the settings: the inbox folder always, a mailbox where one is named.

No Prefect in here. Nothing is connected to before it is used.
"""

from sqlalchemy import Engine

from core.clock import Clock
from core.errors import Refused
from core.mailer import Evidence
from core.settings import Settings
from flows import mail
from outreach.imap import ImapInbox, SentFolder
from outreach.inbox import FolderInbox, Inbox, Inboxes
from outreach.mailbox import ImapServer, Tokens
from outreach.places import Places


def inbox_of(settings: Settings, clock: Clock, engine: Engine) -> Inbox:
    """Raises Refused where the mailbox is set up by half."""
    folder = FolderInbox(settings.inbox_folder)
    if not settings.imap_host:
        return folder
    server = imap_server(settings)
    places = Places(engine, clock, server.mailbox)
    return Inboxes(folder, ImapInbox(server, _folders(settings), places, tokens=_tokens(settings, clock)))


def sent_folder(settings: Settings, clock: Clock) -> Evidence | None:
    """The witness of what left through the mail server; None where no folder of sent mail is named."""
    if not (settings.imap_host and settings.imap_sent_folder and settings.mail_provider == "smtp"):
        return None
    return SentFolder(imap_server(settings), settings.imap_sent_folder, name=mail.smtp_mailer(settings, clock).name,
                      tokens=_tokens(settings, clock))  # fmt: skip


def check(settings: Settings) -> None:
    """Raises Refused where the mailbox is set up by half. Asks nobody."""
    if settings.imap_host:
        imap_server(settings)
        _folders(settings)


def imap_server(settings: Settings) -> ImapServer:
    """Raises Refused where the login is missing."""
    return ImapServer(
        host=settings.imap_host,
        port=settings.imap_port,
        user=settings.imap_user,
        security=settings.imap_security,
        password=settings.imap_password.get_secret_value() if settings.imap_password else "",
    )


def _tokens(settings: Settings, clock: Clock) -> Tokens | None:
    return None if settings.imap_password else mail.tokens(settings, clock, reads=True)


def _folders(settings: Settings) -> list[str]:
    named = [name.strip() for name in settings.imap_folders.split(",") if name.strip()]
    if not named:
        raise Refused("No folder of the mailbox is named.", next_step="Set GREENROOM_IMAP_FOLDERS, such as INBOX.")
    return list(dict.fromkeys(named))
