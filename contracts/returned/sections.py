"""Which parts of a Word file are printed: the text, and the headers and footers its sections show.

Pure over the parts of a package.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from contracts.returned.names import R, W
from contracts.returned.package import Package
from contracts.returned.styles import Page, is_on

TEXT, HEADER, FOOTER = "text", "header", "footer"


@dataclass(frozen=True)
class Region:
    """One stretch of lines: the text, or a header or footer that some page shows."""

    name: str
    part: str
    element: etree._Element


def regions(package: Package) -> Iterator[Region]:
    """The text first, then each header and footer once, in the order of the sections that show them."""
    body = package.tree(package.main).find(f"{W}body")
    if body is None:
        return
    yield Region(TEXT, package.main, body)
    targets = {one.id: one.target for one in package.relations(package.main)}
    even = _even_differs(package)
    seen: set[tuple[str, str]] = set()
    for section in body.iter(f"{W}sectPr"):
        title = section.find(f"{W}titlePg")
        for kind in (HEADER, FOOTER):
            for reference in section.findall(f"{W}{kind}Reference"):
                pages = reference.get(f"{W}type") or "default"
                part = targets.get(reference.get(f"{R}id") or "", "")
                shown = pages == "default" or (pages == "even" and even) or _shows(title, pages)
                if shown and part in package.parts and (kind, part) not in seen:
                    seen.add((kind, part))
                    yield Region(f"{kind}:{pages}", part, package.tree(part))


def text_width(document: etree._Element) -> int:
    """How wide the narrowest section's text is, in twips: text squeezed into nothing is not read."""
    widths = []
    for section in document.iter(f"{W}sectPr"):
        size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
        width = _int(size, "w", 11906)
        widths.append(width - _int(margins, "left", 1440) - _int(margins, "right", 1440))
    return min(widths, default=0)


def page_of(package: Package) -> Page:
    """The page that counts for what is off it: that of the last section."""
    document = package.tree(package.main)
    section = next(iter(reversed(list(document.iter(f"{W}sectPr")))), None)
    size = section.find(f"{W}pgSz") if section is not None else None
    margins = section.find(f"{W}pgMar") if section is not None else None
    ground = document.find(f"{W}background")
    colour = (ground.get(f"{W}color") or "") if ground is not None else ""
    return Page(
        _int(size, "w", 11906),
        _int(size, "h", 16838),
        abs(_int(margins, "left", 1440)),
        colour.upper() if len(colour) == 6 else "",
    )


def _shows(title: etree._Element | None, pages: str) -> bool:
    return pages == "first" and title is not None and is_on(title)


def _even_differs(package: Package) -> bool:
    part = package.related("settings")
    setting = package.tree(part).find(f"{W}evenAndOddHeaders") if part is not None else None
    return setting is not None and is_on(setting)


def _int(element: etree._Element | None, name: str, default: int) -> int:
    raw = (element.get(f"{W}{name}") or "").partition(".")[0] if element is not None else ""
    return int(raw) if raw.lstrip("-").isdigit() and raw.lstrip("-") else default
