"""Sending a batch: whatever is due, one mail at a time, until it is done, the day is full or the office closes.

Owns the order of claim, wire and record. Templates, texts and what a status means are decided elsewhere.
"""

import hashlib
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, select

from core.campaign import Campaign
from core.clock import Clock, local_day
from core.database import reading, unit_of_work
from core.errors import BadInput, OutcomeUnknown, PermanentError, TransientError
from core.mailer import Address, Attachment, Mailer, OutgoingMail, ServerUnusable
from core.models.outreach import Message
from core.people import People, Person
from outreach import ledger, schedule
from outreach.interrupt import between_mails
from outreach.ledger import Capped, Claimed, Lane, Outcome, Withheld

#: So many refusals in a row are about us (a blocked sender, a quota), not about the creators.
FAILURES_IN_A_ROW = 5


@dataclass(frozen=True)
class SendReport:
    """What a batch did: message ids by outcome, how many are left, why, and when it is worth going on.

    `put_back` ids are provably unsent and tried again later. `stale` invitations would leave too little time to
    answer; writing invitations again renews them. `trouble` names what stopped the batch, '' when nothing did.
    """

    sent: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()
    put_back: tuple[int, ...] = ()
    left: int = 0
    stale: int = 0
    left_because: str = ""
    next_at: datetime | None = None
    trouble: str = ""
    stopped_by_hand: bool = False


def send_due(
    engine: Engine,
    clock: Clock,
    mailer: Mailer,
    campaign: Campaign,
    people: People,
    *,
    pepper: bytes,
    limit: int | None = None,
    on_sent: Callable[[Message], None] | None = None,
    ignore_window: bool = False,
    worker: str = "",
) -> SendReport:
    """Send what is due of a campaign, at most `limit` mails. Several processes may do this at once.

    `ignore_window` sends outside office hours; the daily cap always holds. `on_sent` hears of each mail after it
    is on record. Raises Refused before anything is sent where a sender is not in the people file.
    """
    with reading(engine) as session:
        senders = {sender: people.named(sender) for sender in _senders(session, campaign)}
    with unit_of_work(engine) as session:
        lost = ledger.expire_leases(session, clock, campaign=campaign.slug)
    batch = _Batch(engine, clock, mailer, campaign, senders, pepper=pepper, ignore_window=ignore_window, worker=worker)
    batch.unknown += lost
    with between_mails() as stop:
        while not (stop.asked or batch.trouble or (limit is not None and len(batch.sent) >= limit)):
            message = batch.next_one()
            if message is None:
                break
            if on_sent is not None and message.status == "sent":
                on_sent(message)
    return batch.report(stopped_by_hand=stop.asked)


def outgoing(message: Message, sender: Person, *, at: datetime) -> OutgoingMail:
    """The stored message as a mail. Raises BadInput where an attachment is gone or is not the one that was queued."""
    return OutgoingMail(
        sender=Address.checked(sender.mail, sender.name),
        recipient=Address(message.recipient_name, message.recipient),
        subject=message.subject,
        text=message.text,
        message_id=message.message_id,
        date=at,
        headers=message.headers,
        attachments=tuple(_attachment(entry) for entry in message.attachments),
    )


class _Batch:
    def __init__(
        self, engine: Engine, clock: Clock, mailer: Mailer, campaign: Campaign, senders: dict[str, Person], *,
        pepper: bytes, ignore_window: bool, worker: str,
    ) -> None:  # fmt: skip
        self._engine, self._clock, self._mailer = engine, clock, mailer
        self._campaign, self._senders, self._pepper = campaign, senders, pepper
        self._ignore_window = ignore_window
        self._worker = worker or f"{socket.gethostname()}:{os.getpid()}"
        self._capped: set[tuple[str, date]] = set()
        self._in_a_row = 0
        self.sent: list[int] = []
        self.failed: list[int] = []
        self.unknown: list[int] = []
        self.put_back: list[int] = []
        self.trouble = ""

    def next_one(self) -> Message | None:
        """Send one mail, or find that none can be sent now (None)."""
        while True:
            with unit_of_work(self._engine) as session:
                found = ledger.claim(session, self._clock, self._lane())
            match found:
                case None:
                    return None
                case Capped(sender):
                    self._capped.add((sender, self._day(sender)))
                case Withheld(message, _):
                    self.failed.append(message.id or 0)
                case Claimed(message, attempt_id):
                    outcome, detail = self._wire(message)
                    with unit_of_work(self._engine) as session:
                        ledger.close(session, self._clock, attempt_id, outcome, detail=detail)
                        closed = session.get_one(Message, message.id)
                    self._count(closed, outcome)
                    return closed

    def report(self, *, stopped_by_hand: bool) -> SendReport:
        with reading(self._engine) as session:
            pending = session.exec(
                select(Message).where(Message.campaign == self._campaign.slug, Message.status == "pending")
            ).all()
        now = self._clock.now()
        left = len(pending)
        stale = sum(ledger.is_stale(message, now) for message in pending)
        soonest = min((message.not_before for message in pending if message.not_before), default=None)
        because, next_at = self._why_left(soonest) if left > stale else ("", None)
        return SendReport(tuple(self.sent), tuple(self.failed), tuple(self.unknown), tuple(self.put_back), left, stale,
                          because, next_at, self.trouble, stopped_by_hand)  # fmt: skip

    def _lane(self) -> Lane:
        may_send = {s: self._day(s) for s in self._senders if self._open(s) and (s, self._day(s)) not in self._capped}
        return Lane(self._campaign.slug, self._campaign.outreach.daily_cap, self._worker, self._mailer.name,
                    self._pepper, tuple(self._senders), may_send)  # fmt: skip

    def _wire(self, message: Message) -> tuple[Outcome, str]:
        try:
            mail = outgoing(message, self._senders[message.sender], at=self._clock.now())
            return Outcome.SENT, self._mailer.send(mail).detail
        except OutcomeUnknown as error:
            return Outcome.UNKNOWN, error.message
        except ServerUnusable as error:
            self.trouble = str(error)
            return Outcome.NOT_TRIED, error.message
        except TransientError as error:
            return Outcome.TRY_LATER, error.message
        except (PermanentError, BadInput) as error:
            return Outcome.FAILED, error.message

    def _count(self, message: Message, outcome: Outcome) -> None:
        kept = {"sent": self.sent, "failed": self.failed, "unknown": self.unknown}.get(message.status, self.put_back)
        kept.append(message.id or 0)
        self._in_a_row = self._in_a_row + 1 if outcome is Outcome.FAILED else 0
        if self._in_a_row >= FAILURES_IN_A_ROW:
            self.trouble = f"{self._in_a_row} mails in a row were refused; the last one: {message.detail}"

    def _why_left(self, soonest: datetime | None) -> tuple[str, datetime | None]:
        now = self._clock.now()
        waits = [
            (schedule.next_opening(now, self._senders[s].calendar, hours=self._hours, later_day=capped),
             f"{self._senders[s].name} has sent all {self._campaign.outreach.daily_cap} mails of the day" if capped
             else f"it is outside the office hours of {self._senders[s].name}")
            for s in self._senders
            for capped in [(s, self._day(s)) in self._capped]
            if capped or not self._open(s)
        ]  # fmt: skip
        if not waits and soonest is not None and soonest > now:
            return "the mail server asked to try again later", soonest
        at, because = min(waits, default=(None, ""))
        return because, at

    def _open(self, sender: str) -> bool:
        calendar = self._senders[sender].calendar
        return self._ignore_window or schedule.is_open(self._clock.now(), calendar, hours=self._hours)

    def _day(self, sender: str) -> date:
        return local_day(self._clock.now(), self._senders[sender].calendar.time_zone)

    @property
    def _hours(self) -> tuple[int, int]:
        return self._campaign.outreach.window_start_hour, self._campaign.outreach.window_end_hour


def _senders(session: Session, campaign: Campaign) -> list[str]:
    pending = select(Message.sender).where(Message.campaign == campaign.slug, Message.status == "pending")
    return sorted(session.exec(pending.distinct()))


def _attachment(entry: dict[str, str]) -> Attachment:
    try:
        content = Path(entry["path"]).read_bytes()
    except OSError as error:
        raise BadInput(f"The file {entry['name']} cannot be read: {error.strerror}.") from None
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise BadInput(f"The file {entry['name']} was changed since the mail was written.")
    return Attachment(entry["name"], entry["media_type"], content)
