"""How the ways grow with the pool, as a picture: seconds over profiles, both axes by powers of ten. Pure.

Drawn from the figures that are kept, as SVG by hand: a picture needs no library. Knows nothing of how they came.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from xml.sax.saxutils import escape

from bench.figures import COLD, SIZES, WARM, Kept, figure
from bench.tables import COLD_ONLY
from bench.way import NAMES, way

_WIDTH, _PANEL, _TOP, _LEFT, _INSIDE, _GAP = 1080, 420, 76, 74, 410, 110
_LEGEND_ROW, _LEGEND_WIDTH = 24, 340
#: Apart in hue and in lightness, also for who sees few colours; ours is the thick one.
_COLOURS = (
    "#0b6e4f",
    "#7cc04b",
    "#8c564b",
    "#d55e00",
    "#e69f00",
    "#56708a",
    "#cc79a7",
    "#0072b2",
    "#56b4e9",
    "#3aa882",
    "#111111",
)
_INK, _FAINT = "#222222", "#dddddd"


@dataclass(frozen=True)
class Line:
    """One way in one panel: (profiles, seconds), by size."""

    title: str
    colour: str
    thick: bool
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class _Axes:
    """Powers of ten that the panel shows, and where it stands."""

    left: float
    across: tuple[int, int]
    up: tuple[int, int]

    def x(self, value: float) -> float:
        low, high = self.across
        return self.left + _INSIDE * (log10(value) - low) / (high - low)

    def y(self, value: float) -> float:
        low, high = self.up
        return _TOP + _PANEL * (1 - (log10(value) - low) / (high - low))


def lines_of(kept: Kept, what: str) -> list[Line]:
    """The ways of which this was measured at any size, in the order of the tables."""
    named = [(name, way(name).TITLE) for name in NAMES]
    found = []
    for place, (name, title) in enumerate([*named, *COLD_ONLY.items()]):
        points = []
        for block in SIZES:
            seconds = figure(kept, block, name, what)
            if seconds:
                points.append((float(kept[block]["profiles"]), seconds))
        if points:
            found.append(Line(title, _COLOURS[place], name == "ours", tuple(sorted(points))))
    return found


def growth_svg(kept: Kept) -> str:
    """Two panels, a new process and a warm one, and below them which line is whose."""
    panels = [("A new process, from start to the list", lines_of(kept, COLD)),
              ("Asked again in a process that is warm", lines_of(kept, WARM))]  # fmt: skip
    across = _decades([point[0] for _, lines in panels for line in lines for point in line.points])
    up = _decades([point[1] for _, lines in panels for line in lines for point in line.points])
    legend = {line.title: line for _, lines in panels for line in lines}
    below = _TOP + _PANEL + 76
    height = below + _LEGEND_ROW * ceil(len(legend) / 3) + 12
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'font-family="system-ui, Helvetica, Arial, sans-serif" font-size="14" fill="{_INK}" role="img" '
        'aria-label="Seconds of a longlist over the size of the pool, for each way">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(_LEFT, 30, "Time of a longlist as the pool grows", size=19, weight=600),
    ]
    for place, (title, lines) in enumerate(panels):
        axes = _Axes(_LEFT + place * (_INSIDE + _GAP), across, up)
        drawn += [
            _text(axes.left, 60, title, size=15, weight=600),
            *_grid(axes),
            *(_line(axes, line) for line in lines),
        ]
    drawn += [_key(number, line, below) for number, line in enumerate(legend.values())]
    return "\n".join([*drawn, "</svg>"]) + "\n"


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around all values, one apart at least."""
    low, high = (floor(log10(min(values))), ceil(log10(max(values)))) if values else (0, 1)
    return low, max(high, low + 1)


def _grid(axes: _Axes) -> list[str]:
    right, bottom = axes.left + _INSIDE, _TOP + _PANEL
    drawn = []
    for power in range(axes.across[0], axes.across[1] + 1):
        x = axes.x(10.0**power)
        drawn.append(_rule((x, _TOP), (x, bottom)))
        drawn.append(_text(x, bottom + 24, f"{10**power:,}", anchor="middle"))
    for power in range(axes.up[0], axes.up[1] + 1):
        y = axes.y(10.0**power)
        drawn.append(_rule((axes.left, y), (right, y)))
        drawn.append(_text(axes.left - 8, y + 5, _seconds(power), anchor="end"))
    return [*drawn, _text((axes.left + right) / 2, bottom + 48, "profiles", anchor="middle")]


def _seconds(power: int) -> str:
    return f"{10**power:,} s" if power >= 0 else f"{10 ** (power + 3):g} ms"


def _line(axes: _Axes, line: Line) -> str:
    places = [(axes.x(profiles), axes.y(seconds)) for profiles, seconds in line.points]
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    width, radius = (3.5, 5) if line.thick else (1.8, 3.5)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{line.colour}"/>' for x, y in places)
    return (
        f'<g><title>{escape(line.title)}</title><polyline points="{joined}" fill="none" stroke="{line.colour}" '
        f'stroke-width="{width}"/>{dots}</g>'
    )


def _key(number: int, line: Line, top: float) -> str:
    x, y = _LEFT + number % 3 * _LEGEND_WIDTH, top + number // 3 * _LEGEND_ROW
    width = 3.5 if line.thick else 1.8
    return (
        f'<line x1="{x}" y1="{y - 5}" x2="{x + 28}" y2="{y - 5}" stroke="{line.colour}" stroke-width="{width}"/>'
        f'<circle cx="{x + 14}" cy="{y - 5}" r="{5 if line.thick else 3.5}" fill="{line.colour}"/>'
        + _text(x + 36, y, line.title, weight=600 if line.thick else 400)
    )


def _rule(start: tuple[float, float], end: tuple[float, float]) -> str:
    return f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" stroke="{_FAINT}"/>'


def _text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 14, weight: int = 400) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}">'
        f"{escape(words)}</text>"
    )
