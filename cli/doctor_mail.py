"""What `greenroom doctor` says of mail: the way out, its login, the signature, the way to unsubscribe.

Server and provider are really asked, with a login and without a mail, but only while sending is on.
"""

from cli.findings import Finding, State
from core.clock import SystemClock
from core.errors import Refused
from core.mailer import ServerUnusable
from core.people import Person, Role, load_people
from core.resend import ResendMailer
from core.settings import Settings
from core.signing import GOOD_BITS, DkimKey
from flows.mail import account, dkim_key, smtp_mailer, smtp_server, tokens

_GUIDE = "docs/mail.md shows how."
#: Nobody waits longer than this for a doctor.
_SECONDS = 5.0
_LOGINS = {"google": "OAuth of Google", "microsoft": "OAuth of Microsoft", "password": "a password"}


def mail(settings: Settings) -> Finding:
    if settings.dry_run:
        step = "GREENROOM_DRY_RUN=false sends for real."
        return Finding("mail", "ok", f"dry run: mails become files in {settings.outbox_folder}{_later(settings)}", step)
    soon = settings.model_copy(update={"smtp_timeout_seconds": min(settings.smtp_timeout_seconds, _SECONDS)})
    try:
        if settings.mail_provider == "resend":
            with ResendMailer(account(soon)) as provider:
                said = provider.check()
            return Finding("mail", "ok", f"Resend answers, {said}; mails are sent for real")
        with smtp_mailer(soon, SystemClock()) as server:
            server.check()
    except ServerUnusable as error:
        return Finding("mail", "problem", error.message.rstrip("."), _instead(error.next_step))
    return Finding("mail", "ok", f"{_way(settings)} lets us in; mails are sent for real")


def signature(settings: Settings) -> Finding:
    """The DKIM key: readable, long enough, of the domain that people write from."""
    key = dkim_key(settings)
    if key is None:
        return Finding("signature", "optional", "none of ours: your mail server or provider signs (DKIM)",
                       f"If it does not: {_GUIDE}")  # fmt: skip
    if settings.mail_provider == "resend":
        return Finding("signature", "optional", f"Resend signs; the key for {key.domain} is not used",
                       "Empty GREENROOM_DKIM_DOMAIN, GREENROOM_DKIM_SELECTOR, GREENROOM_DKIM_KEY_FILE.")  # fmt: skip
    detail = f"signs for {key.domain} as {key.selector}, {key.bits} bits"
    others = sorted(person.mail for person in senders(settings) if not aligned(person.mail, key))
    if others:
        return Finding("signature", "missing", f"{detail}; the mails of {', '.join(others)} are of another domain",
                       f"Receivers count a signature of the sender's own domain only (DMARC). {_GUIDE}")  # fmt: skip
    if key.bits < GOOD_BITS:
        return Finding("signature", "missing", detail, f"Make a key of {GOOD_BITS} bits: {_GUIDE}")
    return Finding("signature", "ok", detail, "The record to publish: greenroom doctor --dns")


def unsubscribe(settings: Settings) -> Finding:
    if settings.public_url.startswith("https://"):
        return Finding("unsubscribe", "ok", f"with one click, at {settings.public_url.rstrip('/')}/u/…")
    if settings.public_url:
        return Finding("unsubscribe", "problem", f"{settings.public_url} is no https address: mail programs ignore it",
                       "Set GREENROOM_PUBLIC_URL to the https address of the web door.")  # fmt: skip
    detail = "by mail only; Gmail, Yahoo and Outlook want one click too"
    state: State = "optional" if settings.dry_run else "missing"
    return Finding("unsubscribe", state, detail, f"Set GREENROOM_PUBLIC_URL; {_GUIDE}")


def records(settings: Settings) -> list[tuple[str, str, str]]:
    """DNS records to publish for our own signature: name, type and text. Raises Refused where we sign nothing."""
    key = dkim_key(settings)
    if key is None:
        raise Refused("There is no record to publish: Greenroom signs nothing itself.", next_step=_GUIDE)
    return [
        (key.record_name, "TXT", key.record),
        (f"_dmarc.{key.domain}", "TXT", f"v=DMARC1; p=none; rua=mailto:postmaster@{key.domain}"),
    ]


def _way(settings: Settings) -> str:
    server = smtp_server(settings)
    login = f" as {server.user} with {_LOGINS[settings.smtp_auth]}" if server.user else " without a login"
    return f"{server.host}:{server.port}{login}"


def _later(settings: Settings) -> str:
    """What is set up for later is checked as far as it can be without asking anybody."""
    if settings.mail_provider == "resend":
        return f"; for real they go through Resend ({account(settings).url})"
    if settings.smtp_host:
        tokens(settings, SystemClock())
        return f"; for real they go through {_way(settings)}"
    return ""


def _instead(step: str) -> str:
    # The mailer sends people to the doctor, where they are already.
    return _GUIDE if "greenroom doctor" in step else step


def senders(settings: Settings) -> list[Person]:
    if not settings.people_file.exists():
        return []  # said of the people file
    return [person for person in load_people(settings.people_file) if Role.SENDER in person.roles]


def aligned(mail: str, key: DkimKey) -> bool:
    domain = mail.rpartition("@")[2].lower()
    return domain == key.domain or domain.endswith(f".{key.domain}") or key.domain.endswith(f".{domain}")
