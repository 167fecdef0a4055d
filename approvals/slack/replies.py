"""An answer of a creator in Slack: the message about it, the form in which somebody answers, and its line in an inbox.

Pure. What a creator wrote is quoted, made safe and cut. Nothing here sends; a person does.
"""

import json
from dataclasses import dataclass

from approvals.slack import blocks, limits, modals, parts
from approvals.slack.blocks import Block, Payload
from approvals.slack.canary import quoted
from approvals.slack.ids import Action, Callback, open_reply
from approvals.slack.ids import Block as Id
from approvals.slack.words import mrkdwn

#: As much of a text as a message shows, and a form.
_SHOWN, _IN_FORM = 1_200, 2_400
#: The most that Slack takes in an input.
LONGEST = 3_000


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer as Slack shows it, with names instead of ids. `link` leads to the console, "" where there is none.

    Of a form: `seen` is the newest answer there was, `to_translate` what of the draft is in another language.
    """

    number: int
    shown_as: str
    kind: str
    because: str
    text: str
    campaign: str
    assignee: str
    draft: str = ""
    done: str = ""
    handled_by: str = ""
    link: str = ""
    from_elsewhere: str = ""
    seen: int | None = None
    to_translate: tuple[str, ...] = ()


def message(answer: Answer) -> Payload:
    """What waits, in whose words, and what to do; once it is done, who did what."""
    title = f"New answer from {parts.short(answer.shown_as, 100)}: {parts.short(answer.kind, 40)}"
    if answer.done:
        title = f"Answer from {parts.short(answer.shown_as, 100)} ({parts.short(answer.kind, 40)})"
        by = f" by {parts.short(answer.handled_by, 100)}" if answer.handled_by else ""
        return blocks.message(f"{title}: {parts.short(answer.done)}{by}", [
            blocks.section(f"{title}\n☑️ {parts.bold(answer.done)}{by}"), _foot(answer),
        ])  # fmt: skip
    return blocks.message(title, [
        blocks.section(f"*{title}*\nWhat decided: {parts.short(answer.because, 300)}"),
        *_quote(answer.text, _SHOWN),
        *_warning(answer),
        _foot(answer),
        blocks.actions(Id.BUTTONS, _buttons(answer)),
    ])  # fmt: skip


def form(answer: Answer) -> Payload:
    """The view in which somebody reads, changes and sends the draft."""
    field: Block = {"type": "plain_text_input", "action_id": Action.REPLY, "multiline": True, "max_length": LONGEST}
    if answer.draft:
        field["initial_value"] = answer.draft[:LONGEST]
    hint = "Drafted from approved words: change what you like." if answer.draft else "No approved words fit it."
    return {
        "type": "modal",
        "callback_id": Callback.REPLY,
        "title": blocks.plain_text("Answer", limits.VIEW_TITLE),
        "submit": blocks.plain_text("Send", limits.VIEW_TITLE),
        "close": blocks.plain_text("Close", limits.VIEW_TITLE),
        "private_metadata": json.dumps({"reply": answer.number, "seen": answer.seen}),
        "blocks": [
            blocks.section(f"{parts.bold(answer.shown_as)} wrote:"),
            *_quote(answer.text, _IN_FORM),
            *_warning(answer),
            *_foreign(answer),
            {
                "type": "input",
                "block_id": Id.REPLY,
                "label": blocks.plain_text("Your answer", limits.LABEL),
                "element": field,
                "hint": blocks.plain_text(f"{hint} It goes out as a mail in the thread.", limits.HINT),
                "optional": False,
            },
        ],
    }


def hand_over(answer: Answer) -> Payload:
    """The view in which somebody chooses who works on it from now on."""
    return {
        "type": "modal",
        "callback_id": Callback.REPLY_REASSIGN,
        "title": blocks.plain_text("Hand over", limits.VIEW_TITLE),
        "submit": blocks.plain_text("Hand over", limits.VIEW_TITLE),
        "close": blocks.plain_text("Close", limits.VIEW_TITLE),
        "private_metadata": json.dumps({"reply": answer.number}),
        "blocks": [
            blocks.section(f"{parts.bold(answer.shown_as)}: {parts.short(answer.kind, 40)}"),
            _foot(answer),
            modals.person("Who answers instead?"),
        ],
    }


def number_in(metadata: str) -> int:
    """Which answer a form is about. Raises ValueError for any other form."""
    try:
        return int(json.loads(metadata)["reply"])
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError("the view does not say which answer it is about") from error


def seen_in(metadata: str) -> int | None:
    """The newest answer that whoever filled in the form had before them; None in a form of an older Greenroom."""
    seen = json.loads(metadata).get("seen")
    return seen if isinstance(seen, int) else None


def entry(answer: Answer, place: int) -> Block:
    """One line of an inbox with its button."""
    words = f"{parts.bold(answer.shown_as)}: {parts.short(answer.kind, 40)}\n{parts.short(answer.because, 200)}"
    return blocks.section(words, blocks.button("Answer…", open_reply(place), str(answer.number)))


def _buttons(answer: Answer) -> list[Block]:
    number = str(answer.number)
    known = [
        blocks.button("Answer…", Action.REPLY_OPEN, number, style="primary"),
        blocks.button("Nothing to do", Action.REPLY_DONE, number),
        blocks.button("Hand over…", Action.REPLY_REASSIGN, number),
    ]
    address = blocks.safe_address(answer.link)
    return [*known, blocks.link_button("Open in console", Action.LINK, address)] if address else known


def _quote(text: str, limit: int) -> list[Block]:
    pieces = quoted(limits.clip(text.strip(), limit)) if text.strip() else []
    return [blocks.section(piece) for piece in pieces[:4]]


def _warning(answer: Answer) -> list[Block]:
    if not answer.from_elsewhere:
        return []
    return [blocks.context(f"⚠️ It came from another address than we wrote to: {mrkdwn(answer.from_elsewhere)[:300]}")]


def _foreign(answer: Answer) -> list[Block]:
    if not answer.to_translate:
        return []
    said = "; ".join(mrkdwn(piece) for piece in answer.to_translate)[:600]
    return [blocks.context(f"⚠️ Still in the words of the campaign file, translate it before you send: {said}")]


def _foot(answer: Answer) -> Block:
    known = [f"For {parts.short(answer.assignee or 'ops', 100)}", parts.short(answer.campaign or "no campaign", 100)]
    return blocks.context(" · ".join([*known, f"answer {answer.number}"]))
