"""bm25s: BM25 of every word and profile worked out ahead, kept as a sparse matrix; the numbers beside it as arrays.

Cannot: change a profile without building all anew, or match parts of words.
"""

from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np

from bench.brief import Brief, inside, weighted
from bench.evaluation import each_brief
from bench.table import columns_of
from bench.way import Query

TITLE = "bm25s"
BUILT_BY = ""
BUILDS = True
_NUMBERS, _NAMES = ("followers", "engagement", "rank"), ("key", "platform", "country")


def build(pool: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    columns = columns_of(pool)
    tokens = bm25s.tokenize(
        list(columns["words"]), lower=False, token_pattern=r"\S+", stopwords=[], show_progress=False
    )
    index = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    index.index(tokens, show_progress=False)
    index.save(folder / "index", show_progress=False)
    for name in _NUMBERS:
        column = columns[name]
        np.save(folder / f"{name}.npy", np.ma.filled(column.astype(np.float64), np.nan))
    for name in _NAMES:
        np.save(folder / f"{name}.npy", columns[name].astype(np.str_))


def opened(pool: Path, folder: Path) -> Query:
    index = bm25s.BM25.load(folder / "index", mmap=True, show_progress=False)
    numbers = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _NUMBERS}
    names = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _NAMES}

    def query(brief: Brief) -> list[str]:
        known = [word for word in brief.words if word in index.vocab_dict]
        rows = np.flatnonzero(inside(numbers, names, brief))
        text = np.asarray(index.get_scores(known), dtype=np.float64)[rows] if known else np.zeros(len(rows))
        score = weighted(text, numbers["rank"][rows], numbers["followers"][rows], brief)
        # Equal scores are ordered by row, which is the order of the keys.
        chosen = rows[np.argsort(-score, kind="stable")[: brief.limit]]
        return [str(key) for key in names["key"][chosen]]

    return query


def answers(pool: Path, folder: Path, briefs: Path, limit: int) -> Sequence[tuple[str, list[str]]]:
    return each_brief(opened(pool, folder), briefs, limit)
