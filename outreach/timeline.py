"""What happened between us and one person, across campaigns, in order. Reads only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from core.models.approvals import Request
from core.models.audit import AuditEntry
from core.models.candidates import StageChange
from core.models.creators import Creator
from core.models.deals import Contract, Offer, Signature
from core.models.outreach import Message, Reply
from core.models.privacy import ContactBasis, Erasure
from core.money import Money
from outreach.entries import ANSWER, MARKETING, step_name
from outreach.persons import Known

_SHORT = 120
#: The reason of a move that a mail made, which has a line of its own.
_OF_MAIL = re.compile(r"message \d+")
#: Categories that say nothing more than the name of the step.
_PLAIN = (MARKETING, ANSWER)


@dataclass(frozen=True)
class Happening:
    """One line: when, in which campaign ("" where it is about the person), what, and who did it ("" the creator)."""

    at: datetime
    campaign: str
    what: str
    by: str = ""


def timeline(session: Session, known: Known) -> list[Happening]:
    """Everything on record of a person, newest last."""
    found = [*_stages(session, known), *_mails(session, known), *_replies(session, known), *_deals(session, known),
             *_decisions(session, known), *_person(session, known)]  # fmt: skip
    return sorted(found, key=lambda one: (one.at, one.campaign))


def _campaigns(known: Known) -> dict[int | None, str]:
    return {candidate.id: candidate.campaign for candidate in known.candidates}


def _stages(session: Session, known: Known) -> Iterator[Happening]:
    names = _campaigns(known)
    query = select(StageChange).where(col(StageChange.candidate_id).in_(known.candidate_ids))
    for row in session.exec(query.order_by(col(StageChange.id))):
        why = f": {_short(row.reason)}" if row.reason and not _OF_MAIL.fullmatch(row.reason) else ""
        yield Happening(row.at, names[row.candidate_id], f"now {row.went_to}{why}", row.actor)


def _mails(session: Session, known: Known) -> Iterator[Happening]:
    query = select(Message).where(col(Message.candidate_id).in_(known.candidate_ids)).order_by(col(Message.id))
    for row in session.exec(query):
        kind = "" if row.category in _PLAIN else f" ({row.category})"
        told = f"{step_name(row.step)}{kind} {row.status}: {_short(row.subject or row.text)}".rstrip(": ")
        yield Happening(row.sent_at or row.created_at, row.campaign, told, row.sender)


def _replies(session: Session, known: Known) -> Iterator[Happening]:
    names = _campaigns(known)
    query = select(Reply).where(col(Reply.candidate_id).in_(known.candidate_ids)).order_by(col(Reply.id))
    for row in session.exec(query):
        yield Happening(
            row.received_at, names[row.candidate_id], f"answered ({row.kind}): {_short(row.text)}".rstrip(": ")
        )
        if row.handled_at is not None:
            yield Happening(row.handled_at, names[row.candidate_id], f"dealt with: {_short(row.outcome)}",
                            row.handled_by)  # fmt: skip


def _deals(session: Session, known: Known) -> Iterator[Happening]:
    for offer in session.exec(select(Offer).where(col(Offer.candidate_id).in_(known.candidate_ids))):
        cost = Money.of_minor(offer.cost_minor, offer.currency)
        yield Happening(offer.created_at, offer.campaign, f"offer {offer.version} of {cost}", offer.offered_by)
        if offer.answered_at is not None:
            yield Happening(offer.answered_at, offer.campaign, f"offer {offer.version} {offer.status}")
    contracts = session.exec(select(Contract).where(col(Contract.candidate_id).in_(known.candidate_ids))).all()
    for contract in contracts:
        yield Happening(contract.created_at, contract.campaign, f"contract {contract.version} drafted")
        if contract.decided_at is not None:
            yield Happening(contract.decided_at, contract.campaign, f"contract {contract.version} {contract.status}",
                            contract.decided_by or "")  # fmt: skip
        signed = session.get(Signature, contract.id)
        if signed is not None:
            yield Happening(signed.at, contract.campaign, f"contract {contract.version} signed", signed.recorded_by)


def _decisions(session: Session, known: Known) -> Iterator[Happening]:
    query = select(Request).where(col(Request.candidate_id).in_(known.candidate_ids)).order_by(col(Request.asked_at))
    for row in session.exec(query):
        yield Happening(row.asked_at, row.campaign, f"{row.assignee} is to decide: {row.kind}", row.requested_by)
        if row.decided_at is not None:
            why = f": {_short(row.reason)}" if row.reason else ""
            yield Happening(
                row.decided_at, row.campaign, f"decided: {row.kind}, {row.choice}{why}", row.decided_by or ""
            )


def _person(session: Session, known: Known) -> Iterator[Happening]:
    for creator in session.exec(select(Creator).where(col(Creator.id).in_(known.creators))):
        yield Happening(creator.created_at, "", f"came on record as {creator.name} ({creator.id[:8]})")
    for row in session.exec(select(ContactBasis).where(col(ContactBasis.creator_id).in_(known.creators))):
        yield Happening(row.at, "", f"{row.basis}: {_short(row.evidence)}", row.by)
        if row.ended_at is not None:
            yield Happening(row.ended_at, "", f"{row.basis} withdrawn")
    for erasure in session.exec(select(Erasure).where(col(Erasure.creator_id).in_(known.creators))):
        yield Happening(erasure.at, "", "erased", erasure.by)
    subjects = [f"creator:{creator}" for creator in known.creators]
    merges = select(AuditEntry).where(col(AuditEntry.subject).in_(subjects))
    for entry in session.exec(merges.where(col(AuditEntry.action).in_(("person.merged", "person.split")))):
        told = "merged into another" if entry.action == "person.merged" else "split again"
        yield Happening(datetime.fromisoformat(entry.at), "", f"{entry.subject[8:16]} {told}", entry.actor)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else f"{line[: _SHORT - 1]}…"
