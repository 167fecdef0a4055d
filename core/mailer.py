"""Sending one mail to one person: what a mail is, how it becomes bytes, and the two ways it leaves.

Owns the wire and what its failures mean. Knows nothing of candidates, ledgers or campaigns.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, Self

from core.errors import BadInput, PermanentError, TransientError
from core.files import write_atomically

#: How the names of mailers begin that write files: what went through one of them reached nobody.
FOLDER = "folder:"
_MAIL = re.compile(r"[!-;=?-~]+@[A-Za-z0-9.-]+")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+>")
#: What others call their mails is not ours to judge, as long as it is one word.
_FOREIGN_ID = re.compile(r"<[!-;=?-~]{1,300}>")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_HEADER_VALUE = re.compile(r"[!-~](?:[ -~]{0,900}[!-~])?")
#: Set by `compose` itself; an extra header may not say them again.
_OWN_HEADERS = frozenset({"from", "to", "cc", "bcc", "subject", "date", "message-id", "mime-version"})
#: Characters that reverse or hide text. The joiner of emoji (U+200D) is not among them.
_INVISIBLE = frozenset("\u061c\u200b\u200e\u200f\u2060\ufeff") | {
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
_PLAIN = policy.SMTP.clone(cte_type="7bit")
_SUBJECT_LIMIT = 200
_LONGEST_THREAD = 20
_NAME_LIMIT = 78


@dataclass(frozen=True)
class Address:
    """One mailbox, fit for headers and envelope: printable ASCII, one `@`. `name` is cleaned when composed."""

    name: str
    mail: str

    def __post_init__(self) -> None:
        if _MAIL.fullmatch(self.mail) is None or self.mail.count("@") != 1 or set(self.mail) & set('",;()[]\\'):
            raise BadInput(f"{self.mail!r} is not one mail address.")

    @classmethod
    def checked(cls, mail: str, name: str = "") -> Self:
        """From what somebody typed. IDN domains become ASCII; two addresses or a non-ASCII mailbox are refused."""
        from email_validator import EmailNotValidError, validate_email  # a fiftieth of a second that few commands need

        try:
            found = validate_email(mail.strip(), check_deliverability=False)
        except EmailNotValidError as error:
            raise BadInput(f"{mail[:100]!r} is not a mail address: {error}") from None
        if found.ascii_email is None:
            raise BadInput(
                f"{mail[:100]!r} has letters before the @ that many mail servers cannot take.",
                next_step="Write to this creator by hand.",
            )
        return cls(name=name, mail=found.ascii_email)

    @property
    def domain(self) -> str:
        return self.mail.rpartition("@")[2].lower()


@dataclass(frozen=True)
class Attachment:
    """A file to go with a mail; `media_type` such as `application/pdf`."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class OutgoingMail:
    """One mail, complete. `headers` are added as they stand (printable ASCII); `html` is an alternative to `text`."""

    sender: Address
    recipient: Address
    subject: str
    text: str
    message_id: str
    date: datetime
    html: str | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """The other side took the mail over; `detail` is what it said, `provider_id` how a provider calls the mail."""

    message_id: str
    detail: str
    provider_id: str = ""


class ServerUnusable(TransientError):
    """Nothing can be sent through this server now (unreachable, login refused): it says nothing about this mail."""


class AddressRefused(PermanentError):
    """Nobody has this mailbox: what a report of failed delivery would say later, said at once."""


class SenderRefused(PermanentError):
    """No such mail is taken from us (reputation, policy, rights): it says nothing about the address."""


class Signer(Protocol):
    """Adds a signature to a composed mail, right before it leaves."""

    def signed(self, raw: bytes) -> bytes: ...


class Mailer(Protocol):
    """The way out. `name` is kept with each attempt, so that evidence is only looked for where the mail went."""

    @property
    def name(self) -> str: ...

    def send(self, mail: OutgoingMail) -> Receipt:
        """Hand the mail over.

        Raises TransientError, PermanentError or BadInput when it is provably unsent (AddressRefused or SenderRefused
        where it is clear whom a refusal is about), OutcomeUnknown when nobody can tell.
        """
        ...


class Evidence(Protocol):
    """Somewhere that knows for certain which mails left through it."""

    @property
    def name(self) -> str: ...

    def sent(self, message_id: str) -> bool | None:
        """True and False are proof; None where it cannot tell, and a person decides."""
        ...


class FileMailer:
    """Writes each mail into a folder as an .eml file: dry run, demo and test double."""

    def __init__(self, folder: Path, *, signer: Signer | None = None) -> None:
        self._folder = folder
        self._signer = signer

    @property
    def name(self) -> str:
        return f"{FOLDER}{self._folder.resolve()}"

    def send(self, mail: OutgoingMail) -> Receipt:
        """Write the mail once; the same Message-ID again changes nothing."""
        path = self.path_of(mail.message_id)
        raw = compose(mail)
        if not path.exists():
            try:
                write_atomically(path, self._signer.signed(raw) if self._signer else raw)
            except OSError as error:
                raise ServerUnusable(f"{path} cannot be written: {error.strerror}.") from None
        return Receipt(message_id=mail.message_id, detail=str(path))

    def sent(self, message_id: str) -> bool:
        """Whether the mail was written here; the file appears whole or not at all, so this is proof both ways."""
        return self.path_of(message_id).exists()

    def path_of(self, message_id: str) -> Path:
        return self._folder / f"{hashlib.sha256(message_id.encode()).hexdigest()[:24]}.eml"


def message_id_for(seed: str, domain: str) -> str:
    """The same mail always has the same id; another seed or installation never gives it. RFC 5322, 3.6.4."""
    return f"<gr.{hashlib.sha256(seed.encode()).hexdigest()[:32]}@{domain}>"


def clean_line(text: str, *, limit: int) -> str:
    """One visible line: no control, reversing or zero-width characters, runs of white space made one blank."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text if c not in _INVISIBLE)
    visible = "".join(c for c in kept if unicodedata.category(c) not in ("Cs", "Cn", "Co"))
    return " ".join(visible.split())[:limit].rstrip()


def compose(mail: OutgoingMail) -> bytes:
    """The mail as RFC 5322 bytes: 7-bit, CRLF, lines under 998 octets; the same mail is always the same bytes.

    Raises BadInput rather than sending junk.
    """
    message = EmailMessage(policy=_PLAIN)
    message.set_content(plain_body(mail.text))
    if mail.html is not None:
        message.add_alternative(plain_body(mail.html), subtype="html")
    for attachment in mail.attachments:
        main, _, sub = attachment.media_type.partition("/")
        message.add_attachment(attachment.content, maintype=main, subtype=sub or "octet-stream",
                               filename=clean_line(attachment.name, limit=100).replace("/", "_"))  # fmt: skip
    _set_boundaries(message, mail.message_id)
    raw = _own_headers(mail) + message.as_bytes()
    if not raw.isascii() or max(map(len, raw.split(b"\r\n"))) > 998:
        raise BadInput(f"Mail {mail.message_id} cannot be written in a form that every server takes.")
    return raw


def _own_headers(mail: OutgoingMail) -> bytes:
    # Written by hand: the email package would fold or re-code a long List-Unsubscribe and kill its link, and of a
    # Subject with letters like ü it loses blanks (Python 3.11).
    if _MESSAGE_ID.fullmatch(mail.message_id) is None:
        raise BadInput(f"{mail.message_id[:100]!r} is not a Message-ID.")
    if mail.date.tzinfo is None:
        raise BadInput(f"The date of mail {mail.message_id} has no time zone.")
    for name in mail.headers:
        if name.lower() in _OWN_HEADERS or name.lower().startswith("content-"):
            raise BadInput(f"The header {name!r} of mail {mail.message_id} is not for callers to set.")
    subject = _encoded("Subject", clean_line(mail.subject, limit=_SUBJECT_LIMIT))
    lines = [
        f"Date: {format_datetime(mail.date)}",
        f"From: {_mailbox('From', mail.sender)}",
        f"To: {_mailbox('To', mail.recipient)}",
        f"Subject: {subject}",
        f"Message-ID: {mail.message_id}",
        *(_verbatim(name, value) for name, value in mail.headers.items()),
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _encoded(header: str, text: str) -> str:
    """The text as the value of a header, in lines of at most 76 letters, encoded where it must be (RFC 2047)."""
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    return Header(text, charset, header_name=header, maxlinelen=76).encode(linesep="\r\n")


def _mailbox(header: str, address: Address) -> str:
    name = clean_line(address.name, limit=_NAME_LIMIT)
    if name.isascii() and "=?" not in name:
        return formataddr((name, address.mail))
    return f"{_encoded(header, name)}\r\n <{address.mail}>"


def _set_boundaries(message: EmailMessage, message_id: str) -> None:
    # The email package would draw them by lot; `=_` stands in no quoted-printable or base64 text (RFC 2045, 6.7).
    seed = hashlib.sha256(message_id.encode()).hexdigest()[:24]
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{seed}.{number}")


def _verbatim(name: str, value: str) -> str:
    if name.lower() == "references":
        return _references(value)
    if _HEADER_NAME.fullmatch(name) is None or _HEADER_VALUE.fullmatch(value) is None:
        raise BadInput(f"The header {name[:60]!r} cannot hold {value[:100]!r}.")
    return f"{name}: {value}"


def _references(value: str) -> str:
    """One id a line; of a long thread the first and the last ones, as readers that show threads need them."""
    ids = value.split()
    if not ids or not all(_FOREIGN_ID.fullmatch(one) for one in ids):
        raise BadInput(f"References cannot hold {value[:100]!r}.")
    kept = ids if len(ids) <= _LONGEST_THREAD else [ids[0], *ids[1 - _LONGEST_THREAD :]]
    return "References: " + "\r\n ".join(kept)


def plain_body(text: str) -> str:
    """A part's text without control characters, with one line end at its end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = ("".join(c for c in line if c == "\t" or unicodedata.category(c) not in ("Cc", "Cs")) for line in lines)
    return "\n".join(kept).rstrip("\n") + "\n"
