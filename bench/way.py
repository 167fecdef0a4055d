"""A way of making a longlist: what each file in ways/ offers, and how it is found by name. Loads none until asked."""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from bench.brief import Brief

#: Answers a brief with account keys ("instagram:ada"), best first.
Query = Callable[[Brief], list[str]]


class Way(Protocol):
    """A module of ways/.

    `TITLE` names it in tables; `BUILT_BY` is the way whose index it reads, "" where it has its own; `BUILDS` is False
    where there is nothing to build ahead.
    """

    TITLE: str
    BUILT_BY: str
    BUILDS: bool

    def build(self, pool: Path, folder: Path) -> None:
        """Make whatever queries need out of a file of profiles (gzipped JSON lines)."""

    def opened(self, pool: Path, folder: Path) -> Query:
        """Whatever is loaded once per process."""

    def answers(self, pool: Path, folder: Path, briefs: Path, limit: int) -> Sequence[tuple[str, list[str]]]:
        """(brief id, keys) for every brief of an evaluation file, by text alone."""


#: In the order of the tables; the first is what the others are compared with.
NAMES = (
    "ours", "ours_scored", "pandas_sklearn", "duckdb_scan", "duckdb_postings", "sqlite_fts", "bm25s_index",
    "tantivy_first", "tantivy_filters",
)  # fmt: skip
#: Who is not run at a size, and why.
NOT_AT_A_MILLION = {
    "pandas_sklearn": "every run reads and counts the whole file, which takes minutes (`--slowest`: once, cold)",
}
NOT_AT_TEN_MILLION = {
    "pandas_sklearn": "every run holds the whole file in memory",
    "sqlite_fts": "its build holds the texts of all profiles in memory",
    "bm25s_index": "its build holds the texts of all profiles in memory, and what it counts of them",
}


def way(name: str) -> Way:
    return cast(Way, import_module(f"bench.ways.{name}"))


def index_folder(root: Path, name: str) -> Path:
    """Where the index that a way reads lies."""
    return root / (way(name).BUILT_BY or name)
