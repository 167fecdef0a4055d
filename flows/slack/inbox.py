"""App Home: whoever opens it finds what waits for them, for those they stand in for included.

Publishing the same again changes nothing, so nobody keeps count of it.
"""

from approvals import notices
from approvals.slack import home
from approvals.slack.blocks import Payload
from approvals.slack.home import Reader
from core.database import reading
from flows.slack.showing import shown_of
from flows.slack.visit import Deed, Stranger, Visit, part

#: Thirty pages; whoever has more sees the most urgent.
MOST = 300


def prepare(visit: Visit) -> Deed | None:
    """Events of Slack; only an opened Home means something here."""
    event = part(visit.body, "event")
    if event.get("type") == "app_home_opened" and event.get("tab", "home") == "home":
        publish(visit)
    return None


def publish(visit: Visit, page: int = 0) -> None:
    """Draw the inbox of whoever came. A stranger is told how to become known."""
    if visit.member:
        visit.slack.call("views.publish", _drawn(visit, page))


def _drawn(visit: Visit, page: int) -> Payload:
    try:
        person = visit.person
    except Stranger:
        return home.unknown(visit.member)
    w, now, zone = visit.w, visit.w.clock.now(), visit.person.calendar.time_zone
    with reading(w.engine) as session:
        waiting = notices.agenda(session, w.people, person, now, most=MOST)
        items = [shown_of(session, w.clock, w.people, request, zone=zone) for request in waiting.requests]
    return home.published(Reader(slack=visit.member, name=person.name, zone=zone), items, now=now, page=page)
