"""Every length and count that Slack documents, in one place; finding what goes beyond, and cutting to fit.

Knows the shape of payloads, not what they say.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
SECTION = 3000
FIELD = 2000
FIELDS = 10
HEADER = 150
ACTIONS = 25
CONTEXT = 10
BUTTON = 75
VALUE = 2000
URL = 3000
ID = 255
METADATA = 3000
VIEW_TITLE = 24
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30
OPTION = 75
OPTION_VALUE = 150
OPTIONS = 100
LABEL = 2000
HINT = 2000
PLACEHOLDER = 150
ALT = 2000
TEXT_ADVISED = 4000
TEXT = 40_000

_ENTITY = re.compile(r"&(?:amp|lt|gt);")
_LONGEST_ENTITY = 5
_SELECTS = frozenset({"static_select", "users_select"})


def clip(text: str, limit: int) -> str:
    """At most so many characters, the last an ellipsis where something was cut; escaped characters stay whole."""
    if len(text) <= limit:
        return text
    return text[: _whole(text, limit - 1)].rstrip() + "…" if limit > 0 else ""


def chunks(text: str, size: int) -> list[str]:
    """All of the text in pieces that fit, cut at line breaks and spaces where there are any."""
    pieces = []
    while len(text) > size:
        end = _whole(text, size)
        cut = max(text.rfind("\n", end // 2, end), text.rfind(" ", end // 2, end))
        cut = cut if cut > 0 else end
        pieces.append(text[:cut])
        text = text[cut:].lstrip()
    return [*pieces, text] if text or not pieces else pieces


def fit(lines: Sequence[str], limit: int = SECTION) -> str:
    """As many whole lines as fit, and how many do not. A first line that is too long alone is clipped."""
    text = "\n".join(lines)
    if len(text) <= limit:
        return text
    room = limit - len(f"\n… and {len(lines)} more")
    kept: list[str] = []
    for line in lines:
        if len("\n".join([*kept, line])) > room:
            break
        kept.append(line)
    if not kept:
        kept = [clip(lines[0], room)]
    left = len(lines) - len(kept)
    return "\n".join([*kept, f"… and {left} more"] if left else kept)


def check(method: str, payload: Mapping[str, Any]) -> list[str]:
    """What Slack would refuse or cut in this call, in words; empty where nothing."""
    if method.startswith("views."):
        return _view(payload.get("view", {}))
    problems = _longer("text", payload.get("text", ""), TEXT)
    if not payload.get("text"):
        problems.append("text: a message needs words for notifications")
    return problems + _blocks(payload.get("blocks", []), MESSAGE_BLOCKS)


def _view(view: Mapping[str, Any]) -> list[str]:
    problems = _longer("private_metadata", view.get("private_metadata", ""), METADATA)
    problems += _longer("callback_id", view.get("callback_id", ""), ID)
    for name in ("title", "submit", "close"):
        if name in view:
            problems += _longer(name, view[name]["text"], VIEW_TITLE)
    blocks = view.get("blocks", [])
    if any(block["type"] == "input" for block in blocks) and view.get("type") == "modal" and "submit" not in view:
        problems.append("submit: a view with inputs needs it")
    return problems + _blocks(blocks, VIEW_BLOCKS)


def _blocks(blocks: Sequence[Mapping[str, Any]], most: int) -> list[str]:
    problems = _more("blocks", blocks, most)
    for place, block in enumerate(blocks):
        problems += [f"block {place} ({block['type']}) {problem}" for problem in _block(block)]
    for name in ("block_id", "action_id"):
        ids = [part[name] for block in blocks for part in _parts(block) if name in part]
        problems += [f"{name} {one!r} occurs {times} times" for one, times in Counter(ids).items() if times > 1]
    return problems


def _parts(block: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The block and whatever in it can be acted on."""
    yield block
    yield from block.get("elements", [])
    for name in ("accessory", "element"):
        if name in block:
            yield block[name]


def _block(block: Mapping[str, Any]) -> list[str]:
    kind = block["type"]
    problems = _longer("block_id", block.get("block_id", ""), ID)
    if kind == "header":
        problems += _text("text", block["text"], HEADER)
    if kind == "section":
        problems += _section(block)
    if kind == "input":
        problems += _text("label", block["label"], LABEL)
        problems += _text("hint", block["hint"], HINT) if "hint" in block else []
    if kind in ("actions", "context"):
        problems += _more("elements", block["elements"], ACTIONS if kind == "actions" else CONTEXT)
        problems += [] if block["elements"] else ["elements: there are none"]
    for part in [block] if kind == "image" else list(_parts(block))[1:]:
        problems += _element(part)
    return problems


def _section(block: Mapping[str, Any]) -> list[str]:
    if "text" not in block and not block.get("fields"):
        return ["has neither text nor fields"]
    problems = _text("text", block["text"], SECTION) if "text" in block else []
    problems += _more("fields", block.get("fields", []), FIELDS)
    for field in block.get("fields", []):
        problems += _text("field", field, FIELD)
    return problems


def _element(part: Mapping[str, Any]) -> list[str]:
    kind = part["type"]
    problems = _longer("action_id", part.get("action_id", ""), ID) + _longer("value", part.get("value", ""), VALUE)
    if kind == "button":
        problems += _text("button", part["text"], BUTTON) + _longer("url", part.get("url", ""), URL)
    if kind == "image":
        problems += _longer("image_url", part.get("image_url", ""), URL) + _longer("alt_text", part["alt_text"], ALT)
    if kind in ("mrkdwn", "plain_text"):
        problems += _text("text", part, SECTION)
    if kind in _SELECTS or kind == "plain_text_input":
        problems += _text("placeholder", part["placeholder"], PLACEHOLDER) if "placeholder" in part else []
    if kind == "static_select":
        problems += _options(part.get("options", []))
    return problems + (_confirm(part["confirm"]) if "confirm" in part else [])


def _options(options: Sequence[Mapping[str, Any]]) -> list[str]:
    problems = _more("options", options, OPTIONS) + ([] if options else ["options: there are none"])
    for option in options:
        problems += _text("option", option["text"], OPTION) + _longer("option value", option["value"], OPTION_VALUE)
    return problems


def _confirm(confirm: Mapping[str, Any]) -> list[str]:
    problems = _text("confirm title", confirm["title"], CONFIRM_TITLE)
    problems += _text("confirm text", confirm["text"], CONFIRM_TEXT)
    for name in ("confirm", "deny"):
        problems += _text(f"confirm {name}", confirm[name], CONFIRM_BUTTON)
    return problems


def _text(name: str, part: Mapping[str, Any], limit: int) -> list[str]:
    return _longer(name, part["text"], limit) + ([] if part["text"] else [f"{name}: is empty"])


def _longer(name: str, text: str, limit: int) -> list[str]:
    return [f"{name}: {len(text)} characters, {limit} allowed"] if len(text) > limit else []


def _more(name: str, parts: Sequence[object], most: int) -> list[str]:
    return [f"{name}: {len(parts)}, {most} allowed"] if len(parts) > most else []


def _whole(text: str, end: int) -> int:
    """The last place up to `end` where a cut leaves every escaped character whole."""
    start = text.rfind("&", max(0, end - _LONGEST_ENTITY + 1), end)
    entity = _ENTITY.match(text, start) if start >= 0 else None
    return start if entity and entity.end() > end else end
