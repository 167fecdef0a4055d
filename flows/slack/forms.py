"""What a form that was sent does, and what is wrong with one before it is taken.

`form_errors` is pure and immediate: it sees the form alone. What only the record knows is told after the form closed.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sqlmodel import Session

from approvals.rights import LONGEST, has_words
from approvals.slack.blocks import Payload
from approvals.slack.ids import Action, Block, Callback, callback_of
from approvals.slack.modals import Seen, seen_in
from approvals.slack.replies import LONGEST as LONGEST_ANSWER
from approvals.slack.replies import number_in
from approvals.slack.shown import Shown
from core.errors import Refused
from core.models.approvals import Request
from flows.slack import replies
from flows.slack.clicks import DOOR, decide, seen
from flows.slack.visit import Deed, Visit, part
from flows.steps import conversation

_TEXTS: Mapping[Block, tuple[Action, str]] = {
    Block.NOTE: (Action.NOTE, "Say why in a few words."),
    Block.QUESTION: (Action.QUESTION, "Write what you need to know."),
    Block.REMARK: (Action.REMARK, "Write something."),
    Block.REPLY: (Action.REPLY, "Write the answer."),
}
#: Whoever answers for an app is nobody who can be asked.
_NO_PERSON = frozenset({"USLACKBOT", "USLACK"})


def form_errors(body: Mapping[str, Any]) -> Mapping[str, str]:
    """What is wrong with a form, by the block it is said beside; empty where it can be taken."""
    view = part(body, "view")
    asked = _inputs(view)
    if callback_of(str(view.get("callback_id", ""))) is None or not asked:
        return {}
    if not _is_of_ours(view):
        return {next(iter(asked)): "This window is of an older Greenroom: close it and click again."}
    wrong = {block: _text_error(view, block, optional=asked[block]) for block in _TEXTS if block in asked}
    if Block.REASON in asked and not _option(view):
        wrong[Block.REASON] = "Choose a reason."
    if Block.PERSON in asked:
        wrong[Block.PERSON] = _person_error(body, view)
    return {block.value: words for block, words in wrong.items() if words}


def prepare(visit: Visit) -> Deed | None:
    """What the form changes. Raises Refused."""
    callback = callback_of(str(visit.view.get("callback_id", "")))
    if callback is Callback.REPLY:
        visit.must_be_known()
        return replies.sent(visit)
    if callback is Callback.REPLY_REASSIGN:
        visit.must_be_known()
        return replies.handed_over(visit, _member(visit.view))
    if callback is None or callback not in _FORMS:
        return None
    at = seen(visit)
    visit.must_be_known()
    request, shown = visit.request(at.request_id)
    visit.ask_slack()
    return partial(_FORMS[callback], visit, at, request, shown)


def _decided(visit: Visit, at: Seen, request: Request, shown: Shown, session: Session) -> Payload | None:
    choice = shown.card.choice(at.choice)
    place, note = _option(visit.view), _text(visit.view, Block.NOTE)
    counted = ""
    if choice is not None and choice.reasons:
        if not place.isdecimal() or int(place) >= len(choice.reasons):
            raise Refused("The reason is none of those offered.", next_step="Click again and choose one.")
        counted = choice.reasons[int(place)]
    reason = ": ".join(words for words in (counted, note) if words)
    return decide(visit, request, at.choice, session, reason=reason, content=at.content_sha256)


def _asked(visit: Visit, _at: Seen, request: Request, _shown: Shown, _session: Session) -> None:
    conversation.ask_for_information(
        visit.as_slack_knows, request.id, _text(visit.view, Block.QUESTION), of=visit.colleague(_member(visit.view)),
        actor=visit.actor, door=DOOR,
    )  # fmt: skip


def _handed_over(visit: Visit, _at: Seen, request: Request, _shown: Shown, _session: Session) -> None:
    to, note, actor = visit.colleague(_member(visit.view)), _text(visit.view, Block.NOTE), visit.actor
    conversation.reassign(visit.as_slack_knows, request.id, to=to, actor=actor, door=DOOR, note=note)


def _commented(visit: Visit, _at: Seen, request: Request, _shown: Shown, _session: Session) -> None:
    conversation.comment(visit.w, request.id, _text(visit.view, Block.REMARK), actor=visit.person, door=DOOR)


def _answered(visit: Visit, _at: Seen, request: Request, _shown: Shown, _session: Session) -> None:
    conversation.answer(visit.w, request.id, _text(visit.view, Block.REMARK), actor=visit.person, door=DOOR)


def _inputs(view: Mapping[str, Any]) -> dict[Block, bool]:
    """The inputs of a form in order, and whether each may be left empty."""
    blocks = view.get("blocks")
    known = {block.value: block for block in Block}
    return {
        known[str(one.get("block_id"))]: bool(one.get("optional"))
        for one in (blocks if isinstance(blocks, list) else [])
        if isinstance(one, Mapping) and one.get("type") == "input" and one.get("block_id") in known
    }


def _text_error(view: Mapping[str, Any], block: Block, *, optional: bool) -> str:
    text = _text(view, block)
    if not has_words(text):
        return "" if optional and not text else _TEXTS[block][1]
    most = LONGEST - (_length_of_reason(view) if block is Block.NOTE else 0)
    most = LONGEST_ANSWER if block is Block.REPLY else most
    if len(text) > most:
        return f"At most {most:,} characters; these are {len(text):,}."
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        return "This holds characters that are not text: write it anew."
    return ""


def _person_error(body: Mapping[str, Any], view: Mapping[str, Any]) -> str:
    member = _member(view)
    if not member:
        return "Choose a person."
    if member in _NO_PERSON or not member.startswith(("U", "W")):
        return "Choose a person, not an app."
    asks = view.get("callback_id") == Callback.ASK
    return (
        "You cannot ask yourself: choose somebody who knows." if asks and member == part(body, "user").get("id") else ""
    )


def _is_of_ours(view: Mapping[str, Any]) -> bool:
    """Whether it says what it is about, as the present forms do."""
    about = number_in if view.get("callback_id") in (Callback.REPLY, Callback.REPLY_REASSIGN) else seen_in
    try:
        about(str(view.get("private_metadata", "")))
    except ValueError:
        return False
    return True


def _value(view: Mapping[str, Any], block: Block, action: Action) -> Mapping[str, Any]:
    return part(part(part(part(view, "state"), "values"), block), action)


def _text(view: Mapping[str, Any], block: Block) -> str:
    return str(_value(view, block, _TEXTS[block][0]).get("value") or "").strip()


def _member(view: Mapping[str, Any]) -> str:
    return str(_value(view, Block.PERSON, Action.PERSON).get("selected_user") or "")


def _length_of_reason(view: Mapping[str, Any]) -> int:
    """How much of what may be said the chosen reason takes: it is kept in front of the note."""
    chosen = part(part(_value(view, Block.REASON, Action.REASON), "selected_option"), "text").get("text")
    return len(f"{chosen}: ") if chosen else 0


def _option(view: Mapping[str, Any]) -> str:
    return str(part(_value(view, Block.REASON, Action.REASON), "selected_option").get("value") or "")


_FORMS: Mapping[Callback, Callable[[Visit, Seen, Request, Shown, Session], Payload | None]] = {
    Callback.REASONS: _decided,
    Callback.ASK: _asked,
    Callback.REASSIGN: _handed_over,
    Callback.COMMENT: _commented,
    Callback.ANSWER: _answered,
}
