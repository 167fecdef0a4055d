"""What came back of a contract, as its entries of the audit log tell: each file once, with its comparison.

Reads entries and nothing else: what legal said of a file stands with the question about it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from core.models.audit import AuditEntry

RETURNED = "contract.returned"


@dataclass(frozen=True)
class CameBack:
    """One file that came back, by its sha256, and the page that compares it with ours ("" where none was kept)."""

    sha256: str
    page: str
    at: str
    by: str


def came_back(entries: Iterable[AuditEntry]) -> tuple[CameBack, ...]:
    """The files that came back, in the order in which they first did."""
    found: dict[str, CameBack] = {}
    for entry in entries:
        if entry.action == RETURNED:
            told = json.loads(entry.detail)
            known = found.get(told["returned"])
            if known is None or not known.page:
                found[told["returned"]] = CameBack(told["returned"], told.get("page", ""), entry.at, entry.actor)
    return tuple(found.values())
