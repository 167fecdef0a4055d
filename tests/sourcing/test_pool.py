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

import pytest

from core.errors import BadInput, Refused
from sourcing import service
from sourcing.importers import ImportReport
from sourcing.pool import current_version, key_number, open_pool

Load = Callable[..., ImportReport]
PROJECT = Path(__file__).resolve().parents[2]
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
    process = start(folder, many(tmp_path / "many.jsonl", 60_000))
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


def test_a_damaged_pool_can_be_replaced_by_importing_again(load: Load, folder: Path) -> None:
    version = load([good("ada")]).version
    (folder / "versions" / version / "profiles.parquet").write_bytes(b"PAR1 junk")
    with pytest.raises(BadInput, match="damaged"):
        open_pool(folder)
    report = load([good("ada")])
    assert open_pool(folder).profile(0).handle == "ada"
    assert report.profiles == 1


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
