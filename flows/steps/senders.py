"""Letting a sender's mails go on that stood still because too much came back. Owns who may."""

from core.database import unit_of_work
from core.people import Person, Role, check_may
from core.store import stored_campaign
from flows.wiring import Wiring
from outreach import breakers

#: Not the sender: somebody else looks at what came back.
JUDGES = (Role.OPS, Role.OWNER)


def let_go_on(w: Wiring, slug: str, *, sender: str, actor: Person) -> Person:
    """The mails of a sender may go again, in every campaign. Raises Refused where they do not stand still."""
    with unit_of_work(w.engine) as session:
        check_may(actor, stored_campaign(session, slug), *JUDGES, what="let a sender go on")
        person = w.people.named(sender)
        breakers.lift_stop(session, w.clock, person.id, actor=actor.id)
        return person
