"""Mails that came in: where they lie, and what can be read of them however broken they are.

Owns parsing. What an answer means is decided in `outreach.replies`, what machines report in `outreach.reports`.
"""

import email
import email.parser
import email.policy
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import Message as Part
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol

from core.errors import TransientError
from core.mailer import clean_line
from outreach.mail_words import header, moment, parts_of, text_of
from outreach.reports import Report, What, report_in

#: Of a larger mail only so much is read; the text comes first in mails that people write.
LARGEST_BYTES = 20 * 1024 * 1024
_HEADERS_BYTES = 256 * 1024
_ID = re.compile(r"<[^<>\s]{1,300}>")
#: Parts that hold what somebody wrote, in a form that is not read here, and what a person is told of them.
_UNREADABLE = {
    "application/pkcs7-mime": "it is encrypted or sealed (S/MIME): open it in a mail program",
    "application/x-pkcs7-mime": "it is encrypted or sealed (S/MIME): open it in a mail program",
    "multipart/encrypted": "it is encrypted: open it in a mail program",
    "application/ms-tnef": "its words are in a winmail.dat: open it in Outlook",
    "application/vnd.ms-tnef": "its words are in a winmail.dat: open it in Outlook",
    "text/calendar": "it is an answer to an invitation in a calendar",
}


@dataclass(frozen=True)
class RawMail:
    """A mail as it lies in the inbox; `cut` when it was too large to be read whole.

    `is_private` where it lies in somebody's own mailbox, among mails that are none of our business.
    """

    place: str
    content: bytes
    cut: bool = False
    is_private: bool = False


@dataclass(frozen=True)
class IncomingMail:
    """What could be read. `mail_id` is its Message-ID, else a hash of it; `date` is None where it names none.

    `answers` are the ids it says it answers, `bounced` those of the mails that a report carries back. `is_bulk` tells
    that it went to many or through a list, `note` why its words cannot be read.
    """

    mail_id: str
    sender: str
    subject: str
    text: str
    date: datetime | None
    answers: tuple[str, ...] = ()
    is_automatic: bool = False
    is_bounce: bool = False
    bounced: tuple[str, ...] = ()
    is_bulk: bool = False
    note: str = ""
    report: Report | None = None


class Inbox(Protocol):
    """Where answers arrive."""

    def waiting(self) -> Iterator[RawMail]:
        """Mails not yet marked done, oldest first. Raises TransientError where the rest cannot be had now."""
        ...

    def done(self, mail: RawMail) -> None:
        """The mail is on record and need not be read again; a crash before this only reads it twice."""
        ...


class FolderInbox:
    """A folder into which .eml files are dropped; what was read moves into `read/`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def waiting(self) -> Iterator[RawMail]:
        if not self._folder.is_dir():
            return
        for path in sorted(self._folder.iterdir()):
            if not (path.suffix.lower() == ".eml" and path.is_file()):
                continue
            with path.open("rb") as stream:
                content = stream.read(LARGEST_BYTES + 1)
            yield RawMail(str(path), content[:LARGEST_BYTES], cut=len(content) > LARGEST_BYTES)

    def done(self, mail: RawMail) -> None:
        path = Path(mail.place)
        read = self._folder / "read"
        read.mkdir(exist_ok=True)
        target, number = read / path.name, 1
        while target.exists():
            number += 1
            target = read / f"{path.stem}-{number}{path.suffix}"
        if path.exists():
            path.replace(target)


class Inboxes:
    """Several inboxes as one: what keeps one of them from being read does not keep the others."""

    def __init__(self, *inboxes: Inbox) -> None:
        self._inboxes: Sequence[Inbox] = inboxes
        self._open: Inbox | None = None

    def waiting(self) -> Iterator[RawMail]:
        """What waits in each. Raises the first trouble, after all of them were read as far as they could be."""
        trouble: TransientError | None = None
        for inbox in self._inboxes:
            self._open = inbox
            try:
                yield from inbox.waiting()
            except TransientError as error:
                trouble = trouble or error
        if trouble is not None:
            raise trouble

    def done(self, mail: RawMail) -> None:
        if self._open is not None:
            self._open.done(mail)


def parse(raw: RawMail) -> IncomingMail:
    """Read a mail; never fails, what cannot be read stays empty."""
    fallback_id = f"sha256:{hashlib.sha256(raw.content).hexdigest()}"
    note = ""
    try:
        mail: Part = email.message_from_bytes(raw.content, policy=email.policy.compat32)
        parts = parts_of(mail)
        text = text_of(parts)
    except (RecursionError, ValueError, LookupError, AssertionError):
        # Thousands of nested parts, or something that the parser gives up on: its headers still tell whose it is.
        mail, parts, text = _headers_alone(raw.content), [], ""
        note = "it is built in a way that cannot be read: open it in a mail program"
    ids = _ID.findall(header(mail, "Message-ID"))
    sender = parseaddr(header(mail, "From"))[1]
    report = report_in(mail, parts, sender) if parts else None
    return IncomingMail(
        mail_id=ids[0] if ids else fallback_id,
        sender=clean_line(sender, limit=254),
        subject=clean_line(header(mail, "Subject"), limit=500),
        text=text,
        date=moment(header(mail, "Date")),
        answers=tuple(_ID.findall(f"{header(mail, 'In-Reply-To')} {header(mail, 'References')[-20_000:]}")),
        is_automatic=_is_automatic(mail),
        is_bounce=report is not None and report.what is What.FAILED,
        bounced=report.message_ids if report else (),
        is_bulk=_is_bulk(mail),
        note=note or ("" if text.strip() else _why_unreadable(parts)),
        report=report,
    )


def _headers_alone(content: bytes) -> Part:
    head = re.split(rb"\r?\n\r?\n", content[:_HEADERS_BYTES], maxsplit=1)[0]
    return email.parser.BytesHeaderParser(policy=email.policy.compat32).parsebytes(head + b"\n\n")


def _is_automatic(mail: Part) -> bool:
    """Whether a machine answered (RFC 3834): nothing may ever be sent in return, or two machines write for ever."""
    submitted = header(mail, "Auto-Submitted").strip().casefold()
    if submitted not in ("", "no") or header(mail, "Return-Path").strip() == "<>":
        return True
    if any(mail.get(name) is not None for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Loop")):
        return True
    return header(mail, "Precedence").strip().casefold() in ("auto_reply", "bulk", "junk")


def _is_bulk(mail: Part) -> bool:
    # Not the same as automatic: where our own address is a group, what people answer comes through a list too.
    through_list = any(mail.get(name) is not None for name in ("List-Id", "List-Unsubscribe"))
    return through_list or header(mail, "Precedence").strip().casefold() in ("list", "bulk", "junk")


def _why_unreadable(parts: list[Part]) -> str:
    kinds = [part.get_content_type() for part in parts]
    return next((_UNREADABLE[kind] for kind in kinds if kind in _UNREADABLE), "")
