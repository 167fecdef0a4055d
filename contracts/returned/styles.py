"""How text in a Word file really looks once its styles are applied, and why somebody could not see it.

Pure over the parts of a package. Knows neither lines nor clauses.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from contracts.returned.names import W14, A, W
from contracts.returned.package import Package

#: Half points: below five points nobody reads a contract.
TINY = 10
#: WCAG's contrast of text is 4.5 or more; grey on grey that still can be made out has 1.5.
FAINT = 1.4
_THEME = {
    "background1": "bg1", "background2": "bg2", "text1": "t1", "text2": "t2", "light1": "lt1", "light2": "lt2",
    "dark1": "dk1", "dark2": "dk2", "hyperlink": "hlink", "followedHyperlink": "folHlink",
}  # fmt: skip
_MAPPED = {"bg1": "light1", "bg2": "light2", "t1": "dark1", "t2": "dark2"}
_HIGHLIGHTS = {
    "black": "000000", "white": "FFFFFF", "yellow": "FFFF00", "green": "00FF00", "cyan": "00FFFF", "magenta": "FF00FF",
    "blue": "0000FF", "red": "FF0000", "darkBlue": "00008B", "darkCyan": "008B8B", "darkGreen": "006400",
    "darkMagenta": "8B008B", "darkRed": "8B0000", "darkYellow": "808000", "darkGray": "A9A9A9", "lightGray": "D3D3D3",
}  # fmt: skip
#: Properties that name these are kept as elements, the last one said wins.
_KEPT = frozenset({
    "vanish", "specVanish", "webHidden", "strike", "dstrike", "color", "sz", "szCs", "shd", "highlight", "w", "spacing",
    "position", "rtl", "textFill", "ind", "bidi", "framePr", "vertAlign",
})  # fmt: skip

Properties = dict[str, etree._Element]


@dataclass(frozen=True)
class Page:
    """The sizes against which something is off the page, in twips, and the page's own colour."""

    width: int = 11906
    height: int = 16838
    margin: int = 1440
    colour: str = ""


#: How many styles may be based on one another; Word's own come to some four.
_DEEPEST = 50


@dataclass
class Styles:
    """The styles of one file: what a paragraph or a run inherits."""

    package: Package
    _styles: dict[str, etree._Element] = field(default_factory=dict)
    _defaults: Properties = field(default_factory=dict)
    _paragraph_defaults: Properties = field(default_factory=dict)
    _default_style: str = ""
    _theme: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        part = self.package.related("styles")
        if part is not None:
            tree = self.package.tree(part)
            self._styles = {style.get(f"{W}styleId") or "": style for style in tree.iter(f"{W}style")}
            self._defaults = _said(tree.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
            self._paragraph_defaults = _said(tree.find(f"{W}docDefaults/{W}pPrDefault/{W}pPr"))
            self._default_style = next(
                (name for name, one in self._styles.items()
                 if one.get(f"{W}type") == "paragraph" and is_on(one, "default")), ""
            )  # fmt: skip
        self._theme = _theme_colours(self.package)

    def name_of(self, style: str) -> str:
        element = self._styles.get(style)
        return (value_of(element, "name") if element is not None else "") or style

    def paragraph(self, properties: etree._Element | None) -> tuple[Properties, Properties]:
        """What a paragraph has for itself, and what its runs inherit from it."""
        style = value_of(properties, "pStyle") or self._default_style
        own, runs = dict(self._paragraph_defaults), dict(self._defaults)
        for element in reversed(self._chain(style)):
            own |= _said(element.find(f"{W}pPr"))
            runs |= _said(element.find(f"{W}rPr"))
        own |= _said(properties)
        return own, runs

    def table(self, style: str) -> Properties:
        """What a table style says of text anywhere in it."""
        said: Properties = {}
        for element in reversed(self._chain(style)):
            for properties in element.iter(f"{W}rPr"):
                said |= {name: one for name, one in _said(properties).items() if name in ("vanish", "specVanish")}
        return said

    def run(self, inherited: Properties, properties: etree._Element | None) -> Properties:
        """What a run has, its own and its character style's."""
        said = dict(inherited)
        for element in reversed(self._chain(value_of(properties, "rStyle"))):
            said |= _said(element.find(f"{W}rPr"))
        return said | _said(properties)

    def outline_level(self, properties: etree._Element | None) -> int | None:
        """Heading level of a paragraph from 0, None where it is none."""
        style = value_of(properties, "pStyle") or self._default_style
        candidates = [properties, *(one.find(f"{W}pPr") for one in self._chain(style))]
        for one in candidates:
            level = value_of(one, "outlineLvl")
            if level.isdigit() and int(level) < 9:
                return int(level)
        return None

    def numbering(self, properties: etree._Element | None) -> tuple[str, int] | None:
        """(list id, level) that a paragraph is numbered by, its own or its style's."""
        style = value_of(properties, "pStyle") or self._default_style
        number, level = "", ""
        for one in [properties, *(element.find(f"{W}pPr") for element in self._chain(style))]:
            found = one.find(f"{W}numPr") if one is not None else None
            if found is not None:
                number, level = number or value_of(found, "numId"), level or value_of(found, "ilvl")
        if not number or number == "0":
            return None
        return number, int(level) if level.isdigit() else 0

    def why_unseen(self, said: Properties, *, page: Page, behind: str = "") -> str:
        """Why text with these properties cannot be seen, in words; "" where it can. `behind` is its cell's colour."""
        for name in ("vanish", "specVanish", "webHidden"):
            if name in said and is_on(said[name], "val"):
                return "hidden by its format"
        size = _number(said.get("sz"), 22)
        if size < TINY:
            return f"set in {size / 2:g} point"
        if 0 < _number(said.get("w"), 100) < 34 or _number(said.get("spacing"), 0) <= -4 * size:
            return "squeezed until it cannot be read"
        if abs(_number(said.get("position"), 0)) > 2 * size:
            return "moved off its line"
        return self._why_faint(said, page, behind)

    def _why_faint(self, said: Properties, page: Page, behind: str) -> str:
        fill = said.get("textFill")
        if fill is not None and (fill.find(f"{W14}noFill") is not None or _transparent(fill)):
            return "without colour"
        colour = _filled(fill) or self.colour(said.get("color"))
        grounds = [self.background(said) or behind or "FFFFFF"]
        if grounds == ["FFFFFF"] and page.colour:
            grounds.append(page.colour)
        faint = [ground for ground in grounds if colour and contrast(colour, ground) < FAINT]
        return f"in colour {colour} on {faint[0]}" if faint else ""

    def background(self, said: Mapping[str, etree._Element]) -> str:
        """The colour behind a run as its own properties say; "" where they say none."""
        highlight = _HIGHLIGHTS.get((said["highlight"].get(f"{W}val") or "") if "highlight" in said else "", "")
        return highlight or self.shade(said.get("shd"))

    def shade(self, shading: etree._Element | None) -> str:
        """The colour of a shading: its fill, or its pattern's colour where that covers all."""
        if shading is None:
            return ""
        solid = shading.get(f"{W}val") == "solid"
        own = self.colour(shading, "color" if solid else "fill", "themeColor" if solid else "themeFill")
        return own or ("000000" if solid else "")

    def colour(self, element: etree._Element | None, key: str = "val", theme: str = "themeColor") -> str:
        """Six hexadecimal digits; "" for automatic."""
        if element is None:
            return ""
        named = element.get(f"{W}{theme}")
        if named and named != "none":
            base = self._theme.get(named, "")
            return _toned(base, element.get(f"{W}themeTint"), element.get(f"{W}themeShade")) if base else ""
        value = element.get(f"{W}{key}") or ""
        return value.upper() if _is_colour(value) else ""

    def _chain(self, style: str) -> list[etree._Element]:
        chain: list[etree._Element] = []
        while style in self._styles and self._styles[style] not in chain:
            chain.append(self._styles[style])
            style = value_of(chain[-1], "basedOn")
            if len(chain) > _DEEPEST:
                raise ValueError(f"style {style!r} is based on too many others")  # to be read for every paragraph anew
        return chain


def contrast(one: str, other: str) -> float:
    """WCAG's contrast of two colours, from 1 (the same) to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def value_of(element: etree._Element | None, name: str) -> str:
    """The value of a child, such as pStyle's; "" where there is none."""
    child = element.find(f"{W}{name}") if element is not None else None
    return (child.get(f"{W}val") or "") if child is not None else ""


def is_on(element: etree._Element, attribute: str = "val") -> bool:
    """Whether an on/off property is on; one without a value is."""
    default = "0" if attribute == "default" else "1"
    return (element.get(f"{W}{attribute}") or default) not in ("0", "false", "off")


def _said(properties: etree._Element | None) -> Properties:
    if properties is None:
        return {}
    found = ((etree.QName(one).localname, one) for one in properties if isinstance(one.tag, str))
    return {name: one for name, one in found if name in _KEPT}


def _number(element: etree._Element | None, default: int) -> int:
    raw = (element.get(f"{W}val") or "") if element is not None else ""
    plain = raw.rstrip("%").partition(".")[0]
    return int(plain) if plain.lstrip("-").isdigit() else default


def _theme_colours(package: Package) -> dict[str, str]:
    slots = {"lt1": "FFFFFF", "dk1": "000000"}
    part = package.related("theme")
    if part is not None:
        scheme = next(package.tree(part).iter(f"{A}clrScheme"), None)
        slots |= dict(_slots(scheme)) if scheme is not None else {}
    mapped = dict(_MAPPED)
    settings = package.related("settings")
    mapping = package.tree(settings).find(f"{W}clrSchemeMapping") if settings is not None else None
    if mapping is not None:
        mapped |= {name: mapping.get(f"{W}{name}") or target for name, target in _MAPPED.items()}
    colours = {}
    for name in [*_THEME, *(f"accent{number}" for number in range(1, 7))]:
        slot = _THEME.get(name, name)
        slot = _THEME.get(mapped[slot], mapped[slot]) if slot in mapped else slot
        if slot in slots:
            colours[name] = slots[slot]
    return colours


def _slots(scheme: etree._Element) -> Iterator[tuple[str, str]]:
    for slot in scheme:
        if isinstance(slot.tag, str) and len(slot):
            colour = slot[0].get("lastClr") or slot[0].get("val") or ""
            if _is_colour(colour):
                yield etree.QName(slot).localname, colour.upper()


def _toned(colour: str, tint: str | None, shade: str | None) -> str:
    parts = [int(colour[at : at + 2], 16) for at in (0, 2, 4)]
    if tint:
        share = int(tint, 16) / 255
        parts = [round(part * share + 255 * (1 - share)) for part in parts]
    if shade:
        share = int(shade, 16) / 255
        parts = [round(part * share) for part in parts]
    return "".join(f"{part:02X}" for part in parts)


def _filled(fill: etree._Element | None) -> str:
    colour = next(fill.iter(f"{W14}srgbClr"), None) if fill is not None else None
    value = (colour.get(f"{W14}val") or "") if colour is not None else ""
    return value.upper() if _is_colour(value) else ""


def _transparent(fill: etree._Element) -> bool:
    alphas = [one.get(f"{W14}val") or "" for one in fill.iter(f"{W14}alpha")]
    return any(alpha.isdigit() and int(alpha) > 80_000 for alpha in alphas)


def _is_colour(value: str) -> bool:
    return len(value) == 6 and all(digit in "0123456789abcdefABCDEF" for digit in value)


def _luminance(colour: str) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16)) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
