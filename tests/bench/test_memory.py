"""Memory of a process's own: what it holds counts, what it maps of a file does not."""

import os
import sys
from pathlib import Path

import pytest

from bench.memory import Highest, own_mb
from bench.spawn import spawn

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells it")
_SIZE = 200_000_000

HELD = f"import time; held = bytearray({_SIZE}); time.sleep(0.3); del held; time.sleep(0.1)"
MAPPED = """
import mmap, sys, time
with open(sys.argv[1], "rb") as file:
    told = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    sum(told[place] for place in range(0, len(told), 4096))
    time.sleep(0.3)
"""


def test_the_highest_of_a_step_is_seen_though_it_gives_the_memory_back() -> None:
    told = spawn(["-c", HELD]).own_mb
    assert told is not None
    assert _SIZE / 1e6 < told < _SIZE / 1e6 + 50


def test_a_mapped_file_is_in_the_peak_and_is_not_its_own(tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(bytes(_SIZE))
    done = spawn(["-c", MAPPED, str(file)])
    assert done.peak_mb > _SIZE / 1e6
    assert done.own_mb is not None
    assert done.own_mb < 50


def test_a_process_sees_itself_and_nobody_sees_one_that_is_over() -> None:
    before = own_mb(os.getpid())
    with Highest(os.getpid()) as seen:
        held = bytearray(b"1") * _SIZE
    assert before is not None
    assert seen.own_mb is not None
    assert seen.own_mb - before > _SIZE / 1e6 * 0.9
    assert len(held) == _SIZE
    assert own_mb(2**22 + 1) is None


def test_what_a_large_parent_holds_is_not_on_the_account_of_a_step() -> None:
    code = f"held = bytearray({_SIZE}); from bench.spawn import spawn; print(spawn(['-c', 'pass']).peak_mb)"
    assert 1 < float(spawn(["-c", code]).printed) < 50
