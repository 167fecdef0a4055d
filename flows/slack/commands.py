"""What /greenroom does: read what was typed, do it or look it up, and say so to whoever typed it.

Anybody of the people file may look; who may source, pause and go on is checked by those steps, as at the terminal.
"""

import difflib
from collections.abc import Callable, Mapping, Sequence

from sqlmodel import Session, col, func, or_, select

from approvals.slack import commands as said
from approvals.slack.blocks import Payload
from approvals.slack.commands import COMMANDS, Whom
from approvals.slack.queue import Queue
from core.cards import Card
from core.clock import local_day
from core.errors import Refused
from core.models.approvals import Request
from core.models.campaigns import CampaignVersion
from core.models.candidates import Candidate
from core.models.creators import Account
from core.people import People
from core.persons import is_called
from core.platforms import account_said
from core.store import stored_campaign
from flows.effects import CANDIDATE
from flows.slack.visit import Deed, Visit
from flows.steps.outreach import is_paused
from flows.wiring import Wiring

#: A longer answer is no answer; whoever needs all of it has the inbox and the terminal.
_MOST = 10
#: Only ops and owners, who may be a group of Slack's.
_FOR_SOME = frozenset({"source", "pause", "go-on"})


def prepare(visit: Visit) -> Deed | None:
    """What was typed, as a deed. Raises Refused."""
    visit.must_be_known()
    verb, _, rest = str(visit.body.get("text") or "").strip().partition(" ")
    verb, rest = verb.casefold(), " ".join(rest.split())
    if verb in ("", "help"):
        return lambda _session: said.help_()
    if verb not in _VERBS:
        return lambda _session: said.help_(f"{verb} {rest}".strip(), _nearest(verb))
    if verb in _FOR_SOME:
        visit.ask_slack()
    answer = _VERBS[verb]
    return lambda session: answer(visit, session, rest)


def _nearest(verb: str) -> str:
    near = difflib.get_close_matches(verb, [*_VERBS, "help"], n=1, cutoff=0.5)
    return next((usage for usage in COMMANDS if near and usage.split()[0] == near[0]), "")


def _source(visit: Visit, session: Session, name: str) -> Payload:
    slug = _campaign(visit.w, session, name, files=True)
    job = visit.deeds.source(visit.as_slack_knows, slug, actor=visit.actor)
    return said.source(slug, job=str(job.id or ""))


def _pause(visit: Visit, session: Session, name: str) -> Payload:
    slug = _campaign(visit.w, session, name)
    stopped = visit.deeds.pause(visit.as_slack_knows, slug, actor=visit.actor)
    return said.paused(slug, by=visit.person.name, stopped=stopped)


def _go_on(visit: Visit, session: Session, name: str) -> Payload:
    slug = _campaign(visit.w, session, name)
    visit.deeds.go_on(visit.as_slack_knows, slug, actor=visit.actor)
    return said.went_on(slug, by=visit.person.name)


def _queue(visit: Visit, session: Session, name: str) -> Payload:
    slug = _campaign(visit.w, session, name)
    cycle = stored_campaign(session, slug).cycle
    join = col(Candidate.id) == Request.candidate_id
    asked = (
        Request.campaign == slug,
        Request.kind == CANDIDATE,
        col(Request.status) != "void",
        Candidate.cycle == cycle,
    )
    counts = session.exec(
        select(Request.choice, func.count()).join(Candidate, join).where(*asked).group_by(col(Request.choice))
    )
    by_choice = dict(counts.all())
    if not by_choice:
        raise Refused(f"{slug} has no queue yet.", next_step=f"Start one with /greenroom source {slug}.")
    query = (
        select(Request).join(Candidate, join).where(*asked).order_by(col(Request.status) != "open", col(Request.due_at))
    )
    next_one = session.exec(query.limit(1)).one()
    card = Card.model_validate(next_one.card)
    labels = {choice.id: choice.label for choice in card.choices}
    return said.queue(
        Queue(
            queue_id=slug,
            campaign=slug,
            number=0,
            total=sum(by_choice.values()),
            decided={labels.get(choice, choice): count for choice, count in by_choice.items() if choice is not None},
            reviewer=visit.w.people.name_of(next_one.assignee),
            due_at=next_one.due_at,
            zone=visit.person.calendar.time_zone,
        )
    )


def _status(visit: Visit, session: Session, name: str) -> Payload:
    slug = _campaign(visit.w, session, name)
    query = select(Candidate.stage, func.count()).where(Candidate.campaign == slug).group_by(Candidate.stage)
    waits = (Request.campaign == slug, Request.status == "open")
    late = (col(Request.paused_at).is_(None), col(Request.due_at) <= visit.w.clock.now())
    return said.status(
        slug,
        dict(session.exec(query.order_by(func.count().desc())).all()),
        waiting=session.exec(select(func.count()).select_from(Request).where(*waits)).one(),
        overdue=session.exec(select(func.count()).select_from(Request).where(*waits, *late)).one(),
        paused=is_paused(session, slug),
    )


def _who(visit: Visit, session: Session, name: str) -> Payload:
    if not name:
        raise Refused(
            "Of whom or what?", next_step="Write /greenroom who and the start of a request's id, or a handle."
        )
    return said.who([_whom(visit, request) for request in _open_named(session, name)[:_MOST]])


def _open_named(session: Session, name: str) -> Sequence[Request]:
    """Open requests whose id begins so, or about the creator of that name, in any campaign."""
    theirs = select(Candidate.id).join(Account, col(Account.id) == Candidate.account_id)
    theirs = theirs.where(is_called(*account_said(name)))
    about, begins = col(Request.candidate_id).in_(theirs), col(Request.id).startswith(name.casefold(), autoescape=True)
    named = or_(about, begins) if len(name) >= 4 else about  # less of an id names too many
    query = select(Request).where(Request.status == "open", named).order_by(col(Request.due_at))
    return session.exec(query).all()


def _whom(visit: Visit, request: Request) -> Whom:
    people, asked = visit.w.people, request.waits_for or request.assignee
    on_duty = _on_duty(visit, people, asked)
    return Whom(
        request_id=request.id,
        title=Card.model_validate(request.card).title,
        assignee=people.name_of(on_duty),
        due_at=request.due_at,
        zone=visit.person.calendar.time_zone,
        stands_in_for=people.name_of(asked) if on_duty != asked else "",
    )


def _on_duty(visit: Visit, people: People, person_id: str) -> str:
    try:
        zone = people.named(person_id).calendar.time_zone
    except Refused:
        return person_id  # they left
    return people.on_duty(person_id, local_day(visit.w.clock.now(), zone)).id


def _campaign(w: Wiring, session: Session, name: str, *, files: bool = False) -> str:
    """The campaign that is meant: the only one, where none is named. Raises Refused, with what is near."""
    known = set(session.exec(select(CampaignVersion.slug).distinct()))
    known |= {path.stem for path in w.settings.campaigns.glob("*.toml")} if files else set()
    slug = name.casefold() or (next(iter(known)) if len(known) == 1 else "")
    if slug in known:
        return slug
    listed = f"Known: {', '.join(sorted(known)[:_MOST]) or 'none yet'}."
    if not slug:
        raise Refused("Which campaign?", next_step=listed)
    near = difflib.get_close_matches(slug, known, n=1)
    hint = f"Did you mean {near[0]}? " if near else ""
    raise Refused(f"There is no campaign {slug[:60]!r} on record.", next_step=f"{hint}{listed}")


_VERBS: Mapping[str, Callable[[Visit, Session, str], Payload]] = {
    "source": _source,
    "queue": _queue,
    "status": _status,
    "pause": _pause,
    "go-on": _go_on,
    "who": _who,
}
