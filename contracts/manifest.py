"""Writing an approval into the manifest of templates: only its entry changes, every comment stays.

Pure: text in, text out. Works on lines, as no library that writes TOML is needed for one entry; what comes out is
parsed again and must say what was meant and nothing else.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date

from core.errors import Refused

#: Characters in a line of the manifest, without the spaces before it and the comma behind.
_LINE = 112

Value = str | int | date | Sequence[str] | Sequence[Mapping[str, str]]


def entered(text: str, template_id: str, entry: Mapping[str, Value]) -> str:
    """The manifest with this entry in place of the template's former one, or at the end.

    Raises Refused where the manifest is written in a way that cannot be changed line by line.
    """
    due = tomllib.loads(text)
    former = due.setdefault("contracts", {}).get(template_id, {})
    due["contracts"][template_id] = former | {key: _plain(value) for key, value in entry.items()}
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    start, end = _span(lines, template_id)
    if start < 0:
        made = [*lines, "\n", f"[contracts.{template_id}]\n", *(_written(key, value) for key, value in entry.items())]
    else:
        made = [*lines[:start], *_changed(lines[start:end], template_id, former, entry), *lines[end:]]
    result = "".join(made)
    if not _says(result, due):
        raise Refused(
            f"The entry {template_id} of the manifest is written in a way that cannot be changed here.",
            next_step="Enter by hand:\n" + "".join(_written(key, value) for key, value in entry.items()),
        )
    return result


def _changed(
    lines: Sequence[str], template_id: str, former: Mapping[str, object], entry: Mapping[str, Value]
) -> list[str]:
    own = _without_tables(lines, template_id)
    for key, value in entry.items():
        at, length = _place(own, key)
        if at < 0:
            last = max((n for n, line in enumerate(own) if line.strip()), default=0)
            own.insert(last + 1, _written(key, value))
        elif former.get(key) != _plain(value):
            comment = _comment(own[at]) if length == 1 else ""
            own[at : at + length] = [_written(key, value).rstrip("\n") + comment + "\n"]
    return own


def _span(lines: Sequence[str], template_id: str) -> tuple[int, int]:
    """From the entry's head to the head of the next, comments right above which are its own; -1 where there is none."""
    name = re.escape(template_id)
    head = re.compile(rf'\[contracts\.(?:{name}|"{name}")\]')
    part = re.compile(rf'\[\[?contracts\.(?:{name}|"{name}")[.\]]')
    start = next((at for at, line in enumerate(lines) if head.match(line)), -1)
    if start < 0:
        return -1, -1
    end = start + 1
    while end < len(lines) and (not lines[end].startswith("[") or part.match(lines[end])):
        end += 1
    while end > start + 1 and end < len(lines) and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    return start, end


def _without_tables(lines: Sequence[str], template_id: str) -> list[str]:
    """The entry without its clauses, should they be written as tables of their own; they are written anew."""
    kept: list[str] = []
    within = False
    for line in lines:
        within = line.startswith(f"[[contracts.{template_id}.clauses]]") or (within and not line.startswith("["))
        if not within:
            kept.append(line)
    return kept


def _place(lines: Sequence[str], key: str) -> tuple[int, int]:
    """Where a key begins and how many lines its value takes."""
    for at, line in enumerate(lines):
        if re.match(rf"{key}\s*=", line):
            for length in range(1, len(lines) - at + 1):
                if _parses("".join(lines[at : at + length])):
                    return at, length
    return -1, 0


def _comment(line: str) -> str:
    """What a line says behind its value."""
    for found in re.finditer("#", line):
        if _parses(line[: found.start()]):
            before = line[: found.start()]
            return before[len(before.rstrip()) :] + line[found.start() :].rstrip("\n")
    return ""


def _parses(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _says(text: str, due: Mapping[str, object]) -> bool:
    return _parses(text) and tomllib.loads(text) == due


def _plain(value: Value) -> object:
    return list(value) if isinstance(value, tuple) else value


def _written(key: str, value: Value) -> str:
    if isinstance(value, str):
        return f"{key} = {_quoted(value)}\n"
    if isinstance(value, int | date):
        return f"{key} = {value}\n"
    rows = [_row(one) for one in value]
    lines = _filled(rows) if all(isinstance(one, str) for one in value) else rows
    if not lines:
        return f"{key} = []\n"
    return "\n".join([f"{key} = [", *(f"    {line}," for line in lines), "]\n"])


def _filled(words: Sequence[str]) -> list[str]:
    """Several to a line, as many as it takes."""
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + len(word) < _LINE:
            lines[-1] += f", {word}"
        else:
            lines.append(word)
    return lines


def _row(one: str | Mapping[str, str]) -> str:
    if isinstance(one, str):
        return _quoted(one)
    return "{ " + ", ".join(f"{name} = {_quoted(value)}" for name, value in one.items()) + " }"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'
