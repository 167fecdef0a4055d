"""How answers look: to a terminal, to a pipe, to a program."""

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from cli import screen
from core.models.jobs import Job


def test_a_line_is_never_folded_or_padded_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("1", "x" * 500), ("2", "y")]
    screen.answer(None, as_json=False, lines=[screen.table("Two", ["no.", "text"], rows), "z" * 500])
    assert capsys.readouterr().out == f"Two\nno.  text\n1    {'x' * 500}\n2    y\n{'z' * 500}\n"


def test_a_table_without_rows_is_its_title(capsys: pytest.CaptureFixture[str]) -> None:
    screen.answer(None, as_json=False, lines=[screen.table("Nothing", ["no.", "text"], [])])
    assert capsys.readouterr().out == "Nothing\n"


def test_a_column_without_anything_takes_no_place(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("1", "", "x", 0), ("2", "", "", 7)]
    screen.answer(
        None, as_json=False, lines=[screen.table("Two", ["no.", "sent", "note", "late"], rows, right=["late"])]
    )
    assert capsys.readouterr().out == "Two\nno.  note  late\n1    x        0\n2             7\n"


def test_markup_and_line_ends_in_a_cell_are_text(capsys: pytest.CaptureFixture[str]) -> None:
    screen.answer(None, as_json=False, lines=[screen.table("[bold]T", ["a"], [("[red]x\ny[/red]",)])])
    assert capsys.readouterr().out == "[bold]T\na\n[red]x y[/red]\n"


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_any_encoding_takes_the_document_and_gives_it_back(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding=encoding)
    monkeypatch.setattr("sys.stdout", stream)
    screen.never_choke(stream)
    document = {"name": "Färber 👩‍🌾 نور \u202e \x9b \x1b \ud83d"}
    screen.print_out(screen.as_document(document))
    raw = written.getvalue()
    assert json.loads(raw.decode(encoding)) == document
    assert not {"\u202e", "\x9b", "\x1b"} & set(raw.decode(encoding))


def test_moments_amounts_and_paths_are_text_for_programs() -> None:
    moment = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    document = json.loads(screen.as_document({"at": moment, "amount": Decimal("1.50"), "path": Path("a/b")}))
    assert document == {"at": "2026-11-20T09:30:00+00:00", "amount": "1.50", "path": "a/b"}


def test_a_row_of_the_record_keeps_the_order_of_its_fields() -> None:
    job = Job(created_at=datetime(2026, 11, 20, tzinfo=UTC), not_before=datetime(2026, 11, 20, tzinfo=UTC),
              payload={}, key="k", kind="x")  # fmt: skip
    assert list(screen.fields_of(job)) == list(Job.model_fields)


@pytest.mark.parametrize(("number", "said"), [(0, "0 mails"), (1, "1 mail"), (1200, "1,200 mails")])
def test_numbers_are_said_as_people_say_them(number: int, said: str) -> None:
    assert screen.counted(number, "mail") == said


@pytest.mark.parametrize("width", [50, 80, 120])
def test_what_people_copy_stays_on_one_line_and_nothing_is_cut_off(width: int) -> None:
    columns = ["creator", "contract", "waits for", "due"]
    row = ("tiktok:callumswearwhatyouhave", "v1 changes requested", "somebody", "2026-11-24 09:30")
    drawn = io.StringIO()
    Console(file=drawn, width=width).print(screen.table("One", columns, [row], whole=["creator"]))
    said = drawn.getvalue()
    assert row[0] in said
    assert max(map(len, said.splitlines())) <= width
    assert sorted("".join(said.split())) == sorted("".join("".join(["One", *columns, *row]).split()))
