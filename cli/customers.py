"""Lists of the brand's own customers at the command line: what was kept, and which creators are among them."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from cli.screen import JsonFlag, Line, answer, counted
from flows.steps import customers
from flows.wiring import Wiring, wired

if TYPE_CHECKING:
    from sourcing.presets.store import Found

_MOST_SAID = 20


def import_customers(w: Wiring, files: Sequence[Path], found: "Found", *, sheet: str | None, as_json: bool) -> None:
    """`pool import --preset customers`: nothing of it becomes a profile."""
    done = customers.take_lists(w, files, found, sheet=sheet)
    lines: list[Line] = []
    for one in done.taken:
        lines.append(f"{one.file}: {counted(one.rows, 'customer')}, {one.usable:,} with an address or account.")
        lines.append(f"  columns: {', '.join(f'{ours} from {theirs}' for ours, theirs in one.columns.items())}")
    lines.append(
        "Kept apart from the pool as keyed hashes that nobody can read back, until "
        f"{max(one.expires_at for one in done.taken)}."
    )
    answer(asdict(done), as_json=as_json, lines=[*lines, *_creators(done.creators)])


def list_customers(as_json: JsonFlag = False) -> None:
    """The creators of the pool who are the brand's own customers, by the lists that were imported."""
    found = customers.creators_among_customers(wired())
    answer({"creators": found}, as_json=as_json, lines=_creators(found))


def _creators(found: Sequence[str]) -> list[Line]:
    if not found:
        return ["No creator of the pool is among them."]
    more = f" and {len(found) - _MOST_SAID:,} more" if len(found) > _MOST_SAID else ""
    return [f"{counted(len(found), 'creator')} of the pool among them: {', '.join(found[:_MOST_SAID])}{more}."]
