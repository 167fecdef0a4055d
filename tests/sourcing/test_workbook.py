"""The workbook: what it holds, that its text stays text, and that its bytes depend on the longlist alone."""

import io
import os
import pickle
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from core.campaign import Campaign
from sourcing.glossary import FACTOR_WORDS
from sourcing.longlist import Entry, LeftOut, Longlist
from sourcing.sample import HOSTILE_NAMES
from sourcing.workbook import make_workbook

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run() -> Longlist:
    people = [
        Entry(
            rank, "tiktok", f"creator{rank}", name, "Germany", "de", 9_000, None if rank == 1 else 4.25, 80.0, 0.9,
            tuple((factor, None if factor == "results" else 0.5) for factor in FACTOR_WORDS),
            (f"Topic: {name}", "", ""), name, None, None, None, (), name, "2026-11-01T00:00:00Z", city=name,
            vertical=name,
        )
        for rank, name in enumerate(("=1+1", "https://evil.example", "123", "\ud800", *HOSTILE_NAMES), start=1)
    ]  # fmt: skip
    return Longlist(
        "run1", "linen-summer", "c" * 64, "pool1", 1_000, "code1", 250, tuple(people), tuple(people[:2]), (), (),
        left_out=(LeftOut("youtube", "x", 71.0, "=cmd|' /C calc'!A0"),), weights=(("topic", 0.6), ("results", 0.4)),
        precision=(0.56, 0.72),
    )  # fmt: skip


class _Book:
    def __init__(self, content: bytes) -> None:
        self.zip = zipfile.ZipFile(io.BytesIO(content))
        self.names = [sheet.attrib["name"] for sheet in self._xml("workbook").iter(f"{MAIN}sheet")]
        self.strings = ["".join(part.text or "" for part in item.iter(f"{MAIN}t"))
                        for item in self._xml("sharedStrings").iter(f"{MAIN}si")]  # fmt: skip

    def _xml(self, part: str) -> ElementTree.Element:
        return ElementTree.fromstring(self.zip.read(f"xl/{part}.xml"))

    def sheet(self, name: str) -> ElementTree.Element:
        return self._xml(f"worksheets/sheet{self.names.index(name) + 1}")

    def rows(self, name: str) -> list[dict[str, str]]:
        """Column letters → text of the cell, row by row."""
        return [
            {
                re.sub(r"\d", "", cell.attrib["r"]): self.strings[int(value)] if cell.attrib.get("t") == "s" else value
                for cell in row.iter(f"{MAIN}c")
                if (value := cell.findtext(f"{MAIN}v")) is not None
            }
            for row in self.sheet(name).iter(f"{MAIN}row")
        ]


def test_the_sheets_are_frozen_filtered_and_barred(run: Longlist, campaign: Campaign) -> None:
    book = _Book(make_workbook(run, campaign))
    assert book.names == ["Longlist", "Reserve", "Left out", "Funnel", "About"]
    for name, bars in (("Longlist", 1 + len(FACTOR_WORDS)), ("Reserve", 1 + len(FACTOR_WORDS)), ("Left out", 1)):
        sheet = book.sheet(name)
        panes = list(sheet.iter(f"{MAIN}pane"))
        assert [(pane.attrib["state"], pane.attrib["ySplit"]) for pane in panes] == [("frozen", "1")]
        assert len(list(sheet.iter(f"{MAIN}autoFilter"))) == 1
        assert len(list(sheet.iter(f"{MAIN}dataBar"))) == bars


def test_text_is_text_whatever_it_begins_with(run: Longlist, campaign: Campaign) -> None:
    book = _Book(make_workbook(run, campaign))
    for number in range(1, 6):
        sheet = book.zip.read(f"xl/worksheets/sheet{number}.xml").decode()
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet.lower()
    assert not [part for part in book.zip.namelist() if "external" in part.lower() or "vba" in part.lower()]
    names = [row["B"] for row in book.rows("Longlist")[1:] if "B" in row]
    assert names[:3] == ["=1+1", "https://evil.example", "123"]
    assert '=HYPERLINK("x")' in names
    assert not re.search(r"[\x00-\x1f\u202a-\u202e\ud800-\udfff]", "".join(book.strings))


def test_what_is_not_known_is_an_empty_cell(run: Longlist, campaign: Campaign) -> None:
    head, first, second, *_ = _Book(make_workbook(run, campaign)).rows("Longlist")
    assert len(set(head.values())) == len(head)
    by_title = {title: column for column, title in head.items()}
    assert by_title["Engagement rate"] not in first
    assert second[by_title["Engagement rate"]] == "4.25"
    assert by_title["Past results"] not in first
    assert first[by_title["Topic"]] == "0.5"


def test_the_last_sheet_says_which_run_and_what_the_columns_mean(run: Longlist, campaign: Campaign) -> None:
    told = {row.get("A", ""): row.get("B", "") for row in _Book(make_workbook(run, campaign)).rows("About")}
    assert told["Run"] == "run1"
    assert told["Campaign file"] == "c" * 64
    assert told["Would be approved of the first 25, with learning"] == "0.72"
    assert "neither for the creator nor against" in told["An empty cell"]
    assert {name for name, _ in FACTOR_WORDS.values()} <= set(told)


def test_another_process_writes_the_same_bytes(run: Longlist, campaign: Campaign, tmp_path: Path) -> None:
    (tmp_path / "run.pickle").write_bytes(pickle.dumps((run, campaign)))
    script = (
        "import pickle, sys; from sourcing.workbook import make_workbook; from sourcing.webpage import make_page;"
        "run = pickle.load(open(sys.argv[1], 'rb'));"
        "sys.stdout.buffer.write(make_workbook(*run) + make_page(*run))"
    )
    other = subprocess.run(
        [sys.executable, "-X", "utf8", "-W", "ignore", "-c", script, tmp_path / "run.pickle"],
        env=os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
        capture_output=True, check=True, timeout=120,
    ).stdout  # fmt: skip
    from sourcing.webpage import make_page

    workbook = make_workbook(run, campaign)
    assert other == workbook + make_page(run, campaign)
    stamps = {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(workbook)).infolist()}
    assert stamps == {(1980, 1, 1, 0, 0, 0)}
