"""The views that open on a click: reasons, the whole breakdown, asking and answering, handing over, remarks.

Pure. A view carries the request's id and the hash of what was seen, so that a newer content is never decided blindly.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from approvals.slack import blocks, contract, limits, parts
from approvals.slack.blocks import Block, Payload
from approvals.slack.ids import Action, Callback
from approvals.slack.ids import Block as Id
from approvals.slack.shown import Shown
from approvals.slack.words import mrkdwn_lines
from core.cards import Choice, Fact

#: Leaves room for title, outcome and buttons in a view of a hundred blocks.
PER_PAGE = 90
NOTE_LENGTH = 2000


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a view is about, as its sender saw it."""

    request_id: str
    content_sha256: str
    choice: str = ""
    page: int = 0

    def as_metadata(self) -> str:
        return json.dumps({
            "request": self.request_id, "content": self.content_sha256, "choice": self.choice, "page": self.page,
        })  # fmt: skip


def seen_in(metadata: str) -> Seen:
    """What `as_metadata` wrote. Raises ValueError for anything else."""
    try:
        raw = json.loads(metadata)
        return Seen(
            request_id=str(raw["request"]),
            content_sha256=str(raw["content"]),
            choice=str(raw["choice"]),
            page=int(raw["page"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError("the view does not say which request it is about") from error


def opened(trigger_id: str, view: Payload) -> Payload:
    """Parameters of views.open."""
    return {"trigger_id": trigger_id, "view": view}


def pushed(trigger_id: str, view: Payload) -> Payload:
    """Parameters of views.push: onto a view that is open."""
    return {"trigger_id": trigger_id, "view": view}


def replaced(view_id: str, view: Payload, *, seen_hash: str = "") -> Payload:
    """Parameters of views.update; with the hash of what was seen, only while it still looks so."""
    return {"view_id": view_id, "view": view, **({"hash": seen_hash} if seen_hash else {})}


def errors(by_block: Mapping[str, str]) -> Payload:
    """The answer that keeps a view open and says beside each input what is wrong."""
    said = {block: limits.clip(text, limits.HINT) for block, text in by_block.items()}
    return {"response_action": "errors", "errors": said}


def reasons(shown: Shown, choice: Choice) -> Payload:
    """Why: one of the counted reasons where the choice has any, and a note in one's own words."""
    inputs = [_reason(choice)] if choice.reasons else []
    note = _written(
        Id.NOTE, Action.NOTE, "Anything to add?" if choice.reasons else "Why?", optional=bool(choice.reasons)
    )
    return _asking(shown, Callback.REASONS, choice.label, "Send", [*inputs, note], choice=choice.id)


def ask(shown: Shown) -> Payload:
    """Whom to ask and what; the clock stands still until they answer."""
    return _asking(shown, Callback.ASK, "Ask for information", "Ask", [
        person("Who knows it?"),
        _written(Id.QUESTION, Action.QUESTION, "What do you need to know?"),
        blocks.context("The clock stands still until they answer."),
    ])  # fmt: skip


def reassign(shown: Shown) -> Payload:
    """Who decides instead, and why."""
    return _asking(shown, Callback.REASSIGN, "Hand over", "Hand over", [
        person("Who decides instead?"),
        _written(Id.NOTE, Action.NOTE, "Anything they should know?", optional=True),
    ])  # fmt: skip


def comment(shown: Shown) -> Payload:
    """A remark that everybody sees who sees the request."""
    return _asking(shown, Callback.COMMENT, "Comment", "Send", [
        _written(Id.REMARK, Action.REMARK, "What should everybody know?"),
    ])  # fmt: skip


def answer(shown: Shown) -> Payload:
    """What was asked, and the answer; with it the clock goes on."""
    asked = f"*{parts.short(shown.waits_for, 100)} was asked*\n{mrkdwn_lines(shown.question) or blocks.NOTHING}"
    return _asking(shown, Callback.ANSWER, "Answer", "Answer", [
        blocks.section(asked),
        _written(Id.REMARK, Action.REMARK, "Your answer"),
        blocks.context("With it the clock goes on."),
    ])  # fmt: skip


def more(shown: Shown, page: int = 0) -> Payload:
    """Everything the card holds, uncut, over pages, and the card's buttons. A page beyond the last is the last."""
    whole = _whole(shown)
    last = (len(whole) - 1) // PER_PAGE
    page = min(max(page, 0), last)
    body = whole[page * PER_PAGE : (page + 1) * PER_PAGE]
    turning = [_turning(shown, page, last), blocks.context(f"Page {page + 1} of {last + 1}")] if last else []
    title = blocks.header(shown.card.title)
    return _view(
        shown, Callback.MORE, "Everything", [title, *body, *turning, *parts.foot(shown, whole=True)], page=page
    )


def _turning(shown: Shown, page: int, last: int) -> Block:
    known = [blocks.button("Previous page", Action.MORE_BACK, shown.request_id)] if page > 0 else []
    if page < last:
        known.append(blocks.button("Next page", Action.MORE_ON, shown.request_id))
    return blocks.actions(Id.PAGES, known)


def _whole(shown: Shown) -> list[Block]:
    card = shown.card
    texts = [("", card.subtitle), ("Main risk", card.risk)]
    known = [block for label, text in texts if text for block in _uncut(Fact(label=label, value=text))]
    known += [block for fact in card.facts for block in _uncut(fact)]
    known += [block for one in card.differences for block in _uncut(Fact(label="Changed", value=one))]
    known += [blocks.section(contract.file_line(file)) for file in card.files]
    return known or [blocks.section("There is nothing more to show.")]


def _uncut(fact: Fact) -> list[Block]:
    """One fact, in several sections where it is long."""
    words = f"{parts.bold(fact.label)}\n" if fact.label else ""
    words += mrkdwn_lines(fact.value) or blocks.NOTHING
    words += f"\nFrom: {mrkdwn_lines(fact.evidence)}" if fact.evidence else ""
    return [blocks.section(piece) for piece in limits.chunks(words, limits.SECTION)]


def _asking(
    shown: Shown, callback: Callback, title: str, submit: str, inputs: Sequence[Block], choice: str = ""
) -> Payload:
    about = blocks.section(f"{parts.bold(shown.card.title)}\n{parts.short(shown.card.subtitle or shown.kind)}")
    view = _view(shown, callback, title, [about, *inputs], choice=choice)
    return view | {"submit": blocks.plain_text(submit, limits.VIEW_TITLE)}


def _view(shown: Shown, callback: Callback, title: str, body: Sequence[Block], **more: Any) -> Payload:
    seen = Seen(request_id=shown.request_id, content_sha256=shown.content_sha256, **more)
    return {
        "type": "modal",
        "callback_id": callback,
        "title": blocks.plain_text(title, limits.VIEW_TITLE),
        "close": blocks.plain_text("Close", limits.VIEW_TITLE),
        "private_metadata": seen.as_metadata(),
        "blocks": list(body),
    }


def _reason(choice: Choice) -> Block:
    """Options carry their place: a reason may be longer than Slack takes for a value."""
    options = [
        {"text": blocks.plain_text(reason, limits.OPTION), "value": str(place)}
        for place, reason in enumerate(choice.reasons[: limits.OPTIONS])
    ]
    select = {
        "type": "static_select",
        "action_id": Action.REASON,
        "placeholder": blocks.plain_text("Choose a reason", limits.PLACEHOLDER),
        "options": options,
    }
    return _input(Id.REASON, "Reason", select)


def person(label: str) -> Block:
    """An input in which one person is chosen."""
    hint = blocks.plain_text("Choose a person", limits.PLACEHOLDER)
    return _input(Id.PERSON, label, {"type": "users_select", "action_id": Action.PERSON, "placeholder": hint})


def _written(block_id: str, action_id: str, label: str, *, optional: bool = False) -> Block:
    field = {"type": "plain_text_input", "action_id": action_id, "multiline": True, "max_length": NOTE_LENGTH}
    return _input(block_id, label, field, optional=optional)


def _input(block_id: str, label: str, element: Block, *, optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "label": blocks.plain_text(label, limits.LABEL),
        "element": element,
        "optional": optional,
    }
