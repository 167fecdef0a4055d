"""The benchmark of contracts runs, with few of them."""

import pytest

from bench.spawn import spawn


@pytest.mark.slow
def test_it_prints_a_table_with_every_figure() -> None:
    printed = spawn(["-m", "bench.contracts", "--small"]).printed
    rows = [line for line in printed.splitlines() if line.startswith("| ")]
    assert len(rows) in (7, 8)  # with PDFs where LibreOffice is
    assert "24 contracts filled and proven" in printed
    assert "processor for each of them" in printed
