"""Where the outreach of a campaign stands, with all that holds it up: the gate, a pause, wordings, senders, full days.

Owns what is asked; the lines themselves are outreach's.
"""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from approvals import gate
from core.campaign import Campaign
from core.clock import local_day
from core.database import reading
from core.errors import BadInput, Refused
from core.store import stored_campaign, the_candidate
from flows.steps.sign_offs import voice_of
from flows.steps.watchman import Watchman, paused_by, problem_found, wording_in_force
from flows.wiring import Wiring
from outreach import breakers, slots
from outreach import service as outreach
from outreach.permission import permission_for
from outreach.progress import Circumstances, CreatorLine, creator_lines, unwritten
from outreach.reporting import AttemptLine, OutreachStatus, attempts
from outreach.sequence import sequence_of

_MOST_ASKED = 50


@dataclass(frozen=True)
class Progress:
    """A line for each creator, the mails by status, and what stands in the way of all: "" where nothing does."""

    lines: tuple[CreatorLine, ...]
    mails: OutreachStatus
    stopped: str
    paused: bool
    held: tuple[str, ...]
    stops: dict[str, str]
    attempts: tuple[AttemptLine, ...] = ()


def progress_of(w: Wiring, slug: str, *, ledger: bool = False) -> Progress:
    """Everything about the outreach of a campaign; with `ledger` each attempt too. Changes nothing."""
    with reading(w.engine) as session:
        campaign = stored_campaign(session, slug)
        mails = outreach.status(session, slug)
        around = _around(session, w, campaign, mails)
        lines = creator_lines(session, campaign, sequence_of(w.settings.templates, campaign), w.people, around)
        return Progress(
            tuple(lines), mails, around.stopped, outreach.pause_of(session, slug) is not None,
            tuple(dict.fromkeys(around.held.values())), dict(around.stops), attempts(session, slug) if ledger else (),
        )  # fmt: skip


def _around(session: Session, w: Wiring, campaign: Campaign, mails: OutreachStatus) -> Circumstances:
    stopped = paused_by(session, w, campaign.slug) or problem_found(session, w, campaign.slug)
    held: dict[str, str] = {}
    templates: frozenset[str] = frozenset()
    try:
        wording, voice = wording_in_force(session, w, campaign), voice_of(w, campaign)
        templates, held = wording.templates, dict(Watchman(w, campaign, wording, voice).held(session))
        stopped = stopped or " ".join(item.missing for item in gate.standing(session, campaign, voice).missing)
    except BadInput as gone:
        stopped = stopped or gone.message
    stops = breakers.open_stops(session)
    return Circumstances(
        now=w.clock.now(), team={person.id: person for person in w.people}, stopped=stopped.rstrip("."), held=held,
        stops={sender: why for sender, why in stops.items() if sender in {line.sender for line in mails.messages}},
        templates=templates, used_up=_used_up(session, w, campaign, mails), refused=_refused(session, w, campaign),
    )  # fmt: skip


def _refused(session: Session, w: Wiring, campaign: Campaign) -> dict[int, str]:
    """Why the first of those who wait for a mail get none by a machine; each takes a few questions to the record."""
    found = {}
    for number in unwritten(session, campaign, most=_MOST_ASKED):
        try:
            permission_for(session, w.clock, the_candidate(session, number), campaign, pepper=w.pepper)
        except (Refused, BadInput) as refusal:
            found[number] = refusal.message.rstrip(".")
    return found


def _used_up(session: Session, w: Wiring, campaign: Campaign, mails: OutreachStatus) -> dict[str, date]:
    """Senders of the campaign who have sent all they may today, with the day that it is where they are."""
    full = {}
    for person in w.people:
        day = local_day(w.clock.now(), person.calendar.time_zone)
        used = mails.slots.get((person.id, day), 0)
        cap = campaign.outreach.daily_cap
        if used and used >= slots.allowed(session, person.id, day=day, cap=cap, warm_up=w.settings.warm_up):
            full[person.id] = day
    return full
