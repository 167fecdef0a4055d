"""Creators write what they like; in Slack it mentions nobody, links nowhere, and never breaks a limit."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from approvals.rights import LONGEST
from approvals.slack import cards, commands, digest, home, modals, queue
from approvals.slack.limits import check
from approvals.slack.shown import Shown
from core.cards import Card, CardFile, Choice, Fact
from core.errors import Refused
from tests.approvals.slack.sample import NOW, READER, Drawn, a_queue, opened, posted, whispered

FRAGMENTS = (
    "<!channel>", "<@U1>", "<!here|all>", "<https://evil.example|bank>", "@everyone", "&lt;!channel&gt;", "&amp;lt;",
    "\u202eevil\u202c", "\u2066\u200f", "\x00\x07\x1b[31m", "\r\n", "\n> quoted", "*_~bold~_*", "`code` ```", "_",
    ":tada:", "&", "<", ">", "Ada", " ", "👩‍👩‍👧", "é̀", "नमस्ते", "\t", "\u2028", "",
)  # fmt: skip
SHORT = st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("".join)
LONG = st.builds(lambda text, end: (text * 40_000)[: 40_000 - end], st.sampled_from(FRAGMENTS[:-1]), st.integers(0, 9))
TEXT = st.one_of(SHORT, st.text(st.characters(exclude_categories=["Cs"]), max_size=40), LONG)
FACTS = st.lists(
    st.builds(Fact, label=st.one_of(st.sampled_from(["Audience", "Caption", "Subject", "Body", "Fit"]), TEXT),
              value=TEXT, evidence=TEXT), max_size=4,
)  # fmt: skip
CARDS = st.builds(
    Card, title=TEXT, subtitle=TEXT, link=st.one_of(TEXT, TEXT.map("https://example.com/".__add__)), risk=TEXT,
    facts=st.one_of(FACTS, st.integers(0, 120).map(lambda many: [Fact(label="<b>", value="<i>" * 200)] * many)),
    differences=st.lists(TEXT, max_size=3),
    files=st.lists(st.builds(CardFile, name=TEXT, sha256=TEXT, path=TEXT), max_size=2),
    choices=st.lists(
        st.builds(Choice, id=st.sampled_from(["approve", "decline"]), label=TEXT, needs_reason=st.booleans(),
                  reasons=st.lists(SHORT, max_size=120)),
        min_size=1, max_size=2, unique_by=lambda choice: choice.id,
    ),
)  # fmt: skip
STATES = st.sampled_from(["open", "decided", "void"])


@st.composite
def requests(draw: st.DrawFn, kind: str) -> Shown:
    decided = {
        name: draw(SHORT) for name in ("reason", "decided_by", "void_reason", "waits_for", "assignee", "campaign")
    }
    return Shown(
        request_id="1f0c2b6e-5a3d", kind=kind, card=draw(CARDS), content_sha256="ab" * 32, due_at=NOW,
        status=draw(STATES), choice=draw(st.sampled_from(["approve", "<!channel>"])), decided_at=NOW,
        undo_until=draw(st.sampled_from([None, NOW])), photo=draw(st.one_of(SHORT, st.just("https://example.com/a.jpg"))),
        comments=draw(st.integers(0, 9)), **decided,
    )  # fmt: skip


def texts(part: Any) -> Iterator[tuple[str, str]]:
    """Every text that a person sees, with its type."""
    if isinstance(part, list):
        for one in part:
            yield from texts(one)
    if isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield part.get("type", "mrkdwn"), part["text"]
        if "alt_text" in part:
            yield "plain_text", part["alt_text"]
        for one in part.values():
            yield from texts(one)


def harmless(drawn: Drawn) -> None:
    payload = drawn["payload"]
    assert check(drawn["method"], payload) == []
    for block in Block.parse_all(payload.get("view", payload)["blocks"]):
        block.to_dict()
    for kind, text in texts(payload):
        assert "<" not in text
        assert not re.search(r"@(channel|here|everyone)\b", text)
        hidden = {character for character in set(text) if unicodedata.category(character) in ("Cc", "Cf", "Cs")}
        assert hidden <= set("\n\u200c\u200d")
        if kind == "mrkdwn":
            assert not re.search(r"&(?!amp;|lt;|gt;)", text), "an escaped character was cut"
            assert "`" not in text.replace("`/greenroom", "")
            assert "~" not in text


#: A few each time, many with the slow tests.
EXAMPLES = [8, pytest.param(100, marks=pytest.mark.slow)]
KINDS = ["candidate", "offer", "final contract", "outreach batch", "draft content", "weights", "<!channel>"]
VIEWS: dict[str, Callable[[Shown], Drawn]] = {
    "more": lambda shown: opened(modals.more(shown)),
    "last page": lambda shown: opened(modals.more(shown, page=10**6)),
    "reasons": lambda shown: opened(modals.reasons(shown, shown.card.choices[0])),
    "ask": lambda shown: opened(modals.ask(shown)),
    "reassign": lambda shown: opened(modals.reassign(shown)),
    "home": lambda shown: {"method": "views.publish", "payload": home.published(READER, [shown] * 12, now=NOW)},
    "digest": lambda shown: posted(digest.digest(READER, [shown] * 40, now=NOW)),
    "reminder": lambda shown: posted(digest.reminder(READER, [shown] * 40, now=NOW)),
    "escalation": lambda shown: posted(digest.escalation(READER, shown, now=NOW, why=shown.card.risk)),
    "question": lambda shown: posted(
        digest.question(READER, shown, asked_by=shown.assignee, text=shown.card.risk[:LONGEST])
    ),
}


@pytest.mark.parametrize("examples", EXAMPLES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_card_is_broken_by_what_is_in_it(kind: str, examples: int) -> None:
    @settings(max_examples=examples, deadline=None)
    @given(requests(kind))
    def draw(shown: Shown) -> None:
        harmless(posted(cards.message(shown)))

    draw()


@pytest.mark.parametrize("examples", EXAMPLES)
@pytest.mark.parametrize("view", VIEWS)
def test_no_view_and_no_list_is_broken_by_what_is_in_it(view: str, examples: int) -> None:
    @settings(max_examples=examples, deadline=None)
    @given(requests("candidate"))
    def draw(shown: Shown) -> None:
        harmless(VIEWS[view](shown))

    draw()


@settings(max_examples=10, deadline=None)
@given(TEXT, TEXT)
def test_no_answer_to_a_command_is_broken_by_names(one: str, two: str) -> None:
    whom = commands.Whom(request_id=one, title=two, assignee=one, due_at=NOW, stands_in_for=two)
    answers = [
        commands.source(one, job=two), commands.paused(one, by=two, stopped=1), commands.who([whom] * 30),
        commands.status(one, {two: 1}, waiting=0, overdue=0), commands.refused(Refused(one, next_step=two)),
        commands.queue(a_queue(**{one: 3})), queue.message(a_queue(**{one: 3, two: 2})),
    ]  # fmt: skip
    for answer in answers:
        harmless(whispered(answer))
