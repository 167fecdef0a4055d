"""longlist.xlsx: sheets that social ops filter and sort, and bytes that depend on the longlist alone.

Owns the workbook. Text is written as text, whatever it begins with: never a formula, never a link.
"""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import xlsxwriter

from core.campaign import Campaign
from core.platforms import PLATFORM_NAMES
from sourcing.charts import factor_shares
from sourcing.evidence import one_line
from sourcing.glossary import FACTOR_WORDS, KIND_WORDS, TERMS, factor_name
from sourcing.links import profile_address
from sourcing.longlist import Entry, Longlist

# A fixed day: the workbook's own creation time would make two runs differ.
_WRITTEN = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_BAR, _FACTOR_BAR, _HEAD = "#63BE9B", "#BFDDCF", "#E4EFE9"
#: Number formats by the name of a column's form.
_FORMS = {"text": "@", "line": "@", "whole": "#,##0", "point": "0.0", "rate": '0.0" %"', "share": "0%"}

Cell = str | int | float | None


class Column(NamedTuple):
    """A column of a sheet; `form` names its number format, `bar` the colour and the full length of its data bar."""

    title: str
    width: int
    form: str = "line"
    bar: tuple[str, float] | None = None


_WHO = (
    Column("Rank", 7, "whole"), Column("Name", 26), Column("Handle", 24), Column("Platform", 11),
    Column("Country", 16), Column("City", 16), Column("Posts about", 18), Column("Followers", 12, "whole"),
    Column("Engagement rate", 15, "rate"), Column("Fit", 14, "point", (_BAR, 100)), Column("Known", 9, "share"),
)  # fmt: skip
_WHY = (
    Column("Reason 1", 60, "text"), Column("Reason 2", 56, "text"), Column("Reason 3", 50, "text"),
    Column("Check", 46, "text"), Column("E-mail", 28), Column("E-mail from", 26), Column("Profile", 42),
    Column("Language", 10), Column("Same person", 30), Column("Seen", 12), Column("Source", 26),
)  # fmt: skip
_LEFT_OUT = (
    Column("Platform", 11), Column("Handle", 26), Column("Fit", 14, "point", (_BAR, 100)),
    Column("Why not", 70, "text"), Column("Profile", 42),
)  # fmt: skip
_FUNNEL = (
    Column("Limit", 44), Column("Left out", 12, "whole"), Column("Still in", 12, "whole"),
    Column("Out by this alone", 18, "whole"), Column("To loosen it, change", 44),
)  # fmt: skip


def make_workbook(longlist: Longlist, campaign: Campaign) -> bytes:
    """Sheets Longlist, Reserve, Left out, Funnel and About. The same longlist gives the same bytes."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(stream, options)
    book.set_properties({"title": f"Longlist {longlist.run_id}", "created": _WRITTEN})
    formats = _formats(book)
    names = list(dict.fromkeys(name for entry in longlist.entries[:1] for name, _ in entry.factors))
    factors = [Column(factor_name(name), 13, "share", (_FACTOR_BAR, 1)) for name in names]
    people = (*_WHO, *factors, *_WHY)
    left_out = [
        (PLATFORM_NAMES[one.platform], one.handle, one.fit, one_line(one.reason, 500), profile_address(one))
        for one in longlist.left_out
    ]
    funnel = [(step.name, step.removed, step.left, step.only_this, step.loosen) for step in longlist.funnel]
    for title, columns, rows, frozen in (
        ("Longlist", people, [_person(entry, names) for entry in longlist.entries], 3),
        ("Reserve", people, [_person(entry, names) for entry in longlist.bench], 3),
        ("Left out", _LEFT_OUT, left_out, 2),
        ("Funnel", _FUNNEL, funnel, 1),
    ):
        _fill(book.add_worksheet(title), formats, columns, rows, frozen)
    _about(book.add_worksheet("About"), formats, _told(longlist, campaign))
    book.close()
    return stream.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    made = {form: book.add_format({"num_format": shown, "valign": "top"}) for form, shown in _FORMS.items()}
    made["text"].set_text_wrap()
    made["head"] = book.add_format({"bold": True, "bg_color": _HEAD, "bottom": 1, "valign": "vcenter"})
    made["title"] = book.add_format({"bold": True, "font_size": 14})
    made["bold"] = book.add_format({"bold": True, "valign": "top"})
    return made


def _fill(
    sheet: Any, formats: dict[str, Any], columns: Sequence[Column], rows: Sequence[Sequence[Cell]], frozen: int
) -> None:
    sheet.freeze_panes(1, frozen)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    sheet.set_row(0, 22)
    _printable(sheet)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width, formats[column.form])
        sheet.write_string(0, place, column.title, formats["head"])
        if column.bar:
            colour, longest = column.bar
            sheet.conditional_format(1, place, max(len(rows), 1), place, {
                "type": "data_bar", "bar_color": colour, "bar_solid": True, "min_type": "num", "min_value": 0,
                "max_type": "num", "max_value": longest, "data_bar_2010": True,
            })  # fmt: skip
    forms = [formats[column.form] for column in columns]
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if value is not None and value != "":
                (sheet.write_string if isinstance(value, str) else sheet.write_number)(
                    number, place, value, forms[place]
                )


def _printable(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&L&A&R&P / &N")


def _person(entry: Entry, names: Sequence[str]) -> tuple[Cell, ...]:
    values = dict(entry.factors)
    rate = entry.engagement_percent
    return (
        entry.rank, one_line(entry.name or "", 200), entry.handle, PLATFORM_NAMES[entry.platform], entry.country,
        one_line(entry.city or "", 100), one_line(entry.vertical or "", 100), entry.followers, rate, entry.fit,
        entry.coverage, *(values.get(name) for name in names), *(one_line(reason, 500) for reason in entry.reasons),
        one_line(entry.risk, 500), entry.email, one_line(entry.email_source or "", 100), profile_address(entry),
        entry.language, ", ".join(one_line(key, 100) for key in entry.also[:20]), entry.fetched_at[:10],
        one_line(entry.source, 100),
    )  # fmt: skip


def _told(longlist: Longlist, campaign: Campaign) -> list[tuple[str, Cell, str]]:
    """(what, value, form) line by line; a line with no value is a heading."""
    shares = factor_shares(longlist, campaign)
    lines: list[tuple[str, Cell, str]] = [
        (f"{campaign.name}: creator longlist for {campaign.brand}", None, "title"),
        ("Looking for", campaign.topic.name, "text"), ("Brief", campaign.topic.brief, "text"),
        ("Posts go live", f"{campaign.starts_on} to {campaign.ends_on}", "text"),
        ("Goal", campaign.goal.outcome, "text"), ("Profiles looked at", longlist.pool_size, "whole"),
        ("On the list", len(longlist.entries), "whole"), ("In reserve", len(longlist.bench), "whole"),
        *(("Note", note, "text") for note in longlist.notes),
        ("Run", longlist.run_id, "text"), ("Pool", longlist.pool_version, "text"),
        ("Campaign file", longlist.campaign_hash, "text"), ("Scoring", longlist.code_version, "text"),
        ("Learnt from reviewers", longlist.model or "not used", "text"),
    ]  # fmt: skip
    if longlist.precision:
        for name, hit in zip(("without", "with"), longlist.precision, strict=True):
            lines.append((f"Would be approved of the first 25, {name} learning", hit, "share"))
    lines.append(("What the fit is made of: its share of the fit", None, "title"))
    lines += [(factor_name(name), share, "share") for name, share in shares.items()]
    lines.append(("What the columns mean", None, "title"))
    lines += [(word, meaning, "text") for word, meaning in TERMS]
    lines += [(name, f"{meaning} 0 to 100 %.", "text") for name, meaning in FACTOR_WORDS.values()]
    lines += [
        ("Engagement rate", "Likes and comments per post, in percent of the followers.", "text"),
        ("Check", "The one thing to check before saying yes.", "text"),
        ("Same person", "Other accounts of the same person, as platform:handle.", "text"),
        ("An empty cell", KIND_WORDS["unknown"], "text"),
    ]
    return lines


def _about(sheet: Any, formats: dict[str, Any], lines: Sequence[tuple[str, Cell, str]]) -> None:
    sheet.set_column(0, 0, 44, formats["bold"])
    sheet.set_column(1, 1, 100)
    sheet.hide_gridlines(2)
    _printable(sheet)
    for number, (what, value, form) in enumerate(lines):
        sheet.write_string(number, 0, what, formats["title" if form == "title" else "bold"])
        if isinstance(value, str):
            sheet.write_string(number, 1, value, formats[form])
        elif value is not None:
            sheet.write_number(number, 1, value, formats[form])
