"""What a member can act on in blocks, and what Slack says of it: actions and state values. Pure.

Source of the shapes: https://docs.slack.dev/reference/interaction-payloads
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.approvals.slack.simulator_state import JSON

#: Under which name the choice of each element stands, and under which its first one.
_CHOSEN = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
}


def elements(blocks: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Whatever has an action id, with its block."""
    for block in blocks:
        inside = [*block.get("elements", []), *(block[name] for name in ("accessory", "element") if name in block)]
        yield from ((block, element) for element in inside if "action_id" in element)


def action(block: Mapping[str, Any], element: Mapping[str, Any], value: object, ts: str) -> JSON:
    """What a click on it says."""
    if element["type"] == "button":
        assert value is None, f"nothing can be chosen at the button {element['action_id']}"
        return {**element, "block_id": block["block_id"], "action_ts": ts}
    said = {key: part for key, part in element.items() if key not in ("options", "confirm")}
    return {**said, "block_id": block["block_id"], **_chosen(element, value), "action_ts": ts}


def values_of(blocks: Sequence[Mapping[str, Any]], given: Mapping[str, object]) -> JSON:
    """The state of everything that can be filled in, by block and action; `given` by the id of either."""
    held: JSON = {}
    known: set[str] = set()
    for block, element in elements(blocks):
        if element["type"] not in _CHOSEN or element["type"] == "overflow":
            continue
        names = {str(block["block_id"]), str(element["action_id"])}
        known |= names
        value = next((given[name] for name in sorted(names) if name in given), None)
        held.setdefault(block["block_id"], {})[element["action_id"]] = {
            "type": element["type"], **_chosen(element, value),
        }  # fmt: skip
    assert set(given) <= known, f"there is nothing to fill in called {sorted(set(given) - known)}, only {sorted(known)}"
    return held


def must_be_complete(blocks: Sequence[Mapping[str, Any]], values: Mapping[str, Mapping[str, JSON]]) -> None:
    """Slack's own client sends no form that lacks something, or in which a text is too long."""
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        held = values[block["block_id"]][element["action_id"]][_CHOSEN[element["type"]][0]]
        assert held or block.get("optional"), f"Slack lets nobody send it without {block['block_id']}"
        if element["type"] == "plain_text_input" and held:
            fits = element.get("min_length", 0) <= len(held) <= element.get("max_length", 3000)
            assert fits, f"Slack lets nobody write {len(held)} characters into {block['block_id']}"


def _chosen(element: Mapping[str, Any], value: object) -> JSON:
    name, first = _CHOSEN[element["type"]]
    if value is None:
        return {name: element.get(first, [] if name in ("selected_options", "selected_users") else None)}
    if name == "selected_options":
        assert isinstance(value, list | tuple)
        return {name: [_option(element, one) for one in value]}
    return {name: _option(element, value) if name == "selected_option" else value}


def _option(element: Mapping[str, Any], value: object) -> JSON:
    groups = element.get("option_groups", [])
    offered = [*element.get("options", []), *(option for group in groups for option in group["options"])]
    found = next((option for option in offered if option["value"] == value), None)
    assert found is not None, f"{element['action_id']} offers {[option['value'] for option in offered]}, not {value!r}"
    return dict(found)
