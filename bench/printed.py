"""Changes in the tables of the shipped templates, printed as a PDF: how many of them the comparison finds.

    python -m bench.printed                      # all 18, about ten minutes
    python -m bench.printed nda-en brief-de      # some of them

Each is taken as it lies there, blanks and all. A word is put into each line of a cell, each row is taken out, and
neighbouring rows and values are swapped, one change at a time; LibreOffice prints each, and first the file as it is.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from lxml import etree

from bench.harmless import libreoffice, through_libreoffice
from bench.papers import DOCUMENT, packed, unpacked
from contracts.returned.documents import held_against
from contracts.returned.names import W

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "contracts"
#: Documents in one run of LibreOffice.
_AT_ONCE = 40


def main(names: list[str]) -> int:
    """Print a line for each template; exit 1 where a change was missed, or one found that nobody made."""
    if libreoffice() is None:
        sys.stderr.write("LibreOffice is not installed.\n")
        return 1
    totals = [0, 0, 0]
    for path in sorted(TEMPLATES.glob("*.docx")):
        if not names or path.stem in names:
            counts = tried(path.read_bytes())
            totals = [before + more for before, more in zip(totals, counts, strict=True)]
            sys.stdout.write(
                "{}: {} changes, {} missed, {} findings where nothing changed\n".format(path.stem, *counts)
            )
    sys.stdout.write("all: {} changes, {} missed, {} findings where nothing changed\n".format(*totals))
    return int(bool(totals[1] or totals[2]))


def tried(sent: bytes) -> tuple[int, int, int]:
    """How many changes were made to a document, how many of them missed, and what is found without any."""
    changed = [one for one in changes(sent) if held_against(sent, one, name="changed.docx").findings]
    files = [sent, *changed]
    printed = [pdf for first in range(0, len(files), _AT_ONCE)
               for pdf in through_libreoffice(files[first : first + _AT_ONCE], to="pdf")]  # fmt: skip
    found = [len(held_against(sent, pdf, name="back.pdf").findings) for pdf in printed]
    return len(changed), found[1:].count(0), found[0]


def changes(sent: bytes) -> Iterator[bytes]:
    """The document with one change each."""
    every = _rows(etree.fromstring(unpacked(sent)[DOCUMENT]))
    for at in range(sum(len(_words(row)) for row in every)):
        yield _with(sent, partial(_word_put_in, at))
    for at in range(len(every)):
        yield _with(sent, partial(_row_taken_out, at))
    for at in range(len(every) - 1):
        yield _with(sent, partial(_rows_swapped, at))
        yield _with(sent, partial(_values_swapped, at))


def _word_put_in(at: int, rows: list[etree._Element]) -> None:
    run = etree.SubElement([one for row in rows for one in _words(row)][at], f"{W}r")
    etree.SubElement(run, f"{W}t").text = " not"


def _row_taken_out(at: int, rows: list[etree._Element]) -> None:
    above = rows[at].getparent()
    assert above is not None
    above.remove(rows[at])


def _rows_swapped(at: int, rows: list[etree._Element]) -> None:
    _swapped(rows[at], rows[at + 1])


def _values_swapped(at: int, rows: list[etree._Element]) -> None:
    _swapped(rows[at].findall(f"{W}tc")[-1], rows[at + 1].findall(f"{W}tc")[-1])


def _with(sent: bytes, change: Callable[[list[etree._Element]], None]) -> bytes:
    parts = unpacked(sent)
    tree = etree.fromstring(parts[DOCUMENT])
    change(_rows(tree))
    parts[DOCUMENT] = etree.tostring(tree)
    return packed(parts)


def _rows(tree: etree._Element) -> list[etree._Element]:
    return list(tree.iter(f"{W}tr"))


def _words(row: etree._Element) -> list[etree._Element]:
    return [one for one in row.iter(f"{W}p") if any(text.text for text in one.iter(f"{W}t"))]


def _swapped(one: etree._Element, other: etree._Element) -> None:
    above, beside, held = one.getparent(), other.getparent(), etree.Element("held")
    assert above is not None
    assert beside is not None
    above.replace(one, held)
    beside.replace(other, one)
    above.replace(held, other)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
