"""Mails that came in: where they lie, and what can be read of them however broken they are.

Owns parsing. What an answer means is decided in `outreach.replies`.
"""

import email
import email.policy
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message as Part
from email.utils import parseaddr, parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Protocol

from core.mailer import clean_line

#: Of a larger mail only so much is read; the text comes first in mails that people write.
LARGEST_BYTES = 20 * 1024 * 1024
_TEXT_LIMIT = 100_000
_PARTS_LIMIT = 500
_ID = re.compile(r"<[^<>\s]{1,300}>")


@dataclass(frozen=True)
class RawMail:
    """A mail as it lies in the inbox; `cut` when it was too large to be read whole."""

    place: str
    content: bytes
    cut: bool = False


@dataclass(frozen=True)
class IncomingMail:
    """What could be read. `mail_id` is its Message-ID, else a hash of it; `date` is None where it names none."""

    mail_id: str
    sender: str
    subject: str
    text: str
    date: datetime | None
    answers: tuple[str, ...] = ()
    is_automatic: bool = False
    is_bounce: bool = False
    bounced: tuple[str, ...] = ()


class Inbox(Protocol):
    """Where answers arrive."""

    def waiting(self) -> Iterator[RawMail]:
        """Mails not yet marked done, oldest name first."""
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


def parse(raw: RawMail) -> IncomingMail:
    """Read a mail; never fails, what cannot be read stays empty."""
    fallback_id = f"sha256:{hashlib.sha256(raw.content).hexdigest()}"
    try:
        mail = email.message_from_bytes(raw.content, policy=email.policy.compat32)
        parts = _parts(mail)
    except (RecursionError, ValueError, LookupError, AssertionError):
        # Thousands of nested parts, or headers that the parser gives up on: a person opens it.
        return IncomingMail(fallback_id, "", "", "", None)
    ids = _ID.findall(_header(mail, "Message-ID"))
    sender = parseaddr(_header(mail, "From"))[1]
    bounced = _bounced_ids(parts)
    return IncomingMail(
        mail_id=ids[0] if ids else fallback_id,
        sender=clean_line(sender, limit=254),
        subject=clean_line(_header(mail, "Subject"), limit=500),
        text=_text_of(parts),
        date=_date(_header(mail, "Date")),
        answers=tuple(_ID.findall(f"{_header(mail, 'In-Reply-To')} {_header(mail, 'References')[-20_000:]}")),
        is_automatic=_is_automatic(mail),
        is_bounce=_is_bounce(mail, parts, sender),
        bounced=bounced,
    )


def _parts(mail: Part) -> list[Part]:
    found = []
    for part in mail.walk():
        found.append(part)
        if len(found) >= _PARTS_LIMIT:
            break
    return found


def _text_of(parts: list[Part]) -> str:
    """Plain text where there is any, else the words of the HTML; attachments and forwarded mails are left alone."""
    carried = {id(inner) for outer in parts if outer.get_content_type() == "message/rfc822"
               for inner in list(outer.walk())[1:]}  # fmt: skip
    own = [part for part in parts if not part.is_multipart() and id(part) not in carried]
    shown = [part for part in own if part.get_content_disposition() != "attachment"]
    plain = [_decoded(part) for part in shown if part.get_content_type() == "text/plain"]
    if any(text.strip() for text in plain):
        return "\n".join(plain)[:_TEXT_LIMIT]
    return "\n".join(_words_of_html(_decoded(p)) for p in shown if p.get_content_type() == "text/html")[:_TEXT_LIMIT]


def _decoded(part: Part) -> str:
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            text = raw[: 4 * _TEXT_LIMIT].decode(charset)
            break
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    else:
        text = raw[: 4 * _TEXT_LIMIT].decode("latin-1")
    return text.replace("\x00", "").encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _header(mail: Part, name: str) -> str:
    value = mail.get(name)
    if value is None:
        return ""
    text = str(value)
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError):
        pieces = [(text, None)]
    words = []
    for piece, charset in pieces:
        if isinstance(piece, str):
            words.append(piece)
            continue
        try:
            words.append(piece.decode(charset or "utf-8", "replace"))
        except LookupError:
            words.append(piece.decode("latin-1"))
    return "".join(words).replace("\x00", "").encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _is_automatic(mail: Part) -> bool:
    submitted = _header(mail, "Auto-Submitted").lower()
    answered = submitted not in ("", "no") or mail.get("X-Autoreply") is not None
    return answered or _header(mail, "Precedence").strip().lower() == "auto_reply"


def _is_bounce(mail: Part, parts: list[Part], sender: str) -> bool:
    # Real mail servers send reports as multipart/mixed too, so the report's own part and the sender count.
    has_report = any(part.get_content_type() == "message/delivery-status" for part in parts)
    mailbox = sender.partition("@")[0].lower()
    return has_report or mailbox in ("mailer-daemon", "postmaster") or mail.get("X-Failed-Recipients") is not None


def _bounced_ids(parts: list[Part]) -> tuple[str, ...]:
    """Message-IDs of the mails that a report carries back, whole or their headers only."""
    found: list[str] = []
    for part in parts:
        if part.get_content_type() == "text/rfc822-headers":
            found += re.findall(r"(?im)^message-id:\s*(<[^<>\s]{1,300}>)", _decoded(part))
        elif part.get_content_type() == "message/rfc822":
            found += [i for inner in list(part.walk())[1:2] for i in _ID.findall(_header(inner, "Message-ID"))]
    return tuple(dict.fromkeys(found))


def _words_of_html(html: str) -> str:
    reader = _HtmlWords()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError):
        # Malformed declarations; what was read until there is kept.
        return "".join(reader.kept)
    return "".join(reader.kept)


class _HtmlWords(HTMLParser):
    """Visible words of an HTML answer; quotes are marked the way plain mails mark them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.kept: list[str] = []
        self._hidden = 0
        self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "script", "head", "title"):
            self._hidden += 1
        elif tag == "blockquote":
            self._quoted += 1
        if tag in ("br", "p", "div", "li", "tr", "blockquote"):
            self.kept.append("\n> " if self._quoted else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script", "head", "title"):
            self._hidden = max(0, self._hidden - 1)
        elif tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
            self.kept.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            text = re.sub(r"\s+", " ", data)
            self.kept.append(text.replace("\n", "\n> ") if self._quoted else text)
