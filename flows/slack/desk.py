"""What somebody does in Slack, done once: clicks, forms, commands and opened inboxes, and what refusals say.

Owns dispatch, exactly-once, and telling people why not. What each click means stands in clicks, forms, commands, inbox.

Why a kill between any two steps neither loses nor doubles anything:

1. Views are opened first, before anything is on the record. Slack takes the trigger of a click once: tried again, it
   answers that the trigger was used, and nobody is told anything; too late, and they are told to click again.
2. Then one transaction (`one_whole`) holds all the rest: that the arrival is handled, what it changes, the audit of a
   refusal, and the message to whoever clicked. Killed before the commit, none of it happened, the arrival still lies in
   the spool, and it is done from the start. Killed after, the arrival is known as handled, and nothing is done again.
   Two who handle the same arrival take turns: one writes at a time, and the second finds it handled.
3. What comes after is for the eye alone and may be lost or said twice: an answer in place (the outbox says it as a
   direct message else), the inbox and the breakdown drawn anew (opened again, they are right).

A form is known by its view as well as by its arrival: sent twice by an impatient hand, it counts once.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sqlmodel import Session, col, select

from approvals.slack.api import Slack
from approvals.slack.arrivals import Arrival, first_time
from approvals.slack.blocks import Payload
from approvals.slack.commands import refused
from approvals.slack.responding import Respond, responder
from core import audit
from core.database import one_whole, reading, unit_of_work
from core.errors import GreenroomError, PermanentError, Refused
from core.models.approvals import Request
from core.models.slack import SlackEvent
from core.people import People, load_people
from flows.slack import clicks, commands, forms, inbox
from flows.slack.deeds import Deeds
from flows.slack.visit import Deed, Stranger, Visit, answer_in_place, tell
from flows.wiring import Wiring

log = logging.getLogger("greenroom.slack")

#: What somebody in Slack does instead of typing a command.
_IN_SLACK = (
    (re.compile(r"See: greenroom approvals (?:list|show \S+)"),
     "Whatever waits for you stands under Home in Greenroom's own window."),
    (re.compile(r": greenroom approvals take-back \S+"), " with the button on its card."),
)  # fmt: skip
_DONE_BY_HAND = ("block_actions", "view_submission", "command")
GAVE_UP = Refused("Greenroom failed at something you did here, again and again. Nothing was decided by it.",
                   next_step="Do it once more. If it fails again, tell whoever runs Greenroom.")  # fmt: skip
#: Opens views, and returns what is to be changed.
_PREPARE: dict[str, Callable[[Visit], Deed | None]] = {
    "block_actions": clicks.prepare,
    "view_submission": forms.prepare,
    "command": commands.prepare,
    "event": inbox.prepare,
}


def handle(
    w: Wiring, slack: Slack, arrival: Arrival, *, deeds: Deeds | None = None, respond: Respond | None = None
) -> None:
    """Do what one arrival asks for, once however often it is handed in. Runs after Slack has its acknowledgement.

    Raises TransientError where the record or Slack cannot be reached: nothing was done, and the same call may be made
    again. Refusals are told to whoever clicked, never raised.
    """
    if _known(w, arrival):
        return
    visit = Visit(w, slack, arrival, deeds or Deeds(), respond or responder(w.settings.slack_api_url))
    deed: Deed | None
    try:
        visit = replace(visit, w=w.with_people(_people(w)))
        prepare = _PREPARE.get(arrival.kind)
        deed = prepare(visit) if prepare else None
    except (Refused, PermanentError) as refusal:
        deed = _refusal(visit, refusal)
    with one_whole(w.engine) as session:
        if not _first(session, visit):
            return
        said = _done(session, visit, deed)
        if said is not None:
            tell(session, visit, said)
    if said is not None:
        answer_in_place(visit, said)
    if deed is not None:
        _redraw(visit)


def give_up(w: Wiring, arrival: Arrival) -> None:
    """Tell whoever clicked or wrote it that it could not be handled however often: else they would wait for ever."""
    visit = Visit(w, w.slack(), arrival, Deeds(), responder(w.settings.slack_api_url))
    if arrival.kind in _DONE_BY_HAND:
        with unit_of_work(w.engine) as session:
            tell(session, visit, in_words(GAVE_UP))


def _known(w: Wiring, arrival: Arrival) -> bool:
    with reading(w.engine) as session:
        return session.exec(select(SlackEvent.key).where(col(SlackEvent.key) == arrival.key)).first() is not None


def _first(session: Session, visit: Visit) -> bool:
    clock, arrival = visit.w.clock, visit.arrival
    if not first_time(session, clock, arrival):
        return False
    view = str(visit.view.get("id") or "")
    if arrival.kind != "view_submission" or not view:
        return True
    return first_time(session, clock, replace(arrival, key=f"form:{view}"))


def _done(session: Session, visit: Visit, deed: Deed | None) -> Payload | None:
    if deed is None:
        return None
    try:
        return deed(session)
    except (Refused, PermanentError) as refusal:
        return in_words(refusal)


def _people(w: Wiring) -> People:
    """As the file is now: who left it is refused from their next click on."""
    try:
        return load_people(w.settings.people_file)
    except Refused as error:
        log.error("nobody can do anything in Slack: %s", error)
        raise Refused("Greenroom's people file cannot be read at the moment.",
                      next_step="Tell whoever runs Greenroom, then click again.") from None  # fmt: skip


def _refusal(visit: Visit, refusal: GreenroomError) -> Deed:
    def told(session: Session) -> Payload:
        if isinstance(refusal, Stranger):
            _note_stranger(session, visit)
        return in_words(refusal)

    return told


def _note_stranger(session: Session, visit: Visit) -> None:
    """On the audit log, beside the request where the click was about one."""
    named = clicks.request_named(visit)
    request = session.get(Request, named) if named else None
    action, subject = ("request.refused", f"request:{request.id}") if request else ("slack.refused", "slack:desk")
    detail = {"kind": request.kind if request else visit.arrival.kind, "door": "slack", "why": "stranger"}
    audit.record(session, visit.w.clock, actor=f"slack:{visit.member[:40]}", action=action, subject=subject,
                 detail=detail)  # fmt: skip


def in_words(refusal: GreenroomError) -> Payload:
    """Why not and what next, for somebody who has Slack before them and no terminal."""
    step = refusal.next_step
    for command, here in _IN_SLACK:
        step = command.sub(here, step)
    return refused(Refused(refusal.message, next_step=step))


def _redraw(visit: Visit) -> None:
    if visit.arrival.kind not in ("block_actions", "view_submission"):
        return
    draws: tuple[Callable[[], None], ...] = (partial(inbox.publish_again, visit), visit.redraw_below)
    for draw in draws:
        try:
            draw()
        except (GreenroomError, ValueError) as error:
            log.info("something open in Slack was not drawn anew: %s", error)
