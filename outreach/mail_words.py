"""What words the parts of a mail hold, however they are written. Pure; nothing here ever fails, it reads what it can.

Knows charsets, encoded headers and HTML. What the words are good for is decided elsewhere.
"""

import re
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message as Part
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser

TEXT_LIMIT = 100_000
_PARTS_LIMIT = 500
_HEADER_LIMIT = 100_000
#: A mail inside of a mail, in the ways that reports of failed delivery and forwarding programs name it.
CARRIES_A_MAIL = frozenset({"message/rfc822", "message/global"})


def parts_of(mail: Part) -> list[Part]:
    """The mail's parts, outermost first; the first 500 of them."""
    found = []
    for part in mail.walk():
        found.append(part)
        if len(found) >= _PARTS_LIMIT:
            break
    return found


def text_of(parts: list[Part]) -> str:
    """Plain text where there is any, else the words of the HTML; attachments and forwarded mails are left alone."""
    carried = {id(inner) for outer in parts if outer.get_content_type() in CARRIES_A_MAIL
               for inner in list(outer.walk())[1:]}  # fmt: skip
    own = [part for part in parts if not part.is_multipart() and id(part) not in carried]
    shown = [part for part in own if part.get_content_disposition() != "attachment"]
    plain = [decoded(part) for part in shown if part.get_content_type() == "text/plain"]
    if any(text.strip() for text in plain):
        return "\n".join(plain)[:TEXT_LIMIT]
    return "\n".join(_words_of_html(decoded(p)) for p in shown if p.get_content_type() == "text/html")[:TEXT_LIMIT]


def decoded(part: Part) -> str:
    """The text of one part, at most so much of it as is read; a charset that is a lie falls back to others."""
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            text = raw[: 4 * TEXT_LIMIT].decode(charset)
            break
        except (LookupError, UnicodeError, ValueError):
            continue
    else:
        # A mail cut in the middle of a letter is still UTF-8.
        cut = len(raw) > 4 * TEXT_LIMIT
        text = raw[: 4 * TEXT_LIMIT].decode("utf-8" if cut else "latin-1", "replace")
    return _storable(text)


def header(mail: Part, name: str) -> str:
    """A header in plain letters; "" where there is none. Encoded words in charsets nobody knows are read as Latin."""
    value = mail.get(name)
    if value is None:
        return ""
    text = str(value)[:_HEADER_LIMIT]
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
        except (LookupError, UnicodeError, ValueError):
            words.append(piece.decode("latin-1"))
    return _storable("".join(words))


def moment(value: str) -> datetime | None:
    """The moment a Date header names, in UTC; None where it names none."""
    try:
        date = parsedate_to_datetime(value)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _storable(text: str) -> str:
    """Without what no record can keep: NUL, and halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "surrogatepass").decode("utf-8", "replace")


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
