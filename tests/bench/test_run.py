"""The whole benchmark on a small pool: every way answers, none breaks a limit, the exact ones are exact."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from bench.spawn import PROJECT, spawn
from bench.way import NAMES, way

LACKING = [name for name in ("bm25s", "pandas", "tantivy") if find_spec(name) is None]


@pytest.mark.slow
@pytest.mark.skipif(bool(LACKING), reason=f"not installed: {', '.join(LACKING)} (make .stamps/bench brings them)")
def test_a_run_fills_the_readme(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    original = (PROJECT / "bench" / "README.md").read_text(encoding="utf-8")
    readme.write_text(original, encoding="utf-8")
    arguments = ["--profiles", "2000", "--rounds", "1", "--no-evaluation", "--readme", str(readme)]
    printed = spawn(["-m", "bench.run", *arguments, "--work", str(tmp_path / "work")]).printed
    written = readme.read_text(encoding="utf-8")
    assert written != original
    assert printed.strip() in written
    assert _prose(written) == _prose(original)
    for name in NAMES:
        (row, *_) = re.findall(rf"^\| {re.escape(way(name).TITLE)} \| (.*) \|$", written, flags=re.MULTILINE)
        *_, share, broken = row.split(" | ")
        assert broken == "0"
        if name in ("ours", "duckdb_scan", "duckdb_postings", "bm25s_index"):
            assert share == "1.000"


def _prose(text: str) -> str:
    return re.sub(r"(<!-- \w+: begin -->).*?(<!-- \w+: end -->)", r"\1\2", text, flags=re.DOTALL)
