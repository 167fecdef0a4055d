"""Until when a profile of several sources may be kept: each source has a term of its own, as long as it has a value."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from core.clock import FixedClock
from sourcing import service
from sourcing.importers import ImportReport, import_profiles
from sourcing.rows import HELD, TYPES
from sourcing.segments import SOURCE
from sourcing.upkeep import check_pool, rebuild_pool
from tests.sourcing.conftest import NOW, living, write_jsonl

Load = Callable[..., ImportReport]
START = datetime(2026, 1, 1, tzinfo=UTC)
SOURCES = ("Platform", "Vendor", "Our list")
FIELDS = ("name", "bio", "country", "city", "followers", "audience_genders", "audience_ages")
VALUES: dict[str, Sequence[Any]] = {
    "country": ("Germany", "France"), "followers": (1_000, 2_000),
    "audience_genders": ({"female": 0.5},), "audience_ages": ({"18-24": 0.5},),
}  # fmt: skip


def says(source: str, *, day: int, ends: int | None = None, **told: Any) -> dict[str, Any]:
    """Of Ada, on that day of the year; the source's term ends on another."""
    row = {"platform": "instagram", "handle": "ada", "source": source, "last_seen": f"{START + timedelta(days=day):%F}"}
    return row | told | ({} if ends is None else {"expires_at": f"{START + timedelta(days=ends):%F}"})


def kept_until(folder: Path, handle: str = "ada") -> int | None:
    """The day."""
    until = living(folder)[handle].expires_at
    return None if until is None else (datetime.fromisoformat(until) - START).days


def test_every_field_that_is_merged_by_itself_has_its_bit() -> None:
    no_values = {"platform", "handle", "fetched_at", "source", "expires_at", "email_basis", "email_source", "disputes",
                 "terms"}  # fmt: skip
    beside = {"history_days", "history_followers", "history_engagement", "audience_keys", "audience_shares"}
    assert {*HELD, *no_values, *beside} == {*TYPES, "audience"}
    assert len(HELD) <= 64


def test_who_is_looked_up_each_month_stays_although_a_list_told_something_too(load: Load, folder: Path) -> None:
    load([says("YouTube", day=0, ends=30, followers=1_000)])
    load([says("Our list", day=5, country="Germany")])
    assert kept_until(folder) == 30
    for month in (1, 2, 3):
        load([says("YouTube", day=29 * month, ends=29 * month + 30, followers=1_000)])
        assert kept_until(folder) == 29 * month + 30
    assert living(folder)["ada"].source == "YouTube, Our list"
    assert service.whose_term_is_over(folder, START + timedelta(days=110)) == []


def test_another_source_does_not_lengthen_a_term_until_nothing_of_the_first_is_left(load: Load, folder: Path) -> None:
    load([says("Vendor", day=0, ends=10, followers=1_000, bio="tea")])
    load([says("Platform", day=3, ends=33, followers=1_100)])
    assert kept_until(folder) == 10
    load([says("Platform", day=4, ends=34, followers=1_100)])
    assert kept_until(folder) == 10
    load([says("Platform", day=5, ends=35, followers=1_100, bio="tea and linen")])
    assert (kept_until(folder), living(folder)["ada"].source) == (35, "Platform")


def test_nothing_new_but_a_new_term_is_written_and_written_once(load: Load, folder: Path) -> None:
    load([says("Vendor", day=0, ends=40, bio="tea")])
    load([says("Platform", day=3, ends=10, followers=1_000)])
    again = [says("Platform", day=3, ends=20, followers=1_000)]
    assert load(again).merged.updated == 1
    assert kept_until(folder) == 20
    assert not load(again).changed
    assert load([says("Platform", day=3, ends=60, followers=1_000)]).merged.updated == 1
    assert kept_until(folder) == 40, "now the vendor's"


def test_who_says_nothing_of_a_term_frees_nothing_that_had_one(load: Load, folder: Path) -> None:
    load([says("Vendor", day=0, ends=10, bio="tea"), says("Vendor", day=1, followers=900)])
    assert kept_until(folder) == 10
    load([says("Vendor", day=3, followers=1_000)])
    assert kept_until(folder) == 10
    load([says("Vendor", day=4, followers=1_000, bio="tea")])
    assert kept_until(folder) is None


def test_files_of_one_import_keep_their_own_terms(load: Load, folder: Path) -> None:
    load([says("Vendor", day=0, ends=10, bio="tea")], [says("Platform", day=3, ends=33, followers=1_000)])
    assert kept_until(folder) == 10
    load([says("Vendor", day=4, ends=50, bio="tea")])
    assert kept_until(folder) == 33


def test_an_audience_is_of_its_source_too(load: Load, folder: Path) -> None:
    load([says("Vendor", day=0, ends=10, audience_genders={"female": 0.7})])
    load([says("Platform", day=3, ends=33, followers=1_000)])
    assert kept_until(folder) == 10
    load([says("Platform", day=4, ends=34, followers=1_000, audience_genders={"female": 0.6})])
    assert kept_until(folder) == 34


def test_a_pool_of_before_has_one_term_for_all_its_sources(load: Load, folder: Path) -> None:
    """What a program wrote that knew nothing of terms by source: two names, one end."""
    load([says("YouTube, Our list", day=0, ends=30, followers=1_000, country="Germany")])
    load([says("YouTube", day=20, ends=50, followers=1_000)])
    assert (kept_until(folder), living(folder)["ada"].source) == (30, "YouTube, Our list")
    load([says("YouTube", day=40, ends=70, followers=1_000, country="Germany")])
    assert (kept_until(folder), living(folder)["ada"].source) == (70, "YouTube")


def test_terms_survive_the_loss_of_either_form_of_a_profile(load: Load, folder: Path) -> None:
    load([says("Vendor", day=0, ends=10, bio="tea")])
    load([says("Platform", day=3, ends=33, followers=1_000)])
    for file in folder.glob(f"segments/*/{SOURCE}"):
        file.unlink()
    assert rebuild_pool(folder).mended
    assert check_pool(folder).faults == ()
    load([says("Vendor", day=4, ends=50, bio="tea")])
    assert kept_until(folder) == 33


@dataclass
class Model:
    """One account as it should be: who told each value, and until when each source lets its own be kept."""

    seen: datetime = START
    values: dict[str, tuple[Any, str]] = field(default_factory=dict)
    audience: dict[str, Any] = field(default_factory=dict)
    audience_of: set[str] = field(default_factory=set)
    terms: dict[str, datetime | None] = field(default_factory=dict)

    def takes(self, rows: list[tuple[datetime, frozenset[str], dict[str, Any]]]) -> None:
        """`rows`: when seen, the columns of the file, and the row; the latest last."""
        seen, told, _ = rows[-1]
        if seen < self.seen:
            return
        new: dict[str, tuple[Any, int]] = {"last_seen": (seen, len(rows) - 1)}
        audience: tuple[dict[str, Any], int] = {}, -1
        for place, (_, _, row) in enumerate(rows):
            new |= {name: (row[name], place) for name in FIELDS[:5] if row.get(name) is not None}
            shares = {name: row[name] for name in FIELDS[5:] if row.get(name) is not None}
            audience = (shares, place) if shares else audience
        told_by = [row["source"] for _, _, row in rows]
        used = {place for _, place in new.values()} | ({audience[1]} if audience[0] else set())
        kept = {name: old for name, old in self.values.items() if name not in new}
        kept = {name: old for name, old in kept.items() if name not in told or name == "followers"}
        audience_stays = not set(self.audience) <= set(audience[0])
        still = {source for _, source in kept.values()} | (self.audience_of if audience_stays else set())
        before, self.terms = self.terms, {source: ends for source, ends in self.terms.items() if source in still}
        for source in set(told_by):
            places = [place for place, by in enumerate(told_by) if by == source]
            ends = [rows[place][2]["ends"] for place in places if place == places[-1] or place in used]
            until = ends[-1] or next((at for at in reversed(ends) if at), None)
            self.terms[source] = until or (before.get(source) if source in still else None)
        self.seen, self.values = seen, kept | {name: (value, told_by[at]) for name, (value, at) in new.items()}
        self.audience |= audience[0]
        self.audience_of = ({told_by[audience[1]]} if audience[0] else set()) | (
            self.audience_of if audience_stays else set()
        )
        self.terms = {source: ends for source, ends in self.terms.items() if source in self.holders}

    @property
    def holders(self) -> set[str]:
        return {source for _, source in self.values.values()} | self.audience_of

    @property
    def ends(self) -> datetime | None:
        return min((at for at in self.terms.values() if at is not None), default=None)


def _file(draw: Random, number: int, day: int) -> tuple[frozenset[str], list[tuple[datetime, dict[str, Any]]]]:
    """The columns of a file and its rows, a few accounts of thirty; each seen at a moment of its own."""
    columns = draw.sample(FIELDS, draw.randint(1, len(FIELDS)))
    rows = []
    for place, account in enumerate(draw.sample(range(30), 18)):
        seen = START + timedelta(days=day + draw.randint(-6, 6), seconds=number * 100 + place)
        row: dict[str, Any] = {"handle": f"u{account:02}", "source": draw.choice(SOURCES)}
        row |= {name: draw.choice((*VALUES.get(name, ("one", "two")), None)) for name in columns}
        row["ends"] = seen + timedelta(days=draw.randint(5, 60)) if draw.random() < 0.8 else None
        rows.append((seen, row))
    return frozenset(columns), rows


def _written(seen: datetime, row: dict[str, Any], columns: frozenset[str]) -> dict[str, Any]:
    told = {name: row[name] for name in ("handle", "source", *columns)} | {"platform": "instagram"}
    return told | {"last_seen": f"{seen:%F %T}", "expires_at": row["ends"] and f"{row['ends']:%F %T}"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_sightings_by_three_sources_end_when_a_plain_model_says(tmp_path: Path, seed: int) -> None:
    draw, models, folder = Random(seed), dict[str, Model](), tmp_path / "pool"
    for step in range(8):
        files, sightings = [], dict[str, list[tuple[datetime, frozenset[str], dict[str, Any]]]]()
        for number in range(draw.choice((1, 1, 2))):
            columns, rows = _file(draw, number, step * 5 + 10)
            written = [_written(seen, row, columns) for seen, row in rows]
            files.append(write_jsonl(tmp_path / f"{step}-{number}.jsonl", written))
            for seen, row in rows:
                sightings.setdefault(row["handle"], []).append((seen, columns, row))
        import_profiles(folder, files, clock=FixedClock(NOW))
        for handle, found in sightings.items():
            models.setdefault(handle, Model()).takes(sorted(found, key=lambda one: one[0]))
        wanted = {handle: model.ends and f"{model.ends:%FT%TZ}" for handle, model in models.items()}
        assert {handle: one.expires_at for handle, one in living(folder).items()} == wanted
    several = [model for model in models.values() if len(model.holders) > 1]
    assert len(several) > 5, "or nothing was tried"
