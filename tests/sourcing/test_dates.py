"""Days as countries write them. Whether 03/04 is in March or April the file tells, a person does, or nobody."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from sourcing.columns import Mapping
from sourcing.dates import Order, settle_dates
from sourcing.importers import ImportReport
from sourcing.lexicon.months import MONTHS
from tests.sourcing.conftest import living

Load = Callable[..., ImportReport]


def settled(*said: str, order: Order | None = None) -> tuple[list[str], list[str]]:
    with duckdb.connect() as db:
        db.execute("create table said (line bigint, last_seen varchar)")
        db.execute("insert into said select generate_subscripts(?, 1), unnest(?)", [list(said), list(said)])
        notes = settle_dates(db, Mapping({"last_seen": "Seen"}, (), ()), order=order)
        return [row[0] for row in db.execute("select last_seen from said order by line").fetchall()], notes


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("3.4.2026", "2026-04-03"), ("03.04.26", "2026-04-03"), ("2026年4月3日", "2026-04-03"),
        ("20260403", "2026-04-03"),
        ("46115", "2026-04-03"), ("46115.5", "2026-04-03"), ("2026/4/3", "2026-04-03"), ("2026. 04. 03.", "2026-04-03"),
        ("3 April 2026", "2026-04-03"), ("April 3rd, 2026", "2026-04-03"), ("03-Apr-26", "2026-04-03"),
        ("3. März 2026", "2026-03-03"), ("3 de abril de 2026", "2026-04-03"), ("1er août 2026", "2026-08-01"),
        ("3 апреля 2026 г.", "2026-04-03"), ("3 Nisan 2026", "2026-04-03"), ("3 kwietnia 2026", "2026-04-03"),
        ("Fri, 03 Apr 2026 10:05:06 GMT", "2026-04-03 10:05:06"), ("3.4.2026 16:05", "2026-04-03 16:05:00"),
        ("25/12/2025", "2025-12-25"), ("12/25/2025, 11:59 p.m.", "2025-12-25 23:59:00"),
        ("12/25/2025 12:05 AM", "2025-12-25 00:05:00"), ("25.12.70", "1970-12-25"), ("31.12.69", "2069-12-31"),
        ("25/12/2025 10:00:00 +02:00", "2025-12-25 10:00:00+02:00"), ("\u00a03\u202fApril 2026 ", "2026-04-03"),
    ],
)  # fmt: skip
def test_a_day_in_whatever_way(said: str, meant: str) -> None:
    assert settled(said)[0] == [meant]


@pytest.mark.parametrize("said", ["2026-04-03", "2026-04-03T10:00:00Z", "1710000000", "1710000000000", "soon",
                                  "2026-03", "45:00", "3 Foo 2026", ""])  # fmt: skip
def test_what_is_known_already_or_no_day_stays_as_it_is(said: str) -> None:
    assert settled(said, "1.2.2026")[0][0] == said


def test_one_date_tells_for_the_whole_file_which_comes_first() -> None:
    assert settled("03/04/2026", "25/12/2025") == (
        ["2026-04-03", "2025-12-25"], ["column 'Seen': dates were read with the day first"],
    )  # fmt: skip
    assert settled("03/04/2026", "12/25/2025") == (
        ["2026-03-04", "2025-12-25"], ["column 'Seen': dates were read with the month first"],
    )  # fmt: skip
    assert settled("03/04/2026 4:05 PM")[0] == ["2026-03-04 16:05:00"]


def test_where_nothing_tells_which_comes_first_no_date_is_guessed() -> None:
    said, notes = settled("03/04/2026", "05/05/2026")
    assert said == ["03/04/2026", "2026-05-05"]
    assert notes == ["column 'Seen': 1 date could not be read, as 03/04 may be a day in March or in April; "
                     "say which with --dates dmy or --dates mdy"]  # fmt: skip
    assert settled("03/04/2026", order="mdy") == (["2026-03-04"], [])


def test_a_year_of_two_figures_comes_first_where_somebody_says_so() -> None:
    said = ("26/04/03", "26-04-03", "26/13/03", "03/04/2026", "25/12/2025", "2026/04/03")
    assert settled(*said, order="ymd") == (
        ["2026-04-03", "2026-04-03", "2026-13-03", "03/04/2026", "2025-12-25", "2026-04-03"], [],
    )  # fmt: skip


def test_a_file_that_does_both_is_not_guessed_at() -> None:
    said, notes = settled("03/04/2026", "25/12/2025", "12/25/2025")
    assert said == ["03/04/2026", "2025-12-25", "2025-12-25"]
    assert "stand first in turns" in notes[0]


DAYS = [date(1990, 1, 1) + timedelta(days=number) for number in range(0, 28_000, 3)]


@pytest.mark.parametrize("mark", "/-")
@pytest.mark.parametrize("order", ["dmy", "mdy"])
def test_whatever_day_is_written_in_a_known_order_is_that_day(order: Order, mark: str) -> None:
    way = 1 if order == "dmy" else -1
    said = [mark.join([*[f"{day.day}", f"{day.month:02}"][::way], str(day.year)]) for day in DAYS]
    assert settled(*said, order=order)[0] == [day.isoformat() for day in DAYS]


def test_every_month_that_has_a_name_is_read() -> None:
    said = [f"{day} {name} 2026" for name in MONTHS for day in (1, 12, 28)]
    assert settled(*said)[0] == [date(2026, MONTHS[name], day).isoformat() for name in MONTHS for day in (1, 12, 28)]


def test_lists_of_days_and_the_last_one_are_read_in_an_import(load: Load, folder: Path) -> None:
    report = load("platform,username,followers,last_seen,last_post_date\n"
                  "tiktok,ada,5000,13/11/2026,01/11/2026\ntiktok,bob,5000,02/11/2026,12/11/2026\n")  # fmt: skip
    ada, bob = living(folder)["ada"], living(folder)["bob"]
    assert [str(day) for day in ada.posted + bob.posted] == ["2026-11-01", "2026-11-12"]
    assert str(bob.last_seen)[:10] == "2026-11-02"
    assert "dates were read with the day first" in report.files[0].notes[0]


def test_excels_days_are_counted_as_excel_counts_them() -> None:
    assert settled("25569", "73050")[0] == [str(date(1899, 12, 30) + timedelta(days=days)) for days in (25_569, 73_050)]
