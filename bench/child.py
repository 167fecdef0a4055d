"""One step of the benchmark in a process of its own: build, answer once, answer often, judge. Prints JSON.

Loads what a step needs and no more, so that a cold run shows what the way itself costs.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.way import index_folder, way


def main(arguments: Sequence[str]) -> None:
    step, *rest = arguments
    print(json.dumps(STEPS[step](*rest)))  # noqa: T201 - how the runner hears of it


def sample(pool: str, profiles: str) -> int:
    from sourcing.sample import write_sample

    return write_sample(Path(pool), profiles=int(profiles))


def sample_files(folder: str, profiles: str, each: str) -> int:
    from bench.pools import write_files

    return write_files(Path(folder), profiles=int(profiles), each=int(each))


def questions(folder: str) -> list[str]:
    from bench.questions import write_questions
    from bench.ways.ours import CAMPAIGN

    return write_questions(CAMPAIGN, Path(folder), 250)


def build(name: str, pool: str, root: str) -> bool:
    way(name).build(Path(pool), Path(root) / name)
    return True


def cold(name: str, pool: str, root: str, brief: str) -> list[str]:
    from bench.brief import read_brief

    return way(name).opened(Path(pool), index_folder(Path(root), name))(read_brief(Path(brief)))


def files(root: str, out: str) -> int:
    """Ours with the four files, without the record."""
    from bench.ways.ours import CAMPAIGN
    from core.campaign import load_campaign
    from sourcing import report, service

    campaign = load_campaign(CAMPAIGN)
    longlist = service.source(Path(root) / "ours", campaign)
    report.write_files(longlist, campaign, Path(out))
    return len(longlist.entries)


def warm(names: str, pool: str, root: str, brief: str, rounds: str) -> dict[str, list[float]]:
    """Seconds of each answer: all ways are loaded in one process and take turns, after one answer nobody times."""
    from bench.brief import read_brief

    asked = read_brief(Path(brief))
    queries = {name: way(name).opened(Path(pool), index_folder(Path(root), name)) for name in names.split(",")}
    for query in queries.values():
        query(asked)
    seconds: dict[str, list[float]] = {name: [] for name in queries}
    for _ in range(int(rounds)):
        for name, query in queries.items():
            started = time.perf_counter()
            query(asked)
            seconds[name].append(time.perf_counter() - started)
    return seconds


def own(name: str, pool: str, root: str, brief: str) -> float | None:
    """MB of its own that the process has at most while it answers again; nothing else is loaded."""
    from bench.brief import read_brief
    from bench.memory import Highest

    asked = read_brief(Path(brief))
    query = way(name).opened(Path(pool), index_folder(Path(root), name))
    query(asked)
    with Highest(os.getpid()) as seen:
        query(asked)
    return seen.own_mb


def judge(names: str, pool: str, root: str, briefs: str) -> dict[str, dict[str, float]]:
    from bench.brief import read_brief
    from bench.exact import judged

    asked = [read_brief(Path(brief)) for brief in briefs.split(",")]
    return judged(names.split(","), Path(pool), Path(root), asked)


def answers(name: str, pool: str, root: str, limit: str) -> dict[str, float]:
    """Quality on the evaluation briefs, and the milliseconds each took."""
    from bench.evaluation import evaluation_data
    from bench.scoring import quality, read_asked, read_judged, read_relevant

    data = evaluation_data()
    started = time.perf_counter()
    ranked = way(name).answers(Path(pool), index_folder(Path(root), name), data.briefs, int(limit))
    each = (time.perf_counter() - started) / len(ranked)
    names = {brief: [key.partition(":")[2] for key in keys] for brief, keys in ranked}
    found = quality(read_asked(data.briefs), names, read_relevant(data.relevant), read_judged(data.judged))
    return found | {"ms": each * 1000}


STEPS: dict[str, Callable[..., Any]] = {
    step.__name__: step for step in (sample, sample_files, questions, build, cold, files, warm, own, judge, answers)
}

if __name__ == "__main__":
    main(sys.argv[1:])
