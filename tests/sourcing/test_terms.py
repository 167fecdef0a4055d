"""How fresh a pool is, from whom, until when it may be kept; and who goes when that is over."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from core.campaign import Campaign
from core.clock import FixedClock
from sourcing import service
from sourcing.explaining import explain
from sourcing.importers import ImportReport
from sourcing.known import Exclusions, Known
from sourcing.longlist import Longlist
from sourcing.pool import current_version, open_pool
from sourcing.terms import AGES, SOON
from tests.sourcing.conftest import living

Load = Callable[..., ImportReport]


def row(clock: FixedClock, handle: str, *, seen: int, ends: int | None = None, **other: Any) -> dict[str, Any]:
    """Seen so many days ago; the term ends in so many."""
    now = clock.now()
    told = {
        "platform": "instagram",
        "handle": handle,
        "followers": 9,
        "last_seen": f"{now - timedelta(days=seen):%F %T}",
    }
    return told | other | ({} if ends is None else {"expires_at": f"{now + timedelta(days=ends):%F %T}"})


def test_every_profile_has_one_age_and_one_term(load: Load, folder: Path, clock: FixedClock) -> None:
    seen = [0, 1, 29, 31, 100, 200, 364, 400, 4000]
    ends = [-400, -1, 1, 6, 8, 29, 31, 900, None]
    load([row(clock, f"u{n}", seen=a, ends=b) for n, (a, b) in enumerate(zip(seen, ends, strict=True))])
    told = service.pool_terms(folder, clock)
    assert told.ages == {"30": 3, "90": 1, "180": 1, "365": 2, "older": 2}
    assert told.ends == {"over": 2, "7": 2, "30": 2, "later": 2, "none": 1}
    assert set(told.ages) == {*map(str, AGES), "older"}
    assert set(told.ends) == {"over", *map(str, SOON), "later", "none"}


def test_sources_are_told_with_their_sightings_and_what_of_them_ends(
    load: Load, folder: Path, clock: FixedClock
) -> None:
    load([row(clock, "ada", seen=3, ends=2, source="YouTube"), row(clock, "bo", seen=9, ends=-1, source="YouTube"),
          row(clock, "cy", seen=5, source="Form of May")])  # fmt: skip
    youtube, form = service.pool_terms(folder, clock).sources
    assert (youtube.source, youtube.profiles, youtube.term_over, youtube.term_soon) == ("YouTube", 2, 1, 1)
    assert youtube.seen_first == f"{clock.now() - timedelta(days=9):%FT%TZ}"
    assert youtube.seen_last == f"{clock.now() - timedelta(days=3):%FT%TZ}"
    assert (form.source, form.profiles, form.term_over) == ("Form of May", 1, 0)


def test_what_a_newer_row_replaced_counts_no_more(load: Load, folder: Path, clock: FixedClock) -> None:
    load([row(clock, "ada", seen=3, ends=-1, source="YouTube"), row(clock, "bo", seen=3)])
    assert [one.handle for one in service.whose_term_is_over(folder, clock.now())] == ["ada"]
    load([row(clock, "ada", seen=0, ends=30, source="YouTube")])
    told = service.pool_terms(folder, clock)
    assert (told.ends["over"], sum(told.ages.values()), sum(told.ends.values())) == (0, 2, 2)
    assert service.whose_term_is_over(folder, clock.now()) == []


def test_who_was_looked_up_again_meanwhile_stays(load: Load, folder: Path, clock: FixedClock) -> None:
    load([row(clock, "ada", seen=3, ends=30), row(clock, "bo", seen=3, ends=-1), row(clock, "cy", seen=3)])
    everybody = [("instagram", handle) for handle in ("ada", "bo", "cy")]
    assert service.drop_ended(folder, everybody, clock.now()) == 1
    assert set(living(folder)) == {"ada", "cy"}
    assert b"instagram:bo" not in b"".join(path.read_bytes() for path in folder.rglob("*.jsonl"))


def test_a_pool_may_be_left_with_nobody_and_filled_again(load: Load, folder: Path, clock: FixedClock) -> None:
    load([row(clock, "ada", seen=3, ends=-1)])
    assert service.drop_ended(folder, [("instagram", "ada")], clock.now()) == 1
    assert current_version(folder) is None
    assert service.whose_term_is_over(folder, clock.now()) == []
    assert b"ada" not in b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    load([row(clock, "bo", seen=3, ends=5)])
    assert set(living(folder)) == {"bo"}


def ranked(folder: Path, campaign: Campaign, clock: FixedClock) -> Longlist:
    return service.source(folder, campaign, Known(Exclusions(now=clock.now())))


def test_whose_term_is_over_is_not_ranked_before_the_purge(
    load: Load, folder: Path, tmp_path: Path, clock: FixedClock, small: Campaign
) -> None:
    there: dict[str, Any] = {"followers": 20_000, "country": "DE"}
    load([row(clock, "ada", seen=3, **there), row(clock, "bo", seen=3, ends=2, **there),
          row(clock, "cy", seen=40, ends=-1, **there), row(clock, "dee", seen=9, ends=0, **there)])  # fmt: skip
    made = ranked(folder, small, clock)
    assert {entry.handle for entry in made.entries} == {"ada", "bo"}
    step = made.funnel[0]
    assert (step.name, step.removed, step.only_this) == ("the time it may be kept is over", 2, 2)
    assert made.notes[-1] == "No limit can be loosened for 2 more: the time it may be kept is over."
    cy = explain(open_pool(folder), small, ("instagram", "cy"), Known(Exclusions(now=clock.now())))
    assert cy is not None
    assert cy.outside == (("the time it may be kept is over", ""),)
    briefs = tmp_path / "briefs.json"
    briefs.write_text(json.dumps([{"id": "b", "platform": "instagram", "name": "tea"}]))
    assert [one.username for one in service.rank(folder, briefs, clock)] == ["ada", "bo"]


def test_a_run_is_another_one_only_where_a_term_ended_meanwhile(
    load: Load, folder: Path, clock: FixedClock, small: Campaign
) -> None:
    load([row(clock, "ada", seen=3), row(clock, "bo", seen=3, ends=2)])
    first = ranked(folder, small, clock)
    assert first.run_id == service.source(folder, small).run_id
    clock.advance(timedelta(days=2, seconds=-1))
    assert ranked(folder, small, clock).run_id == first.run_id
    assert "the time it may be kept is over" not in {step.name for step in first.funnel}
    clock.advance(timedelta(seconds=1))
    later = ranked(folder, small, clock)
    assert later.run_id != first.run_id
    assert later.funnel[0].removed == 1
    clock.advance(timedelta(days=900))
    assert ranked(folder, small, clock) == later
