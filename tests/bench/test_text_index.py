"""The measure of building the text index alone: both ways build one, and its table says what each took."""

import re
from importlib.util import find_spec

import pytest

from bench.spawn import spawn
from bench.text_index import TITLES


@pytest.mark.slow
@pytest.mark.skipif(find_spec("tantivy") is None, reason="tantivy is not installed (make .stamps/bench brings it)")
def test_it_prints_a_row_for_each_way() -> None:
    printed = spawn(["-m", "bench.text_index", "--profiles", "400", "--rounds", "1"]).printed
    for title in TITLES.values():
        (row,) = re.findall(rf"^\| {title} \| (.*) \|$", printed, flags=re.MULTILINE)
        cpu, ratio, wall, peak, size = row.split(" | ")
        assert float(cpu.split()[0]) > 0
        assert ratio.endswith("×")
        assert (float(wall) > 0, int(peak) > 0, int(size) >= 0) == (True, True, True)
