from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.slack import blocks, limits
from approvals.slack.limits import check, chunks, clip, fit
from approvals.slack.words import mrkdwn


def test_a_cut_text_ends_with_an_ellipsis_and_fits() -> None:
    assert clip("12345", 5) == "12345"
    assert clip("123456", 5) == "1234…"
    assert clip("1", 0) == ""


@pytest.mark.parametrize("limit", range(1, 12))
def test_an_escaped_character_is_never_cut(limit: int) -> None:
    assert clip("a&amp;&lt;b", limit) in {"…", "a…", "a&amp;…", "a&amp;&lt;b"}


@given(st.text("a <&>\n", max_size=200), st.integers(8, 60))
def test_pieces_fit_lose_no_word_and_no_half_of_an_escape(text: str, size: int) -> None:
    words = mrkdwn(text)
    pieces = chunks(words, size)
    assert all(len(piece) <= size for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(words.split())
    assert all(piece.count("&") == sum(piece.count(one) for one in ("&amp;", "&lt;", "&gt;")) for piece in pieces)


def test_lines_that_do_not_fit_are_counted() -> None:
    assert fit(["one", "two"], 7) == "one\ntwo"
    assert fit(["a" * 10] * 5, 40) == "a" * 10 + "\n" + "a" * 10 + "\n… and 3 more"
    assert len(fit(["a" * 99, "b"], 40)) <= 40


def section(text: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go", "value": "1", **more}


def text(length: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": "x" * length}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def confirming(**more: Any) -> dict[str, Any]:
    return actions(button(confirm={"title": text(1), "text": text(1), "confirm": text(1), "deny": text(1)} | more))


def choosing(*options: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "label": text(1), "element": {"type": "static_select", "options": list(options), **more}}


def option(label: int = 1, value: int = 1) -> dict[str, Any]:
    return {"text": text(label), "value": "v" * value}


def many(number: int) -> dict[str, Any]:
    return actions(*(button(action_id=f"go{one}") for one in range(number)))


def context(number: int) -> dict[str, Any]:
    return {"type": "context", "elements": [text(1)] * number}


def fields(number: int, length: int = 1) -> dict[str, Any]:
    return {"type": "section", "fields": [text(length)] * number}


def image(address: int = 20, alt: int = 1) -> dict[str, Any]:
    return {"type": "image", "image_url": "h" * address, "alt_text": "a" * alt}


#: What just fits, and the same with one more.
EDGES = {
    "section": (section("x" * 3000), section("x" * 3001)),
    "empty": (section(), section("")),
    "fields": (fields(10), fields(11)),
    "no fields": (fields(1), fields(0)),
    "field": (fields(1, 2000), fields(1, 2001)),
    "header": ({"type": "header", "text": text(150)}, {"type": "header", "text": text(151)}),
    "actions": (many(25), many(26)),
    "no actions": (many(1), many(0)),
    "context": (context(10), context(11)),
    "button": (actions(button(text=text(75))), actions(button(text=text(76)))),
    "value": (actions(button(value="v" * 2000)), actions(button(value="v" * 2001))),
    "url": (actions(button(url="u" * 3000)), actions(button(url="u" * 3001))),
    "action id": (actions(button(action_id="a" * 255)), actions(button(action_id="a" * 256))),
    "block id": (section(block_id="b" * 255), section(block_id="b" * 256)),
    "same action": (actions(button(), button(action_id="on")), actions(button(), button())),
    "confirm title": (confirming(title=text(100)), confirming(title=text(101))),
    "confirm text": (confirming(text=text(300)), confirming(text=text(301))),
    "confirm yes": (confirming(confirm=text(30)), confirming(confirm=text(31))),
    "confirm no": (confirming(deny=text(30)), confirming(deny=text(31))),
    "options": (choosing(*[option()] * 100), choosing(*[option()] * 101)),
    "no options": (choosing(option()), choosing()),
    "option": (choosing(option(75)), choosing(option(76))),
    "option value": (choosing(option(1, 150)), choosing(option(1, 151))),
    "placeholder": (choosing(option(), placeholder=text(150)), choosing(option(), placeholder=text(151))),
    "label": (choosing(option()) | {"label": text(2000)}, choosing(option()) | {"label": text(2001)}),
    "image": (image(3000), image(3001)),
    "picture beside": (section(accessory=image(3000)), section(accessory=image(3001))),
    "alt text": (image(alt=2000), image(alt=2001)),
}


@pytest.mark.parametrize("edge", EDGES)
def test_one_too_many_is_found_and_just_enough_is_not(edge: str) -> None:
    fits, too_much = EDGES[edge]
    assert check("chat.postMessage", {"text": "x", "blocks": [fits]}) == []
    assert len(check("chat.postMessage", {"text": "x", "blocks": [too_much]})) == 1


def test_a_message_has_words_and_so_many_blocks() -> None:
    assert check("chat.postMessage", {"text": "x" * 40_000, "blocks": [section()] * 50}) == []
    assert len(check("chat.postMessage", {"text": "x" * 40_001, "blocks": [section()] * 51})) == 2
    assert len(check("chat.update", {"text": "", "blocks": []})) == 1


def test_a_block_is_named_once_in_a_message() -> None:
    assert len(check("chat.update", {"text": "x", "blocks": [section(block_id="a"), section(block_id="a")]})) == 1


@pytest.mark.parametrize(
    ("name", "fits", "too_much"),
    [
        ("title", text(24), text(25)), ("submit", text(24), text(25)), ("close", text(24), text(25)),
        ("callback_id", "c" * 255, "c" * 256), ("private_metadata", "p" * 3000, "p" * 3001),
        ("blocks", [section()] * 100, [section()] * 101),
    ],
)  # fmt: skip
def test_views_have_limits_of_their_own(name: str, fits: object, too_much: object) -> None:
    view = {"type": "modal", "title": text(1), "blocks": [section()]}
    assert check("views.open", {"view": view | {name: fits}}) == []
    assert len(check("views.open", {"view": view | {name: too_much}})) == 1


def test_a_modal_with_inputs_needs_a_button_to_send_it() -> None:
    view = {"type": "modal", "title": text(1), "blocks": [choosing(option())]}
    assert len(check("views.open", {"view": view})) == 1


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "https://", "https://x.example/a b", "https://x.example/<!channel>", "ftp://x.example",
     "https://x.example/\u202egpj", "https://[x", "https://x.example/" + "a" * limits.URL, ""],
)  # fmt: skip
def test_only_addresses_that_a_browser_opens_become_links(address: str) -> None:
    assert blocks.safe_address(address) == ""
    assert blocks.safe_address("https://x.example/a?b=c") == "https://x.example/a?b=c"
