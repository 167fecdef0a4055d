"""What the clock asks for around signatures: unsigned contracts recalled, links that end, dates of posts.

In the office hours of whoever writes to the creator, each once, and never twice in two days. A creator whose mail
cannot go is left to the team, and keeps nobody else from theirs.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from approvals.office_hours import is_open
from contracts import links
from contracts import service as contracts
from contracts.links import State, What
from contracts.register import locked
from core.clock import local_day
from core.database import reading, unit_of_work
from core.errors import GreenroomError
from core.models.candidates import Candidate
from core.models.deals import Contract
from core.models.signing import SigningEvent
from core.stages import Stage
from core.store import campaign_of, the_candidate
from flows.steps import deal_news, signing_mails
from flows.wiring import Wiring
from outreach import service as outreach

log = logging.getLogger("greenroom.signing")
#: So many reminders of one version, and none sooner after anything else that was mailed about it.
MOST_REMINDERS, QUIET = 2, timedelta(days=2)
#: So long before a link ends, or posts are due, a mail says so.
LINK_ENDS, POSTS_NEAR = timedelta(days=2), timedelta(days=3)
_AGAIN, _ENDING, _TOLD = "reminder", "link ends", "team told"


@dataclass(frozen=True)
class Out:
    """How long a contract has been out, and what was mailed about it since."""

    since: datetime
    reminders: int
    last: datetime
    link_ends: datetime | None
    link_warned: bool
    team_told: bool


def due_now(out: Out, now: datetime, *, after_days: int) -> str:
    """Which mail is due: a reminder, the warning that a link ends, word to the team, or "" for none. Pure."""
    if out.link_ends is not None and not out.link_warned and out.link_ends - LINK_ENDS <= now < out.link_ends:
        return _ENDING
    if not after_days or now - out.last < max(QUIET, timedelta(days=after_days)):
        return ""
    if out.reminders < MOST_REMINDERS:
        return _AGAIN
    return "" if out.team_told else _TOLD


def remind_unsigned(w: Wiring) -> int:
    """Recall contracts that are out on our own page; returns to how many creators a mail went."""
    if not signing_mails.links_are_on(w):
        return 0
    with reading(w.engine) as session:
        waiting = select(Contract.id, Contract.campaign).join(Candidate, col(Candidate.id) == Contract.candidate_id)
        waiting = waiting.where(
            col(Contract.status).in_(("out", "signed_off")), Candidate.stage == Stage.OUT_FOR_SIGNATURE
        )
        found = session.exec(waiting.order_by(col(Contract.id))).all()
    return _each(w, found, _remind)


def remind_of_posts(w: Wiring) -> int:
    """Tell creators when their posts may go and when the last day nears, and ops when it went by; returns of how
    many contracts somebody heard."""
    with reading(w.engine) as session:
        waiting = select(Contract.id, Contract.campaign).join(Candidate, col(Candidate.id) == Contract.candidate_id)
        waiting = waiting.where(Contract.status == "signed", Candidate.stage == Stage.SIGNED)
        found = session.exec(waiting.order_by(col(Contract.id))).all()
    return _each(w, found, _posts)


def _each(w: Wiring, found: Sequence[tuple[int | None, str]], do: Callable[[Session, Wiring, Contract], bool]) -> int:
    mailed: list[str] = []
    for contract_id, campaign in found:
        try:
            with unit_of_work(w.engine) as session:
                # Held from here on: whoever signs at this moment is not reminded as well.
                contract, _ = locked(session, contract_id or 0)
                if _office_is_open(session, w, contract) and do(session, w, contract):
                    mailed.append(campaign)
        except GreenroomError as refusal:
            log.warning("nobody is reminded of contract %s: %s", contract_id, refusal)
    for campaign in dict.fromkeys(mailed):
        signing_mails.send_now(w, campaign)
    return len(mailed)


def _office_is_open(session: Session, w: Wiring, contract: Contract) -> bool:
    candidate = the_candidate(session, contract.candidate_id)
    sender = outreach.sender_of(candidate, campaign_of(session, candidate), w.people, w.clock.now())
    return is_open(w.clock.now(), sender.calendar)


def _remind(session: Session, w: Wiring, contract: Contract) -> bool:
    candidate = the_candidate(session, contract.candidate_id)
    link = links.newest(session, contract.id or 0)
    if link is None:
        return False  # handed over, or mailed before there were links
    state = links.state_of(link, contract, candidate, w.clock)
    if state not in (State.OPEN, State.EXPIRED) or links.code_runs(link, w.clock):
        return False  # who is typing a code in keeps the link under which they do
    match due_now(_out(session, contract, link.expires_at), w.clock.now(), after_days=w.settings.signing_reminder_days):
        case "":
            return False
        case kind if kind == _TOLD:
            links.note_of(session, w.clock, contract.id or 0, What.REMINDED, detail={"by": _TOLD})
            deal_news.tell(session, w, contract, deal_news.UNSIGNED)
        case kind:
            links.note_of(session, w.clock, contract.id or 0, What.REMINDED, detail={"by": kind})
            signing_mails.queue_link(session, w, contract, "reminder" if kind == _AGAIN else "expiring", by="greenroom")
    return True


def _out(session: Session, contract: Contract, link_ends: datetime) -> Out:
    events = links.events_of(session, contract.id or 0)
    told = [event for event in events if event.what == What.REMINDED]
    made = [event.at for event in events if event.what in (What.LINK_MADE, What.CODE_SENT)]
    return Out(
        since=events[0].at,
        reminders=sum(event.detail.get("by") == _AGAIN for event in told),
        last=max([*made, *(event.at for event in told)]),
        link_ends=link_ends,
        link_warned=any(event.detail.get("by") == _ENDING for event in told),
        team_told=any(event.detail.get("by") == _TOLD for event in told),
    )


def _posts(session: Session, w: Wiring, contract: Contract) -> bool:
    terms, today = contracts.terms_of(contract), local_day(w.clock.now(), "UTC")
    known = {event.detail.get("by") for event in _said(session, contract)}
    near = today + POSTS_NEAR
    kind = next((name for name, is_due in (
        (deal_news.LATE, today > terms.post_until),
        ("closes", today <= terms.post_until <= near and terms.post_from < today),
        ("opens", today <= terms.post_from <= near),
    ) if is_due and name not in known), "")  # fmt: skip
    if not kind:
        return False
    links.note_of(session, w.clock, contract.id or 0, What.REMINDED, detail={"by": kind})
    if kind == deal_news.LATE:
        deal_news.tell(session, w, contract, deal_news.LATE)
    else:
        signing_mails.queue(session, w, contract, kind, step=f"posts-{kind}-{contract.version}",
                            needs_stage=Stage.SIGNED)  # fmt: skip
    return True


def _said(session: Session, contract: Contract) -> Sequence[SigningEvent]:
    query = select(SigningEvent).where(SigningEvent.contract_id == contract.id, SigningEvent.what == What.REMINDED)
    return session.exec(query).all()
