"""On what sources disagree is kept with the profile, with who was believed, and counted."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from core.clock import FixedClock
from sourcing import service
from sourcing.importers import ImportReport
from sourcing.upkeep import check_pool
from tests.sourcing.conftest import living

Load = Callable[..., ImportReport]


def says(clock: FixedClock, source: str, *, ago: int, **told: Any) -> dict[str, Any]:
    seen = f"{clock.now() - timedelta(days=ago):%F %T}"
    return {"platform": "instagram", "handle": "ada", "source": source, "last_seen": seen, "followers": 1_000} | told


def conflicts(folder: Path, clock: FixedClock) -> list[tuple[str, str, str, int]]:
    return [(one.field, one.won, one.lost, one.profiles) for one in service.pool_terms(folder, clock).conflicts]


def test_the_newer_source_wins_and_the_other_is_told(load: Load, folder: Path, clock: FixedClock) -> None:
    load([says(clock, "Vendor", ago=9, country="DE", city="Berlin", followers=1_000)])
    load([says(clock, "Platform", ago=1, country="AT", city="Berlin", followers=1_400)])
    assert living(folder)["ada"].country == "Austria"
    assert conflicts(folder, clock) == [("country", "Platform", "Vendor", 1), ("followers", "Platform", "Vendor", 1)]
    (first, _) = service.pool_terms(folder, clock).conflicts
    assert first.example == "instagram:ada: Austria, not Germany"
    assert check_pool(folder).faults == ()


def test_two_files_of_one_import_disagree_as_two_imports_do(load: Load, folder: Path, clock: FixedClock) -> None:
    load([says(clock, "Platform", ago=1, country="AT")], [says(clock, "Vendor", ago=9, country="DE")])
    assert conflicts(folder, clock) == [("country", "Platform", "Vendor", 1)]


def test_an_older_file_that_comes_later_is_told_as_well_and_changes_nothing_else(
    load: Load, folder: Path, clock: FixedClock
) -> None:
    load([says(clock, "Platform", ago=1, country="AT", city="Wien", bio="tea")])
    before = living(folder)["ada"]
    older = [says(clock, "Vendor", ago=9, country="DE", city="Wien", name="Ada", email="ada@x.example", followers=9)]
    assert (load(older).merged.updated, load(older).merged.older) == (1, 1), "told once"
    after = living(folder)["ada"]
    assert conflicts(folder, clock) == [("country", "Platform", "Vendor", 1), ("followers", "Platform", "Vendor", 1)]
    assert replace(after, disputes=()) == before
    assert check_pool(folder).faults == ()
    load([says(clock, "Platform", ago=0, country="DE", followers=9)])
    assert conflicts(folder, clock) == []


def test_an_older_file_of_the_same_source_or_of_the_same_words_is_no_conflict(
    load: Load, folder: Path, clock: FixedClock
) -> None:
    load([says(clock, "Platform", ago=1, country="AT")])
    for source, country in (("Platform", "DE"), ("Vendor", "AT"), ("Vendor", None)):
        assert load([says(clock, source, ago=9, country=country)]).merged.older == 1
    assert conflicts(folder, clock) == []


def test_what_one_source_says_later_is_a_change_and_no_conflict(load: Load, folder: Path, clock: FixedClock) -> None:
    load([says(clock, "Vendor", ago=9, country="DE")], [says(clock, "Vendor", ago=5, country="FR")])
    load([says(clock, "Vendor", ago=1, country="AT")])
    assert conflicts(folder, clock) == []


def test_a_little_more_or_less_is_no_conflict_and_silence_neither(load: Load, folder: Path, clock: FixedClock) -> None:
    load([says(clock, "Vendor", ago=9, country="DE", followers=1_000)])
    load([says(clock, "Platform", ago=1, followers=1_200)])
    assert conflicts(folder, clock) == []


def test_a_conflict_ends_when_the_value_that_won_is_given_up(load: Load, folder: Path, clock: FixedClock) -> None:
    load([says(clock, "Vendor", ago=9, country="DE")])
    load([says(clock, "Platform", ago=5, country="AT", city="Wien")])
    load([says(clock, "Platform", ago=3, city="Graz")])
    assert conflicts(folder, clock) == [("country", "Platform", "Vendor", 1)], "nobody said otherwise since"
    load([says(clock, "Platform", ago=1, country="DE")])
    assert conflicts(folder, clock) == []


def test_importing_again_changes_nothing_and_no_address_is_kept_beside(
    load: Load, folder: Path, clock: FixedClock
) -> None:
    load([says(clock, "Vendor", ago=9, country="DE", email="old@x.example")])
    newer = [says(clock, "Platform", ago=1, country="AT", email="new@x.example")]
    load(newer)
    assert not load(newer).changed
    assert "old@x.example" not in json.dumps(living(folder)["ada"].disputes)
