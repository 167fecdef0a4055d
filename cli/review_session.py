"""Going through a queue by keyboard: one screen per question, one key per answer.

Owns which question is on the screen and what a key does. What is drawn is `review_screen`'s matter, what an answer
sets off is the caller's: every answer stands on the record before the next screen, so stopping anywhere loses nothing.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rich.console import RenderableType

from cli.review_screen import BACK, LATER, QUIT, UNDO, Place, keys_of, reason_for, reasons_screen, screen
from core.cards import Card, Choice
from core.errors import Refused
from core.models.approvals import Request

_ESCAPE = "\x1b"


class Keyboard(Protocol):
    """A terminal that a person sits at."""

    def key(self) -> str:
        """The next key. Raises KeyboardInterrupt or EOFError where the person has had enough."""
        ...

    def line(self, prompt: str) -> str:
        """A line of text."""
        ...

    def draw(self, what: RenderableType) -> None:
        """Show this in place of what was shown before."""
        ...


@dataclass
class Session:
    """What was answered, by label of the choice; and the requests in the order in which they were decided."""

    answered: Counter[str] = field(default_factory=Counter)
    decided: list[Request] = field(default_factory=list)


def go_through(
    queue: Sequence[Request], keyboard: Keyboard, *, time_zone: str, decide: Callable[[Request, str, str], Request],
    take_back: Callable[[Request], Request], talk: Callable[[Request], Sequence[str]],
) -> Session:  # fmt: skip
    """Show each open question in turn until all are answered or left for later, or the person stops.

    `decide` takes (request, choice, reason), `take_back` what was decided last; both may raise Refused, whose words are
    shown with the next screen. `talk` tells what people said about a question, a line each.
    """
    session, at, remark = Session(), 0, ""
    waiting = list(queue)
    while 0 <= at < len(waiting):
        card = Card.model_validate(waiting[at].card)
        place = Place(at + 1, len(waiting), session.answered)
        keyboard.draw(screen(card, place, due_at=waiting[at].due_at, time_zone=time_zone, remark=remark,
                             talk=talk(waiting[at])))  # fmt: skip
        try:
            key, remark = keyboard.key().casefold(), ""
            if key in (QUIT, "\x03", "\x04"):
                break
            if key in (LATER, BACK):
                at = at + 1 if key == LATER else max(0, at - 1)
                continue
            if key == UNDO:
                at, remark = _taken_back(session, waiting, at, take_back)
                continue
            choice = keys_of(card).get(key)
            reason = _reason(card, choice, keyboard) if choice is not None else None
        except (KeyboardInterrupt, EOFError):
            break
        if choice is None:
            remark = "That key answers nothing here."
        elif reason is None:
            remark = f"Not yet decided: {choice.label.casefold()} needs a reason."
        else:
            at, remark = _answered(session, waiting, at, choice, reason, decide)
    return session


def _answered(
    session: Session,
    waiting: list[Request],
    at: int,
    choice: Choice,
    reason: str,
    decide: Callable[[Request, str, str], Request],
) -> tuple[int, str]:
    """(where to go on, what to say). A question that somebody else answered meanwhile is passed over."""
    request = waiting[at]
    try:
        session.decided.append(decide(request, choice.id, reason))
    except Refused as refusal:
        return at + 1, str(refusal)
    session.answered[choice.label] += 1
    title = Card.model_validate(request.card).title
    return at + 1, f"{title}: {choice.label.casefold()}{f', {reason}' if reason else ''}."


def _taken_back(
    session: Session, waiting: list[Request], at: int, take_back: Callable[[Request], Request]
) -> tuple[int, str]:
    """(where to go on, what to say). The last answer that was not taken back is, and its question comes again."""
    if not session.decided:
        return at, "Nothing was decided yet that could be taken back."
    last = session.decided[-1]
    card = Card.model_validate(last.card)
    try:
        again = take_back(last)
    except Refused as refusal:
        return at, str(refusal)
    session.decided.pop()
    choice = card.choice(last.choice or "")
    session.answered[choice.label if choice else ""] -= 1
    at = next(number for number, request in enumerate(waiting) if request.id == again.id)
    waiting[at] = again
    return at, f"{card.title}: taken back."


def _reason(card: Card, choice: Choice, keyboard: Keyboard) -> str | None:
    """Why, where the choice needs it; None where the person thinks again."""
    if not choice.needs_reason:
        return ""
    if not choice.reasons:
        return keyboard.line(f"{choice.label}: why? (Enter alone: not yet)").strip() or None
    keyboard.draw(reasons_screen(choice, card.title))
    key = keyboard.key()
    if key.startswith(_ESCAPE):
        return None
    if key.casefold() == "t":
        return keyboard.line("Why? (Enter alone: not yet)").strip() or None
    return reason_for(choice, key)
