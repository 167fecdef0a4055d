"""What all mails of a sequence have in common when they are written: who writes, to which address, until when an answer
is asked for, and how a mail comes on the ledger. Sends nothing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Self

from sqlmodel import Session

from core import audit
from core.campaign import Campaign
from core.clock import Clock, local_day
from core.errors import Refused
from core.mailer import Address, message_id_for
from core.models.candidates import Candidate, Snapshot
from core.models.outreach import Message
from core.people import People, Person, Role
from core.store import account_of, creator_of, snapshot_of
from outreach import ledger, quarantine, render, suppression, unsubscribe
from outreach.composing import Occasion, Reader, compose
from outreach.entries import MARKETING
from outreach.permission import permission_for
from outreach.render import MailTemplate
from outreach.sequence import Sequence, Step, sequence_of
from outreach.zones import zone_of

#: What a mail that is written anew takes over; its number, Message-ID and history stay.
_RENEWED = ("sender", "recipient", "recipient_key", "recipient_name", "subject", "text", "html", "headers", "locale",
            "time_zone", "country", "basis", "stop_token", "template", "template_sha256", "facts", "answer_by",
            "not_before", "created_at")  # fmt: skip


@dataclass(frozen=True)
class LeftForPerson:
    """A candidate who gets no mail though one is due, and why."""

    candidate_id: int
    handle: str
    reason: str


@dataclass(frozen=True)
class Thread:
    """The mails that a follow-up stands under: the subject and day of the first one, and their Message-IDs in order."""

    subject: str
    sent_on: date
    message_ids: tuple[str, ...]


@dataclass(frozen=True)
class Desk:
    """What writing the mails of one campaign needs. Mails of before `reads_so_since` are in words of then."""

    campaign: Campaign
    people: People
    folder: Path
    sequence: Sequence
    pepper: bytes = field(repr=False)
    public_url: str = ""
    reads_so_since: datetime | None = None
    loaded: dict[str, MailTemplate] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls, campaign: Campaign, people: People, templates: Path, *, pepper: bytes, public_url: str = "",
        reads_so_since: datetime | None = None,
    ) -> Self:  # fmt: skip
        return cls(campaign, people, templates, sequence_of(templates, campaign), pepper, public_url, reads_so_since)

    def template(self, step: Step) -> MailTemplate:
        if step.template not in self.loaded:
            found = render.load_template(self.folder, step.template, self.campaign.outreach.locale)
            self.loaded[step.template] = found
        return self.loaded[step.template]

    @property
    def hours(self) -> tuple[int, int]:
        return hours_of(self.campaign, self.sequence)


def hours_of(campaign: Campaign, sequence: Sequence) -> tuple[int, int]:
    """From when until when readers get mails: of the sequence in their language, else of the campaign."""
    return sequence.hours or (campaign.outreach.window_start_hour, campaign.outreach.window_end_hour)


def mail_for(
    session: Session, clock: Clock, candidate: Candidate, desk: Desk, step: Step, template: MailTemplate, *,
    thread: Thread | None = None, planned: datetime | None = None,
) -> tuple[Message, Person]:  # fmt: skip
    """One mail of a sequence, not yet on the ledger, and who sends it; `planned` is when, where that is not now.

    Raises Refused, saying why, where this creator cannot be written to or the mail may not go.
    """
    campaign = desk.campaign
    quarantine.check_free(session, quarantine.Version(template.name, template.sha256))
    sender = sender_of(candidate, campaign, desk.people, clock.now())
    may = permission_for(session, clock, candidate, campaign, pepper=desk.pepper)
    message = draft(clock, candidate, campaign, sender=sender, step=step.name, address=may.address)
    message.recipient_key = suppression.address_key(desk.pepper, message.recipient)
    snapshot = snapshot_of(session, candidate)
    when = max(planned or clock.now(), clock.now())
    deadline = local_day(when, sender.calendar.time_zone) + timedelta(days=step.answer_within_days)
    account = account_of(session, candidate)
    reader = Reader(creator_of(session, candidate).name, account.handle, account.platform, message.recipient, snapshot)
    token = unsubscribe.token_for(desk.pepper, message.message_id)
    occasion = Occasion(
        step.name, sender, deadline, may.basis, may.country, unsubscribe.link(desk.public_url, token),
        first_subject=thread.subject if thread else "", first_sent=thread.sent_on if thread else None,
    )  # fmt: skip
    done = compose(template, campaign, reader, occasion, now=clock.now())
    message.category, message.answer_by, message.stop_token = MARKETING, deadline, token
    message.headers = unsubscribe.headers(
        token, mailbox=Address.checked(sender.mail).mail, public_url=desk.public_url
    ) | _threading(thread)  # fmt: skip
    message.subject, message.text, message.html = done.subject, done.text, done.html
    message.template, message.template_sha256 = done.template, done.template_sha256
    message.facts, message.recipient_name = list(done.facts), done.recipient_name
    message.locale, message.country, message.basis = campaign.outreach.locale, may.country, may.basis
    message.time_zone = zone_of(may.country, _city(snapshot))
    return message, sender


def draft(
    clock: Clock, candidate: Candidate, campaign: Campaign, *, sender: Person, step: str, address: Address
) -> Message:
    """A mail without words, known by what it is: the same step to the same creator always has the same Message-ID."""
    seed = f"{campaign.slug}/{candidate.cycle}/{candidate.creator_id}/{step}"
    return Message(candidate_id=id_of(candidate), campaign=campaign.slug, step=step, sender=sender.id,
                   recipient=address.mail, subject="", text="", headers={}, template="", template_sha256="", facts=[],
                   message_id=message_id_for(seed, Address.checked(sender.mail).domain),
                   created_at=clock.now())  # fmt: skip


def sender_of(candidate: Candidate, campaign: Campaign, people: People, at: datetime) -> Person:
    """Whoever writes to this creator: who already did (R29), else the campaign's sender."""
    known = people.named(candidate.sender) if candidate.sender else None
    sender = known or people.holder(campaign, Role.SENDER, at)
    if Role.SENDER not in sender.roles:
        raise Refused(f"{sender.name} is not a sender in the people file.", next_step="Give them the role sender.")
    return sender


def is_outdated(message: Message, desk: Desk, template: MailTemplate, now: datetime) -> bool:
    """Not sent yet, and to be written again: its sender is gone, its words are not those of today, or its deadline has
    come too near."""
    if message.status != "pending":
        return False
    gone = all(person.id != message.sender for person in desk.people)
    before = desk.reads_so_since is not None and message.created_at < desk.reads_so_since
    return gone or before or message.template_sha256 != template.sha256 or ledger.is_stale(message, now)


def left_for_person(session: Session, candidate: Candidate, reason: str) -> LeftForPerson:
    return LeftForPerson(id_of(candidate), account_of(session, candidate).handle, reason)


def gathered(left: Iterable[LeftForPerson]) -> list[tuple[tuple[str, ...], str]]:
    """(handles, reason) of those who were left, together where it is the same for all; a command names CREATOR then."""
    found: dict[str, list[str]] = {}
    for one in left:
        who = rf"\w+:{re.escape(one.handle)}(?![\w.])"
        reason = re.sub(who, "CREATOR", re.sub(rf"^{who} in \S+ ", "They ", one.reason))
        found.setdefault(reason, []).append(one.handle)
    return [(tuple(handles), reason) for reason, handles in found.items()]


def keep(session: Session, clock: Clock, message: Message) -> Message:
    """Put a new mail on the ledger."""
    session.add(message)
    session.flush()
    _audit(session, clock, message, action="message.written")
    return message


def renew(session: Session, clock: Clock, message: Message, new: Message) -> Message:
    """Give a mail that was never sent the words, sender and days of `new`."""
    for name in _RENEWED:
        setattr(message, name, getattr(new, name))
    session.add(message)
    session.flush()
    _audit(session, clock, message, action="message.renewed")
    return message


def id_of(candidate: Candidate) -> int:
    if candidate.id is None:
        raise ValueError("a candidate must be on the record before it is written to")
    return candidate.id


def _threading(thread: Thread | None) -> dict[str, str]:
    """RFC 5322, 3.6.4: the mail before it, and all mails of the thread."""
    if thread is None:
        return {}
    return {"In-Reply-To": thread.message_ids[-1], "References": " ".join(thread.message_ids)}


def _city(snapshot: Mapping[str, Snapshot]) -> str:
    row = snapshot.get("city")
    return row.value if row is not None and isinstance(row.value, str) else ""


def _audit(session: Session, clock: Clock, message: Message, *, action: str) -> None:
    audit.record(session, clock, actor="greenroom", action=action, subject=f"message:{message.id}",
                 detail={"candidate": message.candidate_id, "step": message.step,
                         "template_sha256": message.template_sha256})  # fmt: skip
