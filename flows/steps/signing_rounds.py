"""What the clock asks for around signatures: unsigned contracts recalled, links that end, dates of posts.

In the office hours of whoever writes to the creator, each once, and never twice in two days. A creator whose mail
cannot go is left to the team, and keeps nobody else from theirs.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
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
from core.store import campaign_of
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
    """What was mailed about a contract that is out, and when its link ends."""

    reminders: int
    last: datetime
    link_ends: datetime
    link_warned: bool
    team_told: bool


def due_now(out: Out, now: datetime, *, after_days: int) -> str:
    """Which mail is due: a reminder, the warning that a link ends, word to the team, or "" for none. Pure."""
    if not out.link_warned and out.link_ends - LINK_ENDS <= now < out.link_ends:
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
    waiting = col(Contract.status).in_(("out", "signed_off"))
    return _each(w, waiting, Stage.OUT_FOR_SIGNATURE, _unsigned, _remind)


def remind_of_posts(w: Wiring) -> int:
    """Tell creators when their posts may go and when the last day nears, and ops when it went by; returns of how
    many contracts somebody heard."""
    return _each(w, col(Contract.status) == "signed", Stage.SIGNED, _posts, _tell_of_posts)


#: Which mail is due for a contract at this moment, "" for none; and putting it on the ledger.
_Due = Callable[[Session, Wiring, Contract, Candidate], str]
_Do = Callable[[Session, Wiring, Contract, str], None]


def _each(w: Wiring, waiting: ColumnElement[bool], stage: Stage, due: _Due, do: _Do) -> int:
    mailed: list[str] = []
    for contract_id in _looked_at(w, waiting, stage, due):
        try:
            with unit_of_work(w.engine) as session:
                # Held from here on and asked again: whoever signs at this moment is not reminded as well.
                contract, candidate = locked(session, contract_id)
                kind = _now(session, w, contract, candidate, due) if candidate.stage == stage else ""
                if kind:
                    do(session, w, contract, kind)
            mailed += [contract.campaign] if kind else []
        except GreenroomError as refusal:
            log.warning("nobody is reminded of contract %s: %s", contract_id, refusal)
    for campaign in dict.fromkeys(mailed):
        signing_mails.send_now(w, campaign)
    return len(mailed)


def _looked_at(w: Wiring, waiting: ColumnElement[bool], stage: Stage, due: _Due) -> list[int]:
    """The contracts for which something is due: nobody waits for the record while a thousand others are looked at."""
    query = select(Contract, Candidate).join(Candidate, col(Candidate.id) == Contract.candidate_id)
    query = query.where(waiting, Candidate.stage == stage).order_by(col(Contract.id))
    found: list[int] = []
    with reading(w.engine) as session:
        for contract, candidate in session.exec(query).all():
            try:
                if _now(session, w, contract, candidate, due):
                    found.append(contract.id or 0)
            except GreenroomError as refusal:
                log.warning("nobody is reminded of contract %s: %s", contract.id, refusal)
    return found


def _now(session: Session, w: Wiring, contract: Contract, candidate: Candidate, due: _Due) -> str:
    """What is due and may go now, in the office hours of whoever writes to them."""
    kind = due(session, w, contract, candidate)
    if not kind:
        return ""
    sender = outreach.sender_of(candidate, campaign_of(session, candidate), w.people, w.clock.now())
    return kind if is_open(w.clock.now(), sender.calendar) else ""


def _unsigned(session: Session, w: Wiring, contract: Contract, candidate: Candidate) -> str:
    link = links.newest(session, contract.id or 0)
    if link is None:
        return ""  # handed over, or mailed before there were links
    state = links.state_of(link, contract, candidate, w.clock)
    if state not in (State.OPEN, State.EXPIRED) or links.code_runs(link, w.clock):
        return ""  # who is typing a code in keeps the link under which they do
    out = _out(session, contract, link.expires_at)
    return due_now(out, w.clock.now(), after_days=w.settings.signing_reminder_days)


def _remind(session: Session, w: Wiring, contract: Contract, kind: str) -> None:
    links.note_of(session, w.clock, contract.id or 0, What.REMINDED, detail={"by": kind})
    if kind == _TOLD:
        deal_news.tell(session, w, contract, deal_news.UNSIGNED)
    else:
        signing_mails.queue_link(session, w, contract, "reminder" if kind == _AGAIN else "expiring", by="greenroom")


def _out(session: Session, contract: Contract, link_ends: datetime) -> Out:
    events = links.events_of(session, contract.id or 0)
    told = [event for event in events if event.what == What.REMINDED]
    made = [event.at for event in events if event.what in (What.LINK_MADE, What.CODE_SENT)]
    return Out(
        reminders=sum(event.detail.get("by") == _AGAIN for event in told),
        last=max([*made, *(event.at for event in told)]),
        link_ends=link_ends,
        link_warned=any(event.detail.get("by") == _ENDING for event in told),
        team_told=any(event.detail.get("by") == _TOLD for event in told),
    )


def _posts(session: Session, w: Wiring, contract: Contract, _candidate: Candidate) -> str:
    if not contract.terms:
        return ""  # gone where the person was erased
    terms, today = contracts.terms_of(contract), local_day(w.clock.now(), "UTC")
    near = today + POSTS_NEAR
    due = [name for name, is_due in (
        (deal_news.LATE, today > terms.post_until),
        ("closes", today <= terms.post_until <= near and terms.post_from < today),
        ("opens", today <= terms.post_from <= near),
    ) if is_due]  # fmt: skip
    known = {event.detail.get("by") for event in _said(session, contract)} if due else set()
    return next((name for name in due if name not in known), "")


def _tell_of_posts(session: Session, w: Wiring, contract: Contract, kind: str) -> None:
    links.note_of(session, w.clock, contract.id or 0, What.REMINDED, detail={"by": kind})
    if kind == deal_news.LATE:
        deal_news.tell(session, w, contract, deal_news.LATE)
    else:
        signing_mails.queue(session, w, contract, kind, step=f"posts-{kind}-{contract.version}",
                            needs_stage=Stage.SIGNED)  # fmt: skip


def _said(session: Session, contract: Contract) -> Sequence[SigningEvent]:
    query = select(SigningEvent).where(SigningEvent.contract_id == contract.id, SigningEvent.what == What.REMINDED)
    return session.exec(query).all()
