"""The whole benchmark on a small pool: every way answers, none breaks a limit, the exact ones are exact."""

import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.figures import SIZES, read_kept
from bench.goals import goals
from bench.run import keep, parsed
from bench.spawn import PROJECT, spawn
from bench.tables import BLOCKS, COLD_ONLY
from bench.text_index import TITLES
from bench.way import NAMES, NOT_AT_TEN_MILLION, way

LACKING = [name for name in ("bm25s", "pandas", "tantivy") if find_spec(name) is None]
needs_bench = pytest.mark.skipif(
    bool(LACKING), reason=f"not installed: {', '.join(LACKING)} (make .stamps/bench brings them)"
)
SMALL = ["--profiles", "2000", "--rounds", "1", "--no-evaluation"]
LARGE = ["--million", "3000", "--slowest", "--ten-million", "5000"]


@pytest.mark.slow
@needs_bench
def test_a_run_fills_the_readme(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    original = (PROJECT / "bench" / "README.md").read_text(encoding="utf-8")
    readme.write_text(original, encoding="utf-8")
    arguments = [*SMALL, *LARGE, "--readme", str(readme), "--work", str(tmp_path / "work")]
    printed = spawn(["-m", "bench.run", *arguments]).printed
    written = readme.read_text(encoding="utf-8")
    blocks = {block: _block(written, block) for block in BLOCKS}
    assert "".join(printed.split()) == "".join(
        "".join(blocks[block] for block in ("generated", "million", "ten_million", "text_index")).split()
    )
    assert _prose(written) == _prose(original)
    assert blocks["evaluation"] == _block(original, "evaluation")
    for block, absent in (("generated", ()), ("million", ()), ("ten_million", NOT_AT_TEN_MILLION)):
        _complete(blocks[block], [name for name in NAMES if name not in absent])
        assert blocks[block].count(": not run, ") == len(absent)
    assert "5,000 generated profiles" in blocks["ten_million"]
    assert len(list((tmp_path / "work" / "pools").glob("5000-*/*.jsonl.gz"))) == 10
    _whole(blocks["text_index"], list(TITLES.values()))
    assert blocks["goals"].count("not measured") == 0
    assert blocks["goals"].count(" met |") + blocks["goals"].count(" missed |") == len(goals())
    assert "2,000, 3,000, 5,000 profiles" in blocks["growth"]
    drawn = ElementTree.parse(tmp_path / "growth.svg").getroot()
    lines = [len(line.get("points", "").split()) for line in drawn.iter("{http://www.w3.org/2000/svg}polyline")]
    assert lines.count(3) == 2 * (len(NAMES) - len(NOT_AT_TEN_MILLION)) + 2
    assert set(read_kept(tmp_path / "figures.json")) == {*SIZES, "text_index"}


def _complete(block: str, names: Sequence[str]) -> None:
    """Every way has its row in both tables, and is as exact as it is to be."""
    ratios, seconds = block.split("| way | build s |")
    for name in names:
        *_, own, share, broken = _row(ratios, way(name).TITLE)
        if (name, broken) == ("pandas_sklearn", "–"):
            assert share == "not judged"
        else:
            assert broken == "0"
        assert own.endswith("×")
        if name in ("ours", "duckdb_scan", "duckdb_postings", "bm25s_index"):
            assert share == "1.000"
        cold, warm = _row(seconds, way(name).TITLE)[-1].split(" / ")
        assert int(cold) > 0
        assert warm == "–" or int(warm) > 0
    _whole(seconds, [*COLD_ONLY.values()])


def _whole(block: str, titles: Sequence[str]) -> None:
    assert all(_row(block, title) for title in titles)


def _row(block: str, title: str) -> list[str]:
    (row,) = re.findall(rf"^\| {re.escape(title)} \| (.*) \|$", block, flags=re.MULTILINE)
    return str(row).split(" | ")


def _block(text: str, block: str) -> str:
    (content,) = re.findall(rf"<!-- {block}: begin -->(.*?)<!-- {block}: end -->", text, flags=re.DOTALL)
    return str(content)


def _prose(text: str) -> str:
    return re.sub(r"(<!-- \w+: begin -->).*?(<!-- \w+: end -->)", r"\1\2", text, flags=re.DOTALL)


def test_the_large_sizes_are_what_they_are_called_unless_told_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    asked = parsed(["--million", "--ten-million"])
    assert (asked.million, asked.ten_million) == (1_000_000, 10_000_000)
    assert (parsed([]).million, parsed(["--million", "30"]).million) == (None, 30)
    for wrong in (["--million", "0"], ["--slowest"]):
        with pytest.raises(SystemExit):
            parsed(wrong)
    assert "--slowest goes with --million" in capsys.readouterr().err


@needs_bench
def test_a_size_that_is_measured_anew_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text((PROJECT / "bench" / "README.md").read_text(encoding="utf-8"), encoding="utf-8")
    ways = {"ours": {"warm": 0.5, "cold": 1.0}}
    keep(readme, "million", "a million", {"profiles": 1_000_000, "ways": ways})
    keep(readme, "ten_million", "ten", {"profiles": 10_000_000, "ways": ways})
    keep(readme, "evaluation", "briefs", None)
    written = readme.read_text(encoding="utf-8")
    assert [_block(written, block).strip() for block in ("million", "ten_million", "evaluation")] == [
        "a million", "ten", "briefs",
    ]  # fmt: skip
    assert "1,000,000, 10,000,000 profiles" in _block(written, "growth")
    assert "| 10,000,000 over 1,000,000 | at most 10.5 × | 1.0 × | met |" in _block(written, "goals")
    assert set(read_kept(tmp_path / "figures.json")) == {"million", "ten_million"}
