"""A copy of everything that is on record of one person (GDPR articles 15 and 20): rows by table, and the same to read.

Pure but for reading the record. The pool and files are added by whoever owns them.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, SQLModel

from outreach.erasing import Plan, the_map, whose

#: Rows that the erasure keeps, and that are the person's all the same.
_ALSO = {"candidate": "candidate_id", "reservation": "creator_id", "erasure": "creator_id"}
#: Keyed hashes, and what is ours: whoever has it could test guesses against our lists.
_WITHHELD = frozenset({"key_hash", "recipient_key", "stop_token"})

_ABOUT = """\
Everything that Greenroom holds of one person, on {day}.

Give it only to somebody who proved to be that person: answer to an address on record, or have them show it from the
account itself. A signed contract's document lies in the archive under the hash named here.
Purpose: finding creators for campaigns and working with them. Sources: the column "source" of each row. Recipients: the
mail server, and Slack where it is on. How long: docs/privacy.md. A person decided wherever something was decided.
"""


def rows_by_table(session: Session, plan: Plan) -> dict[str, list[dict[str, Any]]]:
    """Table → the person's rows."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, told in the_map().items():
        table = SQLModel.metadata.tables[name]
        where: ColumnElement[bool]
        if name == "candidate":
            where = table.c.id.in_(plan.known.candidate_ids)
        elif name in _ALSO:
            where = table.c[_ALSO[name]].in_(plan.known.creators)
        elif told["of"]:
            where = whose(table, told, plan)
        else:
            continue
        rows = session.execute(select(table).where(where).order_by(*table.primary_key.columns)).mappings().all()
        if rows:
            found[name] = [{key: value for key, value in row.items() if key not in _WITHHELD} for row in rows]
    return found


def readable(document: Mapping[str, Sequence[Mapping[str, Any]]], *, day: str) -> str:
    """The same as text for a person."""
    lines = [_ABOUT.format(day=day)]
    for table, rows in document.items():
        lines += ["", table.replace("_", " ").upper()]
        for row in rows:
            told = (
                f"  {key.replace('_', ' ')}: {_told(value)}" for key, value in row.items() if value not in ("", None)
            )
            lines += [*told, ""]
    return "\n".join(lines) + "\n"


def _told(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    return text.replace("\n", "\n    ")
