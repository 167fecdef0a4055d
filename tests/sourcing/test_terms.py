"""How fresh a pool is, from whom, until when it may be kept; and who goes when that is over."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from core.clock import FixedClock
from sourcing import service
from sourcing.importers import ImportReport
from sourcing.pool import current_version
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
