"""What is in a document besides its text: pictures, boxes, fields, links, notes, changes, programs.

Finds and names; whether it matters is for the comparison. Pure over the parts of a package.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from contracts.returned.findings import Kind
from contracts.returned.names import MATH, MC, WP, A, R, V, W
from contracts.returned.package import MACRO_DOCUMENT, Package

#: Fields that only count pages; what they show changes by itself and harms nobody.
COUNTERS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})
TRACKED = frozenset({
    "ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge", "rPrChange", "pPrChange", "sectPrChange",
    "tblPrChange", "tblPrExChange", "tcPrChange", "trPrChange", "tblGridChange", "numberingChange",
    "customXmlInsRangeStart", "customXmlDelRangeStart",
})  # fmt: skip
_FORMATTING = frozenset(name for name in TRACKED if name.endswith("Change"))
_URL = re.compile(r'HYPERLINK\s+(?:\\[a-z]\s+)?"?([^"\s]+)', re.IGNORECASE)
_PROGRAMS = re.compile(r"vba(project|data)|attachedtoolbars|keymapcustomizations", re.IGNORECASE)


@dataclass(frozen=True)
class Thing:
    """One thing, `what` it is in words, and the number of the line it belongs to (-1: the file as a whole)."""

    kind: Kind
    what: str
    line: int


def in_element(element: etree._Element, package: Package, part: str, line: int) -> Iterator[Thing]:
    """What one element is by itself, its content left aside."""
    name = etree.QName(element).localname
    if element.tag == f"{W}{name}":
        yield from _in_word(name, element, package, part, line)
    elif element.tag in (f"{WP}anchor", f"{WP}inline"):
        yield _drawing(element, package, part, line)
    elif element.tag.startswith(V) and name in ("shape", "rect", "oval", "line", "roundrect", "polyline", "image"):
        yield from _drawn(element, package, part, line)


def text_of(element: etree._Element) -> str:
    """All words in an element, whatever holds them, as one line."""
    pieces = [
        (one.text or "") if etree.QName(one).localname in ("t", "delText") else " "
        for one in element.iter()
        if isinstance(one.tag, str) and etree.QName(one).localname in ("t", "delText", "p", "tab", "br")
    ]
    return " ".join("".join(pieces).split())


def field_of(instruction: str, line: int) -> Thing | None:
    """A field by its instruction; None for one that counts pages, or only points into the document."""
    plain = " ".join(instruction.split())
    keyword = plain.partition(" ")[0].upper()
    if keyword in COUNTERS or not plain:
        return None
    url = _URL.match(plain)
    if url:
        return None if "\\l" in plain.split()[:2] else Thing(Kind.LINK, address(url.group(1)), line)
    return Thing(Kind.FIELD, plain, line)


def address(url: str) -> str:
    """A link's address, however the program wrote it."""
    return unquote(url.strip()).rstrip("/")


def in_file(package: Package) -> Iterator[Thing]:
    """What a file brings along that no line holds: programs, embedded files, content from elsewhere."""
    if package.content_type(package.main) == MACRO_DOCUMENT:
        yield Thing(Kind.MACRO, "a document that may run macros", -1)
    for part in sorted(package.parts):
        yield from _by_name(part, package.content_type(part).lower())
    for part in ["", *sorted(package.parts)]:
        for relation in package.relations(part) if not part.endswith(".rels") else ():
            if relation.external and relation.type != "hyperlink":
                yield Thing(Kind.EXTERNAL, f"{relation.type}: {address(relation.target)}", -1)
            elif relation.type in ("aFChunk", "subDocument"):
                yield Thing(Kind.ALT_CHUNK, relation.target, -1)


def _by_name(part: str, kind: str) -> Iterator[Thing]:
    if _PROGRAMS.search(part) or "vbaproject" in kind:
        yield Thing(Kind.MACRO, part, -1)
    elif "/activex/" in part.lower() or "activex" in kind:
        yield Thing(Kind.EMBEDDED, f"a control, {part}", -1)
    elif "/embeddings/" in part or "oleobject" in kind:
        yield Thing(Kind.EMBEDDED, part, -1)


def _in_word(name: str, element: etree._Element, package: Package, part: str, line: int) -> Iterator[Thing]:
    if name in TRACKED and not (name in ("ins", "del") and etree.QName(element.getparent()).localname == "numPr"):
        who = element.get(f"{W}author") or "somebody"
        what = "a change of format" if name in _FORMATTING else f"{_VERBS.get(name, 'changed')} ‘{text_of(element)}’"
        yield Thing(Kind.TRACKED, f"{what}, by {who}", line)
    elif name in ("altChunk", "subDoc", "contentPart"):
        yield Thing(Kind.ALT_CHUNK, _target(element, package, part), line)
    elif name == "txbxContent":
        yield Thing(Kind.TEXT_BOX, text_of(element), line)
    elif name in ("object", "control"):
        yield Thing(Kind.EMBEDDED, _target(element, package, part) or "an object", line)
    elif name == "dataBinding":
        yield Thing(Kind.BOUND, element.get(f"{W}xpath") or "bound to data", line)
    elif name == "framePr" and element.get(f"{W}dropCap") in (None, "none"):
        yield Thing(Kind.TEXT_BOX, f"a frame: {text_of(element.getparent().getparent())}", line)
    elif name == "commentReference":
        yield Thing(Kind.COMMENT, _comment(element.get(f"{W}id") or "", package), line)
    elif name == "hyperlink" and element.get(f"{R}id"):
        yield Thing(Kind.LINK, address(_target(element, package, part)), line)


_VERBS = {"ins": "added", "del": "deleted", "moveFrom": "moved away", "moveTo": "moved here"}


def _drawing(element: etree._Element, package: Package, part: str, line: int) -> Thing:
    floating = element.tag == f"{WP}anchor"
    apart = element.find(f"{WP}wrapTopAndBottom") is not None
    kind = Kind.OVER_TEXT if floating and not apart else Kind.IMAGE
    words = text_of(element) if next(element.iter(f"{W}txbxContent"), None) is None else ""
    picture = _picture(element, package, part)
    return Thing(kind, f"{picture}{f' saying “{words}”' if words else ''}", line)


def _picture(element: etree._Element, package: Package, part: str) -> str:
    for blip in element.iter(f"{A}blip", f"{V}imagedata"):
        key = blip.get(f"{R}embed") or blip.get(f"{R}id") or blip.get(f"{R}link")
        relation = next((one for one in package.relations(part) if one.id == key), None)
        if relation is not None and relation.target in package.parts:
            return f"a picture, sha256 {hashlib.sha256(package.parts[relation.target]).hexdigest()[:12]}"
    return "a drawn shape"


def _drawn(element: etree._Element, package: Package, part: str, line: int) -> Iterator[Thing]:
    written = " ".join(one.get("string") or "" for one in element.iter(f"{V}textpath")).strip()
    style = (element.get("style") or "").replace(" ", "")
    over = "position:absolute" in style or bool(written)
    if next(element.iter(f"{W}txbxContent"), None) is None:
        words = f" saying “{written}”" if written else ""
        yield Thing(Kind.OVER_TEXT if over else Kind.IMAGE, f"{_picture(element, package, part)}{words}", line)


def _target(element: etree._Element, package: Package, part: str) -> str:
    key = element.get(f"{R}id") or next((one.get(f"{R}id") for one in element.iter() if one.get(f"{R}id")), "")
    return next((one.target for one in package.relations(part) if one.id == key), "")


def _comment(comment_id: str, package: Package) -> str:
    part = package.related("comments")
    if part is None:
        return "a comment"
    for comment in package.tree(part).iter(f"{W}comment"):
        if comment.get(f"{W}id") == comment_id:
            return f"{comment.get(f'{W}author') or 'somebody'}: {text_of(comment)}"
    return "a comment"


def branches_differ(alternative: etree._Element) -> bool:
    """Whether two programs would show other words of an either-or: one picks the first branch, one the last."""
    words = [text_of(branch) for branch in alternative if branch.tag in (f"{MC}Choice", f"{MC}Fallback")]
    return len(set(words)) > 1 or (len(words) == 1 and bool(words[0]))


def is_formula(element: etree._Element) -> bool:
    return isinstance(element.tag, str) and element.tag.startswith(MATH)
