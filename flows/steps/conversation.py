"""What people say about a request, from whichever door: who may, and whose calendar the clock runs on."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session

from approvals import conversation
from approvals.rights import DecisionRefused, check_actor
from approvals.service import remember_refusal, the_request
from core.database import unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.people import People, Person, Role, WorkCalendar, holds
from flows.steps.review import campaign_about
from flows.wiring import Wiring


def comment(w: Wiring, request_id: str, text: str, *, actor: Person, door: str) -> Request:
    """Anybody of the team may remark."""
    with unit_of_work(w.engine) as session:
        request = the_request(session, request_id)
        conversation.comment(session, w.clock, request, actor=actor, text=text, door=door)
        return request


def ask_for_information(w: Wiring, request_id: str, text: str, *, of: Person, actor: Person, door: str) -> Request:
    """Whoever may decide asks somebody for what is missing; the clock stands still."""
    with _noting_who_may_not(w, request_id, actor, door) as session:
        request = the_request(session, request_id)
        check_actor(request, actor, people=w.people, campaign=campaign_about(session, request), at=w.clock.now())
        conversation.ask_for_information(session, w.clock, request, actor=actor, of=of, text=text, door=door,
                                         calendar=_calendar(w.people, request))  # fmt: skip
        return request


def answer(w: Wiring, request_id: str, text: str, *, actor: Person, door: str) -> Request:
    """Anybody of the team may know the answer; the clock goes on."""
    with unit_of_work(w.engine) as session:
        request = the_request(session, request_id)
        conversation.answer(session, w.clock, request, actor=actor, text=text, door=door,
                            calendar=_calendar(w.people, request))  # fmt: skip
        return request


def reassign(w: Wiring, request_id: str, *, to: Person, actor: Person, door: str, note: str = "") -> Request:
    """Whoever may decide hands it on, or the campaign's ops or owner do; with a remark, or not at all."""
    with _noting_who_may_not(w, request_id, actor, door) as session:
        request = the_request(session, request_id)
        campaign = campaign_about(session, request)
        if not any(holds(actor, role, campaign) for role in (Role.OPS, Role.OWNER)):
            check_actor(request, actor, people=w.people, campaign=campaign, at=w.clock.now())
        conversation.reassign(session, w.clock, request, to=to, actor=actor, people=w.people,
                              calendar=_calendar(w.people, request))  # fmt: skip
        if note:
            conversation.comment(session, w.clock, request, actor=actor, text=note, door=door)
        return request


@contextmanager
def _noting_who_may_not(w: Wiring, request_id: str, actor: Person, door: str) -> Iterator[Session]:
    """A unit of work; whoever may not do what is done in it stands in the audit log."""
    try:
        with unit_of_work(w.engine) as session:
            yield session
    except DecisionRefused as refusal:
        with unit_of_work(w.engine) as session:
            remember_refusal(session, w.clock, request_id, refusal, actor=actor, door=door)
        raise


def _calendar(people: People, request: Request) -> WorkCalendar:
    """The assignee's; of somebody who left, a plain one."""
    try:
        return people.named(request.assignee).calendar
    except Refused:
        return WorkCalendar()
