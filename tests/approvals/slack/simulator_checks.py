"""Whether Slack would take what an app sends: our own limits, and the models of Slack's SDK. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from approvals.slack import limits

#: What is wrong with a call, in words; it may raise instead.
Check = Callable[[str, Mapping[str, Any]], Sequence[str] | None]
_MESSAGES = frozenset({"chat.postMessage", "chat.update", "chat.postEphemeral", "response_url"})
_VIEWS = frozenset({"views.open", "views.push", "views.update", "views.publish"})


def what_is_wrong(method: str, payload: Mapping[str, Any]) -> list[str]:
    """What Slack would refuse in this call; empty where nothing, or where it says nothing."""
    if method in _VIEWS:
        view = payload.get("view")
        return _problems(method, payload, view) if isinstance(view, Mapping) else ["view: there is none"]
    if method in _MESSAGES and not payload.get("delete_original"):
        return _problems(method, payload, payload)
    return []


def _problems(method: str, payload: Mapping[str, Any], holder: Mapping[str, Any]) -> list[str]:
    found = _told(lambda: limits.check(method, payload))
    found += _told(lambda: _modelled(holder.get("blocks", [])))
    if "view" in payload:
        found += _told(lambda: _lost("view", holder, View(**holder).to_dict()))
    return found


def _told(look: Callable[[], list[str]]) -> list[str]:
    """What a check says, or what it breaks at."""
    try:
        return look()
    except (SlackObjectFormationError, KeyError, TypeError, ValueError, AttributeError) as error:
        return [f"{type(error).__name__}: {error}"]


def _modelled(blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    found = []
    for place, given in enumerate(blocks):
        block = Block.parse(dict(given))
        if block is None or block.type != given["type"]:
            found.append(f"block {place}: Slack knows no {given['type']}")
        else:
            found += _lost(f"block {place}", given, block.to_dict())
    return found


def _lost(where: str, given: Mapping[str, Any], kept: Mapping[str, Any]) -> list[str]:
    """What the models do not give back is no part of such a thing."""
    found = [f"{where}: Slack knows no {name} here" for name in given if name not in kept]
    for name, value in given.items():
        if isinstance(value, Mapping) and isinstance(kept.get(name), Mapping):
            found += _lost(f"{where}.{name}", value, kept[name])
        if isinstance(value, list | tuple) and isinstance(kept.get(name), list):
            pairs = zip(value, kept[name], strict=False)
            found += [
                words
                for place, (one, other) in enumerate(pairs)
                if isinstance(one, Mapping) and isinstance(other, Mapping)
                for words in _lost(f"{where}.{name}[{place}]", one, other)
            ]
    return found
