"""Single profiles leave the pool, the others stay as they are."""

from pathlib import Path

from core.clock import FixedClock
from sourcing.forgetting import forget
from sourcing.pool import open_pool
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
