"""The order of a run: what is built, asked and judged, each step in a process of its own, the ways taking turns."""

import hashlib
import json
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.spawn import PROJECT, Spent, megabytes, spawn
from bench.way import NAMES

#: A build takes long and varies little: three are enough.
MOST_BUILDS = 3
WARM_TURNS = 5
#: So many creators are ranked for each evaluation brief; some are not judged and fall out before the cut at 250.
EVALUATION_LIMIT = 300
#: Those whose index another one's build makes, or who build nothing.
_BUILT = ("ours", "duckdb_scan", "duckdb_postings", "sqlite_fts", "bm25s_index", "tantivy_first")

Say = Callable[[str], None]


def say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


@dataclass
class Measured:
    """What one pool showed: per way, the runs in order; `warm` in seconds; `judged` from exact scoring.

    `own_warm`: MB of its own while a process answers again; `left_out`: who was not run, and why.
    """

    profiles: int
    rounds: int
    builds: dict[str, list[Spent]] = field(default_factory=dict)
    index_mb: dict[str, float] = field(default_factory=dict)
    cold: dict[str, list[Spent]] = field(default_factory=dict)
    warm: dict[str, list[float]] = field(default_factory=dict)
    judged: dict[str, dict[str, float]] = field(default_factory=dict)
    own_warm: dict[str, list[float]] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Workplace:
    """Where a run keeps its files. `root` is emptied of indexes, the generated pools stay."""

    home: Path

    def pool(self, profiles: int, *, files: int = 1) -> Path:
        """A generated pool (a folder, where it has several files), made anew when what draws it has changed."""
        drawn = sorted([*(PROJECT / "sourcing").glob("sample*.py"), *(PROJECT / "sourcing").glob("sample*/*")])
        digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in drawn if file.is_file())).hexdigest()[:8]
        return self.home / "pools" / (f"{profiles}-{digest}" + (f"-{files}-files" if files > 1 else ".jsonl.gz"))


def measure(
    place: Workplace, profiles: int, names: Sequence[str], rounds: int, *, files: int = 1,
    left_out: Mapping[str, str] | None = None, once_cold: Sequence[str] = (),
) -> Measured:  # fmt: skip
    """Everything about one generated pool, which lies in so many files. `once_cold` are asked once and no more."""
    pool, root = place.pool(profiles, files=files), place.home / f"indexes-{profiles}"
    if not pool.exists():
        say(f"generating {profiles:,} profiles")
        pool.parent.mkdir(parents=True, exist_ok=True)
        several = ("sample_files", str(pool), str(profiles), str(-(-profiles // files)))
        step(*(several if files > 1 else ("sample", str(pool), str(profiles))))
    briefs = json.loads(step("questions", str(place.home / "briefs")).printed)
    told = Measured(profiles, rounds, left_out=left_out or {})
    build(told, pool, root, [*names, *once_cold])
    asked = (pool, root, briefs[0])
    _cold(told, asked, names, once_cold)
    _own(told, asked, names)
    say("warm, all in one process")
    answer = step("warm", ",".join(names), str(pool), str(root), briefs[0], str(rounds * WARM_TURNS))
    told.warm = json.loads(answer.printed)
    say("exact scoring of every survivor")
    told.judged = json.loads(step("judge", ",".join(names), str(pool), str(root), ",".join(briefs)).printed)
    return told


def step(*arguments: str) -> Spent:
    return spawn(["-m", "bench.child", *arguments])


def build(told: Measured, pool: Path, root: Path, names: Sequence[str]) -> None:
    """Each index, from nothing every time, up to three times in turns; the last stays."""
    shutil.rmtree(root, ignore_errors=True)
    for turn in range(min(told.rounds, MOST_BUILDS)):
        for name in [name for name in _BUILT if name in names or (name == "tantivy_first" and _reads_it(names))]:
            say(f"build {turn + 1}: {name}")
            shutil.rmtree(root / name, ignore_errors=True)
            told.builds.setdefault(name, []).append(step("build", name, str(pool), str(root)))
            told.index_mb[name] = megabytes(root / name)


def quality_of(place: Workplace, profiles: Path, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """Every way on the evaluation briefs: the figures by name, and `ms` per brief."""
    root = place.home / "indexes-evaluation"
    build(Measured(0, 1), profiles, root, names)
    results = {}
    for name in names:
        say(f"evaluation briefs: {name}")
        results[name] = json.loads(step("answers", name, str(profiles), str(root), str(EVALUATION_LIMIT)).printed)
    return results


def real_source(place: Workplace, rounds: int) -> dict[str, list[Spent]]:
    """A cold longlist of the real creators, after `quality_of` has imported them: four files, the whole command."""
    found: dict[str, list[Spent]] = {}
    for turn in range(rounds):
        say(f"cold {turn + 1}: ours on the real creators")
        _cold_ours(found, place.home / "indexes-evaluation", turn)
    return found


def _reads_it(names: Sequence[str]) -> bool:
    return "tantivy_filters" in names


def _cold_ours(cold: dict[str, list[Spent]], root: Path, turn: int) -> None:
    cold.setdefault("files", []).append(step("files", str(root), str(root / "files")))
    cold.setdefault("command", []).append(command(root, root / f"home-{turn}"))


def _cold(told: Measured, asked: tuple[Path, Path, str], names: Sequence[str], once: Sequence[str]) -> None:
    pool, root, brief = asked
    for turn in range(told.rounds):
        for name in [name for name in NAMES if name in names or (name in once and turn == 0)]:
            say(f"cold {turn + 1}: {name}")
            told.cold.setdefault(name, []).append(step("cold", name, str(pool), str(root), brief))
        if "ours" in names:
            say(f"cold {turn + 1}: ours with its files, and the whole command")
            _cold_ours(told.cold, root, turn)


def _own(told: Measured, asked: tuple[Path, Path, str], names: Sequence[str]) -> None:
    pool, root, brief = asked
    for turn in range(min(told.rounds, MOST_BUILDS)):
        for name in names:
            say(f"memory {turn + 1}: {name}")
            seen = json.loads(step("own", name, str(pool), str(root), brief).printed)
            if seen is not None:
                told.own_warm.setdefault(name, []).append(seen)


def command(root: Path, home: Path) -> Spent:
    """`greenroom source` with a record of its own that is ready before the clock starts."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    (home / "pool").symlink_to(root / "ours", target_is_directory=True)
    shutil.copy(PROJECT / "people.example.toml", home / "people.toml")
    shutil.copy(PROJECT / "bench" / "campaign.toml", home / "campaign.toml")
    settings = {"GREENROOM_HOME": str(home), "GREENROOM_PEOPLE_FILE": str(home / "people.toml")}
    spawn(["-m", "cli.main", "db", "upgrade"], extra=settings, folder=home)
    return spawn(["-m", "cli.main", "source", str(home / "campaign.toml"), "--json"], extra=settings, folder=home)
