"""A preset as TOML for people to read and change. Pure."""

import json

from sourcing.presets.preset import Preset


def as_toml(preset: Preset, *, comment: str = "") -> str:
    """The same preset again when it is read. `comment` goes first, a line of # each."""
    lines = [f"# {line}" for line in comment.splitlines()]
    lines += [f"title = {_text(preset.title)}"]
    if preset.kind != "profiles":
        lines.append(f"kind = {_text(preset.kind)}")
    plain = preset.model_dump(exclude_defaults=True)
    for key in ("about", "platform", "source", "email_basis", "expires_days", "decimal", "dates", "header"):
        if key in plain:
            lines.append(f"{key} = {json.dumps(plain[key], ensure_ascii=False)}")
    for key in ("rows", "never_read", "recognised_by"):
        if key in plain:
            lines.append(f"{key} = [{', '.join(map(_text, plain[key]))}]")
    if preset.exactly:
        lines.append("exactly = true   # a file with other columns is another one")
    return "\n".join([*lines, *_tables(preset)]) + "\n"


def _tables(preset: Preset) -> list[str]:
    lines: list[str] = []
    if preset.columns:
        lines += ["", "[columns]", *(f"{field} = {_value(columns)}" for field, columns in preset.columns.items())]
    if preset.units:
        lines += ["", "[units]", *(f"{field} = {_text(unit)}" for field, unit in preset.units.items())]
    for account in preset.accounts:
        lines += ["", "[[accounts]]", f"platform = {_text(account.platform)}"]
        told = account.model_dump(exclude_none=True, exclude={"platform"})
        lines += [f"{key} = {_value(value)}" for key, value in told.items()]
    return lines


def _value(columns: tuple[str, ...]) -> str:
    return _text(columns[0]) if len(columns) == 1 else "[" + ", ".join(map(_text, columns)) + "]"


def _text(value: str) -> str:
    """A basic string of TOML; JSON's escapes are among its own, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
