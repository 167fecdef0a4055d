"""A file that came back, held against the document we sent: as Word document or as PDF, by what it is, not by its name.

The public face of this package. Knows neither record nor requests.
"""

import re
from collections.abc import Mapping

from contracts.archive import Kind
from contracts.returned.comparing import compare
from contracts.returned.findings import Comparison
from contracts.returned.lines import Paper
from contracts.returned.package import check_length, check_size, open_safely
from contracts.returned.pdf import read_pdf
from contracts.returned.printed import compare_printed
from contracts.returned.reading import read
from contracts.returned.wordwise import plain

#: Every document prints its reference: campaign, cycle and candidate.
_REFERENCE = re.compile(r"(?<![\w-])[a-z0-9][a-z0-9-]*-\d{1,6}-(\d{1,9})(?![\w-])")
#: What calls itself a document, whatever it holds.
_NAMED = (".docx", ".docm", ".doc", ".pdf")
#: How the pictures begin that cameras and scanners make.
_PICTURES: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF8", "gif"), (b"II*\x00", "tif"),
    (b"MM\x00*", "tif"),
)  # fmt: skip
_HEIC = (b"heic", b"heix", b"heif", b"mif1", b"msf1")
#: Readers of PDFs look for the mark this far into a file.
_START = 1024


def held_against(sent: bytes, returned: bytes, *, name: str) -> Comparison:
    """Everything in the returned file that we did not send. Raises BadInput for what cannot be read safely."""
    ours = read(open_safely(sent, name="The document we sent"))
    if is_pdf(returned):
        return compare_printed(ours, read_pdf(returned, name=name))
    return compare(ours, _paper(returned, name=name))


def references_in(returned: bytes, *, name: str) -> Mapping[str, int]:
    """References a file prints, each with the number of the candidate in it; the last printed comes first."""
    if is_pdf(returned):
        texts = list(read_pdf(returned, name=name).pages)
    else:
        texts = [plain(line.text) for line in _paper(returned, name=name).lines]
    found = [match for text in texts for match in _REFERENCE.finditer(text)]
    return {match.group(): int(match.group(1)) for match in reversed(found)}


def has_words(content: bytes, *, name: str) -> bool:
    """Whether there is anything to compare: a photo has no text, nor has a scan.

    Raises BadInput for damaged files, and for what is neither a document nor a picture.
    """
    if is_pdf(content):
        return any(page.strip() for page in read_pdf(content, name=name).pages)
    if kind_of(content) != "docx" and not name.lower().endswith(_NAMED):
        check_size(content, name=name)
        return False
    return True


def kind_of(content: bytes) -> Kind:
    """What a file is, by how it begins; "docx" where it is no PDF and no picture that we know."""
    if is_pdf(content):
        return "pdf"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        return "heic"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    return next((kind for start, kind in _PICTURES if content.startswith(start)), "docx")


def _paper(content: bytes, *, name: str) -> Paper:
    paper = read(open_safely(content, name=name))
    # An empty line counts, too: there may be as many of them as there are characters in a long text.
    check_length(sum(len(line.text) + 1 for line in paper.lines), name=name)
    return paper


def is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:_START]
