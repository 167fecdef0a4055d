"""Columns inside JSON: `profile.followers`, `contacts[type=email].value`, `posts[].text`. Only text of SQL is made.

A name goes one step in; `[]` goes into every item of a list, `[0]` into one, `[key=value]` into the first that says so.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sourcing.sqltext import text

_STEP = re.compile(r"([^.\[\]]+)|\[([^=\[\]]*)(?:=([^\[\]]*))?\]|(\.)")


@dataclass(frozen=True)
class _Step:
    name: str = ""
    every: bool = False
    key: str = ""
    value: str = ""
    at: str = ""


def json_at(value: str, path: str) -> str:
    """The JSON at a path below a JSON value; null where there is nothing. Raises ValueError for what is no path."""
    found, plain = value, "$"
    for step in steps(path):
        if step.key:
            found, plain = _first_that_says(_at(found, plain), step), "$"
        elif step.every:
            plain += "[*]"
        elif step.at:
            plain += f"[{step.at}]"
        else:
            plain += '."' + step.name.replace('"', "") + '"'
    return _at(found, plain)


def rows_at(value: str, paths: Sequence[str]) -> str:
    """A list of the JSON objects that lie at the first of these paths that has any, or at all of them joined by `+`."""
    choices = [
        " || ".join(f"coalesce({_items(json_at(value, part.strip()))}, [])" for part in path.split("+"))
        for path in paths
    ]
    filled = [f"nullif({choice}, [])" for choice in choices]
    return f"coalesce({', '.join(filled)}, []::json[])"


def steps(path: str) -> list[_Step]:
    taken: list[_Step] = []
    place = 0
    for match in _STEP.finditer(path):
        if match.start() != place:
            break
        place = match.end()
        if match[1]:
            taken.append(_Step(match[1]))
        elif match[2] is not None:
            if match[2].isdigit() and match[3] is None:
                taken.append(_Step(at=match[2]))
            else:
                taken.append(_Step(key=match[2], value=match[3] or "") if match[2] else _Step(every=True))
    if place != len(path) or not taken:
        raise ValueError(f"{path!r} is no path into JSON; write it as in profile.contacts[type=email].value")
    return taken


def _at(value: str, plain: str) -> str:
    if plain == "$":
        return value
    found = f"json_extract({value}, {text(plain)})"
    return f"to_json({found})" if "[*]" in plain else found


def _items(value: str) -> str:
    return (
        f"case json_type({value}) when 'ARRAY' then from_json({value}, '[\"JSON\"]') when 'OBJECT' then [{value}] end"
    )


def _first_that_says(value: str, step: _Step) -> str:
    key = text('$."' + step.key.replace('"', "") + '"')
    return f"list_filter({_items(value)}, lambda i: json_extract_string(i, {key}) = {text(step.value)})[1]"
