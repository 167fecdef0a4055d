"""A generated pool of several files says what one file says, and nothing is left of half a pool."""

import gzip
from importlib.util import find_spec
from pathlib import Path

import pytest

from bench.pools import files_of, write_files
from sourcing.sample import write_sample


def test_the_files_say_together_what_one_file_says(tmp_path: Path) -> None:
    assert write_files(tmp_path / "many", profiles=1_050, each=500) == 1_050
    write_sample(tmp_path / "one.jsonl.gz", profiles=1_050)
    files = files_of(tmp_path / "many")
    lines = [gzip.decompress(file.read_bytes()) for file in files]
    assert [part.count(b"\n") for part in lines] == [500, 500, 50]
    assert b"".join(lines) == gzip.decompress((tmp_path / "one.jsonl.gz").read_bytes())
    assert files_of(tmp_path / "one.jsonl.gz") == [tmp_path / "one.jsonl.gz"]


def test_half_a_pool_of_a_run_that_was_stopped_is_no_pool(tmp_path: Path) -> None:
    (tmp_path / "pool.part").mkdir()
    (tmp_path / "pool.part" / "009.jsonl.gz").write_bytes(b"half")
    write_files(tmp_path / "pool", profiles=20, each=10)
    assert [file.name for file in files_of(tmp_path / "pool")] == ["001.jsonl.gz", "002.jsonl.gz"]
    assert not (tmp_path / "pool.part").exists()


@pytest.mark.skipif(find_spec("tantivy") is None, reason="tantivy is not installed (make .stamps/bench brings it)")
def test_tantivy_finds_the_same_in_one_file_and_in_several(tmp_path: Path) -> None:
    from bench.brief import read_brief
    from bench.questions import write_questions
    from bench.ways import ours, tantivy_first

    write_sample(tmp_path / "one.jsonl.gz", profiles=600)
    write_files(tmp_path / "many", profiles=600, each=250)
    brief = read_brief(Path(write_questions(ours.CAMPAIGN, tmp_path / "briefs", 25)[0]))
    lists = []
    for name, pool in (("a", tmp_path / "one.jsonl.gz"), ("b", tmp_path / "many")):
        tantivy_first.build(pool, tmp_path / name)
        lists.append(tantivy_first.opened(pool, tmp_path / name)(brief))
    assert lists[0] == lists[1]
    assert lists[0]
