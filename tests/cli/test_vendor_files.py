"""Every vendor's table in every form that people send tables in: read by its preset without a question, and the pool is
the same whichever form it was."""

import gzip
import html
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from sourcing.presets import store
from tests.cli.conftest import Terminal

Cell = str | int | float
MANY = 40
NAMES = ("Zoë Müller", "Añés Núñez", "Jörg Weiß", "Chloé Lefèvre", "Ana Simões", "Björn Åkesson", "Ada Lind")


class Percent(float):
    """A rate in percent, which each form writes in its own way."""


def vendors() -> dict[str, tuple[list[str], list[list[Cell]]]]:
    """Preset → header and rows as the vendor's table has them."""
    people = [(n, f"maker{n:03}", NAMES[n % len(NAMES)], f"maker{n}@mail.example") for n in range(MANY)]
    return {
        "modash-csv": (
            ["Username", "Profile URL", "Full name", "Followers", "Avg likes", "Engagement rate", "Email", "Ethnicity"],
            [[who, f"https://www.instagram.com/{who}", name, 12_000 + 311 * n, 300 + n, Percent(1.5 + n / 100), mail,
              "x"] for n, who, name, mail in people],
        ),
        "upfluence": (
            ["influencer_id", "media_url", "profile_name", "email", "shipping_address.city",
             "shipping_address.country_code"],
            [[n, f"https://www.tiktok.com/@{who}", name, mail, "Köln", "DE"] for n, who, name, mail in people],
        ),
        "aspire": (
            ["email", "instagram", "tiktok", "youtube", "pinterest", "city", "postalcode", "country"],
            [[mail, f"aspire.{who}", f"{who}.tok", f"https://www.youtube.com/@{who}tube", "", "Málaga", 29_000,
              "ES"] for n, who, _, mail in people],
        ),
        "refersion": (
            ["Affiliate ID", "Name", "Email", "Instagram", "Instagram followers", "Website"],
            [[n, name, mail, f"@ref.{who}", 1_500 + n, f"https://{who}.example/shop"] for n, who, name, mail in people],
        ),
        "evaluation-tiktok": (
            ["username", "signature", "bioLink", "commerceUser", "commerceCategory", "region", "language",
             "total_videos", "following", "followers", "verified"],
            [[f"eval.{who}", f"Größe S, {name}", "", "False", "none", "ZA", "English", 158 + n, 10, 1_590 + n, "False"]
             for n, who, name, _ in people],
        ),
        "evaluation-youtube": (
            ["handle", "channelID", "followers", "language", "has_signature", "tot_videos"],
            [[f"@{who}-sews", f"UCUoU4vEp-fmuQp2201P{n:04}", 637_000 + n, "French", "True", 12 + n]
             for n, who, _, _ in people],
        ),
    }  # fmt: skip


def excel(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Iterator[list[Any]]:
    yield list(header)
    for row in rows:
        yield [f"{cell}%" if isinstance(cell, Percent) else cell for cell in row]


def lines(rows: Sequence[Sequence[Cell]], *, thousands: str, point: str) -> list[list[str]]:
    """Cells as text, in the manner of a country."""

    def said(cell: Cell) -> str:
        if isinstance(cell, Percent):
            return f"{cell:.2f} %".replace(".", point)
        return f"{cell:,}".replace(",", thousands) if isinstance(cell, int) and cell > 999 else str(cell)

    return [[said(cell) for cell in row] for row in rows]


def delimited(header: Sequence[str], rows: Sequence[Sequence[str]], mark: str) -> str:
    def cell(text: str) -> str:
        return f'"{text}"' if mark in text else text

    return "".join(mark.join(map(cell, row)) + "\r\n" for row in [header, *rows])


def as_csv(file: Path, header: list[str], rows: list[list[Cell]]) -> None:
    file.write_text(delimited(header, lines(rows, thousands=",", point="."), ","), encoding="utf-8-sig", newline="")


def as_gzip(file: Path, header: list[str], rows: list[list[Cell]]) -> None:
    file.write_bytes(gzip.compress(delimited(header, lines(rows, thousands="", point="."), ",").encode()))


def as_workbook(file: Path, header: list[str], rows: list[list[Cell]]) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in excel(header, rows):
        sheet.append(row)
    book.save(file)


def as_windows_1252(file: Path, header: list[str], rows: list[list[Cell]]) -> None:
    file.write_bytes(delimited(header, lines(rows, thousands=".", point=","), ";").encode("cp1252"))


def as_utf_16(file: Path, header: list[str], rows: list[list[Cell]]) -> None:
    file.write_bytes(delimited(header, lines(rows, thousands=" ", point=","), "\t").encode("utf-16"))


def as_page(file: Path, header: list[str], rows: list[list[Cell]]) -> None:
    cells = [header, *lines(rows, thousands="'", point=",")]
    table = "".join(f"<tr>{''.join(f'<td>{html.escape(one)}</td>' for one in row)}</tr>" for row in cells)
    file.write_text(f"<html><meta charset='utf-8'><body><table>{table}</table></body></html>", encoding="utf-8")


FORMS: dict[str, Callable[[Path, list[str], list[list[Cell]]], None]] = {
    "csv": as_csv, "csv.gz": as_gzip, "xlsx": as_workbook, "semicolons.csv": as_windows_1252,
    "tabs.txt": as_utf_16, "xls": as_page,
}  # fmt: skip
SAID = {"csv": "csv", "csv.gz": "csv", "xlsx": "Excel, sheet 'Sheet'", "tabs.txt": "csv in UTF-16",
        "xls": "a web page's table", "semicolons.csv": "csv in Windows-1252 by its looks"}  # fmt: skip


def test_each_table_is_known_and_gives_the_same_pool_in_every_form(terminal: Terminal) -> None:
    place, versions = terminal.home.parent, set()
    for form, write in FORMS.items():
        files = {}
        for name, (header, rows) in vendors().items():
            files[name] = place / f"export of {name}.{form}"
            write(files[name], header, rows)
        done = terminal.document("pool", "import", *map(str, files.values()))
        assert done["presets"] == {str(file): name for name, file in files.items()}, form
        assert [one["read"] for one in done["files"]] == [MANY, MANY, 3 * MANY, 2 * MANY, MANY, MANY], form
        assert done["rejected"] == 0, (form, done["rejects"][:3])
        assert SAID[form] in done["files"][0]["format"]
        assert [one["never_read"] for one in done["files"] if one["never_read"]] == [["Ethnicity"]]
        versions.add(done["version"])
        assert len(versions) == 1, f"{form}: {done['merged']}"
    told = terminal.document("pool", "info")
    assert told["profiles"] == 9 * MANY
    assert {one["source"] for one in told["sources"]} >= {"Modash export", "Upfluence", "Aspire", "Refersion"}
    assert told["known"]["email"] == 7 * MANY
    assert told["known"]["followers"] == 4 * MANY


ANSWERS: dict[str, Any] = {
    "modash-search": {"error": False, "lookalikes": [], "directs": [
        {"userId": str(n), "profile": {"fullname": NAMES[n % 7], "url": f"https://www.instagram.com/found{n}",
                                       "followers": 9_000 + n, "engagementRate": 0.02}} for n in range(MANY)]},
    "modash-report": {"profile": {"profile": {"username": "reported", "url": "https://www.instagram.com/reported",
                                              "fullname": "Zoë", "followers": 12_000}, "bio": "Größe S"},
                      "audience": {"ethnicities": [{"code": "x", "weight": 1}], "credibility": 0.8}},
    "hypeauditor": {"result": {"search_results": [
        {"basic": {"username": f"hype{n}", "title": NAMES[n % 7]}, "metrics": {"er": {"value": 2.5}}}
        for n in range(MANY)]}},
}  # fmt: skip


@pytest.mark.parametrize("form", ["one line", "for people to read", "UTF-16", "gzip"])
def test_saved_answers_of_programs_are_known_in_every_form(terminal: Terminal, form: str) -> None:
    files = {name: terminal.home.parent / f"{name}.json" for name in ANSWERS}
    for name, file in files.items():
        text = json.dumps(ANSWERS[name], indent=2 if form == "for people to read" else None, ensure_ascii=False)
        raw = text.encode("utf-16" if form == "UTF-16" else "utf-8")
        file.write_bytes(gzip.compress(raw) if form == "gzip" else raw)
    done = terminal.document("pool", "import", *map(str, files.values()), "--platform", "instagram")
    assert done["presets"] == {str(file): name for name, file in files.items()}
    assert (done["profiles"], done["rejected"]) == (2 * MANY + 1, 0)
    assert "audience.ethnicities" in done["files"][1]["never_read"]


def test_every_shipped_preset_is_tried_here(terminal: Terminal) -> None:
    elsewhere = {"customers", "evaluation"}  # becomes no profiles; is JSON lines as the sample is
    assert set(store.names(terminal.home)) == {*vendors(), *ANSWERS} | elsewhere
