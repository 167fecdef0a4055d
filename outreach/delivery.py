"""Sending a batch: whatever is due, one mail at a time, until it is done, the day is full or the office closes.

Owns the order of claim, wire and record. Templates, texts and what a status means are decided elsewhere.
"""

import hashlib
import os
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from core.campaign import Campaign
from core.clock import Clock, local_day
from core.database import reading, unit_of_work
from core.errors import BadInput, OutcomeUnknown, PermanentError, Refused, TransientError
from core.mailer import FOLDER, Address, Attachment, Mailer, OutgoingMail, ServerUnusable
from core.models.outreach import Message, SendAttempt
from core.people import People, Person
from outreach import ledger, schedule, settling
from outreach.interrupt import between_mails
from outreach.ledger import MARKETING, TRANSACTIONAL, Capped, Claimed, Lane, Outcome, Shut, Withheld
from outreach.watching import Watch

#: So many refusals in a row are about us (a blocked sender, a quota), not about the creators.
FAILURES_IN_A_ROW = 5
#: When mails that were refused because of us are tried again.
_PAUSE_AFTER_REFUSALS = timedelta(hours=1)


@dataclass(frozen=True)
class SendReport:
    """What a batch did: message ids by outcome, how many are left, why, and when it is worth going on.

    `put_back` ids are provably unsent and tried again later, also those that were refused because of us. `left` counts
    the mails of the categories that were asked for. `stale` invitations would leave too little time to answer, and
    `outdated` ones are not in the words signed off; writing invitations again renews both. `shut` says why no marketing
    mail may go, `trouble` what stopped the batch; '' when nothing did.
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
    outdated: int = 0
    shut: str = ""


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
    categories: frozenset[str] | None = None,
    watch: Watch | None = None,
) -> SendReport:
    """Send what is due of a campaign, at most `limit` mails. Several processes may do this at once.

    `ignore_window` sends outside office hours; the daily cap always holds. `on_sent` hears of each mail after it
    is on record. `categories` sends those only. Mails of a sender who is not in the people file are left, and so are
    marketing mails as soon as `watch` lets none go.
    Raises Refused before anything is sent where the record is a rehearsal and the mailer is real, or the reverse.
    """
    with reading(engine) as session:
        _check_purpose(session, mailer)
        waiting = _senders(session, campaign)
    team = {person.id: person for person in people}
    senders = {sender: team[sender] for sender in sorted(waiting & team.keys())}
    with unit_of_work(engine) as session:
        lost = ledger.expire_leases(session, clock, campaign=campaign.slug)
    batch = _Batch(engine, clock, mailer, campaign, senders, pepper=pepper, ignore_window=ignore_window, worker=worker,
                   categories=categories, watch=watch)  # fmt: skip
    batch.unknown += lost
    with between_mails() as stop:
        while not (stop.asked or batch.trouble or (limit is not None and len(batch.sent) >= limit)):
            message = batch.next_one()
            if message is None:
                break
            if on_sent is not None and message.status == "sent":
                on_sent(message)
    return batch.report(team, stopped_by_hand=stop.asked)


def outgoing(message: Message, sender: Person, *, at: datetime) -> OutgoingMail:
    """The stored message as a mail. Raises BadInput where an attachment is gone or is not the one that was queued."""
    return OutgoingMail(
        sender=Address.checked(sender.mail, sender.name),
        recipient=Address(message.recipient_name, message.recipient),
        subject=message.subject,
        text=message.text,
        html=message.html or None,
        message_id=message.message_id,
        date=at,
        headers=message.headers,
        attachments=tuple(_attachment(entry) for entry in message.attachments),
    )


class _Batch:
    def __init__(
        self, engine: Engine, clock: Clock, mailer: Mailer, campaign: Campaign, senders: dict[str, Person], *,
        pepper: bytes, ignore_window: bool, worker: str, categories: frozenset[str] | None, watch: Watch | None,
    ) -> None:  # fmt: skip
        self._engine, self._clock, self._mailer = engine, clock, mailer
        self._campaign, self._senders, self._pepper = campaign, senders, pepper
        self._ignore_window, self._categories = ignore_window, categories
        self._watch = watch
        self._worker = worker or f"{socket.gethostname()}:{os.getpid()}"
        self._capped: set[tuple[str, date]] = set()
        self._refused_in_a_row: list[int] = []
        self.sent: list[int] = []
        self.failed: list[int] = []
        self.unknown: list[int] = []
        self.put_back: list[int] = []
        self.trouble = ""
        self.shut = ""

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
                case Shut(why):
                    self.shut = why
                case Withheld(message, _) if message.status == "failed":
                    self.failed.append(message.id or 0)
                case Withheld():
                    continue
                case Claimed(message, attempt_id):
                    outcome, detail = self._wire(message)
                    with unit_of_work(self._engine) as session:
                        ledger.close(session, self._clock, attempt_id, outcome, detail=detail)
                        closed = session.get_one(Message, message.id)
                    self._count(closed, outcome)
                    return closed

    def report(self, team: Collection[str], *, stopped_by_hand: bool) -> SendReport:
        with reading(self._engine) as session:
            written = session.exec(
                select(Message).where(Message.campaign == self._campaign.slug, Message.status == "pending")
            ).all()
        now = self._clock.now()
        pending = [message for message in written if self._categories is None or message.category in self._categories]
        stale = sum(ledger.is_stale(message, now) for message in pending)
        fresh = [message for message in pending if not ledger.is_stale(message, now)]
        waiting = [message for message in fresh if not ledger.is_outdated(message, self._watch)]
        because, next_at = (self.shut, None) if self.shut else self._why_left(waiting, team)
        return SendReport(tuple(self.sent), tuple(self.failed), tuple(self.unknown), tuple(self.put_back),
                          len(pending), stale, because, next_at, self.trouble, stopped_by_hand,
                          len(fresh) - len(waiting), self.shut)  # fmt: skip

    def _lane(self) -> Lane:
        may_send = {s: self._day(s) for s in self._senders if self._open(s) and (s, self._day(s)) not in self._capped}
        # What was shut stays shut for this batch; the mails of running deals go on.
        of_deals = frozenset({TRANSACTIONAL})
        categories = of_deals & (self._categories or of_deals) if self.shut else self._categories
        return Lane(self._campaign.slug, self._campaign.outreach.daily_cap, self._worker, self._mailer.name,
                    self._pepper, tuple(self._senders), may_send, categories, self._watch)  # fmt: skip

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
        self._refused_in_a_row = [*self._refused_in_a_row, message.id or 0] if outcome is Outcome.FAILED else []
        if len(self._refused_in_a_row) >= FAILURES_IN_A_ROW:
            self._put_back_refused(last=message.detail)

    def _put_back_refused(self, *, last: str) -> None:
        not_before, refused = self._clock.now() + _PAUSE_AFTER_REFUSALS, self._refused_in_a_row
        why = "refused together with others, which is about us; it is tried again"
        with unit_of_work(self._engine) as session:
            kept = settling.put_back(session, self._clock, refused, not_before=not_before, why=f"{why}: {last}")
        self.failed = [message_id for message_id in self.failed if message_id not in kept]
        self.put_back += kept
        given_up = f", {len(refused) - len(kept)} given up" if len(kept) < len(refused) else ""
        self.trouble = (
            f"{len(refused)} mails in a row were refused, which is about us and not about the creators "
            f"({len(kept)} are tried again in an hour{given_up}); the last one: {last}"
        )

    def _why_left(self, waiting: list[Message], team: Collection[str]) -> tuple[str, datetime | None]:
        """Why mails are left, each reason said once, and when the first of them may go."""
        now = self._clock.now()
        gone = sorted({message.sender for message in waiting}.difference(team))
        reasons: list[tuple[datetime | None, str]] = [
            (None, f"the mails of {sender!r} wait for somebody who is not in the people file") for sender in gone
        ]
        known = [message for message in waiting if message.sender in self._senders]
        closed = sorted(self._closed({message.sender for message in known if message.category == MARKETING}))
        reasons += closed[:1]
        soonest = min((message.not_before for message in known if message.not_before), default=now)
        if not closed and soonest > now:
            reasons.append((soonest, "" if self.trouble else "the mail server asked to try again later"))
        because = "; ".join(text for _, text in reasons if text)
        return because, next((at for at, _ in reasons if at is not None), None)

    def _closed(self, senders: set[str]) -> list[tuple[datetime, str]]:
        """When each sender who may write no more now may do so again, and why not before."""
        now, cap = self._clock.now(), self._campaign.outreach.daily_cap
        return [
            (schedule.next_opening(now, self._senders[s].calendar, hours=self._hours, later_day=capped),
             f"{self._senders[s].name} has sent all {cap} mails of the day" if capped
             else f"it is outside the office hours of {self._senders[s].name}")
            for s in senders
            for capped in [(s, self._day(s)) in self._capped]
            if capped or not self._open(s)
        ]  # fmt: skip

    def _open(self, sender: str) -> bool:
        calendar = self._senders[sender].calendar
        return self._ignore_window or schedule.is_open(self._clock.now(), calendar, hours=self._hours)

    def _day(self, sender: str) -> date:
        return local_day(self._clock.now(), self._senders[sender].calendar.time_zone)

    @property
    def _hours(self) -> tuple[int, int]:
        return self._campaign.outreach.window_start_hour, self._campaign.outreach.window_end_hour


def _senders(session: Session, campaign: Campaign) -> set[str]:
    pending = select(Message.sender).where(Message.campaign == campaign.slug, Message.status == "pending")
    return set(session.exec(pending.distinct()))


def _check_purpose(session: Session, mailer: Mailer) -> None:
    """A record is either a rehearsal or real: who was written to in files only would never get a real mail."""
    is_rehearsal = mailer.name.startswith(FOLDER)
    in_files = col(SendAttempt.via).startswith(FOLDER)
    # What surely did not go out through the other way uses up nobody.
    reached = col(SendAttempt.outcome).not_in((Outcome.NOT_TRIED, Outcome.TRY_LATER, Outcome.FAILED))
    query = select(func.count(func.distinct(SendAttempt.message_id)))
    other = session.exec(query.where(~in_files if is_rehearsal else in_files, reached)).one()
    if other and is_rehearsal:
        raise Refused(
            f"This record is a real one: {other} of its mails went out or may have.",
            next_step="Turn dry run off to go on, or use another GREENROOM_HOME for a rehearsal.",
        )
    if other:
        raise Refused(
            f"This record is a rehearsal: {other} of its mails were written to files and reached nobody.",
            next_step="Use another GREENROOM_HOME for the real run (import the pool there), or turn dry run on again.",
        )


def _attachment(entry: dict[str, str]) -> Attachment:
    try:
        content = Path(entry["path"]).read_bytes()
    except OSError as error:
        raise BadInput(f"The file {entry['name']} cannot be read: {error.strerror}.") from None
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise BadInput(f"The file {entry['name']} was changed since the mail was written.")
    return Attachment(entry["name"], entry["media_type"], content)
