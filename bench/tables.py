"""Measurements as Markdown, and their place in a README: between two markers, the prose around them untouched. Pure."""

import re
from collections.abc import Mapping, Sequence
from statistics import median

from bench.measure import Measured
from bench.spawn import Spent
from bench.way import NAMES, way

COLD_ONLY = {"files": "Greenroom, four files", "command": "Greenroom, the whole command"}
BLOCKS = ("goals", "growth", "generated", "million", "ten_million", "text_index", "evaluation")
_QUALITY = ("niche P@250", "niche P@25", "country R@250")


def replaced(text: str, block: str, content: str | None) -> str:
    """The text with the block's content replaced, None: as it was. Raises ValueError where the markers are missing."""
    begin, end = f"<!-- {block}: begin -->", f"<!-- {block}: end -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"the text has no markers for {block}")
    if content is None:
        return text
    return pattern.sub(lambda _: f"{begin}\n{content.strip()}\n{end}", text)


def pool_section(told: Measured, machine: str) -> str:
    """Ratios to ours first, then what they are ratios of."""
    judged = told.judged.get("", {})
    inside, profiles = judged.get("inside", 0.0), judged.get("profiles", 1.0)
    intro = (
        f"{machine} {told.profiles:,} generated profiles, {inside:,.0f} of them ({inside / profiles:.0%}) inside the "
        f"limits; medians of {told.rounds} {'round' if told.rounds == 1 else 'rounds'}."
    )
    return "\n\n".join([intro, _ratios(told), _seconds(told)])


def quality_section(
    results: Mapping[str, Mapping[str, float]], cold: Mapping[str, Sequence[Spent]], machine: str
) -> str:
    """Quality of every way, and what a longlist of the real creators costs us."""
    head = ["way", *_QUALITY, "ms a brief, against ours"]
    ours = results.get("ours", {}).get("ms")
    rows = [
        [way(name).TITLE, *(f"{found[key]:.3f}" for key in _QUALITY), times(found["ms"], ours)]
        for name, found in results.items()
    ]
    spent = [
        [COLD_ONLY[name], _spread([run.wall for run in runs]), _middle([run.peak_mb for run in runs])]
        for name, runs in cold.items()
    ]
    costs = table(["a longlist of the real creators, cold", "s", "peak MB"], spent) if spent else ""
    return f"{machine}\n\n{table(head, rows)}\n\n{costs}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _ratios(told: Measured) -> str:
    head = ["way", "build", "build CPU", "index", "cold", "warm", "peak of build", "peak of a cold query",
            "own of a cold query", "share of its exact 250", "limits broken"]  # fmt: skip
    rows = [_ratio_row(told, name) for name in NAMES if name in told.cold]
    absent = [[f"{way(name).TITLE}: not run, {why}", *["–"] * (len(head) - 1)] for name, why in told.left_out.items()]
    return table(head, rows + absent)


def _ratio_row(told: Measured, name: str) -> list[str]:
    ours, built = "ours", way(name).BUILT_BY or name
    builds, base = told.builds.get(built, []), told.builds.get(ours, [])
    judged = told.judged.get(name, {})
    return [
        way(name).TITLE,
        _ratio([run.wall for run in builds], [run.wall for run in base]),
        _ratio([run.cpu for run in builds], [run.cpu for run in base]),
        _ratio([told.index_mb[built]] if builds else [], [told.index_mb[ours]] if base else []),
        _ratio([run.wall for run in told.cold[name]], [run.wall for run in told.cold.get(ours, [])]),
        _ratio(told.warm.get(name, []), told.warm.get(ours, [])),
        _ratio([run.peak_mb for run in builds], [run.peak_mb for run in base]),
        _ratio([run.peak_mb for run in told.cold[name]], [run.peak_mb for run in told.cold.get(ours, [])]),
        _ratio(_own(told.cold[name]), _own(told.cold.get(ours, []))),
        f"{judged['share']:.3f}" if "share" in judged else "all scored" if judged and name != ours else "not judged",
        f"{judged['broken']:.0f}" if judged else "–",
    ]


def _seconds(told: Measured) -> str:
    head = ["way", "build s", "build CPU s", "index MB", "cold s", "warm ms", "peak MB, build / cold",
            "own MB, cold / warm"]  # fmt: skip
    rows = []
    for name in [name for name in (*NAMES, *COLD_ONLY) if name in told.cold]:
        built = name if name in COLD_ONLY else way(name).BUILT_BY or name
        builds = told.builds.get(built, [])
        peaks = [_middle([run.peak_mb for run in builds]), _middle([run.peak_mb for run in told.cold[name]])]
        rows.append([
            COLD_ONLY.get(name) or way(name).TITLE,
            _spread([run.wall for run in builds]),
            _spread([run.cpu for run in builds]),
            f"{told.index_mb[built]:.0f}" if builds else "–",
            _spread([run.wall for run in told.cold[name]]),
            _spread([1000 * each for each in told.warm.get(name, [])]),
            " / ".join(peaks),
            f"{_middle(_own(told.cold[name]))} / {_middle(told.own_warm.get(name, []))}",
        ])  # fmt: skip
    return table(head, rows)


def _own(runs: Sequence[Spent]) -> list[float]:
    return [run.own_mb for run in runs if run.own_mb is not None]


def _ratio(values: Sequence[float], base: Sequence[float]) -> str:
    return times(median(values), median(base) if base else None) if values else "–"


def times(value: float, base: float | None) -> str:
    """ "0.5 ×", with as many digits as a ratio is worth; a dash without a base."""
    if not base:
        return "–"
    ratio = value / base
    if ratio >= 0.095:
        return f"{ratio:.0f} ×" if ratio >= 9.5 else f"{ratio:.1f} ×" if ratio >= 0.95 else f"{ratio:.2f} ×"
    return f"{ratio:.2g} ×"


def _spread(values: Sequence[float]) -> str:
    """The median, and in brackets the least and the most."""
    if not values:
        return "–"
    return f"{_figure(median(values))} ({_figure(min(values))}–{_figure(max(values))})"


def _middle(values: Sequence[float]) -> str:
    return f"{median(values):.0f}" if values else "–"


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
