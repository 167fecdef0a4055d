"""Opening a Word file that somebody sent us: its parts, or a refusal that says why.

Everything here treats the file as hostile. Nothing is unpacked to disk. Knows nothing of what the parts say.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from core.errors import BadInput

#: A contract with a scanned signature in it has some 5 MB.
MAX_FILE = 20_000_000
MAX_UNPACKED = 60_000_000
MAX_PARTS = 1_000
#: Of text. The longest of ours has 7,000 characters; a file with far more is made to keep a reader busy.
MAX_CHARACTERS = 500_000
#: Word's XML packs 10 to 30 fold. Only what unpacks to more than this is held to the ratio.
MAX_RATIO, SMALL = 150, 1_000_000
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACRO_DOCUMENT = "application/vnd.ms-word.document.macroEnabled.main+xml"

_OLE = b"\xd0\xcf\x11\xe0"
_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_NAME = re.compile(r"[^\x00-\x1f\\:*?\"<>|]+")
#: ISO's strict form of the format says the same in other namespaces.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships",
     b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
)  # fmt: skip
_RESAVE = "Ask for the file again, saved in Word as .docx."


@dataclass(frozen=True)
class Relation:
    """One relation of a part to another, or to something outside the file."""

    id: str
    type: str
    target: str
    external: bool


class Package:
    """The parts of one Word file by name, with what each points at."""

    def __init__(self, parts: Mapping[str, bytes], *, name: str) -> None:
        self.name = name
        self.parts = parts
        self._trees: dict[str, etree._Element] = {}
        self._types = self._content_types()
        self.main = self._main_part()

    def tree(self, part: str) -> etree._Element:
        """One part, parsed once. Raises BadInput where it is damaged or declares a document type."""
        if part not in self._trees:
            self._trees[part] = _parsed(self.parts[part], name=f"{self.name}: {part}")
        return self._trees[part]

    def relations(self, part: str) -> tuple[Relation, ...]:
        """What a part points at; targets inside the file are names of parts."""
        folder, _, file = part.rpartition("/")
        rels = f"{folder}/_rels/{file}.rels".lstrip("/")
        if rels not in self.parts:
            return ()
        return tuple(_relation(element, folder) for element in self.tree(rels) if isinstance(element.tag, str))

    def related(self, kind: str) -> str | None:
        """The one part of that kind the main document uses, such as "styles"; None where it has none."""
        targets = [one.target for one in self.relations(self.main) if one.type == kind and not one.external]
        return targets[0] if targets and targets[0] in self.parts else None

    def content_type(self, part: str) -> str:
        ending = part.rpartition(".")[2].lower()
        return self._types.get(f"/{part}".lower(), self._types.get(ending, ""))

    def _content_types(self) -> dict[str, str]:
        if "[Content_Types].xml" not in self.parts:
            raise BadInput(f"{self.name} is not a Word document (.docx): it lists no parts.", next_step=_RESAVE)
        types = {}
        for element in self.tree("[Content_Types].xml"):
            key = element.get("PartName") or element.get("Extension") or ""
            types[key.lower()] = element.get("ContentType") or ""
        return types

    def _main_part(self) -> str:
        # Word opens what the relation names, which need not be word/document.xml.
        mains = [one.target for one in self.relations("") if one.type == "officeDocument"]
        if len(mains) != 1 or mains[0] not in self.parts:
            raise BadInput(
                f"{self.name} is not a Word document (.docx): it does not say which part is its text.",
                next_step=_RESAVE,
            )
        if self.content_type(mains[0]) not in (DOCUMENT, MACRO_DOCUMENT):
            raise BadInput(
                f"{self.name} is not a Word document (.docx) but {self.content_type(mains[0]) or 'of no known kind'}.",
                next_step=_RESAVE,
            )
        return mains[0]


def open_safely(content: bytes, *, name: str) -> Package:
    """The file's parts. Raises BadInput, saying why, for anything that is no plain Word document."""
    if content.startswith(_OLE):
        raise BadInput(f"{name} is locked with a password, or an old .doc file.", next_step=_RESAVE)
    check_size(content, name=name)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_entries(entries, name=name)
            parts = {entry.filename: archive.read(entry) for entry in entries if not entry.is_dir()}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, zipfile.zlib.error):  # type: ignore[attr-defined]
        raise BadInput(
            f"{name} is neither a Word document (.docx) nor a PDF, or is damaged.", next_step=_RESAVE
        ) from None
    return Package(parts, name=name)


def check_size(content: bytes, *, name: str) -> None:
    """Raises BadInput for an empty file, and for one larger than any contract."""
    if not content:
        raise BadInput(f"{name} is empty.", next_step="Ask for the file again.")
    if len(content) > MAX_FILE:
        raise BadInput(f"{name} has more than {MAX_FILE // 1_000_000} MB; no contract has.", next_step=_RESAVE)


def check_length(characters: int, *, name: str) -> None:
    """Raises BadInput for more text than any contract has: what is not compared to its end is not compared."""
    if characters > MAX_CHARACTERS:
        raise BadInput(f"{name} has more than {MAX_CHARACTERS:,} characters; no contract has.", next_step=_RESAVE)


def _check_entries(entries: list[zipfile.ZipInfo], *, name: str) -> None:
    problem = _too_much(entries)
    seen: set[str] = set()
    for entry in entries:
        plain = entry.filename.lower()
        if plain in seen:
            problem = problem or f"holds {entry.filename!r} twice: programs differ in which one they show"
        seen.add(plain)
        if not _sound(entry.orig_filename):
            problem = problem or f"holds a part named {entry.filename[:80]!r}, which leads out of the file"
        if entry.flag_bits & 0x41:
            problem = problem or "is encrypted"
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            problem = problem or "is packed in a way no Word document is"
    if problem:
        raise BadInput(f"{name} {problem}; it was not opened.", next_step=_RESAVE)


def _too_much(entries: list[zipfile.ZipInfo]) -> str:
    if len(entries) > MAX_PARTS:
        return f"holds {len(entries):,} parts, {MAX_PARTS:,} are the most"
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        return f"unpacks to more than {MAX_UNPACKED // 1_000_000} MB"
    bomb = [one for one in entries if one.file_size > SMALL and one.file_size > MAX_RATIO * max(1, one.compress_size)]
    return f"unpacks {bomb[0].filename!r} to more than {MAX_RATIO} times its size" if bomb else ""


def _sound(name: str) -> bool:
    plain = unquote(name)
    whole = bool(_NAME.fullmatch(plain)) and not plain.startswith("/")
    return whole and not {".", ".."} & set(plain.split("/"))


def _parsed(raw: bytes, *, name: str) -> etree._Element:
    # Looked for before parsing, whatever the encoding: an entity is harmful by being read.
    if _DECLARATION.search(raw.replace(b"\x00", b"")):
        raise BadInput(f"{name} declares entities, which no Word document does.", next_step=_RESAVE)
    for strict, transitional in _STRICT:
        raw = raw.replace(strict, transitional)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        tree = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        where = f", at line {error.lineno}" if isinstance(error, etree.XMLSyntaxError) and error.lineno else ""
        raise BadInput(f"{name} is damaged, or nested deeper than any document{where}.", next_step=_RESAVE) from None
    if tree.getroottree().docinfo.internalDTD is not None:
        raise BadInput(f"{name} declares entities, which no Word document does.", next_step=_RESAVE)
    return tree


def _relation(element: etree._Element, folder: str) -> Relation:
    target, external = element.get("Target") or "", element.get("TargetMode") == "External"
    if not external:
        inside = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        target = posixpath.normpath(unquote(inside.partition("#")[0]))
    kind = (element.get("Type") or "").rpartition("/")[2]
    return Relation(element.get("Id") or "", kind, target, external)
