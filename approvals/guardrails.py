"""What the guardrails caught, and how much they looked at: counted, so that one that never catches is noticed.

Owns the names of the guardrails and the table of what they caught. Knows nothing of how any of them works, and puts
nothing into words for a door.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal
from sqlmodel import Session, SQLModel, col, select

from approvals.kinds import Kind
from approvals.sampling import SAMPLED, WEEKLY
from core.clock import Clock
from core.models.approvals import Request
from core.models.audit import AuditEntry
from core.models.campaigns import CampaignAdoption
from core.models.guardrails import GuardrailCatch
from core.models.outreach import Message

GATE, SAMPLING, WEEKLY_CHECK, RULES = "gate", "sampling", "spot check", "sign-off rules"
FOUR_EYES, CONTENT_CHANGED, CAPTIONS = "four eyes", "content changed", "caption scan"
#: In the order in which a creator's matter meets them.
GUARDRAILS = (RULES, GATE, SAMPLING, WEEKLY_CHECK, FOUR_EYES, CONTENT_CHANGED, CAPTIONS)
#: A gate that stays shut is tried by every tick: caught again within this time, it is the same catch.
SAME_CATCH = timedelta(days=1)
COMMONEST = 3
_FOUND = re.compile(r"[a-z][a-z0-9 ,'-]{0,59}")
_SUBJECT = re.compile(r"[a-z][a-z -]*:[A-Za-z0-9/._-]{1,120}")


@dataclass(frozen=True)
class Told:
    """One guardrail's work. `findings` are the commonest things it found, each with how often."""

    guardrail: str
    looked_at: int
    caught: int
    findings: tuple[tuple[str, int], ...] = ()


def caught(session: Session, clock: Clock, *, guardrail: str, campaign: str, subject: str, found: str) -> bool:
    """Note a catch; False where the same was noted within a day.

    `found` is a word or two for counting, and `subject` is `kind:id`: nothing that a creator wrote, no personal data.
    """
    if guardrail not in GUARDRAILS:
        raise ValueError(f"{guardrail!r} is no guardrail; there are {', '.join(GUARDRAILS)}")
    if not _FOUND.fullmatch(found) or not _SUBJECT.fullmatch(subject):
        raise ValueError("a catch is told as kind:id and a word or two in small letters")
    now = clock.now()
    same = select(GuardrailCatch).where(
        GuardrailCatch.guardrail == guardrail,
        GuardrailCatch.campaign == campaign,
        GuardrailCatch.subject == subject,
        GuardrailCatch.found == found,
        GuardrailCatch.at > now - SAME_CATCH,
    )
    if session.exec(same).first() is not None:
        return False
    session.add(GuardrailCatch(guardrail=guardrail, campaign=campaign, subject=subject, found=found, at=now))
    session.flush()
    return True


def report(session: Session, campaign: str | None, since: datetime) -> tuple[Told, ...]:
    """Each guardrail since then, for one campaign or all; also those that had nothing to look at."""
    found: Mapping[str, Counter[str]] = {name: Counter() for name in GUARDRAILS}
    query = (
        select(GuardrailCatch.guardrail, GuardrailCatch.found, func.count())
        .where(GuardrailCatch.at >= since)
        .group_by(col(GuardrailCatch.guardrail), col(GuardrailCatch.found))
    )
    if campaign is not None:
        query = query.where(GuardrailCatch.campaign == campaign)
    for guardrail, what, times in session.exec(query):
        found[guardrail][what] = times
    for guardrail, kind in _refused(session, campaign, since):
        found[guardrail][kind] += 1
    return tuple(_told(session, name, found[name], campaign, since) for name in GUARDRAILS)


def _told(session: Session, name: str, found: Counter[str], campaign: str | None, since: datetime) -> Told:
    caught_in_all = sum(found.values())
    looked_at = _LOOKED_AT[name](session, campaign, since)
    if name in _STOPS:
        looked_at += caught_in_all
    commonest = sorted(found.items(), key=lambda one: (-one[1], one[0]))[:COMMONEST]
    return Told(name, looked_at, caught_in_all, tuple(commonest))


def _refused(session: Session, campaign: str | None, since: datetime) -> list[tuple[str, str]]:
    """Answers that four eyes or changed content stopped, with the kind of request: the audit log tells of each."""
    query = (
        select(AuditEntry.detail)
        .join(Request, col(AuditEntry.subject) == literal("request:") + col(Request.id))
        .where(AuditEntry.action == "request.refused", col(AuditEntry.at) >= since.astimezone(UTC).isoformat())
    )
    if campaign is not None:
        query = query.where(Request.campaign == campaign)
    told = [json.loads(detail) for detail in session.exec(query)]
    return [(one["why"], one["kind"]) for one in told if one["why"] in (FOUR_EYES, CONTENT_CHANGED)]


def _adopted(session: Session, campaign: str | None, since: datetime) -> int:
    return _count(session, CampaignAdoption, col(CampaignAdoption.slug), campaign, col(CampaignAdoption.at) >= since)


def _sent(session: Session, campaign: str | None, since: datetime) -> int:
    went_out = (col(Message.sent_at) >= since, col(Message.status) == "sent", col(Message.category) == "marketing")
    return _count(session, Message, col(Message.campaign), campaign, *went_out)


def _asked(*which: ColumnElement[bool]) -> Callable[[Session, str | None, datetime], int]:
    def count(session: Session, campaign: str | None, since: datetime) -> int:
        return _count(session, Request, col(Request.campaign), campaign, col(Request.asked_at) >= since, *which)

    return count


def _decided(session: Session, campaign: str | None, since: datetime) -> int:
    return _count(session, Request, col(Request.campaign), campaign, col(Request.decided_at) >= since)


def _count(
    session: Session, table: type[SQLModel], named: Any, campaign: str | None, *where: ColumnElement[bool]
) -> int:
    query = select(func.count()).select_from(table).where(*where)
    if campaign is not None:
        query = query.where(named == campaign)
    return session.exec(query).one()


#: What each looked at: what was let through or put to a person.
_LOOKED_AT: Mapping[str, Callable[[Session, str | None, datetime], int]] = {
    RULES: _adopted,
    GATE: _sent,
    SAMPLING: _asked(col(Request.kind) == Kind.SPOT_CHECK, col(Request.subject).startswith(f"{SAMPLED}:")),
    WEEKLY_CHECK: _asked(col(Request.kind) == Kind.SPOT_CHECK, col(Request.subject).startswith(f"{WEEKLY}:")),
    FOUR_EYES: _asked(col(Request.four_eyes).is_(True)),
    CONTENT_CHANGED: _decided,
    CAPTIONS: _asked(col(Request.kind) == Kind.DRAFT_CONTENT),
}
#: Those whose catch leaves no trace among what was let through: it was looked at too.
_STOPS = frozenset({GATE, CONTENT_CHANGED})
