"""Sending a batch: whatever is due, one mail at a time, until it is done, the day is full or the office closes.

Owns the order of claim, wire and record. Templates, texts and what a status means are decided elsewhere.
"""

import os
import socket
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from core.campaign import Campaign
from core.clock import Clock
from core.database import reading, unit_of_work
from core.mailer import Mailer
from core.models.outreach import Message
from core.people import People
from outreach import breakers, ledger, settling, slots, waiting, wire
from outreach.bounds import Bounds, a_minute
from outreach.entries import MARKETING
from outreach.interrupt import Stop, between_mails
from outreach.lanes import AT_ANY_HOUR, Brake, Claimed, Lane, Place, Withheld
from outreach.ledger import Outcome
from outreach.pace import Pace
from outreach.purpose import check_purpose
from outreach.waiting import Group
from outreach.watching import Watch

#: So many refusals in a row are about us (a blocked sender, a quota), not about the creators.
FAILURES_IN_A_ROW = 5
#: When mails that were refused because of us are tried again.
_PAUSE_AFTER_REFUSALS = timedelta(hours=1)
#: A batch waits so long for the next token; where it takes longer, the next batch goes on.
_LONGEST_WAIT = timedelta(minutes=1)
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class SendReport:
    """What a batch did: message ids by outcome, how many are left, why, and when it is worth going on.

    `put_back` ids are provably unsent and tried again later, also those that were refused because of us. `left` counts
    the mails of the categories that were asked for. `stale` invitations would leave too little time to answer, and
    `outdated` ones are not in the words signed off; writing invitations again renews both. `shut` says why no marketing
    mail may go, `trouble` what stopped the batch; '' when nothing did. `warnings` say whose mails come back too often.
    `called_off` did not fit any more: the creator answered, opted out, stands elsewhere, or may not be written to now.
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
    warnings: tuple[str, ...] = ()
    called_off: tuple[int, ...] = ()


def send_due(
    engine: Engine, clock: Clock, mailer: Mailer, campaign: Campaign, people: People, *, pepper: bytes,
    limit: int | None = None, on_sent: Callable[[Message], None] | None = None, ignore_window: bool = False,
    worker: str = "", categories: frozenset[str] | None = None, watch: Watch | None = None,
    hours: tuple[int, int] | None = None, pace: Pace | None = None, warm_up: int = 0,
    wait: Callable[[float], None] = time.sleep,
) -> SendReport:  # fmt: skip
    """Send what is due of a campaign, at most `limit` mails. Several processes may do this at once.

    Marketing mails go inside `hours` (else the campaign's) where the reader lives; `ignore_window` sends at any time;
    the daily cap always holds. `on_sent` hears of each mail after it is on record. `categories` sends those only. Mails
    of a sender who is not in the people file are left, and so are marketing mails as soon as `watch` lets none go.
    `wait` (seconds) is called where the next token of the `pace` is near.
    Raises Refused before anything is sent where the record is a rehearsal and the mailer is real, or the reverse.
    """
    with reading(engine) as session:
        check_purpose(session, mailer)
        names, places = waiting.senders(session, campaign.slug), waiting.places(session, campaign.slug)
    team = {person.id: person for person in people}
    senders = {sender: team[sender] for sender in sorted(names & team.keys())}
    with unit_of_work(engine) as session:
        lost = ledger.expire_leases(session, clock, campaign=campaign.slug)
    own = campaign.outreach
    bounds = Bounds(senders, hours or (own.window_start_hour, own.window_end_hour), own.daily_cap, ignore_window)
    lane = Lane(campaign.slug, own.daily_cap, worker or f"{socket.gethostname()}:{os.getpid()}", mailer.name, pepper,
                tuple(senders), categories=categories, watch=watch, warm_up=warm_up, campaign_file=campaign, pace=pace,
                mailboxes={person.id: person.mail for person in senders.values()})  # fmt: skip
    with between_mails() as stop:
        batch = _Batch(engine, clock, mailer, bounds, lane, places=places, wait=wait, stop=stop)
        batch.unknown += lost
        while not (stop.asked or batch.trouble or (limit is not None and len(batch.sent) >= limit)):
            message = batch.next_one()
            if message is None:
                break
            if on_sent is not None and message.status == "sent":
                on_sent(message)
    return batch.report(team)


class _Batch:
    def __init__(
        self, engine: Engine, clock: Clock, mailer: Mailer, bounds: Bounds, lane: Lane, *,
        places: Collection[tuple[str, str]], wait: Callable[[float], None], stop: Stop,
    ) -> None:  # fmt: skip
        self._engine, self._clock, self._mailer, self._bounds = engine, clock, mailer, bounds
        self._base, self._places, self._wait, self._stop = lane, places, wait, stop
        self._lane: tuple[datetime, Lane] | None = None
        self._last_sign = (-1, -1)
        self._after: Place | None = None
        self._refused_in_a_row: list[int] = []
        self.sent: list[int] = []
        self.failed: list[int] = []
        self.unknown: list[int] = []
        self.put_back: list[int] = []
        self.called_off: list[int] = []
        self.warnings: list[str] = []
        self.trouble = ""

    def next_one(self) -> Message | None:
        """Send one mail, or find that none can be sent now (None)."""
        while not self._stop.asked:
            match self._claim():
                case None if self._after is not None:
                    self._after = None  # what was passed over may go by now
                case None:
                    if not self._rested():
                        return None
                case Withheld(message, _):
                    self._pass(message)
                    kept = {"failed": self.failed, "cancelled": self.called_off}.get(message.status, self.put_back)
                    kept.append(message.id or 0)
                case Claimed(message, attempt_id):
                    self._pass(message)
                    return self._send(message, attempt_id)
                case brake:
                    self._bounds.note(brake, self._clock.now())
                    self._lane = None
        return None

    def report(self, team: Collection[str]) -> SendReport:
        now, bounds = self._clock.now(), self._bounds
        with reading(self._engine) as session:
            left = waiting.waiting(
                session, self._base.campaign, categories=self._base.categories, now=now, watch=self._base.watch
            )
            days = {s: bounds.day(s, now) for s in {group.sender for group in left.groups} & bounds.senders.keys()}
            allowed = {s: slots.allowed(session, s, day=day, cap=bounds.cap, warm_up=self._base.warm_up)
                       for s, day in days.items()}  # fmt: skip
            bounds.note_used(slots.used(session, days), allowed, now)
        because, next_at = (bounds.shut, None) if bounds.shut else self._why_left(left.groups, team)
        return SendReport(tuple(self.sent), tuple(self.failed), tuple(self.unknown), tuple(self.put_back),
                          left.pending, left.stale, because, next_at, self.trouble, self._stop.asked, left.outdated,
                          bounds.shut, tuple(self.warnings), tuple(self.called_off))  # fmt: skip

    def _claim(self) -> Claimed | Withheld | Brake | None:
        if "" in self._bounds.resting:
            return None  # no token of the way out is left, for anybody
        with unit_of_work(self._engine) as session:
            self._look_back(session)
            return ledger.claim(session, self._clock, self._lane_now(), after=self._after)

    def _pass(self, message: Message) -> None:
        if message.category == MARKETING:
            self._after = message.attempts, message.id or 0

    def _send(self, message: Message, attempt_id: int) -> Message:
        sender, at = self._bounds.senders[message.sender], self._clock.now()
        handed = wire.hand_over(self._mailer, message, sender, at=at)
        self.trouble = handed.trouble
        with unit_of_work(self._engine) as session:
            if handed.is_gone:
                wire.note_gone(session, self._clock, message.id or 0, attempt_id, handed.detail,
                               pepper=self._base.pepper)  # fmt: skip
            closed = ledger.close(session, self._clock, attempt_id, handed.outcome, detail=handed.detail,
                                  provider_id=handed.provider_id, lane=self._base)  # fmt: skip
        self._count(closed, handed)
        return closed

    def _look_back(self, session: Session) -> None:
        """A bounce or complaint that came in since the last mail, or a person, may stop a sender."""
        sign = breakers.last_sign(session)
        if sign == self._last_sign:
            return
        verdicts = breakers.check(session, self._clock, self._bounds.senders)
        self._last_sign, self._lane = breakers.last_sign(session), None
        names = {sender: self._bounds.senders[sender].name for sender in verdicts}
        self._bounds.stopped = {s: (found.why, found.until) for s, found in verdicts.items() if found.level != "warn"}
        self.warnings = [f"{names[s]}: {found.why}" for s, found in verdicts.items() if found.level == "warn"]

    def _lane_now(self) -> Lane:
        now, bounds = self._clock.now(), self._bounds
        if self._lane is None or self._lane[0] != a_minute(now):
            categories = self._base.categories
            if bounds.shut:
                # What was shut stays shut for this batch; mails that people wait for go on.
                categories = frozenset(AT_ANY_HOUR).intersection(categories or AT_ANY_HOUR)
            lane = replace(
                self._base,
                senders=tuple(sender for sender in bounds.senders if sender not in bounds.resting),
                days=bounds.days(now), categories=categories, places=bounds.places(self._places, now),
                at_desk=bounds.at_desk(now), held=frozenset(bounds.held),
            )  # fmt: skip
            self._lane, self._after = (a_minute(now), lane), None
        return self._lane[1]

    def _rested(self) -> bool:
        """Wait for the next token, where that is near; False where it is not, or nobody waits for one.

        A clock that stands still (a test's, the demo's) brings none, so nobody waits by it.
        """
        now = self._clock.now()
        until = min(self._bounds.resting.values(), default=now + 2 * _LONGEST_WAIT)
        if until - now > _LONGEST_WAIT:
            return False
        seconds = (until - now).total_seconds()
        while seconds > 0 and not self._stop.asked:
            self._wait(min(seconds, 1.0))
            if self._clock.now() == now:
                return False
            seconds -= 1.0
        self._bounds.rested(until)
        self._lane = None
        return True

    def _count(self, message: Message, handed: wire.Handed) -> None:
        kept = {"sent": self.sent, "failed": self.failed, "unknown": self.unknown}.get(message.status, self.put_back)
        kept.append(message.id or 0)
        if handed.outcome is Outcome.REFUSED:
            self._last_sign = (-1, -1)  # it may stop this sender
        if handed.is_gone:
            return  # that is about the creator alone
        is_refused = handed.outcome in (Outcome.FAILED, Outcome.REFUSED)
        self._refused_in_a_row = [*self._refused_in_a_row, message.id or 0] if is_refused else []
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

    def _why_left(self, groups: Collection[Group], team: Collection[str]) -> tuple[str, datetime | None]:
        """Why mails are left, each reason said once, and when the first of them may go."""
        now = self._clock.now()
        gone = sorted({group.sender for group in groups}.difference(team))
        reasons = [f"the mails of {sender!r} wait for somebody who is not in the people file" for sender in gone]
        known = [group for group in groups if group.sender in self._bounds.senders]
        chances = sorted((self._bounds.chance(group, now) for group in known), key=lambda one: one[0] or _NEVER)
        if chances and not (chances[0][0] == now and not chances[0][1]):
            reasons += [chances[0][1]] if not self.trouble else []
        reasons += self._bounds.held.values()
        opens = [at for at, _ in chances if at is not None]
        return "; ".join(filter(None, reasons)), min(opens) if opens and min(opens) > now else None
