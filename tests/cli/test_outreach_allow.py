"""What somebody sees who hands in a table of consents."""

import csv
from pathlib import Path

import pytest

from tests.cli.conftest import Terminal
from tests.house import CAMPAIGN

HEADER = "creator,ground,source,date,notes\n"


@pytest.fixture
def address(approved: Terminal) -> str:
    return str(approved.document("outreach", "preview", CAMPAIGN)["mails"][0]["recipient"])


def test_a_table_is_looked_at_then_recorded_and_its_bad_lines_told(
    approved: Terminal, address: str, tmp_path: Path
) -> None:
    file, left = tmp_path / "forms.csv", tmp_path / "left.csv"
    file.write_text(f"\ufeff{HEADER}{address},consent,=form,2026-05-03,x\n=nobody(),consent,form,2026-05-03,x\n")
    words = ("outreach", "allow", "--file", str(file), "--as", "sofia")
    looked = approved(*words, "--dry-run")
    assert looked.code == 1
    assert "1 line would be recorded, 1 left out." in looked.out
    assert "Nothing was recorded" in looked.out
    done = approved(*words, "--unusable", str(left))
    assert done.code == 1
    assert "1 line recorded, 1 left out." in done.out
    assert "Columns that were not used: notes" in done.out
    with left.open(encoding="utf-8", newline="") as stream:
        bad = ["3", "'=nobody()", "nobody on record is called =nobody()"]
        assert list(csv.reader(stream)) == [["line", "who", "why"], bad]
    again = approved(*words, "--json")
    assert (again.document["recorded"], again.document["known"]) == ([], 1)
    file.write_text(f"{HEADER}{address},consent,=form,2026-05-03,x\n")
    assert approved(*words).code == 0
    assert "consent: =form, 2026-05-03" in approved("person", "show", address).out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "a file of many"),
        ((CAMPAIGN, "ada"), "No grounds are named"),
        ((CAMPAIGN, "ada", "--basis", "consent", "--dry-run"), "a file of many"),
        ((CAMPAIGN, "ada", "--file", "x.csv"), "With --file"),
    ],
)
def test_one_or_many_but_not_both(terminal: Terminal, words: tuple[str, ...], told: str) -> None:
    refused = terminal("outreach", "allow", *words)
    assert (refused.code, told in refused.err) == (2, True)


def test_a_file_that_is_no_such_table_changes_nothing(approved: Terminal, tmp_path: Path) -> None:
    missing = approved("outreach", "allow", "--file", str(tmp_path / "none.csv"), "--as", "sofia")
    assert (missing.code, "cannot be read" in missing.err) == (1, True)
    file = tmp_path / "odd.csv"
    file.write_text("name\nada\n")
    odd = approved("outreach", "allow", "--file", str(file), "--as", "sofia")
    assert (odd.code, "no column for the creator" in odd.err) == (1, True)
