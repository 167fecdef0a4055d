"""Answers of creators in Slack: where each is shown, what its buttons do, and what a form that was sent does.

Rights are asked at the moment of the click, by the same steps as at every other door.
"""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from sqlmodel import Session

from approvals.slack import outbox, places, replies
from approvals.slack.blocks import Payload
from approvals.slack.ids import Action, Block
from approvals.slack.replies import Answer
from core.campaign import Campaign
from core.database import reading
from core.errors import Refused
from core.people import Person
from core.store import campaign_of
from flows.slack.places import ops_channel
from flows.slack.visit import Deed, Visit, part
from flows.steps import desk
from flows.wiring import Wiring
from outreach import answering, threads
from outreach.threads import Waiting

ABOUT = "reply:"
#: As many stand in somebody's Home.
MOST = 10


def tell(session: Session, w: Wiring, subjects: Collection[str]) -> None:
    """Show each of these answers (`reply:number`) as it is now: a new one is posted, one that is shown changes."""
    for subject in dict.fromkeys(subjects):
        number = subject.removeprefix(ABOUT)
        item = threads.the_answer(session, int(number))
        said = replies.message(shown(w, item))
        if places.update_message(session, w.clock, subject, said) is not None or item.reply.state != answering.OPEN:
            continue
        channel = _channel(session, w, item)
        if channel:
            payload = {**said, "unfurl_links": False, "unfurl_media": False}
            outbox.put(session, w.clock, key=subject, method="chat.postMessage", channel=channel, payload=payload)


def shown(w: Wiring, item: Waiting) -> Answer:
    reply, public = item.reply, w.settings.public_url.rstrip("/")
    open_now = reply.state == answering.OPEN
    return Answer(
        number=reply.id or 0, shown_as=item.shown_as, kind=reply.kind, because=reply.because, text=reply.text,
        campaign=item.campaign, assignee=w.people.name_of(reply.assignee) if reply.assignee else "", draft=reply.draft,
        done="" if open_now else reply.outcome or "nobody had to do anything",
        handled_by=w.people.name_of(reply.handled_by) if reply.handled_by else "",
        link=f"{public}/console/inbox/{reply.id}" if public else "",
        from_elsewhere=reply.sender if item.from_elsewhere else "",
    )  # fmt: skip


def waiting_for(session: Session, w: Wiring, person: Person) -> list[Answer]:
    """What stands in somebody's Home."""
    return [shown(w, item) for item in threads.open_answers(session, assignee=person.id, most=MOST)]


def open_form(visit: Visit) -> None:
    """Raises Refused where whoever clicked may not answer it, or it is done."""
    number = _number(str(visit.action.get("value", "")))
    with reading(visit.w.engine) as session:
        item = threads.the_answer(session, number)
        campaign = answering.about(session, item.reply)[1]
    _check_may(visit, item, campaign)
    if item.reply.state != answering.OPEN:
        raise Refused(f"This answer is done already: {item.reply.outcome}.", next_step="Its message says by whom.")
    visit.show(replies.form(shown(visit.w, item)))


def nothing_to_do(visit: Visit) -> Deed:
    number = _number(str(visit.action.get("value", "")))
    visit.ask_slack()
    w, person = visit.as_slack_knows, visit.actor

    def deed(_session: Session) -> None:
        desk.close_item(w, number, actor=person)

    return deed


def sent(visit: Visit) -> Deed:
    """The form with the answer was sent: a person sends it now."""
    number = replies.number_in(str(visit.view.get("private_metadata", "")))
    visit.ask_slack()
    return partial(_send, visit, number, written(visit.view))


def written(view: Mapping[str, Any]) -> str:
    """What stands in the form's input."""
    value = part(part(part(part(view, "state"), "values"), Block.REPLY), Action.REPLY)
    return str(value.get("value") or "")


def _send(visit: Visit, number: int, text: str, _session: Session) -> Payload | None:
    desk.send_answer(visit.as_slack_knows, number, text, actor=visit.actor)
    return None


def _check_may(visit: Visit, item: Waiting, campaign: Campaign | None) -> None:
    try:
        answering.check_may_answer(visit.person, item.reply, campaign)
    except Refused:
        answering.check_may_answer(visit.actor, item.reply, campaign)  # in a group that Slack names, perhaps


def _channel(session: Session, w: Wiring, item: Waiting) -> str:
    candidate = answering.about(session, item.reply)[0]
    named = ops_channel(campaign_of(session, candidate), w.settings) if candidate else w.settings.slack_channel
    own = next((person.slack for person in w.people if person.id == item.reply.assignee), "")
    return named or own


def _number(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise Refused("This button is of an older Greenroom.", next_step="Look for the answer in the console.")
    return int(value)
