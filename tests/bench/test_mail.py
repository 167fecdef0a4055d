"""The benchmark of sending runs, on few mails."""

import pytest

from bench.spawn import spawn


@pytest.mark.slow
def test_it_prints_a_table_with_every_figure() -> None:
    printed = spawn(["-m", "bench.mail", "--small"]).printed
    rows = [line for line in printed.splitlines() if line.startswith("| ")]
    assert len(rows) == 9
    assert "50 may go" in printed
