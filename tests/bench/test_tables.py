"""The tables and their place in the README."""

from dataclasses import replace
from importlib.util import find_spec

import pytest

from bench.measure import Measured
from bench.run import main
from bench.spawn import PROJECT, Spent, StepFailed, spawn
from bench.tables import BLOCKS, pool_section, quality_section, replaced

#: Tables name every way, and loading the names loads what the ways are made of.
needs_peers = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("bm25s", "pandas", "tantivy")), reason="needs what make bench installs"
)

README = "Prose.\n<!-- generated: begin -->\nold\n<!-- generated: end -->\nMore prose.\n"


def _measured() -> Measured:
    runs = [Spent(2.0, 1.0, 100.0, "", 40.0), Spent(1.0, 1.0, 110.0, "", 50.0), Spent(4.0, 1.0, 90.0, "", 60.0)]
    slow = [replace(run, wall=run.wall * 3) for run in runs]
    lean = [replace(run, own_mb=25.0) for run in runs]
    return Measured(
        2_000, 3, builds={"ours": runs, "bm25s_index": slow}, index_mb={"ours": 10.0, "bm25s_index": 25.0},
        cold={"ours": runs, "bm25s_index": lean}, warm={"ours": [0.2, 0.1], "bm25s_index": [0.0015, 0.0015]},
        own_warm={"ours": [70.0, 90.0, 80.0]}, left_out={"pandas_sklearn": "it takes too long"},
        judged={
            "": {"inside": 200.0, "profiles": 2_000.0}, "ours": {"share": 1.0, "broken": 0.0},
            "bm25s_index": {"share": 0.5, "broken": 0.0},
        },
    )  # fmt: skip


def test_a_block_is_replaced_and_the_prose_around_it_stays() -> None:
    found = replaced(README, "generated", "new \\1 | text")
    assert found == README.replace("old", "new \\1 | text")
    assert replaced(found, "generated", "old") == README


def test_a_block_that_was_not_measured_stays_and_a_missing_one_is_told() -> None:
    assert replaced(README, "generated", None) == README
    with pytest.raises(ValueError, match="no markers for million"):
        replaced(README, "million", None)


def test_the_readme_has_every_block() -> None:
    text = (PROJECT / "bench" / "README.md").read_text(encoding="utf-8")
    assert all(replaced(text, block, None) == text for block in BLOCKS)


@needs_peers
def test_ratios_are_of_medians_and_to_ours() -> None:
    section = pool_section(_measured(), "A machine.")
    rows = {row.split(" | ")[0].strip("| "): row for row in section.splitlines() if row.startswith("| ")}
    assert "A machine. 2,000 generated profiles, 200 of them (10%) inside the limits" in section
    assert "| bm25s | 3.0 × | 1.0 × | 2.5 × | 1.0 × | 0.01 × | 1.0 × | 1.0 × | 0.50 × | 0.500 | 0 |" in section
    assert rows["bm25s"].startswith("| bm25s | 6.00 (3.00–12.0) |")
    assert (rows["Greenroom"].endswith("| 50 / 80 |"), rows["bm25s"].endswith("| 25 / – |")) == (True, True)
    assert "| pandas + scikit-learn TF-IDF: not run, it takes too long | – | – |" in section


@needs_peers
def test_what_was_asked_once_and_cold_is_told_as_far_as_it_goes() -> None:
    told = _measured()
    del told.warm["bm25s_index"], told.judged["bm25s_index"]
    told.cold["bm25s_index"] = [Spent(8.0, 1.0, 100.0, "")]
    section = pool_section(told, "A machine.")
    assert "| bm25s | 3.0 × | 1.0 × | 2.5 × | 4.0 × | – | 1.0 × | 1.0 × | – | not judged | – |" in section


@needs_peers
def test_quality_is_told_beside_what_a_longlist_costs() -> None:
    results = {
        "ours": {"niche P@250": 0.5, "niche P@25": 0.75, "country R@250": 0.25, "ms": 20.0},
        "bm25s_index": {"niche P@250": 0.25, "niche P@25": 0.5, "country R@250": 0.125, "ms": 2.0},
    }
    section = quality_section(results, {"command": [Spent(1.5, 1.0, 120.0, "")]}, "A machine.")
    assert "| bm25s | 0.250 | 0.500 | 0.125 | 0.10 × |" in section
    assert "| Greenroom, the whole command | 1.50 (1.50–1.50) | 120 |" in section


def test_a_step_that_fails_is_told_with_its_last_words() -> None:
    with pytest.raises(StepFailed, match="no such thing"):
        spawn(["-c", "raise SystemExit('no such thing')"])


def test_a_step_is_measured_and_never_sees_settings_of_whoever_runs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENROOM_DATABASE_URL", "postgresql://theirs")
    done = spawn(
        ["-c", "import os; print(sorted(n for n in os.environ if n.startswith('GREENROOM_D'))); sum(range(9))"]
    )
    assert done.printed == "[]\n"
    assert done.wall > 0
    assert done.peak_mb > 1


def test_a_way_that_nobody_knows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--only", "ours,elastic"])
    assert "no way is called 'elastic'" in capsys.readouterr().err
