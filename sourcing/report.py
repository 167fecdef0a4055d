"""The longlist as files for people and programs: JSON lines, CSV, a workbook and one self-contained page.

The same longlist gives the same bytes. Text of creators is data in all of them: never a formula, never markup.
"""

import errno
import io
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import jinja2
import xlsxwriter

from core.campaign import Campaign
from core.errors import Refused, TransientError
from core.files import write_atomically
from sourcing.evidence import one_line
from sourcing.longlist import Entry, Longlist
from sourcing.reasons import PLATFORM_NAMES
from sourcing.tables import write_rows

COLUMNS = (
    "rank", "platform", "handle", "name", "country", "language", "followers", "engagement_percent", "fit", "coverage",
    "reason_1", "reason_2", "reason_3", "risk", "email", "email_source", "profile", "fetched_at", "source",
)  # fmt: skip
_WIDTHS = {"name": 24, "handle": 24, "reason_1": 60, "reason_2": 50, "reason_3": 50, "risk": 44, "profile": 40}
# A fixed day: the workbook's own creation time would make two runs differ.
_WRITTEN = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def write_files(longlist: Longlist, campaign: Campaign, folder: Path) -> tuple[Path, ...]:
    """Write longlist.{jsonl,csv,xlsx,html} into `folder`, each whole or not at all; returns their paths."""
    makers: dict[str, Callable[[], bytes]] = {
        "jsonl": lambda: _jsonl(longlist),
        "csv": lambda: _csv(longlist),
        "xlsx": lambda: _xlsx(longlist),
        "html": lambda: _html(longlist, campaign),
    }
    paths = []
    try:
        for kind, make in makers.items():
            paths.append(folder / f"longlist.{kind}")
            write_atomically(paths[-1], make())
    except OSError as error:
        told, step = f"The longlist cannot be written to {folder}: {error.strerror}.", "Free space or use --out."
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise TransientError(told, next_step=step) from None
        raise Refused(told, next_step=step) from None
    return tuple(paths)


def profile_address(entry: Entry) -> str:
    """Where a person can look: made from platform and handle, never from an address in the data."""
    start = {"instagram": "instagram.com/", "tiktok": "tiktok.com/@", "youtube": "youtube.com/@"}[entry.platform]
    return f"https://www.{start}{entry.handle}"


def _jsonl(longlist: Longlist) -> bytes:
    run = {"run_id": longlist.run_id, "campaign": longlist.campaign_slug, "pool_version": longlist.pool_version}
    lines = [
        json.dumps(run | asdict(entry) | {"factors": dict(entry.factors)}, ensure_ascii=False)
        for entry in longlist.entries
    ]
    return "".join(line + "\n" for line in lines).encode("utf-8", "replace")


def _csv(longlist: Longlist) -> bytes:
    stream = io.BytesIO()
    write_rows(stream, [COLUMNS, *map(_row, longlist.entries)])
    return stream.getvalue()


def _row(entry: Entry) -> list[object]:
    told = asdict(entry) | dict(zip(("reason_1", "reason_2", "reason_3"), entry.reasons, strict=True))
    told["name"] = one_line(entry.name or "", 200)
    told["profile"] = profile_address(entry)
    return ["" if told[column] is None else told[column] for column in COLUMNS]


def _xlsx(longlist: Longlist) -> bytes:
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(stream, options)
    book.set_properties({"title": f"Longlist {longlist.run_id}", "created": _WRITTEN})
    head, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("Longlist")
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, max(len(longlist.entries), 1), len(COLUMNS) - 1)
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, _WIDTHS.get(column, 12), wrapped)
        sheet.write_string(0, place, column, head)
    for number, entry in enumerate(longlist.entries, start=1):
        for place, value in enumerate(_row(entry)):
            (sheet.write_string if isinstance(value, str) else sheet.write_number)(number, place, value)
    funnel = book.add_worksheet("Funnel")
    funnel.set_column(0, 0, 40)
    for place, title in enumerate(("limit", "removed", "left", "kept out by this alone")):
        funnel.write_string(0, place, title, head)
    for number, step in enumerate(longlist.funnel, start=1):
        funnel.write_string(number, 0, step.name)
        for place, count in enumerate((step.removed, step.left, step.only_this), start=1):
            funnel.write_number(number, place, count)
    book.close()
    return stream.getvalue()


def _html(longlist: Longlist, campaign: Campaign) -> bytes:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
    )  # fmt: skip
    page = environment.get_template("longlist.html.j2").render(
        longlist=longlist,
        campaign=campaign,
        address=profile_address,
        line=lambda text: one_line(text, 80),
        platform=lambda entry: PLATFORM_NAMES[entry.platform],
        share=lambda part, whole: f"{100 * part / whole if whole else 0:.1f}",
    )
    return page.encode("utf-8", "replace")
