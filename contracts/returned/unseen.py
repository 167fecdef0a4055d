"""Why whole paragraphs, tables and rows of a Word file cannot be seen. Pure, over their properties."""

from lxml import etree

from contracts.returned.names import W
from contracts.returned.styles import Page, Properties, is_on


def of_paragraph(own: Properties, page: Page, inherited: Properties) -> str:
    frame, indent, spacing = own.get("framePr"), own.get("ind"), own.get("spacing")
    if frame is not None:
        across, down = _twips(frame, "x"), _twips(frame, "y")
        if not (-page.margin <= across < page.width - 200 and -page.margin <= down < page.height - 200):
            return "in a frame off the page"
    if indent is not None:
        left = _twips(indent, "left") or _twips(indent, "start")
        if left >= page.width - page.margin - 200 or left < -page.margin - 400:
            return "pushed off the page"
    if spacing is not None and spacing.get(f"{W}lineRule") == "exact":
        size = inherited.get("sz")
        points = (size.get(f"{W}val") or "") if size is not None else ""
        if _twips(spacing, "line") < (int(points) if points.isdigit() else 22) * 5:
            return "on a line too low to show it"
    return ""


def of_table(properties: etree._Element | None, page: Page) -> str:
    if properties is None:
        return ""
    floating, indent = properties.find(f"{W}tblpPr"), properties.find(f"{W}tblInd")
    across = _twips(floating, "tblpX") if floating is not None else _twips(indent, "w") if indent is not None else 0
    down = _twips(floating, "tblpY") if floating is not None else 0
    off = not (-2 * page.margin <= across < page.width - 200 and -2 * page.margin <= down < page.height - 200)
    return "in a table off the page" if off else ""


def of_row(properties: etree._Element | None) -> str:
    if properties is None:
        return ""
    hidden, height = properties.find(f"{W}hidden"), properties.find(f"{W}trHeight")
    if hidden is not None and is_on(hidden):
        return "in a hidden row"
    exact = height is not None and height.get(f"{W}hRule") == "exact" and _twips(height, "val") < 120
    return "in a row too low to show it" if exact else ""


def _twips(element: etree._Element, name: str) -> int:
    raw = (element.get(f"{W}{name}") or "0").partition(".")[0]
    return int(raw) if raw.lstrip("-").isdigit() else 0
