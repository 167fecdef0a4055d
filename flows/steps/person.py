"""One creator as a person, across campaigns: on what grounds they are written to, who they are, what is forgotten.

Owns who may, and which steps make one whole. What is kept and what goes, outreach knows.
"""

from sqlmodel import Session

from core.campaign import Campaign
from core.database import unit_of_work
from core.errors import Refused
from core.models.creators import Creator
from core.people import Person, Role, check_may
from core.store import campaign_of, candidate_named, snapshot_of
from flows.steps.review import withdraw_questions
from flows.wiring import Wiring
from outreach import grounds, people_merged
from outreach.law.policy import Basis, Verdict
from outreach.permission import verdict_for
from outreach.persons import creator_called

#: Who may record what a creator said of being written to.
WRITERS = (Role.SENDER, Role.OPS, Role.OWNER, Role.LEGAL)
#: Who decides where the law does not say, and who may have somebody forgotten.
DECIDERS = (Role.LEGAL, Role.OWNER)


def set_grounds(
    w: Wiring, slug: str, creator: str, basis: Basis, *, evidence: str, withdraw: bool, actor: Person
) -> Verdict:
    """Record grounds, or end them; returns what the law says of writing to them now."""
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        campaign = campaign_of(session, candidate)
        _check_may_say(actor, campaign, basis, withdraw=withdraw)
        if withdraw:
            grounds.withdraw(session, w.clock, candidate, basis, actor=actor.id)
        else:
            grounds.allow(session, w.clock, candidate, basis, evidence=evidence, actor=actor.id)
        return verdict_for(session, candidate, campaign, snapshot_of(session, candidate))


def merge(w: Wiring, one: str, into: str, *, evidence: str, actor: Person) -> Creator:
    """Two creators on record are one person: the first is from now on known as the second."""
    _check_has(actor, Role.OPS, Role.OWNER, what="say that two creators are one person")
    with unit_of_work(w.engine) as session:
        found = people_merged.merge(session, w.clock, _creator(session, w, one), _creator(session, w, into),
                                    pepper=w.pepper, evidence=evidence, actor=actor.id)  # fmt: skip
        withdraw_questions(session, w)
        return found


def split(w: Wiring, one: str, *, evidence: str, actor: Person) -> Creator:
    """They are two after all: the creator stands for itself again."""
    _check_has(actor, Role.OPS, Role.OWNER, what="say that creators are not one person")
    with unit_of_work(w.engine) as session:
        return people_merged.split(session, w.clock, _creator(session, w, one), evidence=evidence, actor=actor.id)


def check_may_forget(actor: Person) -> None:
    """Only the owner or legal have somebody forgotten: it cannot be undone."""
    _check_has(actor, *DECIDERS, what="have a person forgotten")


def _creator(session: Session, w: Wiring, who: str) -> Creator:
    return creator_called(session, who, pepper=w.pepper)


def _check_may_say(actor: Person, campaign: Campaign, basis: Basis, *, withdraw: bool) -> None:
    if basis is Basis.DECIDED and not withdraw:
        check_may(actor, campaign, *DECIDERS, what="decide that a creator may be written to")
    else:
        check_may(actor, campaign, *WRITERS, what="record why a creator may be written to")


def _check_has(actor: Person, *roles: Role, what: str) -> None:
    if not set(roles) & set(actor.roles):
        raise Refused(f"{actor.name} may not {what}: it takes the role {' or '.join(roles)}.",
                      next_step="Ask somebody who has it in the people file.")  # fmt: skip
