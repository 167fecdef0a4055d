"""A PDF that came back: its text, page by page, and what else is in it.

Treats the file as hostile; compares nothing.
"""

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contracts.returned.findings import Kind
from contracts.returned.package import MAX_FILE
from contracts.returned.things import Thing, address
from core.errors import BadInput

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

MAX_PAGES = 100
#: What a page of a contract has at most; a page with more is made to keep a reader busy.
MAX_CHARACTERS = 100_000
_DAMAGED = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError,
            NotImplementedError, OSError, AssertionError)  # fmt: skip
_NOTES = frozenset({"/Text", "/FreeText", "/Popup"})
_AGAIN = "Ask for the file again, as the .docx we sent or as a plain PDF of it."
# What the library remarks about a file would stand on the screen among our own sentences, which say it already.
logging.getLogger("pypdf").addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Printed:
    """A PDF's text and things. A thing's line is the number of its page, from 0."""

    pages: tuple[str, ...]
    things: tuple[Thing, ...]


def read_pdf(content: bytes, *, name: str) -> Printed:
    """The text of every page, in the order in which it was set. Raises BadInput for what is no plain PDF."""
    if len(content) > MAX_FILE:
        raise BadInput(f"{name} has more than {MAX_FILE // 1_000_000} MB; no contract has.", next_step=_AGAIN)
    from pypdf import PdfReader  # what compares a Word file, or asks where a deal stands, reads no PDF
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise BadInput(f"{name} is locked with a password.", next_step=_AGAIN)
        if len(reader.pages) > MAX_PAGES:
            raise BadInput(f"{name} has more than {MAX_PAGES} pages; no contract has.", next_step=_AGAIN)
        pages = tuple(_text_of(page, reader)[:MAX_CHARACTERS] for page in reader.pages)
        things = (*_of_file(reader), *_of_pages(reader))
    except (PyPdfError, *_DAMAGED):
        raise BadInput(f"{name} is not a PDF, or is damaged.", next_step=_AGAIN) from None
    empty = tuple(Thing(Kind.UNREADABLE, f"page {at + 1} is a picture", at) for at, text in enumerate(pages)
                  if not text.strip())  # fmt: skip
    return Printed(pages, (*things, *empty))


def _text_of(page: "PageObject", reader: "PdfReader") -> str:
    from contracts.returned.clusters import spell_out

    spell_out(page, reader)
    return page.extract_text()


def _of_file(reader: "PdfReader") -> Iterator[Thing]:
    root = _plain(reader.trailer["/Root"])
    names = _plain(root.get("/Names")) or {}
    if "/JavaScript" in names:
        yield Thing(Kind.MACRO, "a script in the PDF", -1)
    if "/EmbeddedFiles" in names or "/AF" in root:
        yield Thing(Kind.EMBEDDED, "a file attached to the PDF", -1)
    action = _plain(root.get("/OpenAction"))
    if isinstance(action, dict) and action.get("/S") in ("/JavaScript", "/Launch", "/URI", "/SubmitForm"):
        yield Thing(Kind.MACRO, f"something the PDF does when opened ({action.get('/S')})", -1)


def _of_pages(reader: "PdfReader") -> Iterator[Thing]:
    seen: set[int] = set()
    for at, page in enumerate(reader.pages):
        yield from _of_page(page, at)
        yield from _pictures(page.get("/Resources"), at, seen)


def _of_page(page: "PageObject", at: int) -> Iterator[Thing]:
    for reference in _plain(page.get("/Annots")) or ():
        note = _plain(reference)
        kind = str(note.get("/Subtype"))
        action = _plain(note.get("/A")) or {}
        if kind == "/Link" and action.get("/URI"):
            yield Thing(Kind.LINK, address(str(action["/URI"])), at)
        elif kind in _NOTES:
            yield Thing(Kind.COMMENT, " ".join(str(note.get("/Contents") or "a note").split()), at)
        elif kind != "/Link":
            yield Thing(Kind.MARK, kind.removeprefix("/").lower(), at)


def _pictures(resources: Any, at: int, seen: set[int]) -> Iterator[Thing]:
    """Pictures drawn by pages and by forms on them; each once, as pages share what they draw."""
    drawn: Any = _plain((_plain(resources) or {}).get("/XObject")) or {}
    for name in drawn:
        reference = drawn.raw_get(name)
        number = getattr(reference, "idnum", id(reference))
        drawing = _plain(reference)
        if number in seen:
            continue
        seen.add(number)
        if drawing.get("/Subtype") == "/Image":
            yield Thing(Kind.IMAGE, f"a picture on page {at + 1}", at)
        else:
            yield from _pictures(drawing.get("/Resources"), at, seen)


def _plain(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value
