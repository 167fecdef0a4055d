"""`make evaluate`: quality on the evaluation briefs by the commands a user has, beside what other rankers reach.

    python -m bench.evaluate [--work FOLDER]

Imports the real creators into a pool of its own, ranks every brief, and scores the lists. Prints each command it runs.
"""

import argparse
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.evaluation import EvaluationData, evaluation_data
from bench.measure import EVALUATION_LIMIT
from bench.scoring import quality, read_asked, read_judged, read_relevant
from bench.spawn import PROJECT, StepFailed, spawn
from bench.tables import table

FIGURES = ("niche P@250", "niche P@25", "country R@250")
#: Other rankers on the same briefs, as the README of the evaluation data gives them: everybody on the platform (and in
#: the country) by cosine similarity, with scikit-learn.
OTHERS = {
    "word TF-IDF, niche name": (0.360, 0.563, 0.392),
    "word TF-IDF, name and keywords": (0.494, 0.661, 0.494),
    "character 3–5-gram TF-IDF, niche name": (0.623, 0.782, 0.524),
    "character 3–5-gram TF-IDF, name and keywords": (0.572, 0.724, 0.539),
    "the same, fields and keyword containment mixed by hand": (0.646, 0.809, 0.548),
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.evaluate", description="Quality on the evaluation briefs.")
    parser.add_argument("--work", type=Path, default=PROJECT / "var" / "bench" / "evaluate", help="folder for the pool")
    home = parser.parse_args(arguments).work.resolve()
    data = evaluation_data()
    if data.missing:
        sys.stderr.write(f"Nothing was evaluated: {data.missing}.\n")
        return 1
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    _greenroom(home, "pool", "import", str(data.profiles))
    printed = _greenroom(home, "rank", str(data.briefs), "--limit", str(EVALUATION_LIMIT))
    (home / "run.tsv").write_text(printed, encoding="utf-8")
    sys.stdout.write(figures(printed.splitlines(), data) + "\n")
    return 0


def figures(run: Iterable[str], data: EvaluationData) -> str:
    """A table of our figures and the others'. `run`: lines of brief id, rank and username, separated by tabs."""
    ranked: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for line in run:
        brief, rank, username = line.split("\t")
        ranked[brief].append((int(rank), username))
    lists = {brief: [name for _, name in sorted(places)] for brief, places in ranked.items()}
    found = quality(read_asked(data.briefs), lists, read_relevant(data.relevant), read_judged(data.judged))
    rows = [["Greenroom", *(f"{found[name]:.3f}" for name in FIGURES)]]
    rows += [[name, *(f"{value:.3f}" for value in values)] for name, values in OTHERS.items()]
    return table(["ranker", *FIGURES], rows)


def _greenroom(home: Path, *arguments: str) -> str:
    sys.stderr.write(f"GREENROOM_HOME={home} greenroom {' '.join(arguments)}\n")
    done = spawn(["-m", "cli.main", *arguments], extra={"GREENROOM_HOME": str(home)}, folder=home)
    sys.stderr.write(f"    {done.wall:.1f} s, peak {done.peak_mb:.0f} MB\n")
    return done.printed


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StepFailed as failure:
        sys.stderr.write(f"{failure}\n")
        sys.exit(1)
