"""Damage to a pool: what readers say of it, what is made again, and what is refused."""

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.clock import FixedClock
from core.errors import BadInput, Refused
from sourcing import service
from sourcing.importers import ImportReport, import_profiles
from sourcing.pool import Pool, current_version, open_pool

pytestmark = pytest.mark.slow

Load = Callable[..., ImportReport]
ROWS = 300


def good(handle: str, **other: Any) -> dict[str, Any]:
    return {"platform": "instagram", "handle": handle, "followers": 20_000, "last_seen": "2026-01-01"} | other


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pool of one segment with text, numbers and an audience, made once."""
    place = tmp_path_factory.mktemp("master")
    rows = [good(f"u{n}", bio=f"linen and tea {n}", audience_countries={"DE": 0.5}, history=[["2025-01-01", n]])
            for n in range(ROWS)]  # fmt: skip
    file = place / "rows.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    import_profiles(place / "pool", [file], clock=FixedClock(datetime(2026, 11, 20, tzinfo=UTC)))
    return place / "pool"


@pytest.fixture
def made(master: Path, folder: Path) -> Pool:
    shutil.copytree(master, folder)
    return open_pool(folder)


def cut(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def flip(raw: bytes) -> bytes:
    return raw[: len(raw) // 2] + bytes([raw[len(raw) // 2] ^ 1]) + raw[len(raw) // 2 + 1 :]


def damage(file: Path, how: Callable[[bytes], bytes]) -> None:
    file.write_bytes(how(file.read_bytes()))


def everything(folder: Path) -> dict[str, str]:
    """All that is on disk, by content."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*") if path.is_file() and path.name != ".lock"
    }  # fmt: skip


def read_all(folder: Path) -> None:
    pool = open_pool(folder)
    pool.index.mentions("linen")
    _ = pool.audience
    pool.info()
    for column in ("followers", "engagement", "key", "country"):
        pool.numbers(column)
    for row in range(len(pool)):
        pool.profile(row)


DERIVED = ["numbers/followers.npy", "numbers/starts.npy", "numbers/audience_codes.npy", "words/vocabulary.txt",
           "words/blocks.npy", "words/00000/profiles.npy", "records.jsonl"]  # fmt: skip


@pytest.mark.parametrize("how", [cut, flip])
@pytest.mark.parametrize("name", [*DERIVED, "manifest.json"])
def test_readers_see_damage_and_name_the_next_step(made: Pool, folder: Path, name: str, how: Any) -> None:
    damage(made.segments[0].place / name, how)
    with pytest.raises(BadInput) as seen:
        read_all(folder)
    assert seen.value.next_step == "greenroom pool rebuild"
    assert service.check_pool(folder).faults


@pytest.mark.parametrize("how", [cut, flip])
@pytest.mark.parametrize("name", [*DERIVED, "manifest.json", "profiles.parquet"])
def test_what_is_damaged_is_made_again_to_the_byte(made: Pool, folder: Path, name: str, how: Any) -> None:
    whole = everything(folder)
    damage(made.segments[0].place / name, how)
    done = service.rebuild_pool(folder)
    assert done.mended
    assert (done.version, done.profiles) == (made.version, ROWS)
    if name not in ("profiles.parquet", "manifest.json"):
        assert everything(folder) == whole
    read_all(folder)
    assert service.check_pool(folder).faults == ()
    assert service.rebuild_pool(folder).mended == ()


@pytest.mark.parametrize("name", ["profiles.parquet", "records.jsonl", "numbers/key.npy", "words/00000/words.npy"])
def test_a_missing_file_is_made_again(made: Pool, folder: Path, name: str) -> None:
    (made.segments[0].place / name).unlink()
    with pytest.raises(BadInput, match="missing or cut"):
        open_pool(folder)
    service.rebuild_pool(folder)
    read_all(folder)


def test_an_import_mends_the_pool_and_says_so(load: Load, made: Pool, folder: Path) -> None:
    damage(made.segments[0].place / "profiles.parquet", flip)
    damage(made.segments[0].place / "words" / "vocabulary.txt", cut)
    report = load([good("new")])
    assert report.profiles == ROWS + 1
    assert any("Mended before the import: segment" in note and "profiles.parquet" in note for note in report.notes)
    read_all(folder)
    assert load([good("new")]).merged.unchanged == 1


def test_rebuilt_profiles_say_the_same(made: Pool, folder: Path) -> None:
    before = [made.profile(row) for row in range(ROWS)]
    place = made.segments[0].place
    damage(place / "profiles.parquet", flip)
    damage(place / "manifest.json", cut)
    service.rebuild_pool(folder)
    pool = open_pool(folder)
    assert [pool.profile(row) for row in range(ROWS)] == before
    assert pool.version == made.version


def test_profiles_that_are_lost_are_not_thrown_away(load: Load, made: Pool, folder: Path) -> None:
    place = made.segments[0].place
    damage(place / "profiles.parquet", flip)
    damage(place / "records.jsonl", cut)
    before = everything(folder)
    for _ in range(2):
        with pytest.raises(Refused, match="both forms of the profiles") as refused:
            load([good("new")])
    with pytest.raises(Refused, match="Nothing was changed"):
        service.rebuild_pool(folder)
    assert f"Move {folder} away" in refused.value.next_step
    assert everything(folder) == before


def test_a_lost_version_names_the_sound_one_before_it(load: Load, folder: Path) -> None:
    load([good(f"u{n}") for n in range(20_000)])
    before = current_version(folder)
    load([good("bob")])
    place = open_pool(folder).segments[-1].place
    damage(place / "profiles.parquet", flip)
    damage(place / "records.jsonl", flip)
    with pytest.raises(Refused) as refused:
        load([good("new")])
    assert f"write {before} into {folder / 'CURRENT'}" in refused.value.next_step
    (folder / "CURRENT").write_text(str(before))
    assert load([good("new")]).profiles == 20_001


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (cut, "manifest"),
        (flip, "manifest"),
        (lambda raw: raw.replace(b'"format": 2', b'"format": 99'), "format 99"),
        (lambda raw: b'{"format": 2}', "manifest"),
        (lambda raw: b"[]", "manifest"),
        (lambda raw: raw.replace(b'"profiles": 300', b'"profiles": "x"'), "manifest"),
    ],
)
def test_a_version_whose_own_list_is_broken_is_refused(
    load: Load, made: Pool, folder: Path, how: Callable[[bytes], bytes], words: str
) -> None:
    damage(made.place / "manifest.json", how)
    for use in (lambda: open_pool(folder), lambda: service.check_pool(folder)):
        with pytest.raises(BadInput, match=words):
            use()
    for change in (lambda: load([good("new")]), lambda: service.rebuild_pool(folder)):
        with pytest.raises(Refused, match=words) as refused:
            change()
        assert f"Move {folder} away" in refused.value.next_step


def test_a_pool_of_the_format_before_is_refused_with_the_way_out(load: Load, folder: Path) -> None:
    place = folder / "versions" / "af4dd87efcbaad5c"
    place.mkdir(parents=True)
    (place / "manifest.json").write_text(json.dumps({"format": 1, "profiles": 3, "files": {}}))
    (folder / "CURRENT").write_text("af4dd87efcbaad5c\n")
    with pytest.raises(BadInput, match="has format 1; this program reads format 2") as seen:
        open_pool(folder)
    assert "Import the files again" in seen.value.next_step
    with pytest.raises(Refused, match="has format 1") as refused:
        load([good("new")])
    assert "import all files again" in refused.value.next_step


@pytest.mark.parametrize("how", [cut, flip])
def test_the_list_of_replaced_rows_is_made_again(load: Load, folder: Path, how: Any) -> None:
    load([good(f"u{n}") for n in range(20_000)])
    load([good(f"u{n}", followers=5, last_seen="2026-02-01") for n in range(50)])
    pool = open_pool(folder)
    assert len(pool.dead) == 50
    damage(pool.place / "dead.npy", how)
    with pytest.raises(BadInput, match=r"dead\.npy") as seen:
        open_pool(folder)
    assert seen.value.next_step == "greenroom pool rebuild"
    service.rebuild_pool(folder)
    again = open_pool(folder)
    assert again.dead.tolist() == pool.dead.tolist()
    assert again.version == pool.version


def reindexed(place: Path) -> None:
    """As another version of the program would have left it, with other signals."""
    raw = json.loads((place / "manifest.json").read_text())
    raw["signals"] = "0" * 16
    (place / "manifest.json").write_text(json.dumps(raw))


def test_signals_of_another_program_are_seen_and_made_again(load: Load, made: Pool, folder: Path) -> None:
    segment = made.segments[0].place
    reindexed(segment)
    other = segment.with_name(hashlib.sha256((segment / "manifest.json").read_bytes()).hexdigest()[:16])
    segment.rename(other)
    version = json.loads((made.place / "manifest.json").read_text())
    version["segments"][0]["name"] = other.name
    raw = json.dumps(version)
    (made.place / "manifest.json").write_text(raw)
    named = made.place.with_name(f"{made.version}-{hashlib.sha256(raw.encode()).hexdigest()[:8]}")
    made.place.rename(named)
    (folder / "CURRENT").write_text(named.name)
    with pytest.raises(BadInput, match="indexed by another version") as seen:
        open_pool(folder)
    assert seen.value.next_step == "greenroom pool rebuild"
    assert "signals" in service.check_pool(folder).faults[0]
    done = service.rebuild_pool(folder)
    assert done.version == made.version
    assert open_pool(folder).segments[0].place.name == segment.name
    read_all(folder)


def test_an_empty_pool_has_nothing_to_check(folder: Path) -> None:
    for use in (service.check_pool, service.rebuild_pool):
        with pytest.raises(Refused, match="empty"):
            use(folder)


def test_a_current_that_names_nothing_is_mended_by_a_rebuild(made: Pool, folder: Path) -> None:
    (folder / "CURRENT").write_text("../../x")
    with pytest.raises(BadInput, match="names no version"):
        open_pool(folder)
    assert "CURRENT" in service.rebuild_pool(folder).mended[0]
    assert open_pool(folder).version == made.version
