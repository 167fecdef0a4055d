"""What is kept of runs, and what is told of it: the goals, and the picture of growth."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bench.figures import Kept, figure, of_pool, read_kept, write_kept
from bench.goals import goals, goals_section
from bench.growth import growth_svg, lines_of
from bench.measure import Measured
from bench.spawn import Spent

pytestmark = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("bm25s", "pandas", "tantivy")), reason="needs what make bench installs"
)
SVG = "{http://www.w3.org/2000/svg}"


def size(profiles: int, **ways: Mapping[str, float]) -> dict[str, Any]:
    return {"profiles": profiles, "ways": ways}


def kept() -> Kept:
    return {
        "generated": size(100_000, ours={"warm": 0.02, "cold": 0.5}, files={"cold": 0.6},
                          tantivy_first={"warm": 0.01, "cold": 0.6}),
        "million": size(1_000_000, ours={"warm": 0.2, "cold": 2.0}, files={"cold": 2.5, "own_cold": 100.0},
                        ours_scored={"warm": 0.05}, tantivy_first={"warm": 0.02, "cold": 2.0}),
        "ten_million": size(10_000_000, ours={"warm": 1.5, "cold": 20.0}, files={"cold": 30.0, "own_cold": 600.0}),
        "text_index": size(1_000_000, ours={"build_cpu": 25.0}, tantivy={"build_cpu": 100.0}),
    }  # fmt: skip


def test_medians_are_kept_and_read_again(tmp_path: Path) -> None:
    runs = [Spent(2.0, 1.0, 100.0, "", 40.0), Spent(1.0, 3.0, 100.0, "", 50.0), Spent(4.0, 2.0, 100.0, "", 90.0)]
    told = Measured(2_000, 3, builds={"tantivy_first": runs}, cold={"tantivy_filters": runs, "files": runs},
                    warm={"tantivy_filters": [0.3, 0.1]}, own_warm={"tantivy_filters": [30.0]})  # fmt: skip
    file = tmp_path / "figures.json"
    assert read_kept(file) == {}
    write_kept(file, {"million": of_pool(told, "A machine.")})
    again = read_kept(file)
    found = {
        what: figure(again, "million", "tantivy_filters", what) for what in ("cold", "warm", "own_cold", "own_warm")
    }
    assert found == {"cold": 2.0, "warm": 0.2, "own_cold": 50.0, "own_warm": 30.0}
    assert figure(again, "million", "tantivy_filters", "build_cpu") == 2.0, "its index is made by another's build"
    assert figure(again, "million", "files", "build_cpu") is None
    assert figure(again, "ten_million", "ours", "warm") is None
    assert again["million"]["machine"] == "A machine."


def test_a_goal_is_met_missed_or_not_measured() -> None:
    section = goals_section(kept())
    for said in (
        "| processor of building the text index, against tantivy | 1,000,000 | at most 0.25 × | 0.25 × | met |",
        "| memory of building the text index | 1,000,000 | at most 1,500 MB | not measured | – |",
        "by all factors, against tantivy, best 2,000, then filters | 1,000,000 | at most 0.5 × | 2.5 × | missed |",
        "with four files written, against tantivy, best 2,000, then filters | 1,000,000 | at most 1.5 × | 1.2 × | met",
        "| own memory of a cold query with four files | 1,000,000 | at most 256 MB | 100 MB | met |",
        "| own memory of a cold query with four files | 10,000,000 | at most 512 MB | 600 MB | missed |",
        "longlist, warm, ten million against one | 10,000,000 over 1,000,000 | at most 10.5 × | 7.5 × | met |",
        "with four files, ten million against one | 10,000,000 over 1,000,000 | at most 10.5 × | 12 × | missed |",
    ):
        assert said in section
    assert goals_section({}).count("not measured") == len(goals())


def test_the_picture_has_a_point_for_each_size_and_none_where_nothing_was_measured() -> None:
    ours, scored, peer = lines_of(kept(), "warm")
    assert ours.points == ((100_000, 0.02), (1_000_000, 0.2), (10_000_000, 1.5))
    assert scored.points == ((1_000_000, 0.05),)
    assert peer.points == ((100_000, 0.01), (1_000_000, 0.02))
    drawn = ElementTree.fromstring(growth_svg(kept()))
    lines = [line.get("points", "").split() for line in drawn.iter(f"{SVG}polyline")]
    assert sorted(map(len, lines)) == [1, 2, 2, 3, 3, 3]
    words = [text.text for text in drawn.iter(f"{SVG}text")]
    for said in ("Greenroom", "Greenroom, four files", "10,000,000", "10 ms", "100 s", "profiles"):
        assert said in words
    assert "bm25s" not in words


def test_more_is_to_the_right_and_slower_is_higher() -> None:
    drawn = ElementTree.fromstring(growth_svg(kept()))
    height, width = float(drawn.get("height", "0")), float(drawn.get("width", "0"))
    for line in drawn.iter(f"{SVG}polyline"):
        places = [tuple(map(float, point.split(","))) for point in line.get("points", "").split()]
        assert places == sorted(places)
        assert [y for _, y in places] == sorted((y for _, y in places), reverse=True)
        assert all(0 < x < width and 0 < y < height for x, y in places)


def test_one_size_alone_is_drawn_too() -> None:
    drawn = ElementTree.fromstring(growth_svg({"generated": size(2_000, ours={"cold": 1.0, "warm": 0.01})}))
    assert len(list(drawn.iter(f"{SVG}polyline"))) == 2
