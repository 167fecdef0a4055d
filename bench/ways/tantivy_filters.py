"""tantivy with the limits inside the search: the best 2,000 by text of those inside, then the weighted score.

Reads the same index. Still cuts by text before the weighted score, so weak words with strong numbers are lost.
"""

from collections.abc import Sequence
from pathlib import Path

from bench.brief import FETCH
from bench.evaluation import each_brief
from bench.way import Query
from bench.ways import tantivy_first

TITLE = f"tantivy, filters in the search, best {FETCH:,}"
BUILT_BY = "tantivy_first"
BUILDS = False


def build(pool: Path, folder: Path) -> None:
    tantivy_first.build(pool, folder)


def opened(pool: Path, folder: Path) -> Query:
    return tantivy_first.searching(folder, filtered=True)


def answers(pool: Path, folder: Path, briefs: Path, limit: int) -> Sequence[tuple[str, list[str]]]:
    return each_brief(opened(pool, folder), briefs, limit)
