"""The benchmark of sending runs, on few mails."""

import pytest

from bench.spawn import spawn


@pytest.mark.slow
def test_it_prints_a_table_with_every_figure() -> None:
    printed = spawn(["-m", "bench.mail", "--small"]).printed
    rows = [line for line in printed.splitlines() if line.startswith("| ")]
    assert len(rows) == 9
    assert "50 may go" in printed


@pytest.mark.slow
def test_the_long_run_sends_all_and_says_what_it_held() -> None:
    printed = spawn(["-m", "bench.long_run", "--mails", "30"]).printed
    assert "memory while 30 of 30 mails go" in printed
    assert printed.count("→") == 10
