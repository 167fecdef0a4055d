"""`make bench`: ours against what a user would pick instead, in one run whose ways take turns.

    python -m bench.run [--profiles N] [--rounds N] [--only WAY,WAY] [--million [N]] [--ten-million [N]] [--slowest]
        [--skip-usual] [--no-evaluation] [--readme FILE] [--work FOLDER]

Prints the tables and puts them into bench/README.md as soon as each is there, with the figures and the picture beside
it; a run of some ways only prints. Progress goes to standard error.
"""

import argparse
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.evaluation import evaluation_data
from bench.figures import SIZES, Kept, of_pool, of_text_index, read_kept, write_kept
from bench.goals import goals_section
from bench.growth import growth_svg
from bench.measure import MOST_BUILDS, Workplace, measure, quality_of, real_source, say
from bench.spawn import PROJECT, StepFailed
from bench.tables import BLOCKS, pool_section, quality_section, replaced
from bench.text_index import index_table, measured
from bench.way import NAMES, NOT_AT_A_MILLION, NOT_AT_TEN_MILLION
from core.files import write_atomically

MILLION = 1_000_000
#: The largest pool comes as so many files, and is asked this often at most: a turn of all ways takes long.
LARGE_FILES, LARGE_ROUNDS = 10, 2
_LIBRARIES = ("numpy", "duckdb", "pandas", "scikit-learn", "bm25s", "tantivy")

#: A block of the README, what is put there, and what is kept of it.
Part = tuple[str, str, dict[str, Any] | None]


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parsed(arguments)
    names = [name for name in NAMES if name in asked.only]
    kept = set(names) == set(NAMES)
    if kept:
        write_sections(asked.readme, {})  # a file that cannot take the tables is told of now, not after ten minutes
    for block, section, figures in _parts(asked, names):
        sys.stdout.write(f"{section}\n\n")
        sys.stdout.flush()
        if kept:
            keep(asked.readme, block, section, figures)
    return 0


def _parts(asked: argparse.Namespace, names: Sequence[str]) -> Iterator[Part]:
    """What was asked for, the usual size first; each is measured when it is asked for."""
    here = machine()  # the load of the machine is what others do, before this run adds to it
    for part in (_sizes, _texts, _evaluation):
        yield from part(asked, names, Workplace(asked.work), here)


def _sizes(asked: argparse.Namespace, names: Sequence[str], place: Workplace, here: str) -> Iterator[Part]:
    rounds = asked.rounds
    if not asked.skip_usual:
        yield _sized(SIZES[0], here, partial(measure, place, asked.profiles, names, rounds))
    if asked.million and set(names) - set(NOT_AT_A_MILLION):
        absent = {} if asked.slowest else _absent(names, NOT_AT_A_MILLION)
        some = [name for name in names if name not in NOT_AT_A_MILLION]
        once = [name for name in names if name in NOT_AT_A_MILLION and asked.slowest]
        yield _sized(
            SIZES[1], here, partial(measure, place, asked.million, some, rounds, left_out=absent, once_cold=once)
        )
    if asked.ten_million and set(names) - set(NOT_AT_TEN_MILLION):
        absent = _absent(names, NOT_AT_TEN_MILLION)
        some = [name for name in names if name not in absent]
        few = min(rounds, LARGE_ROUNDS)
        yield _sized(
            SIZES[2], here, partial(measure, place, asked.ten_million, some, few, files=LARGE_FILES, left_out=absent)
        )


def _sized(block: str, here: str, told: Callable[[], Any]) -> Part:
    found = told()
    return block, pool_section(found, here), of_pool(found, here)


def _absent(names: Sequence[str], why: dict[str, str]) -> dict[str, str]:
    return {name: why[name] for name in names if name in why}


def _texts(asked: argparse.Namespace, names: Sequence[str], place: Workplace, here: str) -> Iterator[Part]:
    """The text index alone, at a million."""
    if not asked.million or set(names) != set(NAMES):
        return
    root = place.home / "text-index"
    say(f"the text index alone, {asked.million:,} texts of 1 KB")
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    told = measured(root, asked.million, min(asked.rounds, MOST_BUILDS))
    shutil.rmtree(root)
    section = f"{here} {asked.million:,} invented texts of about 1 KB.\n\n{index_table(told)}"
    yield "text_index", section, of_text_index(asked.million, told.runs, here)


def _evaluation(asked: argparse.Namespace, names: Sequence[str], place: Workplace, here: str) -> Iterator[Part]:
    data = evaluation_data()
    if data.missing or asked.no_evaluation:
        say(f"evaluation briefs skipped: {data.missing or 'not asked for'}")
        return
    found = quality_of(place, data.profiles, names)
    cold = real_source(place, asked.rounds) if "ours" in names else {}
    yield "evaluation", quality_section(found, cold, here), None


def keep(readme: Path, block: str, section: str, figures: dict[str, Any] | None) -> None:
    """Put a section into the README, its figures beside it, and draw anew what is told of all sizes."""
    beside, sections = readme.with_name("figures.json"), {block: section}
    if figures is not None:
        kept: Kept = read_kept(beside) | {block: figures}
        write_kept(beside, kept)
        write_atomically(readme.with_name("growth.svg"), growth_svg(kept))
        sections |= {"goals": goals_section(kept), "growth": _picture(kept)}
    write_sections(readme, sections)


def _picture(kept: Kept) -> str:
    sizes = [f"{kept[block]['profiles']:,}" for block in SIZES if block in kept]
    return f"Measured at {', '.join(sizes)} profiles.\n\n![Time of a longlist over the size of the pool](growth.svg)"


def write_sections(readme: Path, sections: dict[str, str]) -> None:
    """Put each section between its markers, all in one write; a section that was not measured stays as it was."""
    text = readme.read_text(encoding="utf-8")
    for block in BLOCKS:
        text = replaced(text, block, sections.get(block))
    write_atomically(readme, text)


def machine() -> str:
    """The machine, the day and the versions, in two sentences."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return (
        f"{datetime.now(UTC):%d %B %Y}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GB, load {os.getloadavg()[0]:.1f} before the start. "
        f"Python {platform.python_version()}, {libraries}."
    )


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description="Ours against what a user would pick.")
    parser.add_argument("--profiles", type=int, default=100_000, help="size of the generated pool")
    parser.add_argument("--rounds", type=int, default=5, help="how often each way takes its turn")
    parser.add_argument("--only", type=_names, default=NAMES, help=f"some of {','.join(NAMES)}; then nothing is kept")
    for flag, size in (("--million", MILLION), ("--ten-million", 10 * MILLION)):
        parser.add_argument(flag, type=int, nargs="?", const=size, help=f"{size:,} profiles as well (or so many)")
    parser.add_argument("--slowest", action="store_true", help="at a million ask the slowest too, once and cold")
    parser.add_argument("--skip-usual", action="store_true", help="leave out the size that --profiles says")
    parser.add_argument("--no-evaluation", action="store_true", help="leave the evaluation briefs out")
    parser.add_argument("--readme", type=Path, default=PROJECT / "bench" / "README.md", help="where the tables go")
    parser.add_argument("--work", type=Path, default=PROJECT / "var" / "bench", help="folder for pools and indexes")
    asked = parser.parse_args(arguments)
    numbers = (asked.profiles, asked.rounds, asked.million, asked.ten_million)
    if any(number is not None and number < 1 for number in numbers):
        parser.error("--profiles, --rounds and sizes must be at least 1")
    if asked.slowest and not asked.million:
        parser.error("--slowest goes with --million")
    asked.work = asked.work.resolve()
    return asked


def _names(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise argparse.ArgumentTypeError(f"no way is called {unknown[0]!r}; there are {', '.join(NAMES)}")
    return names


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StepFailed as failure:
        sys.stderr.write(f"{failure}\n")
        sys.exit(1)
