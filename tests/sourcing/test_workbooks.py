"""Excel workbooks and what only calls itself one: the same rows as from a CSV, and nothing harmful opened."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from core.errors import BadInput
from sourcing.importers import ImportReport
from sourcing.workbooks import open_sheet
from tests.sourcing.conftest import living

Load = Callable[..., ImportReport]
HEAD = ["Platform", "Username", "Follower Count", "Bio", "ER", "Last post date"]
ADA = ["instagram", "ada.linen", 12_400, "Leinen & Garten\nHamburg", 0.0542, datetime(2026, 10, 5, 8, 30)]  # noqa: DTZ001
BOB = ["tiktok", "bob", "12.4K", '=HYPERLINK("x")', None, None]


def book(*sheets: tuple[str, list[list[Any]]], hidden: tuple[str, ...] = (), **options: Any) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"strings_to_formulas": False, **options}) as workbook:
        dates, percents = workbook.add_format({"num_format": "dd.mm.yyyy"}), workbook.add_format({"num_format": "0.0%"})
        for title, rows in sheets:
            sheet = workbook.add_worksheet(title)
            if title in hidden:
                sheet.hide()
            for place, cells in enumerate(rows):
                for column, value in enumerate(cells):
                    if isinstance(value, datetime):
                        sheet.write_datetime(place, column, value, dates)
                    else:
                        sheet.write(place, column, value, percents if isinstance(value, float) else None)
    return made.getvalue()


def rows_of(content: bytes, folder: Path, **asked: Any) -> list[tuple[int, list[str]]]:
    with open_sheet(io.BytesIO(content), folder, shown="creators.xlsx", **asked) as (_, rows):
        return list(rows)


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            target.writestr(part, change(source.read(part)) if part == name else source.read(part))
    return made.getvalue()


@pytest.mark.parametrize("options", [{}, {"constant_memory": True}], ids=["shared texts", "texts in cells"])
def test_a_workbook_is_read_as_its_cells_look(load: Load, folder: Path, options: dict[str, Any]) -> None:
    report = load(book(("Creators", [HEAD, ADA, BOB]), **options))
    assert report.files[0].format == "Excel, sheet 'Creators'"
    ada, bob = (living(folder)[handle] for handle in ("ada.linen", "bob"))
    assert (ada.platform, ada.followers, ada.bio) == ("instagram", 12_400, "Leinen & Garten Hamburg")
    assert ada.engagement_percent == pytest.approx(5.42)
    assert [str(day) for day in ada.posted] == ["2026-10-05"]
    assert (bob.followers, bob.bio) == (12_400, '=HYPERLINK("x")')


def test_cells_become_text_as_it_would_stand_in_a_csv(tmp_path: Path) -> None:
    values = [1, 2.5, 0.1 + 0.2, 12_345_678_901_234, True, datetime(2026, 1, 2), "a\r\nb", "", "#N/A", "ü 日本 🌸"]  # noqa: DTZ001
    rows = rows_of(book(("s", [["a", "b"], [3, 4], [str(one) for one in range(10)], values])), tmp_path)
    assert rows[3] == (4, ["1", "250%", "30%", "12345678901234", "true", "2026-01-02", "a  b", "", "#N/A",
                           "ü 日本 🌸"])  # fmt: skip


def test_rows_are_numbered_as_excel_shows_them_below_a_title(load: Load, folder: Path) -> None:
    report = load(book(("s", [["Export of 20 November"], [], HEAD, ADA, [], ["tiktok", "bad", "many"]])))
    assert [(reject.place, reject.reason) for reject in report.rejects] == [("row 6", "is not a number")]
    assert report.rejects_file is not None
    assert "row 6" in report.rejects_file.read_text()
    assert set(living(folder)) == {"ada.linen"}


def test_the_first_sheet_with_a_table_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    content = book(
        ("About", [["hello"]]), ("Old", [HEAD, BOB]), ("List", [HEAD, ADA]), ("More", [HEAD]), hidden=("Old",)
    )
    with open_sheet(io.BytesIO(content), tmp_path, shown="x") as (said, _):
        pass
    assert said == "Excel, sheet 'List'; not 'About', 'More'"
    assert rows_of(content, tmp_path, sheet="Old")[1][1][1] == "bob"
    with pytest.raises(BadInput, match=r"no sheet 'Nope'.*'About', 'List', 'More'"):
        rows_of(content, tmp_path, sheet="Nope")


def test_a_size_that_is_not_the_sheets_hides_no_rows(tmp_path: Path) -> None:
    content = book(("s", [HEAD, ADA, BOB]))
    wrong = with_part(content, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'ref="A1:F3"', b'ref="A1"'))
    assert wrong != content
    assert len(rows_of(wrong, tmp_path)) == 3


DECLARED = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_entities_are_refused(load: Load, part: str) -> None:
    evil = with_part(book(("s", [HEAD, ADA])), part, lambda xml: DECLARED + xml.partition(b"?>")[2])
    with pytest.raises(BadInput, match="declares entities"):
        load(evil)


def test_a_workbook_that_would_unpack_to_far_too_much_is_refused_unopened(load: Load) -> None:
    bomb = with_part(book(("s", [HEAD, ADA])), "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * 60_000_000)
    assert len(bomb) < 200_000
    with pytest.raises(BadInput, match=r"would unpack to 0.1 GB"):
        load(bomb)


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9])
def test_a_cut_workbook_is_said_to_be_damaged(load: Load, keep: float) -> None:
    whole = book(("s", [HEAD, ADA, BOB]))
    with pytest.raises(BadInput, match="damaged Excel workbook"):
        load(whole[: int(len(whole) * keep)])


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        ("xl/worksheets/sheet1.xml", lambda xml: xml[: len(xml) // 2], "damaged Excel workbook"),
        ("xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v>0</v>", b"<v>99999</v>"), "damaged Excel workbook"),
        ("xl/workbook.xml", lambda _: b"<nothing/>", "damaged|no sheet"),
        ("[Content_Types].xml", lambda _: b"<Types/>", "damaged Excel workbook"),
    ],
)  # fmt: skip
def test_a_broken_part_is_said_to_be_damage(
    load: Load, part: str, change: Callable[[bytes], bytes], words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        load(with_part(book(("s", [HEAD, ADA, BOB])), part, change))


def test_other_zips_are_named_for_what_they_are(load: Load) -> None:
    for name, words in (("creators.csv", "a zip archive"), ("mimetype", "an OpenDocument file")):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr(name, "x")
        with pytest.raises(BadInput, match=words):
            load(made.getvalue())


def test_a_length_of_time_is_seconds(tmp_path: Path) -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_datetime(1, 0, timedelta(minutes=2), workbook.add_format({"num_format": "[mm]:ss"}))
        sheet.write(1, 1, "x")
    assert rows_of(made.getvalue(), tmp_path)[1] == (2, ["120.0", "x"])


PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="{charset}"></head><body>
<table><tr><td>Export of 20 November</td></tr></table>
<table border=1><thead><tr><th>Platform<th>Username<th>Follower Count<th colspan=2>Bio</tr></thead>
<tr><td>instagram<td>zoë<td x:num="12400">12.400<td>Tee &amp; <b>Brot</b><td></tr>
<tr><td>tiktok</td><td>bob</td><td>12,4K</td><td><table><tr><td>in</td><td>side</td></tr></table></td></tr></table>
<table><tr><td>a</td><td>second table</td></tr></table></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252"])
def test_a_web_page_that_calls_itself_xls(load: Load, folder: Path, charset: str) -> None:
    report = load(PAGE.format(charset=charset).encode(charset), name="creators.xls")
    assert report.files[0].format == "a web page's table"
    zoe, bob = (living(folder)[handle] for handle in ("zoë", "bob"))
    assert (zoe.followers, zoe.bio) == (12_400, "Tee & Brot")
    assert bob.followers == 12_400
    assert "second" not in living(folder)


XML_2003 = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Empty"><Table/></Worksheet>
<Worksheet ss:Name="List"><Table><Row><Cell><Data ss:Type="String">Platform</Data></Cell>
<Cell><Data ss:Type="String">Username</Data></Cell><Cell ss:Index="4"><Data
 ss:Type="String">Followers</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data ss:Type="String">tiktok</Data></Cell><Cell><Data ss:Type="String">ada</Data></Cell>
<Cell ss:Index="4"><Data ss:Type="Number">5000</Data></Cell></Row></Table></Worksheet></Workbook>"""


def test_excels_xml_of_2003(load: Load, folder: Path) -> None:
    report = load(XML_2003, name="creators.xls")
    assert living(folder)["ada"].followers == 5_000
    assert report.files[0].format == "Excel's XML of 2003, first sheet"


@pytest.mark.parametrize("text", [DECLARED.decode() + "<table><tr><td>&b;</td></tr></table>",
                                  XML_2003.replace('<?xml version="1.0"?>', DECLARED.decode())])  # fmt: skip
def test_pages_that_declare_entities_are_refused(load: Load, text: str) -> None:
    with pytest.raises(BadInput, match="declares entities"):
        load(text)


def test_xml_that_breaks_off_says_after_which_row(load: Load) -> None:
    with pytest.raises(BadInput, match="damaged after row"):
        load(XML_2003[:-80])


@pytest.mark.slow
def test_texts_of_a_large_workbook_stay_out_of_memory(tmp_path: Path) -> None:
    path, texts = tmp_path / "large.xlsx", [["handle", "bio"]]
    texts += [[f"user_{number}", f"{number} " + "liked by many " * 150] for number in range(40_000)]
    path.write_bytes(book(("s", texts)))
    read = (
        "import re, sys; from pathlib import Path; from sourcing.workbooks import open_sheet\n"
        "stream = open(sys.argv[1], 'rb')\n"
        "with open_sheet(stream, Path(sys.argv[2]), shown='x') as (_, rows): count = sum(1 for _ in rows)\n"
        # Of this process alone: what usage() tells has its parent's in it.
        "print(count, int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]) // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", read, str(path), str(tmp_path)], capture_output=True, text=True,
                          check=True, cwd=Path(__file__).parents[2])  # fmt: skip
    count, peak = map(int, done.stdout.split())
    assert count == 40_001
    assert (tmp_path / "texts").stat().st_size > 80_000_000
    assert peak < 120


def test_colour_far_to_the_right_is_no_column_and_a_value_there_is(tmp_path: Path) -> None:
    def wide(value: str | None) -> bytes:
        made = io.BytesIO()
        with xlsxwriter.Workbook(made) as workbook:
            sheet, red = workbook.add_worksheet("s"), workbook.add_format({"bg_color": "red"})
            sheet.write_row(0, 0, ["handle", "followers"])
            sheet.write_row(1, 0, ["ada", "5"])
            sheet.write(0, 1_024, value, red)
        return made.getvalue()

    assert [cells[:2] for _, cells in rows_of(wide(None), tmp_path)] == [["handle", "followers"], ["ada", "5"]]
    with pytest.raises(BadInput, match="more than 1,000 columns"):
        rows_of(wide("x"), tmp_path)


@pytest.mark.parametrize(("part", "words"), [
    ("word/document.xml", "a Word or PowerPoint document"), ("Index/Document.iwa", "a document of Apple's Numbers"),
    ("list.csv", "a zip archive"),
])  # fmt: skip
def test_what_a_zip_holds_in_place_of_a_workbook_is_said(tmp_path: Path, part: str, words: str) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(part, "x")
        archive.writestr("[Content_Types].xml" if "word" in part else "other.txt", "x")
    with pytest.raises(BadInput, match=words):
        rows_of(made.getvalue(), tmp_path)
