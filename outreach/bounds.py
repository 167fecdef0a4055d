"""What bounds a batch at a moment: whose working day it is, where windows are open, and who has to rest.

Remembers what the ledger answered while the batch runs. Reads no record and sends nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from core.clock import local_day
from core.people import Person
from core.working_days import is_working_day
from outreach import schedule
from outreach.lanes import Brake, Capped, Held, Paced, Shut
from outreach.waiting import Group

#: Where a reader's clock stands: time zone and country.
Place = tuple[str, str]


@dataclass
class Bounds:
    """Of the mails of one campaign: its senders, the hours, how many a day, and what was found so far."""

    senders: Mapping[str, Person]
    hours: tuple[int, int]
    cap: int
    ignore_window: bool = False
    capped: dict[str, date] = field(default_factory=dict)
    stopped: dict[str, tuple[str, datetime | None]] = field(default_factory=dict)
    resting: dict[str, datetime] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    shut: str = ""

    def note(self, brake: Brake, now: datetime) -> None:
        """Keep to what the ledger answered."""
        match brake:
            case Capped(sender):
                self.capped[sender] = self.day(sender, now)
            case Paced(sender, wait):
                self.resting[sender] = now + wait
            case Held(template, why):
                self.held[template] = why
            case Shut(why):
                self.shut = why

    def day(self, sender: str, now: datetime) -> date:
        return local_day(now, self.senders[sender].calendar.time_zone)

    def days(self, now: datetime) -> dict[str, date]:
        """Who may send marketing mails now, with the day it is where they are."""
        return {
            sender: self.day(sender, now)
            for sender, person in self.senders.items()
            if (self.ignore_window or is_working_day(self.day(sender, now), person.calendar))
            and self._has_left(sender, now)
            and sender not in self.resting
            and not self._stands(sender, now)
        }

    def at_desk(self, now: datetime) -> frozenset[str]:
        """The senders whose own hours these are: they write to those of whom nobody knows where they live."""
        if self.ignore_window:
            return frozenset(self.senders)
        open_now = (s for s, p in self.senders.items() if schedule.is_open(now, p.calendar, hours=self.hours))
        return frozenset(open_now)

    def places(self, known: Collection[Place], now: datetime) -> frozenset[Place] | None:
        """Where windows are open, of these; None stands for all."""
        if self.ignore_window:
            return None
        calendars = {place: schedule.calendar_at(*place) for place in known}
        return frozenset(
            place for place, calendar in calendars.items()
            if calendar is not None and schedule.is_open(now, calendar, hours=self.hours)
        )  # fmt: skip

    def note_used(self, used: Mapping[str, int], allowed: Mapping[str, int], now: datetime) -> None:
        """Keep to how many each sender sent today, also where nothing was asked of the ledger."""
        for sender, many in used.items():
            if many >= allowed[sender]:
                self.capped[sender] = max(self.day(sender, now), self.capped.get(sender, date.min))

    def rested(self, until: datetime) -> None:
        """Who had to rest until then, or less, may go on."""
        self.resting = {sender: moment for sender, moment in self.resting.items() if moment > until}

    def chance(self, group: Group, now: datetime) -> tuple[datetime | None, str]:
        """When the first mail of a group may go (None: time alone does not tell), and why not now; "" where it may."""
        start = max(now, group.not_before or now)
        later = "the mail server asked to try again later" if group.tried else "they are spread over the next hours"
        if not group.marketing:
            return start, later if start > now else ""
        sender = self.senders[group.sender]
        why, until = self.stopped.get(group.sender, ("", None))
        if self._stands(group.sender, now):
            reason = f"the mails of {sender.name} stand still: {why}"
            return (None, reason) if until is None else (self._opening(group, max(start, until)), reason)
        opening = self._opening(group, start)
        return opening, "" if opening <= now else self._why_later(group, now, later)

    def _why_later(self, group: Group, now: datetime, later: str) -> str:
        name = self.senders[group.sender].name
        if not self._has_left(group.sender, now):
            return f"{name} has sent all {self.cap} mails of the day"
        if self._window(group, now) <= now:
            return "it is the pace of the mailbox" if self._rest(group, now) > now else later
        if group.time_zone and is_working_day(self.day(group.sender, now), self.senders[group.sender].calendar):
            return f"it is outside the hours of creators in {group.time_zone}"
        return f"it is outside the office hours of {name}"

    def _opening(self, group: Group, moment: datetime) -> datetime:
        """The next moment inside hours, caps and pace, as a batch would ask for it."""
        return self._window(group, self._rest(group, moment))

    def _rest(self, group: Group, moment: datetime) -> datetime:
        return max(self.resting.get(group.sender, moment), self.resting.get("", moment), moment)

    def _window(self, group: Group, moment: datetime) -> datetime:
        used_up = self.capped.get(group.sender)
        if self.ignore_window and used_up is None:
            return moment
        reader, sender = schedule.calendar_at(group.time_zone, group.country), self.senders[group.sender].calendar
        return schedule.next_chance(moment, reader=reader, sender=sender, hours=self.hours, used_up=used_up)

    def _has_left(self, sender: str, now: datetime) -> bool:
        used_up = self.capped.get(sender)
        # After a clock was set back across midnight the day before is used up as well.
        return used_up is None or self.day(sender, now) > used_up

    def _stands(self, sender: str, now: datetime) -> bool:
        if sender not in self.stopped:
            return False
        until = self.stopped[sender][1]
        return until is None or until > now


def a_minute(now: datetime) -> datetime:
    """Windows open and days change on full minutes: within one, the answers stay the same."""
    return now.astimezone(UTC) - timedelta(seconds=now.second, microseconds=now.microsecond)
