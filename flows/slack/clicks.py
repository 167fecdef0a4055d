"""What each button does: the choices of a card, and more, ask, answer, comment, hand over, take back, turn a page.

A button carries a request's id, and that binds what it showed: a request's content never changes. Newer content is
asked about by another request, which voids this one, and a click on it is told so (see approvals.requests.ask).
"""

import logging
from collections.abc import Callable, Mapping
from functools import partial

from sqlmodel import Session

from approvals.kinds import UNDO_WINDOW
from approvals.rights import check_actor
from approvals.service import AlreadyDecided
from approvals.slack import modals
from approvals.slack.api import SlackRefused
from approvals.slack.blocks import Payload, message, section
from approvals.slack.ids import Action, action_of, chosen, opens_entry, opens_reply
from approvals.slack.modals import Seen
from approvals.slack.parts import MONEY
from approvals.slack.replies import form as answer_form
from approvals.slack.replies import hand_over
from approvals.slack.shown import Shown
from core.campaign import Campaign
from core.database import reading
from core.errors import Refused
from core.models.approvals import Request
from core.people import Person, Role, holds
from flows.slack import inbox, replies
from flows.slack.visit import Deed, Visit
from flows.steps.review import campaign_about

log = logging.getLogger("greenroom.slack")

DOOR = "slack"
#: A decision on these may be taken back for a while. What binds money asks before it is sent instead.
UNDOABLE = frozenset(kind for kind, window in UNDO_WINDOW.items() if window) - MONEY
_DONE = "All of this queue is decided."
QUEUE_DONE = message(_DONE, [section(_DONE)])


def prepare(visit: Visit) -> Deed | None:
    """Open what the click opens; returns what it changes. Raises Refused."""
    name = str(visit.action.get("action_id", ""))
    action, choice_id = action_of(name), chosen(name)
    if action is Action.LINK:
        return None  # the browser did it
    visit.must_be_known()
    if choice_id is not None:
        return _choose(visit, choice_id)
    if opens_entry(name):
        action = Action.MORE
    if opens_reply(name):
        action = Action.REPLY_OPEN
    if action is None or action not in _BUTTONS:
        log.warning("a button of Slack that nobody knows was clicked")
        return None
    return _BUTTONS[action](visit)


def request_named(visit: Visit) -> str:
    """The id of the request that a click or form is about; "" where it is about none."""
    try:
        return modals.seen_in(str(visit.view["private_metadata"])).request_id
    except (KeyError, ValueError):
        return str(visit.action.get("value", ""))


def seen(visit: Visit) -> Seen:
    """What the view that it came from showed. Raises Refused."""
    try:
        return modals.seen_in(str(visit.view.get("private_metadata", "")))
    except ValueError:
        raise Refused("This window is of an older Greenroom.", next_step="Close it and click again.") from None


def decide(
    visit: Visit, request: Request, choice_id: str, _session: Session, *, reason: str = "", content: str | None = None
) -> Payload | None:
    """The answer of whoever clicked. The same answer by the same person again is no news."""
    person = visit.actor
    try:
        visit.deeds.decide(visit.as_slack_knows, request.id, choice_id, actor=person, door=DOOR, reason=reason,
                           content_sha256=content, may_be_taken_back=request.kind in UNDOABLE)  # fmt: skip
    except AlreadyDecided:
        with reading(visit.w.engine) as session:
            stands = session.get_one(Request, request.id)
        if (stands.decided_by, stands.choice) != (person.id, choice_id):
            raise
    return None


def _choose(visit: Visit, choice_id: str) -> Deed | None:
    request, shown = visit.request(_value(visit))
    choice = shown.card.choice(choice_id)
    if choice is not None and choice.needs_reason and request.status == "open" and _may_decide(visit, request):
        visit.show(modals.reasons(shown, choice))
        return None
    visit.ask_slack()
    # Whoever may not is refused by the decision itself, in its words and on the audit log.
    return partial(decide, visit, request, choice_id)


def _may_decide(visit: Visit, request: Request) -> bool:
    """Whether the form is worth filling in. Slack is asked about groups only where the file alone says no."""
    with reading(visit.w.engine) as session:
        campaign = campaign_about(session, request)
    now = visit.w.clock.now()
    try:
        check_actor(request, visit.person, people=visit.w.people, campaign=campaign, at=now)
    except Refused:
        try:
            check_actor(request, visit.actor, people=visit.as_slack_knows.people, campaign=campaign, at=now)
        except Refused:
            return False
    return True


def _more(visit: Visit) -> None:
    _, shown = visit.request(_value(visit))
    visit.show(modals.more(shown))


def _turn(by: int, visit: Visit) -> None:
    at = seen(visit)
    _, shown = visit.request(at.request_id)
    view = modals.more(shown, at.page + by)
    try:
        said = modals.replaced(str(visit.view.get("id", "")), view, seen_hash=str(visit.view.get("hash", "")))
        visit.slack.call("views.update", said)
    except SlackRefused as refusal:
        if refusal.code not in ("hash_conflict", "not_found"):  # it was turned already, or closed
            raise


def _form(form: Callable[[Shown], Payload], visit: Visit) -> None:
    """A form about a request that is still open."""
    request, shown = visit.request(_value(visit))
    if request.status != "open":
        raise Refused(
            f"{shown.card.title} is no longer open.", next_step="Look at its card: it says what became of it."
        )
    visit.show(form(shown))


def _ask(visit: Visit) -> None:
    request, shown = visit.request(_value(visit))
    if request.status == "open" and not _may_decide(visit, request):
        raise Refused(f"{visit.person.name} may not ask for more here, for this waits for {shown.assignee}.",
                      next_step=f"Write a comment, or ask {shown.assignee}.")  # fmt: skip
    _form(modals.ask, visit)


def _hand_over(visit: Visit) -> None:
    request, shown = visit.request(_value(visit))
    with reading(visit.w.engine) as session:
        campaign = campaign_about(session, request)
    may = _runs_it(visit.person, campaign) or _may_decide(visit, request) or _runs_it(visit.actor, campaign)
    if request.status == "open" and not may:
        raise Refused(f"{visit.person.name} may not hand this over, for it waits for {shown.assignee}.",
                      next_step=f"Ask {shown.assignee}, or the campaign's ops.")  # fmt: skip
    _form(modals.reassign, visit)


def _runs_it(person: Person, campaign: Campaign) -> bool:
    return any(holds(person, role, campaign) for role in (Role.OPS, Role.OWNER))


def _answer(visit: Visit) -> None:
    _, shown = visit.request(_value(visit))
    if shown.status == "open" and not shown.waits_for:
        raise Refused("This request waits for no information any more.", next_step="Write a comment instead.")
    _form(modals.answer, visit)


def _comment(visit: Visit) -> None:
    _, shown = visit.request(_value(visit))
    visit.show(modals.comment(shown))


def _take_back(visit: Visit) -> Deed:
    request_id = _value(visit)
    w, person = visit.as_slack_knows, visit.actor

    def deed(_session: Session) -> None:
        visit.deeds.take_back(w, request_id, actor=person, door=DOOR)

    return deed


def _open_next(visit: Visit) -> Deed | None:
    request_id = visit.deeds.next_of_queue(visit.w, _value(visit))
    if request_id is None:
        return lambda _session: QUEUE_DONE
    _, shown = visit.request(request_id)
    visit.show(modals.more(shown))
    return None


def _page_of_inbox(visit: Visit) -> None:
    wanted = _value(visit)
    inbox.publish(visit, page=int(wanted) if wanted.isdecimal() and len(wanted) < 6 else 0)


def _value(visit: Visit) -> str:
    return str(visit.action.get("value", ""))


_BUTTONS: Mapping[Action, Callable[[Visit], Deed | None]] = {
    Action.MORE: _more,
    Action.MORE_BACK: partial(_turn, -1),
    Action.MORE_ON: partial(_turn, 1),
    Action.ASK: _ask,
    Action.ANSWER: _answer,
    Action.COMMENT: _comment,
    Action.REASSIGN: _hand_over,
    Action.UNDO: _take_back,
    Action.QUEUE_OPEN: _open_next,
    Action.REPLY_OPEN: partial(replies.open_form, answer_form),
    Action.REPLY_REASSIGN: partial(replies.open_form, hand_over),
    Action.REPLY_DONE: replies.nothing_to_do,
    Action.HOME_NEWER: _page_of_inbox,
    Action.HOME_OLDER: _page_of_inbox,
}
