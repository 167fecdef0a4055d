"""How a document looks: page, styles and numbering. The one place where sizes, distances and colours stand.

Sizes are in half points, distances in twentieths of a point, as Word counts. Faces are those that every machine has
or has a twin of; line distances are given, so that a twin breaks pages at the same place.
"""

from dataclasses import dataclass

from lxml import etree

from contracts.typesetting.source import Layout
from contracts.typesetting.words import element, properties

BODY_FACE, TITLE_FACE = "Arial", "Georgia"
INK, QUIET, RULE = "1E3444", "5C6873", "C3CAD1"

#: A4 with the width of a line that reads well.
PAGE = {"w": 11906, "h": 16838}
SIDE, TOP, BOTTOM = 1304, 1247, 1020
WIDTH = PAGE["w"] - 2 * SIDE
LABEL_WIDTH = 2494

LEGAL_NUMBERS, PARTIES, POINTS = 1, 2, 3


#: Size, distance of lines, distance below a paragraph. A sheet is looked at beside a camera, from further away.
_MEASURES: dict[Layout, tuple[int, int, int]] = {
    "agreement": (19, 254, 56),
    "compact": (18, 244, 46),
    "sheet": (20, 276, 70),
}


@dataclass(frozen=True)
class Style:
    """One paragraph style. `number` is (list, level); `hang` how far its number stands before the words."""

    id: str
    name: str
    size: int = 0
    face: str = ""
    bold: bool = False
    colour: str = ""
    before: int = 0
    after: int = 0
    line: int = 0
    keep: bool = False
    number: tuple[int, int] | None = None
    level: int | None = None
    right_tab: bool = False
    rule: str = ""


def styles_of(layout: Layout) -> tuple[Style, ...]:
    """The styles of a layout: size of the words, and the distances that go with it."""
    size, line, after = _MEASURES[layout]
    return (
        Style("Title", "Title", size=44, face=TITLE_FACE, colour=INK, after=30, line=500, keep=True),
        Style("Subtitle", "Subtitle", size=size + 2, colour=QUIET, after=170, line=line, keep=True),
        Style("Heading", "heading 1", size=size + 3, bold=True, colour=INK, before=150, after=60, line=line,
              keep=True, level=0),
        Style("Section", "heading 2", size=size + 2, bold=True, colour=INK, before=120, after=36, line=line,
              keep=True, level=1, number=(LEGAL_NUMBERS, 0)),
        Style("Clause", "Clause", size=size, after=after, line=line, number=(LEGAL_NUMBERS, 1)),
        Style("Party", "Party", size=size, after=after, line=line, number=(PARTIES, 0)),
        Style("Point", "List Bullet", size=size, after=after - 20, line=line, number=(POINTS, 0)),
        Style("Words", "Body Text", size=size, after=after + 20, line=line),
        Style("TermLabel", "Term Label", size=size, colour=QUIET, before=26, after=26, line=line),
        Style("Term", "Term", size=size, before=26, after=26, line=line),
        Style("Signer", "Signer", size=size, bold=True, before=60, after=460, line=line, keep=True),
        Style("WriteOn", "Signature Line", size=15, colour=QUIET, after=460, line=200, keep=True, rule="top"),
        Style("Header", "header", size=15, colour=QUIET, line=200, right_tab=True),
        Style("Footer", "footer", size=15, colour=QUIET, line=200, right_tab=True),
    )  # fmt: skip


def styles(layout: Layout, language: str) -> etree._Element:
    """The styles part, with the language that hyphenation, spelling and screen readers take."""
    fonts = element("rFonts", ascii=BODY_FACE, hAnsi=BODY_FACE, cs=BODY_FACE, eastAsia=BODY_FACE)
    size = _MEASURES[layout][0]
    defaults = element(
        "docDefaults",
        element("rPrDefault", element("rPr", fonts, element("sz", val=size), element("szCs", val=size),
                                      element("lang", val=spelling(language)))),
        element("pPrDefault", element("pPr", element("widowControl"))),
    )  # fmt: skip
    normal = element("style", element("name", val="Normal"), element("qFormat"), type="paragraph", default=1,
                     styleId="Normal")  # fmt: skip
    plain_table = element(
        "style", element("name", val="Normal Table"),
        element("tblPr", element("tblInd", w=0, type="dxa"),
                element("tblCellMar", element("left", w=0, type="dxa"), element("right", w=0, type="dxa"))),
        type="table", default=1, styleId="TableNormal",
    )  # fmt: skip
    return element("styles", defaults, normal, plain_table, *(_style(style) for style in styles_of(layout)))


def spelling(language: str) -> str:
    """The language as Word knows it, with the country whose spelling it is."""
    return {"en": "en-GB"}.get(language, f"{language}-{language.upper()}")


def _style(style: Style) -> etree._Element:
    numbering = None
    if style.number is not None:
        numbering = element("numPr", element("ilvl", val=style.number[1]), element("numId", val=style.number[0]))
    top = element("top", val="single", sz=4, space=3, color=QUIET)
    fonts = {"ascii": style.face, "hAnsi": style.face, "cs": style.face, "eastAsia": style.face}
    return element(
        "style",
        element("name", val=style.name),
        element("basedOn", val="Normal"),
        element("qFormat"),
        properties(
            "pPr",
            element("keepNext") if style.keep else None,
            element("keepLines") if style.keep else None,
            element("widowControl"),
            numbering,
            element("pBdr", top) if style.rule else None,
            element("tabs", element("tab", val="right", pos=WIDTH)) if style.right_tab else None,
            element("spacing", before=style.before, after=style.after, line=style.line, lineRule="atLeast"),
            element("outlineLvl", val=style.level) if style.level is not None else None,
        ),
        properties(
            "rPr",
            element("rFonts", **fonts) if style.face else None,
            element("b") if style.bold else None,
            element("bCs") if style.bold else None,
            element("color", val=style.colour) if style.colour else None,
            element("sz", val=style.size),
            element("szCs", val=style.size),
        ),
        type="paragraph",
        styleId=style.id,
        customStyle=None if style.name[0].islower() or style.name in _BUILT_IN else 1,
    )


_BUILT_IN = ("Title", "Subtitle", "Body Text", "List Bullet")


def numbering(layout: Layout) -> etree._Element:
    """1. and 1.1 for sections and their paragraphs, (1) for parties, a dot for points."""
    under = 0 if layout == "sheet" else 454  # in an agreement points belong to the numbered words above them
    lists = {
        LEGAL_NUMBERS: (_level(0, "%1.", "Section", 454, bold=True), _level(1, "%1.%2", "Clause", 454)),
        PARTIES: (_level(0, "(%1)", "Party", 454),),
        POINTS: (_level(0, "•", "Point", 284, start=under, form="bullet"),),
    }
    kinds = [
        element("abstractNum", element("multiLevelType", val="multilevel"), *levels, abstractNumId=number)
        for number, levels in lists.items()
    ]
    return element("numbering", *kinds, *(element("num", element("abstractNumId", val=n), numId=n) for n in lists))


def _level(
    level: int, text: str, style: str, hang: int, *, start: int = 0, form: str = "decimal", bold: bool = False
) -> etree._Element:
    return element(
        "lvl",
        element("start", val=1),
        element("numFmt", val=form),
        element("pStyle", val=style),
        element("suff", val="tab"),
        element("lvlText", val=text),
        element("lvlJc", val="left"),
        element(
            "pPr",
            element("tabs", element("tab", val="num", pos=start + hang)),
            element("ind", left=start + hang, hanging=hang),
        ),
        properties("rPr", element("b", val=int(bold)), element("color", val=INK if bold else QUIET)),
        ilvl=level,
    )


def page() -> etree._Element:
    """The page, with the header and footer that the package relates as rIdHead and rIdFoot."""
    return element(
        "sectPr",
        element("headerReference", type="default", rid="rIdHead"),
        element("footerReference", type="default", rid="rIdFoot"),
        element("pgSz", **PAGE),
        element("pgMar", top=TOP, right=SIDE, bottom=BOTTOM, left=SIDE, header=567, footer=454, gutter=0),
    )
