"""Somebody at the desk: who they are, what they stand before, and how they are shown or told something.

Reads what Slack sent, which may lack anything. Decides nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from approvals.requests import the_request
from approvals.slack import blocks, modals
from approvals.slack.api import Slack, SlackRefused
from approvals.slack.arrivals import Arrival
from approvals.slack.blocks import Payload
from approvals.slack.ids import Callback
from approvals.slack.outbox import TOLD, put
from approvals.slack.responding import Respond
from approvals.slack.shown import Shown
from core.database import reading, unit_of_work
from core.errors import GreenroomError, Refused
from core.models.approvals import Request
from core.models.slack import SlackPost
from core.people import People, Person
from flows.slack.deeds import Deeds
from flows.slack.groups import as_slack_knows
from flows.slack.showing import shown_of
from flows.wiring import Wiring

#: Changes the record inside the desk's transaction; returns what whoever came is told, if anything.
Deed = Callable[[Session], Payload | None]
#: So long an answer in place may take before it goes out as a direct message.
ANSWER_IN_PLACE = timedelta(seconds=20)


class Stranger(Refused):
    """Somebody whom the people file does not name."""


@dataclass(frozen=True)
class Visit:
    """One arrival, with all that answering it takes. The people of `w` are those of the file at this moment."""

    w: Wiring
    slack: Slack
    arrival: Arrival
    deeds: Deeds
    respond: Respond

    @property
    def body(self) -> Mapping[str, Any]:
        return self.arrival.body

    @property
    def member(self) -> str:
        """Their id in Slack; "" where Slack names nobody."""
        inner = part(self.body, "event") if self.arrival.kind == "event" else self.body
        user = inner.get("user")
        return str(inner.get("user_id") or (user.get("id", "") if isinstance(user, Mapping) else user or ""))

    @property
    def view(self) -> Mapping[str, Any]:
        """The view it came from; empty where it came from a message."""
        return part(self.body, "view")

    @property
    def action(self) -> Mapping[str, Any]:
        """The button that was clicked."""
        actions = self.body.get("actions")
        first = actions[0] if isinstance(actions, list) and actions else {}
        return first if isinstance(first, Mapping) else {}

    @property
    def person(self) -> Person:
        """Whoever came. Raises Stranger."""
        try:
            return self.w.people.by_slack(self.member)
        except Refused as refusal:
            raise Stranger(refusal.message, next_step=refusal.next_step) from None

    def must_be_known(self) -> None:
        """Raises Stranger."""
        _ = self.person

    @cached_property
    def as_slack_knows(self) -> Wiring:
        """With the groups as Slack knows them. Calls Slack when first looked at: see `ask_slack`."""
        people: People = as_slack_knows(self.w.people, self.slack, self.w.clock)
        return self.w.with_people(people)

    def ask_slack(self) -> None:
        """Ask it who is in which group now, and not later, while the record is kept from other writers."""
        _ = self.as_slack_knows

    @property
    def actor(self) -> Person:
        """Whoever came, in the groups that Slack names them in: rights look there."""
        return self.as_slack_knows.people.named(self.person.id)

    def colleague(self, member: str) -> Person:
        """Whoever was chosen in a form. Raises Refused where the people file does not name them."""
        try:
            return self.w.people.by_slack(member)
        except Refused:
            raise Refused(
                "Whom you chose is not in the people file.",
                next_step=f"Choose somebody else, or ask ops to add slack = {member!r} to their entry.",
            ) from None

    def request(self, request_id: str) -> tuple[Request, Shown]:
        """The request, and how whoever came is shown it. Raises Refused where there is none."""
        with reading(self.w.engine) as session:
            request = the_request(session, request_id)
            zone = self.person.calendar.time_zone
            return request, shown_of(session, self.w.clock, self.w.people, request, zone=zone)

    def show(self, view: Payload) -> None:
        """Open a view: on top of the one it was asked from, if any. Slack takes a trigger once, so it opens once."""
        trigger = str(self.body.get("trigger_id", ""))
        within = self.view.get("type") == "modal"
        method, said = ("views.push", modals.pushed) if within else ("views.open", modals.opened)
        try:
            self.slack.call(method, said(trigger, view))
        except SlackRefused as refusal:
            if refusal.code == "exchanged_trigger_id":
                return  # an earlier try at this very click opened it
            if refusal.code in ("expired_trigger_id", "invalid_trigger_id", "trigger_expired"):
                raise Refused("That took longer than Slack waits.", next_step="Click again.") from None
            raise

    def redraw_below(self) -> None:
        """The breakdown that is still open shows what has changed. Raises what Slack raises."""
        form = self.arrival.kind == "view_submission"
        view_id = self.view.get("previous_view_id") if form else self.view.get("id")
        if view_id and (form or self.view.get("callback_id") == Callback.MORE):
            seen = modals.seen_in(str(self.view.get("private_metadata", "")))
            _, shown = self.request(seen.request_id)
            page = 0 if form else seen.page
            self.slack.call("views.update", modals.replaced(str(view_id), modals.more(shown, page)))


def part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A part of what Slack sent that has parts itself; empty where it is missing."""
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}


def tell(session: Session, visit: Visit, said: Payload) -> None:
    """Put it on the record that they are to be told: in place at once, or else as a direct message a little later."""
    if not visit.member:
        return
    post = put(session, visit.w.clock, key=_key(visit), method="chat.postMessage", channel=visit.member,
               payload=blocks.post(visit.member, said))  # fmt: skip
    if _address(visit):
        post.not_before = visit.w.clock.now() + ANSWER_IN_PLACE
        session.add(post)
        session.flush()


def answer_in_place(visit: Visit, said: Payload) -> None:
    """Only they see it. Whatever goes wrong, the direct message still says it; a kill in between says it twice."""
    address = _address(visit)
    if not address:
        return
    try:
        visit.respond(address, said)
        with unit_of_work(visit.w.engine) as session:
            mine = (col(SlackPost.key) == _key(visit)) & (col(SlackPost.status) == "waiting")
            session.execute(update(SlackPost).where(mine).values(status="sent", sent_at=visit.w.clock.now()))
    except GreenroomError:
        return


def _address(visit: Visit) -> str:
    return str(visit.body.get("response_url") or "")


def _key(visit: Visit) -> str:
    return f"{TOLD}{visit.arrival.key}"
