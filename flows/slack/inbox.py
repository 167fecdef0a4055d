"""App Home: whoever opens it finds what waits for them, for those they stand in for included.

Publishing the same again changes nothing, so nobody keeps count of it. Owns which page somebody is on: after a decision
they see the same one again. It is kept in memory, and a new start begins with the first.
"""

from weakref import WeakKeyDictionary

from approvals import notices
from approvals.slack import home
from approvals.slack.api import Slack
from approvals.slack.blocks import Payload
from approvals.slack.home import Reader
from core.database import reading
from flows.slack import reply_cards
from flows.slack.showing import shown_of
from flows.slack.visit import Deed, Stranger, Visit, part

#: Thirty pages; whoever has more sees the most urgent.
MOST = 300
#: By connection and member. Only the clicks of one person write what is kept of them, one after the other.
_pages: WeakKeyDictionary[Slack, dict[str, int]] = WeakKeyDictionary()


def prepare(visit: Visit) -> Deed | None:
    """Events of Slack; only an opened Home means something here."""
    event = part(visit.body, "event")
    if event.get("type") == "app_home_opened" and event.get("tab", "home") == "home":
        publish(visit)
    return None


def publish(visit: Visit, page: int = 0) -> None:
    """Draw the inbox of whoever came. A stranger is told how to become known."""
    if visit.member:
        _pages.setdefault(visit.slack, {})[visit.member] = page
        visit.slack.call("views.publish", _drawn(visit, page))


def publish_again(visit: Visit) -> None:
    """The page they were on, as it is now."""
    publish(visit, _pages.get(visit.slack, {}).get(visit.member, 0))


def _drawn(visit: Visit, page: int) -> Payload:
    try:
        person = visit.person
    except Stranger:
        return home.unknown(visit.member)
    w, now, zone = visit.w, visit.w.clock.now(), visit.person.calendar.time_zone
    with reading(w.engine) as session:
        waiting = notices.agenda(session, w.people, person, now, most=MOST)
        # What was said about each is not listed, and not counted: it would take a look for each.
        items = [shown_of(session, w.clock, w.people, request, zone=zone, said=0) for request in waiting.requests]
        answers = reply_cards.waiting_for(session, w, person)
    reader = Reader(slack=visit.member, name=person.name, zone=zone)
    return home.published(reader, items, now=now, page=page, total=waiting.total, answers=answers)
