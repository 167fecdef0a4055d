"""Who says that they are under eighteen does not go in, is counted, and leaves no text behind."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.errors import BadInput
from sourcing.importers import ImportReport
from sourcing.minors import minor_sql
from tests.sourcing.conftest import living, write_jsonl

MINORS = [
    "15 y/o | art", "I'm 15", "im 14 and i love makeup", "ich bin 14", "Ich bin 14 Jahre alt", "born 2011",
    "born in 2012 🌸", "geboren 2010", "16", "dancer | 17 | Berlin", "tengo 15 años", "j'ai 16 ans", "ho 15 anni",
    "Mam 13 lat", "kid model, 8 years old", "Account run by mom", "managed by my parents", "🎀 14 yo 🎀",
    "13 🌸 | fashion", "née en 2011", "age: 16", "16yo skater", "dob 12.03.2012", "14 | account run by my mum",
]  # fmt: skip
ADULTS = [
    "mum of a 5 year old", "Mom to Leo (5yo) & Ava (7yo)", "15 years of experience", "10 Jahre Erfahrung", "18 y/o",
    "I'm 25", "ich bin 34", "born 1995", "22 | Paris", "since 2015", "est. 2014", "100k on TikTok", "kylie | 23",
    "Boymom 💙 born 2019", "I'm 10 minutes away from the sea", "ho 15 anni di esperienza", "17 cities visited",
    "#17 point guard", "1.52m short\n1995", "+1.7M", "15% off code ADA15", "Wife & mum, 2011", "follow me at 14:00",
    "i'm 15kg down", "im 16 weeks pregnant", "class of 2026", "", "day by day",
]  # fmt: skip


def says_so(field: str, value: str) -> bool:
    row = duckdb.execute(f"select {minor_sql([field], this_year=2026)} from (select ? as {field})", [value]).fetchone()
    return bool(row and row[0])


@pytest.mark.parametrize("bio", MINORS)
def test_a_bio_that_says_so(bio: str) -> None:
    assert says_so("bio", bio)


@pytest.mark.parametrize("bio", ADULTS)
def test_parents_and_people_with_numbers_are_no_minors(bio: str) -> None:
    assert not says_so("bio", bio)


@pytest.mark.parametrize(
    ("age", "minor"), [("17", True), ("13-17", True), ("18-24", False), ("2011", False), ("x", False)]
)
def test_an_age_that_says_so(age: str, minor: bool) -> None:
    assert says_so("age", age) is minor


def row(handle: str, **other: Any) -> dict[str, Any]:
    return {"platform": "instagram", "handle": handle, "followers": 20_000} | other


def test_they_are_counted_and_nothing_of_them_is_kept(load: Callable[..., ImportReport], folder: Path) -> None:
    # The last has a value that cannot be used, which else would be listed with its row.
    report = load([row("ada", bio="linen"), row("kid", bio="I'm 15, art"), row("teen", age="١٣-١٧"),
                   row("tot", bio="8 years old", country="nowhere"), row("@KID", country="nowhere"),
                   row("teen", followers=-1), row("bo", followers=-1, age="24 years")])  # fmt: skip
    assert (report.files[0].minors, report.merged.new, report.rejected) == (5, 1, 1)
    assert any("under eighteen" in note for note in report.files[0].notes)
    assert set(living(folder)) == {"ada"}
    assert [("bo" in reject.raw, "24" in reject.raw) for reject in report.rejects] == [(True, False)], "no age is kept"
    kept = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    assert not [word for word in (b"kid", b"teen", b"8 years") if word in kept]


def test_who_was_in_the_pool_before_they_said_so_goes_out(load: Callable[..., ImportReport], folder: Path) -> None:
    load([row("ada", bio="linen"), row("kïd", bio="art")])
    report = load([row("@Kïd", bio="15 y/o | art"), row("bo", bio="tea")])
    assert (report.profiles, set(living(folder))) == (2, {"ada", "bo"})
    assert any("had been in the pool before" in note for note in report.notes)
    assert "kïd".encode() not in b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


KIDS = """
import os, signal, sys
from pathlib import Path
from sourcing.importers import import_profiles
from tests.sourcing.conftest import NOW, FixedClock

def stop(step):
    if step.label == "Writing":
        os.kill(os.getpid(), signal.SIGKILL)

import_profiles(Path(sys.argv[1]), [Path(sys.argv[2])], clock=FixedClock(NOW), on_progress=stop)
"""


def test_an_import_that_is_killed_leaves_no_minor_in(
    load: Callable[..., ImportReport], folder: Path, tmp_path: Path
) -> None:
    load([row("ada"), row("kid")])
    file = write_jsonl(tmp_path / "again.jsonl", [row("kid", bio="15 y/o | art"), row("bo")])
    killed = subprocess.run([sys.executable, "-c", KIDS, str(folder), str(file)], check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert set(living(folder)) == {"ada"}, "the import did not happen, and the minor is out all the same"
    assert load(file).merged.new == 1
    assert set(living(folder)) == {"ada", "bo"}


def test_minors_go_out_where_nothing_else_of_the_file_can_be_used(
    load: Callable[..., ImportReport], folder: Path
) -> None:
    load([row("ada"), row("kid")])
    with pytest.raises(BadInput, match=r"The only row cannot be used: .* 1 of the minors had been in the pool"):
        load([row("kid", age="15"), row("bo", followers=-1)])
    assert set(living(folder)) == {"ada"}


def test_a_pool_of_nobody_but_minors_is_empty_then(load: Callable[..., ImportReport], folder: Path) -> None:
    load([row("kid")])
    with pytest.raises(BadInput, match="nothing went in"):
        load([row("kid", age="15")])
    assert not [file for file in folder.rglob("*") if file.is_file() and b"kid" in file.read_bytes()]
    assert load([row("ada")]).profiles == 1
