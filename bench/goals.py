"""What the benchmark is to show, as ratios that were set before, beside what was measured. Pure.

A goal that is missed says so, and so does one that nobody has measured.
"""

from dataclasses import dataclass

from bench.figures import COLD, SIZES, WARM, Kept, figure
from bench.tables import table, times
from bench.way import way

PEER = "tantivy_first"
_TEXT = "text_index"
_OURS = (("warm, Greenroom", "ours", WARM), ("cold, Greenroom with its four files", "files", COLD))


@dataclass(frozen=True)
class Goal:
    """`part` over `whole`, each (block, way, what), is to be `most` at most; None: as many times as profiles."""

    says: str
    part: tuple[str, str, str]
    whole: tuple[str, str, str]
    most: float | None


def goals() -> list[Goal]:
    """As good as the best search library at one question, linear in the size of the pool."""
    peer = way(PEER).TITLE
    asked = [
        Goal(f"{says} against {peer}", (block, name, what), (block, PEER, what), 1.0)
        for says, name, what in _OURS
        for block in SIZES
    ]
    build = Goal("processor of building the text index against tantivy", (_TEXT, "ours", "build_cpu"),
                 (_TEXT, "tantivy", "build_cpu"), 1.0)  # fmt: skip
    grown = [
        Goal(f"{says}, as the pool grows", ("ten_million", name, what), ("million", name, what), None)
        for says, name, what in _OURS
    ]
    return [*asked, build, *grown]


def goals_section(kept: Kept) -> str:
    """A row for each goal: what, at which size, what it is to be at most, what it is."""
    rows = []
    for goal in goals():
        part, whole, most = figure(kept, *goal.part), figure(kept, *goal.whole), _most(kept, goal)
        measured, met = "not measured", "–"
        if part is not None and whole:
            measured, met = times(part, whole), "met" if part / whole <= most else "missed"
        rows.append([goal.says, _size(kept, goal), f"at most {most:.3g} ×", measured, met])
    return table(["what", "profiles", "goal", "measured", ""], rows)


def _most(kept: Kept, goal: Goal) -> float:
    if goal.most is not None:
        return goal.most
    sizes = [kept[block]["profiles"] for block in (goal.part[0], goal.whole[0]) if block in kept]
    return float(sizes[0] / sizes[1]) if len(sizes) == 2 else 10.0


def _size(kept: Kept, goal: Goal) -> str:
    names = dict(zip((*SIZES, _TEXT), ("the usual size", "a million", "ten million", "texts of 1 KB"), strict=True))
    sizes = [
        f"{kept[block]['profiles']:,}" if block in kept else names[block]
        for block in dict.fromkeys((goal.part[0], goal.whole[0]))
    ]
    return " over ".join(sizes)
