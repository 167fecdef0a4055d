"""The pool on disk: what a reader sees while imports run, die, or meet a full disk; damage; look-ups."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import BadInput, Refused
from sourcing import service
from sourcing.importers import ImportReport
from sourcing.pool import current_version, key_number, open_pool
from sourcing.wordindex import BLOCK, BLOCK_TEXT, WordIndex, cut_blocks

Load = Callable[..., ImportReport]
PROJECT = Path(__file__).resolve().parents[2]
_LISTEN = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
IMPORT = """
import sys
from pathlib import Path
from core.clock import SystemClock
from sourcing.importers import import_profiles
import_profiles(Path(sys.argv[1]), [Path(sys.argv[2])], clock=SystemClock())
"""


def good(handle: str, **other: Any) -> dict[str, Any]:
    return {"platform": "instagram", "handle": handle, "followers": 20_000, "last_seen": "2026-01-01"} | other


def many(path: Path, count: int) -> Path:
    with path.open("w") as stream:
        for number in range(count):
            stream.write(json.dumps(good(f"user{number}", bio=f"word{number % 9973} linen and tea")) + "\n")
    return path


def start(folder: Path, file: Path, *before: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", "\n".join([*before, IMPORT]), str(folder), str(file)],
        cwd=PROJECT,
        stderr=subprocess.PIPE,
    )


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".") and path.name != ".lock"]


def test_an_empty_pool_is_refused_with_the_next_step(folder: Path) -> None:
    with pytest.raises(Refused, match="pool import"):
        open_pool(folder)


def test_profiles_are_found_by_any_form_of_their_handle(load: Load, folder: Path) -> None:
    load([good("Ada"), good("bob"), good("zoë", platform="tiktok")])
    found = service.profile(folder, "instagram", "@ADA")
    assert found is not None
    assert found.key == "instagram:ada"
    assert service.profile(folder, "tiktok", "https://tiktok.com/@Zoë") is not None
    assert service.profile(folder, "tiktok", "ada") is None


def test_the_number_of_a_key_is_the_same_here_and_in_the_columns(load: Load, folder: Path) -> None:
    load([good("zoë")])
    assert int(open_pool(folder).numbers("key")[0]) == key_number("instagram:zoë")


def test_info_counts_what_is_known(load: Load, folder: Path) -> None:
    load([good("a", bio="x", email="a@b.example"), good("b", platform="tiktok", country="FR")])
    info = service.pool_info(folder)
    assert (info.profiles, dict(info.platforms)) == (2, {"instagram": 1, "tiktok": 1})
    assert (info.known["bio"], info.known["country"], info.known["email"]) == (1, 1, 1)
    assert info.kinds["followers"] == "measured"
    assert info.kinds["country"] == "estimated"


def test_only_the_current_and_the_previous_version_are_kept(load: Load, folder: Path) -> None:
    versions = [load([good(handle)]).version for handle in ("a", "b", "c")]
    assert {path.name for path in (folder / "versions").iterdir()} == set(versions[1:])
    assert current_version(folder) == versions[2]


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_an_import_that_dies_leaves_the_old_pool_and_the_next_one_cleans_up(
    load: Load, folder: Path, tmp_path: Path, ending: signal.Signals
) -> None:
    version = load([good("ada")]).version
    # A shell that starts things in the background has them ignore SIGINT, and their children too.
    process = start(folder, many(tmp_path / "many.jsonl", 60_000), _LISTEN)
    deadline = time.monotonic() + 20
    while not list(folder.glob(".building-*/version")) and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(ending)
    process.communicate()
    assert process.returncode != 0
    assert current_version(folder) == version
    assert open_pool(folder).profile(0).handle == "ada"
    assert bool(leftovers(folder)) == (ending == signal.SIGKILL)
    load([good("bob")])
    assert leftovers(folder) == []
    assert len(open_pool(folder)) == 2


def test_a_full_disk_changes_nothing_and_says_so(load: Load, folder: Path, tmp_path: Path) -> None:
    load([good("ada")])
    limit = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))"
    )
    process = start(folder, many(tmp_path / "many.jsonl", 20_000), limit)
    _, error = process.communicate()
    assert b"is full: nothing was imported" in error
    assert leftovers(folder) == []
    assert len(open_pool(folder)) == 1


def test_one_import_at_a_time(load: Load, folder: Path, tmp_path: Path) -> None:
    folder.mkdir()
    hold = (
        "import fcntl, sys; lock = open(sys.argv[1] + '/.lock', 'w'); fcntl.flock(lock, fcntl.LOCK_EX); "
        "print('held', flush=True); input()"
    )
    holder = subprocess.Popen([sys.executable, "-c", hold, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Refused, match="Another import"):
            load([good("ada")])
    finally:
        holder.communicate(b"\n")
    assert load([good("ada")]).profiles == 1


@pytest.mark.parametrize(
    ("name", "damage", "words"),
    [
        ("manifest.json", lambda raw: raw[:50], "manifest"),
        ("manifest.json", lambda raw: raw.replace(b'"format": 1', b'"format": 99'), "format 99"),
        ("manifest.json", lambda raw: b'{"format": 1}', "manifest"),
        ("manifest.json", lambda raw: b"[]", "manifest"),
        ("manifest.json", lambda raw: raw.replace(b'"profiles": 1', b'"profiles": "x"'), "manifest"),
        ("manifest.json", lambda raw: raw.replace(b"records.jsonl", b"records.other"), "manifest"),
        ("words/00000/profiles.npy", lambda raw: raw[:-1], "missing or cut"),
        ("words/00000/vocabulary.txt", lambda raw: raw[:3] + b"X" + raw[4:], "not what was written"),
        ("numbers/followers.npy", lambda raw: raw[:-1] + b"\x7f", "not what was written"),
        ("records.jsonl", lambda raw: raw[:-10], "missing or cut"),
        ("records.jsonl", lambda raw: b"x" + raw[1:], "cannot be read"),
    ],
)
def test_damage_is_seen_and_the_way_out_is_named(
    load: Load, folder: Path, name: str, damage: Callable[[bytes], bytes], words: str
) -> None:
    version = load([good("ada", bio="linen and tea")]).version
    file = folder / "versions" / version / name
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(BadInput, match=words) as seen:
        open_pool(folder).profile(0)
    assert "Import the files again" in str(seen.value)


def flip(file: Path) -> None:
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)


@pytest.mark.parametrize("name", ["profiles.parquet", "records.jsonl", "numbers/starts.npy", "manifest.json"])
def test_a_damaged_pool_is_not_thrown_away(load: Load, folder: Path, name: str) -> None:
    version = load([good(f"u{number}") for number in range(100)]).version
    place = folder / "versions" / version
    if name == "manifest.json":
        (place / name).write_text("{")
    else:
        flip(place / name)
    for _ in range(2):
        with pytest.raises(Refused, match="Nothing was imported") as refused:
            load([good("new")])
    assert f"Move {folder} away" in refused.value.next_step
    assert current_version(folder) == version
    assert place.is_dir()
    assert leftovers(folder) == []


def test_a_damaged_pool_names_the_sound_version_before_it(load: Load, folder: Path) -> None:
    before = load([good("ada")]).version
    version = load([good("bob")]).version
    flip(folder / "versions" / version / "profiles.parquet")
    with pytest.raises(Refused) as refused:
        load([good("new")])
    assert f"write {before} into {folder / 'CURRENT'}" in refused.value.next_step
    (folder / "CURRENT").write_text(before)
    assert load([good("new")]).profiles == 2


@pytest.mark.parametrize("wrong", ["deadbeef\n", "../../x", "", None])
def test_a_wrong_current_loses_nobody(load: Load, folder: Path, wrong: str | None) -> None:
    load([good("ada")])
    newest = load([good("bob")]).version
    (folder / "CURRENT").unlink()
    if wrong is not None:
        (folder / "CURRENT").write_text(wrong)
    report = load([good("cy")])
    assert report.profiles == 3
    assert "newest one that is whole" in report.notes[0]
    assert (folder / "versions" / newest).is_dir()
    assert len(list((folder / "versions").iterdir())) == 3, "nothing is deleted by a run that had to guess"


def test_a_wrong_current_is_mended_by_an_import_that_says_nothing_new(load: Load, folder: Path) -> None:
    version = load([good("ada")]).version
    (folder / "CURRENT").write_text("deadbeef")
    assert load([good("ada")]).changed
    assert current_version(folder) == version


def test_a_wrong_current_and_no_version_is_refused(load: Load, folder: Path) -> None:
    folder.mkdir()
    (folder / "CURRENT").write_text("deadbeef")
    with pytest.raises(Refused, match="names no version"):
        load([good("ada")])


def test_halves_of_files_that_dead_imports_left_are_removed(load: Load, folder: Path) -> None:
    folder.mkdir()
    (folder / ".CURRENT.x1.part").write_text("x")
    (folder / ".building-1").mkdir()
    load([good("ada")])
    assert leftovers(folder) == []


def test_blocks_are_cut_by_text_as_well(load: Load, folder: Path) -> None:
    assert cut_blocks(np.array([1] * 100_000)) == [0, BLOCK]
    assert cut_blocks(np.array([BLOCK_TEXT // 2] * 5)) == [0, 2, 4]
    assert cut_blocks(np.array([BLOCK_TEXT * 3, 1, BLOCK_TEXT * 3])) == [0, 1, 2]
    assert cut_blocks(np.array([], dtype=np.int64)) == []
    load([good(f"u{number:05}", captions=[f"word{number} linen " * 100] * 9) for number in range(1_500)])
    pool = open_pool(folder)
    assert len(pool.blocks) == 2
    index = WordIndex(pool.place / "words", pool.blocks)
    assert len(index.rows_with("linen")) == 1_500
    for number in (0, pool.blocks[1] - 1, pool.blocks[1], 1_499):
        assert index.rows_with(f"word{number}").tolist() == [number]


def test_a_pool_that_cannot_be_written_is_said(tmp_path: Path, load: Load, folder: Path) -> None:
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file stands where the folder should be")
    with pytest.raises(Refused, match="cannot be written"):
        load([good("ada")])


def test_questions_do_not_load_duckdb(load: Load, folder: Path) -> None:
    load([good("ada")])
    code = (
        "import sys; from pathlib import Path; from sourcing import service; "
        f"service.profile(Path({str(folder)!r}), 'instagram', 'ada'); import sourcing.longlist, sourcing.report; "
        "sys.exit('duckdb' in sys.modules or 'pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT, env=os.environ, check=False).returncode == 0
