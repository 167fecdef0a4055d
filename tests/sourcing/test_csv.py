"""Where the rows of a CSV file begin and end, and which line they are."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from core.errors import BadInput
from sourcing.importers import ImportReport
from sourcing.pool import Profile, open_pool
from sourcing.quotes import WholeRows

Load = Callable[..., ImportReport]
HEADER = "platform,username,followers,bio\n"


def profiles(folder: Path) -> dict[str, Profile]:
    pool = open_pool(folder)
    return {pool.profile(number).handle: pool.profile(number) for number in range(len(pool))}


def good(handle: str, **other: Any) -> dict[str, Any]:
    return {"platform": "instagram", "handle": handle, "followers": 20_000} | other


def test_line_numbers_count_the_line_ends_inside_quotes(load: Load) -> None:
    report = load(HEADER + 'instagram,a,1,"one\ntwo\nthree"\ninstagram,b,-1,x\n')
    assert [reject.line for reject in report.rejects] == [5]


def test_an_open_quote_costs_only_its_own_line(load: Load, folder: Path) -> None:
    rows = [f"instagram,u{number},1000,ok" for number in range(300)]
    rows[150] = 'instagram,broken,1000,"never closed'
    report = load(HEADER + "\n".join(rows) + "\n")
    assert [reject.line for reject in report.rejects] == [152]
    assert "quote that is not closed" in report.rejects[0].reason
    assert len(profiles(folder)) == 299


def test_two_open_quotes_do_not_swallow_what_is_between_them(load: Load, folder: Path) -> None:
    rows = [f"instagram,u{number},1000,I like tea" for number in range(10_202)]
    rows[100] = 'instagram,x1,1000,"my bio'
    rows[10_101] = 'instagram,x2,1000,"her bio'
    report = load(HEADER + "\n".join(rows) + "\n")
    assert [reject.line for reject in report.rejects] == [102, 10_103]
    assert (report.rejected, report.profiles) == (2, 10_200)


@pytest.mark.parametrize(
    ("rows", "lost", "kept"),
    [
        (['first,1000,5" heels', 'a,1000,"one\ntwo"', 'last,1000,7" heels'], [], {"first", "a", "last"}),
        (['first,1000,say ""hi"" ""', "a,1,b"], [], {"first", "a"}),
        (['first,1000,"open', 'a,1000,"one\ntwo"'], [2], {"a"}),
        (['first,1000,"open', 'a,1000,"one, two"', 'b,1000,"x ""y"" z"'], [2], {"a", "b"}),
        (['first,1000,"open', 'a,1000,",", x"', "b,1000,x"], [2, 3], {"b"}),
        (['first,1000,"text" after', "b,1000,x"], [2], {"b"}),
        (['first,1000,"she said \\"hi\\""', "b,1000,x"], [2], {"b"}),
        (['first,1000,"open\nx, y",more', "b,1000,x"], [2, 3], {"b"}),
        (['"first",1000,"whole, ""really"""', '"b",1000,""'], [], {"first", "b"}),
    ],
)
def test_a_quote_opens_a_cell_only_at_its_start(
    load: Load, folder: Path, rows: list[str], lost: list[int], kept: set[str]
) -> None:
    report = load(HEADER + "".join(f"instagram,{row}\n" if row[0] != '"' else f'"instagram",{row}\n' for row in rows))
    assert [reject.line for reject in report.rejects] == lost
    assert set(profiles(folder)) == kept


def test_rows_inside_a_quote_that_closes_by_chance_are_refused_and_counted(load: Load, folder: Path) -> None:
    between = "".join(f"instagram,u{number},1000,tea\n" for number in range(50))
    report = load(HEADER + f'instagram,x1,1000,"open\n{between}instagram,x2,1000,I am 6\'2"\ninstagram,good,7,x\n')
    assert set(profiles(folder)) == {"good"}
    assert report.rejected == 52
    assert "(52 lines)" in report.rejects[0].reason


def test_long_files_are_cut_at_rows_and_keep_their_line_numbers(load: Load, folder: Path) -> None:
    cell = "x" * 3_000
    rows = [f'instagram,u{number},1000,"{cell}\n{cell}"\n' for number in range(400)]
    rows[300] = "instagram,bad,-1,x\n"
    rows[301] = f'instagram,long,1,"{"y" * 1_100_000}"\n'
    report = load(HEADER + "".join(rows))
    assert [reject.line for reject in report.rejects] == [602, 603]
    assert len(open_pool(folder)) == 398


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (HEADER + "\n\ninstagram,a,5,x\n\ninstagram,b,-1,x\n", 6),
        ("\n\n" + HEADER + "instagram,a,5,x\ninstagram,b,-1,x\n", 5),
        ("\r\n" + HEADER.replace("\n", "\r\n") + "instagram,a,5,x\r\ninstagram,b,-1,x\r\n", 4),
        ('platform,username,"followers",bio,"two\nlines"\ninstagram,a,5,x,\ninstagram,b,-1,x,\n', 4),
        ("sep=;\n" + HEADER.replace(",", ";") + "instagram;a;5;x\ninstagram;b;-1;x\n", 4),
        ((HEADER + "instagram,a,5,x\ninstagram,b,-1,x\n").replace("\n", "\r"), 3),
        (HEADER + "instagram,a,5,one\rtwo\ninstagram,b,-1,x\n", 3),
        ("\n" + json.dumps(good("a")) + "\n\n\n" + json.dumps(good("b", followers=-1)) + "\n", 5),
    ],
)
def test_lines_are_numbered_as_an_editor_shows_them(load: Load, folder: Path, content: str, line: int) -> None:
    report = load(content)
    assert [reject.line for reject in report.rejects] == [line]
    assert set(profiles(folder)) == {"a"}


@pytest.mark.parametrize("codec", ["cp1252", "utf-16"])
def test_a_file_that_is_not_utf8_is_read_and_what_it_was_is_said(load: Load, folder: Path, codec: str) -> None:
    report = load("platform;username;followers;name\ninstagram;ada;5000;Zoë Größe\ninstagram;bob;5;Bär\n".encode(codec))
    assert profiles(folder)["ada"].name == "Zoë Größe"
    assert report.files[0].format == ("csv in UTF-16" if codec == "utf-16" else "csv in Windows-1252 by its looks")


def test_one_line_that_is_not_utf8_is_refused_by_itself(load: Load, folder: Path) -> None:
    report = load(HEADER.encode() + b"instagram,ada,5000,caf\xe9\ninstagram,bob,5,x\n")
    assert [(reject.line, reject.reason) for reject in report.rejects] == [(2, "not valid UTF-8")]
    assert set(profiles(folder)) == {"bob"}


def test_a_file_that_unpacks_to_far_more_than_a_table_is_refused(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sourcing.unpacked._SMALL", 1_000_000)
    with pytest.raises(BadInput, match="unpacks to far more"):
        load(gzip.compress(HEADER.encode() + b"instagram,ada,5000,x\n" * 500_000))


def test_a_windows_file_with_a_byte_order_mark_and_semicolons(load: Load, folder: Path) -> None:
    load(
        b"\xef\xbb\xbf" + "Username;Follower Count;Biography\r\nzoë;1,234;Leinen, grün\r\n".encode(), platform="tiktok"
    )
    zoe = profiles(folder)["zoë"]
    assert (zoe.platform, zoe.followers, zoe.bio) == ("tiktok", 1234, "Leinen, grün")


def test_whole_files_come_through_as_another_reader_has_them() -> None:
    """Against the csv module, over cells of commas, quotes and line ends, in blocks of any number of lines."""
    draw, refused = Random(5), list[object]()
    for _ in range(300):
        cells = ["a", 'q"', ",", "\n", "", "é", '""', "x,y\nz", "12"]
        rows = [["".join(draw.choices(cells[:7], k=3)), str(place), draw.choice(cells)] for place in range(12)]
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="\n", quoting=draw.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
        writer.writerows([["one", "two", "three"], *rows])
        out = io.BytesIO()
        refused.clear()
        whole = WholeRows(out, lambda *told: refused.append(told), delimiter=",", columns=3, header_lines=1)
        lines = written.getvalue().encode().splitlines(keepends=True)
        while lines:
            count = draw.randint(1, 5)
            whole.write(b"".join(lines[:count]))
            del lines[:count]
        whole.finish()
        assert refused == []
        read = list(csv.reader(io.StringIO(out.getvalue().decode(), newline="")))
        assert [row[1:] for row in read] == rows
        numbers = [int(row[0]) for row in read]
        ends = [1 + sum(cell.count("\n") for cell in row) for row in rows]
        assert numbers == [2 + sum(ends[:place]) for place in range(12)]
