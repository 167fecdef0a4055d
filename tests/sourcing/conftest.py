"""Pools made on the fly: small files in, a pool folder out."""

import gzip
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.audience import Safety, Target
from core.campaign import Campaign
from core.clock import FixedClock
from sourcing.compaction import Policy
from sourcing.importers import ImportReport, import_profiles
from sourcing.pool import Profile, open_pool

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
CLOCK = FixedClock(datetime(2026, 11, 20, tzinfo=UTC))
#: Never merge but for what weighs no more than the import itself; always merge.
APART, TOGETHER = Policy(small=0, most_dead=1.0), Policy(small=1_000_000)

Row = dict[str, Any]
Importer = Callable[..., ImportReport]
Adder = Callable[..., ImportReport]


def write_jsonl(path: Path, rows: Iterable[Row]) -> Path:
    text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@dataclass(frozen=True)
class Imported:
    """What came of an import that several tests look at: what it said, and the profiles by handle."""

    report: ImportReport
    profiles: dict[str, Profile]
    folder: Path


def import_all(
    folder: Path, place: Path, contents: Iterable[Any], *, platform: str | None = None, name: str = "profiles.txt"
) -> ImportReport:
    """Import text, bytes, rows or paths into `folder`; what is no path yet becomes a file in `place`."""
    files = []
    for number, content in enumerate(contents):
        file = place / f"{number}-{name}"
        if isinstance(content, Path):
            file = content
        elif isinstance(content, bytes):
            file.write_bytes(content)
        elif isinstance(content, str):
            file.write_bytes(content.encode())
        else:
            write_jsonl(file, content)
        files.append(file)
    return import_profiles(folder, files, clock=FixedClock(NOW), platform=platform)


def living(folder: Path) -> dict[str, Profile]:
    """The profiles of a pool that no newer row replaced, by handle."""
    pool = open_pool(folder)
    return {pool.profile(row).handle: pool.profile(row) for row in range(len(pool)) if pool.alive[row]}


@pytest.fixture(scope="session")
def import_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Imported]:
    """Import into a pool of its own, for the cases of a test that differ by a row: one import for all of them."""

    def importer(*contents: Any, **how: Any) -> Imported:
        place = tmp_path_factory.mktemp("once")
        report = import_all(place / "pool", place, contents, **how)
        return Imported(report, living(place / "pool"), place / "pool")

    return importer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pool"


@pytest.fixture
def load(folder: Path, tmp_path: Path) -> Importer:
    """Import text, bytes, rows or a path; returns the report."""

    def loader(*contents: Any, platform: str | None = None, name: str = "profiles.txt") -> ImportReport:
        return import_all(folder, tmp_path, contents, platform=platform, name=name)

    return loader


@pytest.fixture
def small(campaign: Campaign) -> Campaign:
    """The example campaign for a pool of a handful."""
    audience = campaign.audience.model_copy(update={"exclude_words": ("casino", "crypto trader"), "languages": ("de",)})
    # What brand safety and a target audience add has tests of its own.
    return campaign.model_copy(update={"audience": audience, "safety": Safety(categories=()), "target": Target()})


@pytest.fixture
def add(tmp_path: Path) -> Adder:
    """`add(folder, rows, policy)` imports rows into a pool, as its policy cuts it."""

    def adder(folder: Path, rows: Sequence[Row], policy: Policy = APART, **other: Any) -> ImportReport:
        file = write_jsonl(tmp_path / "rows.jsonl", rows)
        return import_profiles(folder, [file], clock=CLOCK, policy=policy, **other)

    return adder
