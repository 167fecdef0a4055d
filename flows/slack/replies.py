"""Answers of creators in Slack: what their buttons do, and what a form that was sent does.

Rights are asked at the moment of the click, by the same steps as at every other door.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sqlmodel import Session

from approvals.slack import replies
from approvals.slack.blocks import Payload
from approvals.slack.ids import Action, Block
from approvals.slack.replies import Answer
from core.campaign import Campaign
from core.database import reading
from core.errors import Refused
from flows.slack import reply_cards
from flows.slack.visit import Deed, Visit, part
from flows.steps import desk
from outreach import answering, threads
from outreach.threads import Waiting


def open_form(form: Callable[[Answer], Payload], visit: Visit) -> None:
    """Raises Refused where whoever clicked may not answer it, or it is done."""
    number = _number(str(visit.action.get("value", "")))
    with reading(visit.w.engine) as session:
        item = threads.the_answer(session, number)
        campaign = answering.about(session, item.reply)[1]
        seen = answering.newest_of(session, item.reply.candidate_id)
        foreign = answering.to_translate(session, item.reply, item.reply.draft)
    _check_may(visit, item, campaign)
    if item.reply.state != answering.OPEN:
        raise Refused(f"This answer is done already: {item.reply.outcome}.", next_step="Its message says by whom.")
    visit.show(form(replace(reply_cards.shown(visit.w, item), seen=seen, to_translate=foreign)))


def nothing_to_do(visit: Visit) -> Deed:
    number = _number(str(visit.action.get("value", "")))
    visit.ask_slack()
    w, person = visit.as_slack_knows, visit.actor

    def deed(_session: Session) -> None:
        desk.close_item(w, number, actor=person)

    return deed


def sent(visit: Visit) -> Deed:
    """The form with the answer was sent: a person sends it now."""
    metadata = str(visit.view.get("private_metadata", ""))
    number, seen = replies.number_in(metadata), replies.seen_in(metadata)
    visit.ask_slack()
    return partial(_send, visit, number, seen, written(visit.view))


def handed_over(visit: Visit, member: str) -> Deed:
    """The form that says who works on it from now on was sent."""
    number = replies.number_in(str(visit.view.get("private_metadata", "")))
    visit.ask_slack()
    w, actor, to = visit.as_slack_knows, visit.actor, visit.colleague(member)

    def deed(_session: Session) -> None:
        desk.assign(w, number, to=to, actor=actor)

    return deed


def written(view: Mapping[str, Any]) -> str:
    """What stands in the form's input."""
    value = part(part(part(part(view, "state"), "values"), Block.REPLY), Action.REPLY)
    return str(value.get("value") or "")


def _send(visit: Visit, number: int, seen: int | None, text: str, _session: Session) -> Payload | None:
    desk.send_answer(visit.as_slack_knows, number, text, actor=visit.actor, seen=seen)
    return None


def _check_may(visit: Visit, item: Waiting, campaign: Campaign | None) -> None:
    try:
        answering.check_may_answer(visit.person, item.reply, campaign, visit.w.people)
    except Refused:
        answering.check_may_answer(visit.actor, item.reply, campaign, visit.w.people)  # in a group, perhaps


def _number(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise Refused("This button is of an older Greenroom.", next_step="Look for the answer in the console.")
    return int(value)
