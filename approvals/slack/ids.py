"""The names of buttons, inputs and views: written here, read here, so that both sides agree.

Knows what a click is called, not what it does.
"""

from enum import StrEnum

_CHOOSE = "request.choose."
_OPEN = "request.open."
_REPLY = "reply.open."


class Action(StrEnum):
    """What was clicked or filled in. For choices and entries of a list see `choose()` and `open_entry()`."""

    MORE = "request.more"
    ASK = "request.ask"
    UNDO = "request.undo"
    REASSIGN = "request.reassign"
    COMMENT = "request.comment"
    ANSWER = "request.answer"
    LINK = "request.link"
    HOME_NEWER = "home.page.newer"
    HOME_OLDER = "home.page.older"
    MORE_BACK = "more.page.back"
    MORE_ON = "more.page.on"
    QUEUE_OPEN = "queue.open"
    REPLY_OPEN = "reply.answer"
    REPLY_DONE = "reply.done"
    REPLY_REASSIGN = "reply.reassign"
    REASON = "reason"
    NOTE = "note"
    PERSON = "person"
    QUESTION = "question"
    REMARK = "remark"
    REPLY = "reply"


class Callback(StrEnum):
    """Which view was sent or shown."""

    REASONS = "modal.reasons"
    MORE = "modal.more"
    ASK = "modal.ask"
    REASSIGN = "modal.reassign"
    COMMENT = "modal.comment"
    ANSWER = "modal.answer"
    REPLY = "modal.reply"
    REPLY_REASSIGN = "modal.reply.reassign"
    HOME = "home"


class Block(StrEnum):
    """Blocks that are found again: where errors are shown and values are read."""

    BUTTONS = "buttons"
    MORE_BUTTONS = "more_buttons"
    PAGES = "pages"
    REASON = "reason_input"
    NOTE = "note_input"
    PERSON = "person_input"
    QUESTION = "question_input"
    REMARK = "remark_input"
    REPLY = "reply_input"


def choose(choice_id: str) -> str:
    """The action id of a choice's button."""
    return _CHOOSE + choice_id


def chosen(action_id: str) -> str | None:
    """The choice whose button has this id; None for other buttons."""
    return action_id.removeprefix(_CHOOSE) or None if action_id.startswith(_CHOOSE) else None


def open_entry(place: int) -> str:
    """The action id of the button beside the entry at a place of a list: ids are unique in a message."""
    return f"{_OPEN}{place}"


def opens_entry(action_id: str) -> bool:
    return action_id.startswith(_OPEN) and action_id.removeprefix(_OPEN).isdecimal()


def open_reply(place: int) -> str:
    """The action id of the button beside the answer of a creator at a place of a list."""
    return f"{_REPLY}{place}"


def opens_reply(action_id: str) -> bool:
    return action_id.startswith(_REPLY) and action_id.removeprefix(_REPLY).isdecimal()


def action_of(action_id: str) -> Action | None:
    """The action of that name; None for choices, entries of lists and what nobody knows."""
    return next((action for action in Action if action == action_id), None)


def callback_of(callback_id: str) -> Callback | None:
    return next((callback for callback in Callback if callback == callback_id), None)
