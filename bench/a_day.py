"""A day of outreach over three time zones, with a clock that goes ten minutes at a time: prints the ledger of it.

    python -m bench.a_day [FOLDER]

Owns the people, the creators and what comes in when, all invented. Whatever is decided, the product decides.
"""

import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from core.campaign import Campaign, load_campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.files import write_atomically
from core.models.candidates import Candidate, Snapshot
from core.models.creators import Account, AccountLink, Creator
from core.models.outreach import Message
from core.models.privacy import ContactBasis
from core.models.sourcing import SourcingRun
from core.settings import PROJECT, Settings
from core.stages import Stage
from core.store import enter, keep_campaign, move, stored_campaign
from flows import script
from flows.steps import outreach
from flows.wiring import Wiring, wire
from outreach.reporting import AttemptLine, attempts

SLUG = "linen-summer"
CAP, FIRST, HOURS = 8, 5, 4
FRIDAY = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
STEP = timedelta(minutes=10)
_TEAM = """
[[person]]
id = "nora"
name = "Nora Quinn"
mail = "nora@example.com"
roles = ["sender"]
calendar = { time_zone = "America/New_York", country = "US", weekend = [5, 6] }
"""
_PLACES = {
    "berlin": ("Germany", "Berlin", "Europe/Berlin"),
    "tokyo": ("Japan", "Tokyo", "Asia/Tokyo"),
    "angeles": ("United States", "Los Angeles", "America/Los_Angeles"),
}
#: Who is written to on Friday already, and who on Monday: sender, place, how many.
_EARLY = (("sofia", "berlin", 3), ("nora", "berlin", 2))
_LATER = (("sofia", "tokyo", 4), ("nora", "tokyo", 1), ("sofia", "berlin", 5), ("nora", "berlin", 2),
          ("sofia", "angeles", 3), ("nora", "angeles", 5))  # fmt: skip
_BOUNCE = "bounce"
#: What comes in on Monday: when, from whom, and what they write.
_COMES_IN = (
    ("06:30", "friday.sofia.berlin.1", "Sounds great, I am interested, count me in!"),
    ("06:40", "friday.sofia.berlin.2", "I am out of the office until 1 December. Automatic reply."),
    ("07:00", "friday.sofia.berlin.3", "Please remove me from your list, no thanks."),
    ("12:30", "monday.nora.berlin.1", _BOUNCE),
    ("20:10", "monday.nora.angeles.1", "Yes please, I am interested!"),
)


@dataclass(frozen=True)
class Reader:
    """A creator, where they live (IANA name), and who writes to them."""

    handle: str
    country: str
    city: str
    zone: str
    sender: str


@dataclass(frozen=True)
class Line:
    """One attempt: when it was for the sender and for the reader, and what came of it."""

    at: datetime
    sender: str
    sender_time: datetime
    reader: Reader
    reader_time: datetime
    step: str
    place: str
    outcome: str


@dataclass
class Day:
    """The ledger of the day in order, and what else happened (moment, words)."""

    readers: dict[str, Reader]
    lines: list[Line] = field(default_factory=list)
    events: list[tuple[datetime, str]] = field(default_factory=list)


def run_day(home: Path) -> tuple[Wiring, Day]:
    """Friday's first mails, then the whole of Monday (UTC), in an empty `home`."""
    clock = FixedClock(FRIDAY)
    w = wire(_settings(home), clock)
    day = Day({})
    with unit_of_work(w.engine) as session:
        keep_campaign(session, clock, _campaign(angle="one shirt, three mornings"))
        day.readers |= _enter(session, w, "friday", _EARLY)
    _words_are_let_go(w)
    outreach.send_due(w, SLUG)
    clock.advance(timedelta(hours=6))
    with unit_of_work(w.engine) as session:
        keep_campaign(session, clock, _campaign(angle="one shirt, three everyday situations"))
        day.readers |= _enter(session, w, "monday", _LATER)
    day.events.append((MONDAY, f"on Friday {_words_are_let_go(w)} let the new words go"))
    clock.advance(MONDAY - clock.now())
    _live_through(w, clock, day)
    with reading(w.engine) as session:
        zones = {person.id: person.calendar.time_zone for person in w.people}
        day.lines = [_line(one, day.readers, zones) for one in attempts(session, SLUG) if one.started_at >= MONDAY]
    return w, day


def printed(day: Day) -> Iterator[str]:
    """The ledger as text, a line for each attempt and each thing that came in between."""
    yield f"{'UTC':5}  {'sender there':18} {'reader there':26} {'creator':24} {'mail':12} {'place':20} outcome"
    told = [(at, f"{at:%H:%M}  · {words}") for at, words in day.events]
    told += [(line.at, _row(line)) for line in day.lines]
    yield from (text for _, text in sorted(told, key=lambda one: one[0]))
    for sender in ("sofia", "nora"):
        taken = sorted({line.place for line in day.lines if line.sender == sender and line.outcome == "sent"})
        yield f"{sender}: {len(taken)} sent, at most {CAP} of a day there"


def _words_are_let_go(w: Wiring) -> str:
    """The campaign is signed off and its first mail shown; whoever lets it go."""
    script.campaign_is_signed_off(w, SLUG)
    return script.first_mail_is_let_go(w, SLUG)


def _live_through(w: Wiring, clock: FixedClock, day: Day) -> None:
    left = ""
    for tick in range(24 * 6):
        for at, handle, text in _COMES_IN:
            if f"{clock.now():%H:%M}" == at:
                _comes_in(w, handle, text)
        for reply in outreach.read_replies(w):
            day.events.append((clock.now(), f"came in: {reply.kind} ({_handle_of(w, reply.candidate_id)})"))
        if tick % 6 == 0:
            outreach.write_due(w, SLUG)
        done = outreach.send_due(w, SLUG)
        if done.left_because != left and ("in these words" in done.left_because or "sent all" in done.left_because):
            day.events.append((clock.now(), f"the others wait: {done.left_because}"))
        left = done.left_because
        clock.advance(STEP)


def _settings(home: Path) -> Settings:
    home.mkdir(parents=True, exist_ok=True)
    people = home / "people.toml"
    people.write_text((PROJECT / "people.example.toml").read_text(encoding="utf-8") + _TEAM, encoding="utf-8")
    return Settings(home=home, database_url=None, dry_run=True, people_file=people, templates=PROJECT / "templates",
                    actor="omar", terminal_may_sign_off=True)  # fmt: skip


def _campaign(*, angle: str) -> Campaign:
    file = load_campaign(PROJECT / "campaigns" / f"{SLUG}.toml")
    own = file.outreach.model_copy(update={"daily_cap": CAP, "canary_size": FIRST, "canary_hours": HOURS,
                                           "angle": angle})  # fmt: skip
    return file.model_copy(update={"outreach": own})


def _enter(session: Session, w: Wiring, day: str, groups: Sequence[tuple[str, str, int]]) -> dict[str, Reader]:
    """Approved candidates, everybody of whom asked to be written to; by handle."""
    readers: dict[str, Reader] = {}
    for sender, place, many in groups:
        for number in range(1, many + 1):
            reader = Reader(f"{day}.{sender}.{place}.{number}", *_PLACES[place], sender)
            _approved(session, w, reader, rank=len(readers) + 1)
            readers[reader.handle] = reader
    return readers


def _approved(session: Session, w: Wiring, reader: Reader, *, rank: int) -> None:
    campaign = stored_campaign(session, SLUG)
    if session.get(SourcingRun, "a-day") is None:
        session.add(SourcingRun(run_id="a-day", campaign=SLUG, campaign_hash=campaign.hash, funnel=[],
                                pool_version="invented", actor="omar", at=w.clock.now()))  # fmt: skip
    account = Account(platform="instagram", key=reader.handle, handle=reader.handle)
    # The same ids each time: from them comes which minute of its hour a mail goes in.
    creator = Creator(id=str(uuid.uuid5(uuid.NAMESPACE_DNS, reader.handle)), created_at=w.clock.now(),
                      name=reader.handle.split(".")[2].title())  # fmt: skip
    session.add(account)
    session.add(creator)
    session.flush()
    session.add(
        AccountLink(account_id=account.id or 0, creator_id=creator.id, since=w.clock.now(), evidence="invented")
    )
    session.add(ContactBasis(creator_id=creator.id, basis="consent", evidence="asked us to write (invented)", by="omar",
                             at=w.clock.now()))  # fmt: skip
    candidate = Candidate(campaign=SLUG, cycle=campaign.cycle, brand=campaign.brand, creator_id=creator.id,
                          account_id=account.id or 0, stage="", run_id="a-day", rank=rank, sender=reader.sender,
                          entered_stage_at=w.clock.now())  # fmt: skip
    enter(session, w.clock, candidate, actor="omar")
    said = {"name": creator.name, "followers": 24_000, "country": reader.country, "city": reader.city,
            "email": f"{reader.handle}@example.org", "hashtags": ["linen", "slowfashion"]}  # fmt: skip
    for name, value in said.items():
        session.add(Snapshot(candidate_id=candidate.id or 0, field=name, value=value, source="pool:invented",
                             kind="reported", fetched_at=w.clock.now()))  # fmt: skip
    move(session, w.clock, candidate, Stage.QUEUED, actor="omar")
    move(session, w.clock, candidate, Stage.APPROVED, actor="rosa")


def _comes_in(w: Wiring, handle: str, text: str) -> None:
    """The creator answers the last mail they got; or it comes back."""
    with reading(w.engine) as session:
        query = select(Message).where(Message.recipient == f"{handle}@example.org", Message.status == "sent")
        mail = session.exec(query).all()[-1]
    raw = _bounce(mail) if text == _BOUNCE else _answer(mail, text, w.clock.now())
    write_atomically(w.settings.inbox_folder / f"{handle}.eml", raw)


def _answer(mail: Message, text: str, at: datetime) -> bytes:
    came = EmailMessage(policy=SMTP)
    came["From"], came["To"], came["Subject"] = mail.recipient, "team@example.com", f"Re: {mail.subject}"
    came["Message-ID"], came["In-Reply-To"], came["Date"] = f"<in.{mail.id}@example.org>", mail.message_id, at
    came.set_content(text)
    return came.as_bytes()


def _bounce(mail: Message) -> bytes:
    """A delivery report (RFC 3464) of a mailbox that nobody knows."""
    return f"""\
From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
To: team@example.com
Subject: Undelivered Mail Returned to Sender
Message-ID: <report.{mail.id}@mx.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

The mail could not be delivered: user unknown.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {mail.recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown
--b
Content-Type: text/rfc822-headers

Message-ID: {mail.message_id}
To: {mail.recipient}
--b--
""".replace("\n", "\r\n").encode()


def _handle_of(w: Wiring, candidate_id: int | None) -> str:
    with reading(w.engine) as session:
        candidate = session.get(Candidate, candidate_id) if candidate_id else None
        return session.get_one(Account, candidate.account_id).handle if candidate else "nobody known"


def _line(one: AttemptLine, readers: dict[str, Reader], zones: dict[str, str]) -> Line:
    reader = readers[one.creator.partition(":")[2]]
    place = f"{one.day} no. {one.number}" if one.day else "-"
    return Line(one.started_at, one.sender, one.started_at.astimezone(ZoneInfo(zones[one.sender])), reader,
                one.started_at.astimezone(ZoneInfo(reader.zone)), one.step, place, one.outcome)  # fmt: skip


def _row(line: Line) -> str:
    sender = f"{line.sender} {line.sender_time:%a %H:%M}"
    reader = f"{line.reader.city} {line.reader_time:%a %H:%M}"
    words = f"{line.reader.handle:24} {line.step:12} {line.place:20} {line.outcome}"
    return f"{line.at:%H:%M}  {sender:18} {reader:26} {words}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        _, lived = run_day(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(made))
        sys.stdout.write("\n".join([*printed(lived), ""]))
