"""The longlist as files for people and programs: JSON lines, CSV, a workbook and one self-contained page.

The same longlist gives the same bytes. Text of creators is data in all of them: never a formula, never markup.
"""

import errno
import io
import json
from collections.abc import Callable
from pathlib import Path

from core.campaign import Campaign
from core.errors import Refused, TransientError
from core.files import write_atomically
from sourcing.evidence import one_line
from sourcing.glossary import FACTOR_WORDS
from sourcing.links import profile_address
from sourcing.longlist import Entry, Longlist
from sourcing.tables import write_rows

COLUMNS = (
    "rank", "platform", "handle", "name", "country", "language", "followers", "engagement_percent", "fit", "coverage",
    "reason_1", "reason_2", "reason_3", "risk", "email", "email_source", "profile", "fetched_at", "source", "city",
    "vertical", "also", *(f"factor_{name}" for name in FACTOR_WORDS),
)  # fmt: skip


def write_files(longlist: Longlist, campaign: Campaign, folder: Path) -> tuple[Path, ...]:
    """Write longlist.{jsonl,csv,xlsx,html} into `folder`, each whole or not at all; returns their paths."""
    # Both load libraries that nothing else of a command needs.
    from sourcing.webpage import make_page
    from sourcing.workbook import make_workbook

    makers: dict[str, Callable[[], bytes]] = {
        "jsonl": lambda: _jsonl(longlist),
        "csv": lambda: _csv(longlist),
        "xlsx": lambda: make_workbook(longlist, campaign),
        "html": lambda: make_page(longlist, campaign),
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


def _jsonl(longlist: Longlist) -> bytes:
    """One entry a line with every field; factors and kinds by their names."""
    run = {"run_id": longlist.run_id, "campaign": longlist.campaign_slug, "pool_version": longlist.pool_version}
    lines = [
        json.dumps(
            run | vars(entry) | {"factors": dict(entry.factors), "kinds": dict(entry.kinds)},
            ensure_ascii=False,
            default=vars,
        )
        for entry in longlist.entries
    ]
    return "".join(line + "\n" for line in lines).encode("utf-8", "replace")


def _csv(longlist: Longlist) -> bytes:
    """The same columns in every run; a factor's column is 0..1, empty where it is not known or not asked."""
    stream = io.BytesIO()
    write_rows(stream, [COLUMNS, *map(_row, longlist.entries)])
    return stream.getvalue()


def _row(entry: Entry) -> list[object]:
    told: dict[str, object] = dict.fromkeys(COLUMNS)
    told |= vars(entry) | dict(zip(("reason_1", "reason_2", "reason_3"), entry.reasons, strict=True))
    told |= {f"factor_{name}": value for name, value in entry.factors}
    told |= {key: one_line(str(told[key] or ""), 200) for key in ("name", "city", "vertical")}
    told |= {"profile": profile_address(entry), "also": " ".join(entry.also)}
    return ["" if told[column] is None else told[column] for column in COLUMNS]
