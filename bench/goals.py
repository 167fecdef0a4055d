"""What the benchmark is to show, set before it was run, beside what was measured. Pure.

A goal that is missed says so, and so does one that nobody has measured.
"""

from dataclasses import dataclass

from bench.figures import COLD, SIZES, WARM, Kept, figure
from bench.tables import table, times
from bench.way import way

PEER = "tantivy_first"
_TEXT, _MILLION, _TEN = "text_index", "million", "ten_million"
#: (block, way, what)
_Figure = tuple[str, str, str]


@dataclass(frozen=True)
class Goal:
    """`part` over `whole` is to be `most` at most; without a whole `part` itself is, in MB."""

    says: str
    part: _Figure
    whole: _Figure | None
    most: float


def goals() -> list[Goal]:
    """Those of the design: to build for less, to score everybody sooner than others find some, to stay within little
    memory, and to grow no faster than the pool."""
    peer = way(PEER).TITLE
    return [
        Goal("processor of building the text index, against tantivy", (_TEXT, "ours", "build_cpu"),
             (_TEXT, "tantivy", "build_cpu"), 0.25),
        Goal("memory of building the text index", (_TEXT, "ours", "build_peak"), None, 1_500),
        Goal(f"warm, everybody inside scored by all factors, against {peer}", (_MILLION, "ours_scored", WARM),
             (_MILLION, PEER, WARM), 0.5),
        Goal("the same against tantivy, filters in the search, best 2,000", (_MILLION, "ours_scored", WARM),
             (_MILLION, "tantivy_filters", WARM), 0.5),
        Goal(f"cold, with four files written, against {peer}", (_MILLION, "files", COLD), (_MILLION, PEER, COLD), 1.5),
        Goal("own memory of a cold query with four files", (_MILLION, "files", "own_cold"), None, 256),
        Goal("own memory of a cold query with four files", (_TEN, "files", "own_cold"), None, 512),
        *(Goal(f"{says}, ten million against one", (_TEN, name, what), (_MILLION, name, what), 10.5)
          for says, name, what in (("scored, warm", "ours_scored", WARM), ("the whole longlist, warm", "ours", WARM),
                                   ("cold, with four files", "files", COLD))),
    ]  # fmt: skip


def goals_section(kept: Kept) -> str:
    """A row for each goal: what, at which size, what it is to be at most, what it is."""
    rows = []
    for goal in goals():
        part, whole = figure(kept, *goal.part), figure(kept, *goal.whole) if goal.whole else 1.0
        most = f"at most {goal.most:.3g} ×" if goal.whole else f"at most {goal.most:,.0f} MB"
        measured, met = "not measured", "–"
        if part is not None and whole:
            measured = times(part, whole) if goal.whole else f"{part:,.0f} MB"
            met = "met" if part / whole <= goal.most else "missed"
        rows.append([goal.says, _size(kept, goal), most, measured, met])
    return table(["what", "profiles", "goal", "measured", ""], rows)


def _size(kept: Kept, goal: Goal) -> str:
    names = dict(zip((*SIZES, _TEXT), ("the usual size", "a million", "ten million", "texts of 1 KB"), strict=True))
    blocks = dict.fromkeys((goal.part[0], goal.whole[0] if goal.whole else goal.part[0]))
    return " over ".join(f"{kept[block]['profiles']:,}" if block in kept else names[block] for block in blocks)
