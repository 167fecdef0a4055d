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

from core.errors import Refused
from sourcing import service
from sourcing.importers import ImportReport
from sourcing.indexing import BLOCK, BLOCK_TEXT, cut_blocks
from sourcing.pool import Pool, current_version, key_number, open_pool

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


def names(folder: Path, what: str) -> set[str]:
    return {path.name for path in (folder / what).iterdir()}


def test_only_the_current_and_the_previous_version_are_kept(load: Load, folder: Path) -> None:
    made = []
    for handle in ("a", "b", "c"):
        load([good(handle)])
        made.append(current_version(folder))
    assert names(folder, "versions") == set(made[1:])
    kept = {segment.place.name for name in made[1:] for segment in Pool(folder / "versions" / str(name)).segments}
    assert names(folder, "segments") == kept


def test_a_reader_goes_on_with_the_version_it_opened(load: Load, folder: Path) -> None:
    load([good("ada", bio="linen")])
    reader = open_pool(folder)
    load([good("ada", bio="tea", last_seen="2026-02-01"), good("bob")])
    assert len(reader.index.rows_with("linen")) == 1
    assert reader.profile(0).bio == "linen"


@pytest.mark.parametrize(
    ("ending", "moment"),
    [
        (signal.SIGINT, "segments"),
        pytest.param(signal.SIGKILL, "segments", marks=pytest.mark.slow),
        pytest.param(signal.SIGKILL, "segments/new-0/numbers", marks=pytest.mark.slow),
        pytest.param(signal.SIGKILL, "segments/new-0/words/vocabulary.txt", marks=pytest.mark.slow),
        (signal.SIGKILL, "versions"),
    ],
)
def test_an_import_that_dies_leaves_the_old_pool_and_the_next_one_cleans_up(
    load: Load, folder: Path, tmp_path: Path, ending: signal.Signals, moment: str
) -> None:
    load([good("ada")])
    version = open_pool(folder).version
    # A shell that starts things in the background has them ignore SIGINT, and their children too.
    process = start(folder, many(tmp_path / "many.jsonl", 20_000), _LISTEN)
    deadline = time.monotonic() + 60
    while not list(folder.glob(f".building-*/{moment}")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    process.send_signal(ending)
    process.communicate()
    assert process.returncode != 0
    assert open_pool(folder).version == version
    assert open_pool(folder).profile(0).handle == "ada"
    assert bool(leftovers(folder)) == (ending == signal.SIGKILL)
    load([good("bob")])
    assert leftovers(folder) == []
    pool = open_pool(folder)
    assert len(pool) == 2
    assert names(folder, "segments") >= {segment.place.name for segment in pool.segments}


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


@pytest.mark.parametrize("wrong", ["deadbeef\n", "../../x", "", None])
def test_a_wrong_current_loses_nobody(load: Load, folder: Path, wrong: str | None) -> None:
    load([good("ada")])
    load([good("bob")])
    newest = current_version(folder)
    (folder / "CURRENT").unlink()
    if wrong is not None:
        (folder / "CURRENT").write_text(wrong)
    report = load([good("cy")])
    assert report.profiles == 3
    assert "newest one that is whole" in report.notes[0]
    assert (folder / "versions" / str(newest)).is_dir()
    assert len(list((folder / "versions").iterdir())) == 3, "nothing is deleted by a run that had to guess"


def test_a_wrong_current_is_mended_by_an_import_that_says_nothing_new(load: Load, folder: Path) -> None:
    load([good("ada")])
    version = current_version(folder)
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


def test_what_a_killed_switch_left_is_removed_by_the_next(load: Load, folder: Path) -> None:
    load([good("ada")])
    for what in ("segments", "versions"):
        (folder / what / "0123456789abcdef").mkdir()
    load([good("ada")])
    assert open_pool(folder).profiles == 1
    load([good("bob")])
    assert "0123456789abcdef" not in names(folder, "segments") | names(folder, "versions")


@pytest.mark.slow
def test_blocks_are_cut_by_text_as_well(load: Load, folder: Path) -> None:
    assert cut_blocks(np.array([1] * 100_000)) == [0, BLOCK]
    assert cut_blocks(np.array([BLOCK_TEXT // 2] * 5)) == [0, 2, 4]
    assert cut_blocks(np.array([BLOCK_TEXT * 3, 1, BLOCK_TEXT * 3])) == [0, 1, 2]
    assert cut_blocks(np.array([], dtype=np.int64)) == []
    assert cut_blocks(np.array([1] * 10), longest=4) == [0, 4, 8]
    load([good(f"u{number:05}", captions=[f"word{number} linen " * 100] * 9) for number in range(1_500)])
    pool = open_pool(folder)
    assert len(np.load(pool.segments[0].place / "words" / "blocks.npy")) == 2
    assert len(pool.index.rows_with("linen")) == 1_500
    for number in range(0, 1_500, 77):
        (row,) = pool.index.rows_with(f"word{number}")
        assert pool.profile(int(row)).handle == f"u{number:05}"


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
