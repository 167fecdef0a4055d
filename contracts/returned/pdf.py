"""A PDF that came back: its text, page by page, and what else is in it.

Treats the file as hostile; compares nothing.
"""

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contracts.returned.findings import Kind
from contracts.returned.package import check_length, check_size
from contracts.returned.things import Thing, address
from core.errors import BadInput

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

MAX_PAGES = 100
#: All that is drawn, unpacked; our agreement comes to 30,000 bytes, and a megabyte takes a second to read.
MAX_DRAWN = 2_000_000
#: Steps in which a file may be drawn; ours has some 700 a page. What stands elsewhere in it counts for more.
MAX_STEPS, PIECE = 200_000, 1_000
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
    check_size(content, name=name)
    from pypdf import PdfReader  # what compares a Word file, or asks where a deal stands, reads no PDF
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise BadInput(f"{name} is locked with a password.", next_step=_AGAIN)
        if len(reader.pages) > MAX_PAGES:
            raise BadInput(f"{name} has more than {MAX_PAGES} pages; no contract has.", next_step=_AGAIN)
        effort = _Effort(name, piece=max(PIECE, _check_drawn(reader, name=name) // 10))
        pages = tuple(_text_of(page, reader, effort) for page in reader.pages)
        things = (*_of_file(reader), *_of_pages(reader))
    except (PyPdfError, *_DAMAGED):
        raise BadInput(f"{name} is not a PDF, or is damaged.", next_step=_AGAIN) from None
    check_length(sum(map(len, pages)), name=name)
    empty = tuple(Thing(Kind.UNREADABLE, f"page {at + 1} is a picture", at) for at, text in enumerate(pages)
                  if not text.strip())  # fmt: skip
    return Printed(pages, (*things, *empty))


def _text_of(page: "PageObject", reader: "PdfReader", effort: "_Effort") -> str:
    from contracts.returned.clusters import spell_out

    spell_out(page, reader)
    return page.extract_text(visitor_operand_before=effort)


class _Effort:
    """Counts the steps in which a file is drawn; called by the library before each."""

    def __init__(self, name: str, *, piece: int) -> None:
        self._name, self._piece, self._steps = name, piece, 0

    def __call__(self, operator: bytes, *_: Any) -> None:
        self._steps += self._piece if operator == b"Do" else 1
        # Told again at every step: within a piece the library goes on as if nothing had been said.
        if self._steps > MAX_STEPS:
            raise BadInput(f"{self._name} is drawn in more than {MAX_STEPS:,} steps; no contract is.", next_step=_AGAIN)


def _check_drawn(reader: "PdfReader", *, name: str) -> int:
    """The size of the largest form that is drawn. Raises BadInput where all that is drawn is too much."""
    seen: set[int] = set()
    size = largest = 0
    for page in reader.pages:
        contents = page.get_contents()
        size += len(contents.get_data()) if contents is not None else 0
        for drawing in _drawings(page.get("/Resources"), seen):
            form = len(drawing.get_data()) if drawing.get("/Subtype") == "/Form" else 0
            size, largest = size + form, max(largest, form)
        if size > MAX_DRAWN:
            raise BadInput(f"{name} draws more than {MAX_DRAWN // 1_000_000} MB; no contract does.", next_step=_AGAIN)
    return largest


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
    for drawing in _drawings(resources, seen):
        if drawing.get("/Subtype") == "/Image":
            yield Thing(Kind.IMAGE, f"a picture on page {at + 1}", at)


def _drawings(resources: Any, seen: set[int]) -> Iterator[Any]:
    """Pictures and forms drawn by pages and by forms on them; each once, as pages share what they draw."""
    drawn: Any = _plain((_plain(resources) or {}).get("/XObject")) or {}
    for name in drawn:
        reference = drawn.raw_get(name)
        number = getattr(reference, "idnum", id(reference))
        drawing = _plain(reference)
        if number in seen:
            continue
        seen.add(number)
        yield drawing
        if drawing.get("/Subtype") != "/Image":
            yield from _drawings(drawing.get("/Resources"), seen)


def _plain(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value
