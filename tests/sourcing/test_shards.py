"""Pools in stores: brought there whole or not at all, and asked from there as from their own folder."""

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from core.campaign import Campaign
from core.clock import FixedClock
from core.errors import BadInput, GreenroomError, PermanentError, Refused, TransientError
from sourcing.importers import import_profiles
from sourcing.longlist import make_longlist
from sourcing.part import Part
from sourcing.pool import Pool, open_pool
from sourcing.publishing import Published
from sourcing.service import publish
from sourcing.shards import Cache, Shard, shards_of
from sourcing.steps import Question, Step
from sourcing.stores import Objects, check_name, shown
from tests.sourcing.conftest import APART, NOW, write_jsonl
from tests.sourcing.test_segments import row

_LARGE = 1 << 40


class Asked:
    """Shards that are opened anew for each step, as by workers that forget."""

    def __init__(self, shards: Sequence[Shard], cache: Cache, question: Question) -> None:
        self._shards, self._cache, self._question = shards, cache, question

    def ask(self, steps: Sequence[Step]) -> list[Any]:
        return [Part(shard.open(self._cache), self._question).answer(steps) for shard in self._shards]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pool of four segments with dead rows and a meaning."""
    place = tmp_path_factory.mktemp("published")

    def said(number: int) -> str:
        return "linen dresses and slow fashion " + " ".join(
            f"word{(number * step + step) % 150}" for step in range(1, 9)
        )

    rows = [row(number, bio=said(number)) for number in range(640)]
    newer = [row(number, seen="2026-02-01", bio=said(number + 1)) for number in range(0, 400, 5)]
    for number, some in enumerate([rows[:400], rows[400:600], newer, rows[600:]]):
        file = write_jsonl(place / f"{number}.jsonl", some)
        import_profiles(place / "pool", [file], clock=FixedClock(NOW), policy=APART)
    found = open_pool(place / "pool")
    assert (len(found.segments), len(found.dead), found.meaning is not None) == (4, len(newer), True)
    return place / "pool"


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", _LARGE)


@pytest.fixture(params=["memory", "file", "path"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    yield {"memory": "memory://bucket/pool", "file": f"file://{tmp_path}/shared", "path": f"{tmp_path}/shared"}[
        request.param
    ]
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]


@pytest.fixture
def bucket() -> Iterator[MemoryFileSystem]:
    yield fsspec.filesystem("memory")
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]


@pytest.mark.parametrize("rows", [1, 300, 10_000])
def test_shards_of_a_store_say_what_the_pool_says(
    made: Path, store: str, cache: Cache, campaign: Campaign, rows: int
) -> None:
    assert isinstance(publish(made, store), Published)
    whole, shards = shards_of(store, cache, rows=lambda _: rows)
    assert len(whole) == 0
    assert len(shards) == {1: 4, 300: 3, 10_000: 1}[rows]
    apart = make_longlist(whole, campaign, parts=lambda question: Asked(shards, cache, question))
    assert apart == make_longlist(open_pool(made), campaign)
    assert len(apart.entries) > 50


def test_a_worker_copies_its_own_rows_and_no_others(made: Path, cache: Cache, bucket: MemoryFileSystem) -> None:
    publish(made, "memory://bucket/pool")
    _, shards = shards_of("memory://bucket/pool", cache, rows=lambda _: 1)
    found = shards[1].open(cache)
    name = found.segments[0].place.name
    [copies] = cache.folder.iterdir()
    assert [path.name for path in (copies / "segments").iterdir()] == [name]
    assert [path.name for path in (copies / "versions" / shards[1].version / "about").iterdir()] == [f"{name}.npy"]
    assert not list(copies.rglob("*.part"))
    assert (copies.stat().st_mode & 0o777) == 0o700
    bucket.rm("/bucket/pool", recursive=True)
    assert shards[1].open(cache).profile(3) == found.profile(3)


def test_what_is_there_is_not_brought_again_and_current_comes_last(made: Path, tmp_path: Path) -> None:
    store = tmp_path / "shared"
    first = publish(made, str(store))
    assert first.copied == first.files
    assert publish(made, str(store)).copied == 0
    assert publish(made, str(store), again=True).copied == first.files
    with pytest.raises(Refused, match="this pool's own folder"):
        publish(made, str(made))


def test_who_was_stopped_on_the_way_goes_on_and_readers_see_whole_versions(
    made: Path, tmp_path: Path, cache: Cache
) -> None:
    store = tmp_path / "shared"

    class Killed(BaseException):
        pass

    def stop(done: int, total: int) -> None:
        if done > total / 2:
            raise Killed

    with pytest.raises(Killed):
        publish(made, str(store), on_step=stop)
    assert list(store.rglob("*.npy"))
    with pytest.raises(Refused, match=r"There is no pool in .*shared"):
        shards_of(str(store), cache, rows=lambda _: 1)
    done = publish(made, str(store))
    assert 0 < done.copied < done.files
    assert len(shards_of(str(store), cache, rows=lambda _: 1)[1]) == 4


def test_half_a_copy_is_brought_again(made: Path, bucket: MemoryFileSystem, cache: Cache, campaign: Campaign) -> None:
    publish(made, "memory://bucket/pool")
    name = next(name for name in bucket.find("/bucket/pool/segments") if name.endswith("/numbers/key.npy"))
    whole = bucket.cat_file(name)
    bucket.pipe_file(name, whole[:-1])
    assert publish(made, "memory://bucket/pool").copied == 1
    bucket.pipe_file(name, bytes([whole[0] ^ 1]) + whole[1:])
    shards = shards_of("memory://bucket/pool", cache, rows=lambda _: 1)[1]
    with pytest.raises(BadInput, match=r"numbers/key\.npy in the store .* is cut or not what was written") as told:
        _ = [shard.open(cache) for shard in shards]
    assert "--again" in told.value.next_step
    publish(made, "memory://bucket/pool", again=True)
    whole_pool, shards = shards_of("memory://bucket/pool", cache, rows=lambda _: 1)
    assert make_longlist(whole_pool, campaign, parts=lambda question: Asked(shards, cache, question)) == make_longlist(
        open_pool(made), campaign
    )


@pytest.mark.parametrize("keep", [True, False])
def test_the_store_keeps_this_version_and_the_one_before(
    folder: Path, tmp_path: Path, bucket: MemoryFileSystem, keep: bool
) -> None:
    for number in range(3):
        rows = [row(number * 10 + at) for at in range(10)]
        import_profiles(folder, [write_jsonl(tmp_path / "rows.jsonl", rows)], clock=FixedClock(NOW), policy=APART)
        publish(folder, "memory://bucket/pool", keep_previous=keep)
    kept = {path.rpartition("/")[2] for path in bucket.ls("/bucket/pool/versions", detail=False)}
    assert len(kept) == (2 if keep else 1)
    assert open_pool(folder).place.name in kept


def test_an_old_version_that_is_gone_is_told(made: Path, bucket: MemoryFileSystem, cache: Cache) -> None:
    publish(made, "memory://bucket/pool")
    with pytest.raises(BadInput, match="no longer holds this version"):
        Shard("memory://bucket/pool", "0123-4567", range(1)).open(cache)


def test_copies_that_nobody_used_for_an_hour_make_room(made: Path, tmp_path: Path, bucket: MemoryFileSystem) -> None:
    publish(made, "memory://bucket/pool")
    small = Cache(tmp_path / "cache", 1)
    _, shards = shards_of("memory://bucket/pool", small, rows=lambda _: 1)
    for shard in shards[:2]:
        shard.open(small)
    [copies] = small.folder.iterdir()
    assert len(list((copies / "segments").iterdir())) == 2
    old = shards[0].open(small).segments[0].place
    os.utime(old, (time.time() - 7_200,) * 2)
    shards[2].open(small)
    assert old not in list((copies / "segments").iterdir())
    assert len(list((copies / "segments").iterdir())) == 2
    assert len(shards[0].open(small)) > 0


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../b", "a//b", "", ".x", "a/.x", "a\\b", "a b"])
def test_a_manifest_names_no_file_elsewhere(name: str) -> None:
    with pytest.raises(BadInput):
        check_name(name)


class Sulking(MemoryFileSystem):  # type: ignore[misc]
    """A store that does not do what it is asked."""

    protocol = "sulking"
    cachable = False

    def _fail(self, path: str, *_: Any, **__: Any) -> Any:
        raise PermissionError("Access Denied") if "locked" in path else ConnectionError("no route to host")

    cat_file = info = get_file = put_file = _fail


@pytest.mark.parametrize(
    ("address", "kind", "said"),
    [("sulking://locked/pool", PermanentError, "does not let us in: Access Denied"),
     ("sulking://far/pool", TransientError, "cannot be used now: no route"),
     ("memory://nothing/here", Refused, "There is no pool in memory://nothing/here"),
     ("nosuch://bucket", BadInput, "is no address of a store")],
)  # fmt: skip
def test_what_is_wrong_with_a_store_is_told(
    address: str, kind: type[GreenroomError], said: str, cache: Cache, made: Path
) -> None:
    fsspec.register_implementation("sulking", Sulking, clobber=True)
    with pytest.raises(kind, match=said) as told:
        shards_of(address, cache, rows=lambda _: 1)
    if kind is not Refused:
        with pytest.raises(kind, match=said):
            publish(made, address)
    assert told.value.next_step or kind is BadInput


def test_norms_of_another_program_are_not_worked_out_from_some_rows(made: Path, tmp_path: Path, cache: Cache) -> None:
    shutil.copytree(made, tmp_path / "pool")
    shard = shards_of(str(tmp_path / "pool"), cache, rows=lambda _: 1)[1][0]
    found: Pool = shard.open(cache)
    found.manifest["norms"] = "another"
    with pytest.raises(BadInput, match="worked out by another version"):
        _ = found.norms


def test_a_login_in_an_address_is_told_to_nobody() -> None:
    store = Objects("memory://ada:secret@pool")
    assert store.address == "memory://pool"
    with pytest.raises(BadInput, match="memory://pool") as missing:
        store.get("nothing", Path("nowhere"))
    assert "secret" not in f"{missing.value} {missing.value.next_step}"
    assert [shown(address) for address in ("s3://bucket/a@b", "/mnt/a@b")] == ["s3://bucket/a@b", "/mnt/a@b"]
