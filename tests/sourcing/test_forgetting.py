"""Single profiles leave the pool, the others stay as they are."""

from pathlib import Path

import pytest

from core.clock import FixedClock
from core.errors import Refused
from sourcing.forgetting import forget
from sourcing.pool import EMPTIED, open_pool
from sourcing.sample import write_sample
from sourcing.service import import_files, pool_info, profile
from sourcing.upkeep import check_pool


def test_who_is_forgotten_is_found_no_more_and_the_pool_stays_whole(tmp_path: Path, clock: FixedClock) -> None:
    sample = tmp_path / "sample.jsonl.gz"
    write_sample(sample, profiles=300)
    folder = tmp_path / "pool"
    import_files(folder, [sample], clock)
    first, second = open_pool(folder).profile(0), open_pool(folder).profile(1)
    before = pool_info(folder).profiles
    assert forget(folder, [(first.platform, first.handle), ("instagram", "nobody.at.all")]) == 1
    assert pool_info(folder).profiles == before - 1
    held = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert first.handle.encode() not in held
    assert second.handle.encode() in held
    assert profile(folder, first.platform, first.handle) is None
    assert profile(folder, second.platform, second.handle) is not None
    assert check_pool(folder).faults == ()
    assert forget(folder, [(first.platform, first.handle)]) == 0


def test_an_empty_pool_has_nobody_to_forget(tmp_path: Path) -> None:
    assert forget(tmp_path / "none", [("instagram", "ada")]) == 0


def test_a_pool_that_was_being_emptied_when_it_was_killed_is_empty(tmp_path: Path, clock: FixedClock) -> None:
    folder, ada, bo = tmp_path / "pool", tmp_path / "ada.csv", tmp_path / "bo.csv"
    ada.write_text("platform,handle,followers\ntiktok,ada.linen,9000\n")
    bo.write_text("platform,handle,followers\ntiktok,bo.art,9000\n")
    import_files(folder, [ada], clock)
    (folder / "CURRENT").write_text(EMPTIED + "\n")
    with pytest.raises(Refused, match="The pool is empty"):
        open_pool(folder)
    assert import_files(folder, [bo], clock).profiles == 1
    held = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"ada.linen" not in held


def test_whoever_is_the_last_leaves_an_empty_pool(tmp_path: Path, clock: FixedClock) -> None:
    folder, ada = tmp_path / "pool", tmp_path / "ada.csv"
    ada.write_text("platform,handle,followers\ntiktok,ada.linen,9000\n")
    import_files(folder, [ada], clock)
    assert forget(folder, [("tiktok", "ada.linen")]) == 1
    assert [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size] == []
    assert import_files(folder, [ada], clock).profiles == 1
