"""`make bench`: ours against what a user would pick instead, in one run whose ways take turns.

    python -m bench.run [--profiles N] [--rounds N] [--only WAY,WAY] [--million] [--readme FILE] [--work FOLDER]

Prints the tables and puts them into bench/README.md; a run of some ways only prints. Progress goes to standard error.
"""

import argparse
import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.evaluation import evaluation_data
from bench.measure import Workplace, measure, quality_of, real_source, say
from bench.spawn import PROJECT, StepFailed
from bench.tables import BLOCKS, pool_section, quality_section, replaced
from bench.way import AT_A_MILLION, NAMES
from core.files import write_atomically

MILLION = 1_000_000
_LIBRARIES = ("numpy", "duckdb", "pandas", "scikit-learn", "bm25s", "tantivy")


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parse(arguments)
    place, names = Workplace(asked.work), [name for name in NAMES if name in asked.only]
    kept, here = set(names) == set(NAMES), machine()
    if kept:
        write_sections(asked.readme, {})  # a file that cannot take the tables is told of now, not after ten minutes
    sections = {"generated": pool_section(measure(place, asked.profiles, names, asked.rounds), here)}
    if asked.million:
        some = [name for name in names if name in AT_A_MILLION]
        sections["million"] = pool_section(measure(place, MILLION, some, asked.rounds), here)
    data = evaluation_data()
    if data.missing or asked.no_evaluation:
        say(f"evaluation briefs skipped: {data.missing or 'not asked for'}")
    else:
        found = quality_of(place, data.profiles, names)
        cold = real_source(place, asked.rounds) if "ours" in names else {}
        sections["evaluation"] = quality_section(found, cold, here)
    sys.stdout.write("\n\n".join(sections.values()) + "\n")
    if kept:
        write_sections(asked.readme, sections)
    return 0


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


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description="Ours against what a user would pick.")
    parser.add_argument("--profiles", type=int, default=100_000, help="size of the generated pool")
    parser.add_argument("--rounds", type=int, default=5, help="how often each way takes its turn")
    parser.add_argument("--only", type=_names, default=NAMES, help=f"some of {','.join(NAMES)}; then nothing is kept")
    parser.add_argument("--million", action="store_true", help="a million profiles as well, without the slowest")
    parser.add_argument("--no-evaluation", action="store_true", help="leave the evaluation briefs out")
    parser.add_argument("--readme", type=Path, default=PROJECT / "bench" / "README.md", help="where the tables go")
    parser.add_argument("--work", type=Path, default=PROJECT / "var" / "bench", help="folder for pools and indexes")
    asked = parser.parse_args(arguments)
    if asked.profiles < 1 or asked.rounds < 1:
        parser.error("--profiles and --rounds must be at least 1")
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
