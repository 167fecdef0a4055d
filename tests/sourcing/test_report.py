"""The files of a longlist: hostile text stays data, the same list gives the same bytes."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from core.campaign import Campaign
from core.errors import Refused
from sourcing import report, service
from sourcing.glossary import FACTOR_WORDS
from sourcing.importers import ImportReport
from sourcing.longlist import Entry
from tests.sourcing.conftest import Imported

Load = Callable[..., ImportReport]
HOSTILE = [
    "=HYPERLINK(\"http://evil\",\"x\")", "+1+1", "-2", "@SUM(A1)", "\tcell", "\rcell", "<script>alert(1)</script>",
    "{{7*7}}", "<!channel>", "\u202egnp.exe", "a\r\nBcc: x@y", "'; drop table --", "😀" * 50,
    "＝1+1", "\x00\x1b[31m", '"><img src=x>',
]  # fmt: skip


@pytest.fixture(scope="module")
def hostile(import_once: Callable[..., Imported]) -> Path:
    """A pool of creators whose texts would like to be more than text; these tests only read it."""
    rows: list[dict[str, Any]] = [
        {"platform": "instagram", "handle": f"h{place}", "followers": 9_000, "country": "DE", "name": text,
         "bio": f"slow fashion {text}", "hashtags": [text], "last_seen": "2026-11-01"}
        for place, text in enumerate(HOSTILE)
    ]  # fmt: skip
    return import_once(rows).folder


@pytest.fixture(scope="module")
def written(hostile: Path, tmp_path_factory: pytest.TempPathFactory, campaign: Campaign) -> Path:
    out = tmp_path_factory.mktemp("written") / "out"
    report.write_files(service.source(hostile, campaign), campaign, out)
    return out


def test_a_spreadsheet_finds_no_formula_in_the_csv(written: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((written / "longlist.csv").read_bytes().decode(), newline="")))
    assert len(rows) == len(HOSTILE)
    assert not [
        cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))
    ]
    assert any(row["name"].startswith("'=HYPERLINK") for row in rows)


def test_the_workbook_holds_text_not_formulas_or_links(written: Path) -> None:
    with zipfile.ZipFile(written / "longlist.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet.lower()
        assert "HYPERLINK" in book.read("xl/sharedStrings.xml").decode()


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_the_page_is_self_contained_and_shows_hostile_text_as_text(written: Path) -> None:
    page = (written / "longlist.html").read_text()
    tags = _Tags()
    tags.feed(page)
    assert [tag for tag, _ in tags.seen].count("script") == 1
    assert not [tag for tag, _ in tags.seen if tag in ("img", "link", "iframe", "object")]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{7*7}}" in page
    links = [str(attributes["href"]) for tag, attributes in tags.seen if tag == "a"]
    assert all(re.fullmatch(r"https://www\.instagram\.com/h\d+|#[a-z-]+", link) for link in links)
    assert "\u202e" not in page
    assert 'name="viewport"' in page
    assert "prefers-color-scheme: dark" in page


def test_machines_find_every_field_of_an_entry(written: Path) -> None:
    line = json.loads((written / "longlist.jsonl").read_text().splitlines()[0])
    assert set(line) == {"run_id", "campaign", "pool_version"} | {field.name for field in fields(Entry)}
    assert line["factors"].keys() >= line["kinds"].keys()
    raw = (written / "longlist.csv").read_bytes()
    assert raw.count(b"\r\n") == len(HOSTILE) + 1
    head, first, *_ = csv.reader(io.StringIO(raw.decode(), newline=""))
    assert head == list(report.COLUMNS)
    told = dict(zip(head, first, strict=True))
    assert {f"factor_{name}" for name in FACTOR_WORDS} <= set(head)
    assert float(told["factor_topic"]) == line["factors"]["topic"]
    assert told["factor_results"] == ""


def test_the_lines_carry_the_run_and_the_traced_facts(written: Path) -> None:
    lines = [json.loads(line) for line in (written / "longlist.jsonl").read_text().splitlines()]
    assert [line["rank"] for line in lines] == list(range(1, len(HOSTILE) + 1))
    assert {line["run_id"] for line in lines} == {lines[0]["run_id"]}
    assert all(fact["source"] and fact["fetched_at"] for line in lines for fact in line["facts"])
    assert {"topic", "audience", "engagement", "intent", "location"} <= set(lines[0]["factors"])
    assert set(lines[0]["kinds"]) == set(lines[0]["factors"]) == {name for name, _ in lines[0]["evidence"]}
    shown = [line["reasons"] for line in lines] + [fact["value"] for line in lines for fact in line["facts"]]
    assert not re.search(r"[\x00-\x1f\u202e]", "".join(map(str, shown)))


def test_the_same_longlist_gives_the_same_bytes(
    written: Path, hostile: Path, campaign: Campaign, tmp_path: Path
) -> None:
    again = report.write_files(service.source(hostile, campaign), campaign, tmp_path / "again")
    assert [path.name for path in again] == ["longlist.jsonl", "longlist.csv", "longlist.xlsx", "longlist.html"]
    for path in again:
        assert path.read_bytes() == (written / path.name).read_bytes(), path.name


def test_nobody_inside_the_limits_is_still_a_report(
    load: Load, folder: Path, campaign: Campaign, tmp_path: Path
) -> None:
    load([{"platform": "youtube", "handle": "far", "followers": 1}])
    report.write_files(service.source(folder, campaign), campaign, tmp_path / "none")
    page = (tmp_path / "none" / "longlist.html").read_text()
    assert "Nobody in the pool is inside these limits" in page
    assert "0 of 250 wanted" in page


def test_a_folder_that_cannot_be_written_is_said(load: Load, folder: Path, campaign: Campaign, tmp_path: Path) -> None:
    load([{"platform": "instagram", "handle": "ada", "followers": 9_000}])
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="cannot be written"):
        report.write_files(service.source(folder, campaign), campaign, tmp_path / "file")
