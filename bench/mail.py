"""What sending costs: finding the few mails that may go among many, and the ledger around each mail.

    python -m bench.mail            # prints the table that stands in bench/README.md
    python -m bench.mail --small    # the same with few mails, as the tests do

Every mail goes through the real ledger into a mail server on loopback that keeps nothing, beside a plain loop over the
standard library's smtplib that remembers nothing.
"""

import argparse
import os
import platform
import smtplib
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert
from sqlmodel import SQLModel

import core.models as models
from bench.sink import sink
from core.campaign import load_campaign
from core.clock import FixedClock
from core.database import open_engine, unit_of_work
from core.mailer import Address, Mailer, OutgoingMail, Receipt, compose
from core.models.candidates import Candidate, Snapshot
from core.models.creators import Account, AccountLink, Creator
from core.models.outreach import Message
from core.models.privacy import ContactBasis
from core.models.sourcing import SourcingRun
from core.people import People, Person, WorkCalendar
from core.signing import DkimKey, DkimSigner
from core.smtp import SmtpMailer, SmtpServer
from core.stages import Stage
from core.store import keep_campaign
from outreach import suppression
from outreach.service import Pace, SendReport, send_due

CAMPAIGN = load_campaign(Path(__file__).resolve().parents[1] / "campaigns" / "linen-summer.toml")
PEPPER = b"b" * 32
#: A Friday morning in Berlin.
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
TEXT = "Hi,\n\n" + "a paragraph of a mail as long as those we write. " * 30 + "\n"


class Nowhere:
    """A mailer that takes everything and does nothing."""

    name = "nowhere"

    def send(self, mail: OutgoingMail) -> Receipt:
        return Receipt(mail.message_id, "250 ok")


def people(senders: int) -> People:
    berlin = WorkCalendar(time_zone="Europe/Berlin", country="DE")
    made = [Person.model_validate({"id": f"s{n}", "name": f"Sender {n}", "mail": f"s{n}@example.com",
                                   "roles": ["sender"], "calendar": berlin}) for n in range(senders)]  # fmt: skip
    return People({person.id: person for person in made})


@contextmanager
def record(mails: int, *, senders: int, asleep: int = 0) -> Iterator[Engine]:
    """A record of its own with so many mails, as `fill` makes them."""
    assert models
    with tempfile.TemporaryDirectory(prefix="greenroom-bench-") as folder:
        engine = open_engine(f"sqlite:///{folder}/greenroom.db")
        SQLModel.metadata.create_all(engine)
        fill(engine, mails, senders=senders, asleep=asleep)
        yield engine
        engine.dispose()


def fill(engine: Engine, mails: int, *, senders: int, asleep: int = 0) -> None:
    """So many pending invitations, the first `asleep` of them to readers where it is night."""
    with unit_of_work(engine) as session:
        campaign_hash = keep_campaign(session, FixedClock(NOW), CAMPAIGN)
        session.add(SourcingRun(run_id="r", campaign=CAMPAIGN.slug, campaign_hash=campaign_hash, pool_version="x",
                                funnel=[], actor="omar", at=NOW))  # fmt: skip
        session.flush()
        for table, rows in _rows(range(1, mails + 1), senders=senders, asleep=asleep).items():
            session.execute(insert(table), rows)


def _rows(numbers: Sequence[int], *, senders: int, asleep: int) -> dict[type[SQLModel], list[dict[str, Any]]]:
    slug, brand = CAMPAIGN.slug, CAMPAIGN.brand
    return {
        Creator: [{"id": f"c{n}", "name": f"c{n}", "created_at": NOW} for n in numbers],
        Account: [{"id": n, "platform": "instagram", "key": f"c{n}", "handle": f"c{n}"} for n in numbers],
        AccountLink: [{"account_id": n, "creator_id": f"c{n}", "since": NOW, "evidence": "bench"} for n in numbers],
        Candidate: [
            {"id": n, "campaign": slug, "cycle": 1, "brand": brand, "creator_id": f"c{n}", "account_id": n,
             "stage": Stage.APPROVED, "run_id": "r", "rank": n, "entered_stage_at": NOW} for n in numbers
        ],
        Snapshot: [
            {"candidate_id": n, "field": field, "value": value, "source": "bench", "kind": "reported",
             "fetched_at": NOW} for n in numbers for field, value in (("email", f"c{n}@example.com"),
                                                                      ("country", "Germany"), ("followers", 24_000))
        ],
        ContactBasis: [
            {"creator_id": f"c{n}", "basis": "consent", "evidence": "bench", "by": "omar", "at": NOW} for n in numbers
        ],
        Message: [_message(n, senders=senders, asleep=n <= asleep) for n in numbers],
    }  # fmt: skip


def _message(n: int, *, senders: int, asleep: bool) -> dict[str, Any]:
    zone, country = ("America/Los_Angeles", "US") if asleep else ("Europe/Berlin", "DE")
    return {
        "candidate_id": n, "campaign": CAMPAIGN.slug, "step": "invite", "category": "marketing",
        "sender": f"s{n % senders}", "recipient": f"c{n}@example.com",
        "recipient_key": suppression.address_key(PEPPER, f"c{n}@example.com"), "recipient_name": "",
        "subject": "An idea", "text": TEXT, "html": "", "locale": "en", "time_zone": zone, "country": country,
        "basis": "consent",
        "stop_token": "", "provider_id": "", "message_id": f"<gr.{n:032x}@example.com>", "headers": {},
        "attachments": [], "template": "invite", "template_sha256": "0", "facts": [], "needs_stage": Stage.APPROVED,
        "moves_to": Stage.INVITED, "withdrawn": "", "status": "pending", "attempts": 0, "detail": "", "created_at": NOW,
    }  # fmt: skip


def batch(engine: Engine, mailer: Mailer, senders: int, **more: Any) -> tuple[SendReport, float]:
    """Send what may go, and the seconds that took."""
    started = time.perf_counter()
    report = send_due(engine, FixedClock(NOW), mailer, CAMPAIGN, people(senders), pepper=PEPPER, **more)
    return report, time.perf_counter() - started


def signer() -> DkimSigner:
    """Signs with a key of its own, as a campaign's mails are signed."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return DkimSigner(DkimKey("example.com", "bench", key), FixedClock(NOW))


def plain_loop(port: int, mails: int) -> float:
    """Seconds of the loop one would write instead: sign and send, remember nothing."""
    signing = signer()
    made = [
        compose(OutgoingMail(Address("S", "s0@example.com"), Address("C", f"c{n}@example.com"), "An idea", TEXT,
                             f"<gr.{n:032x}@example.com>", NOW)) for n in range(mails)
    ]  # fmt: skip
    signing.signed(made[0])
    started = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for n, raw in enumerate(made):
            server.sendmail("s0@example.com", [f"c{n}@example.com"], signing.signed(raw))
    return time.perf_counter() - started


def steady(mails: int) -> tuple[float, float, float]:
    """Mails a second with signatures, of ours with one worker and of the plain loop; ours per second of processor."""
    senders = mails // CAMPAIGN.outreach.daily_cap + 1
    fast = Pace(mailbox_per_minute=600, way_out_per_minute=60_000)
    with sink() as port, record(mails, senders=senders) as engine:
        with SmtpMailer(SmtpServer("127.0.0.1", port, security="none"), signer=signer()) as mailer:
            batch(engine, mailer, senders, limit=1)
            worked = time.process_time()
            report, seconds = batch(engine, mailer, senders, pace=fast)
            worked = time.process_time() - worked
        return len(report.sent) / seconds, mails / plain_loop(port, mails), len(report.sent) / worked


def resident() -> float:
    """Megabytes of this process now."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def memory(waiting: int, sent: int) -> list[float]:
    """Megabytes at the start, and after each quarter of `sent` mails out of so many that wait."""
    senders = sent // CAMPAIGN.outreach.daily_cap + 1
    with record(waiting, senders=senders) as engine:
        batch(engine, Nowhere(), senders, limit=20)
        found = [resident()]
        for _ in range(4):
            batch(engine, Nowhere(), senders, limit=sent // 4)
            found.append(resident())
    return found


def lines(*, many: int, mails: int, waiting: int, sent: int) -> Iterator[str]:
    """The table, row by row as it is measured."""
    load = os.getloadavg()[0]
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load:.1f} before the start"
    yield f"{datetime.now(UTC):%d %B %Y}, {machine}. Python {platform.python_version()}, SQLite, all commits on disk."
    yield "\n| what | measured |\n| --- | --- |"
    for name, asleep in (("the day's cap ends it", 0), ("all others sleep, and come first", many - 50)):
        with record(many, senders=1, asleep=asleep) as engine:
            report, seconds = batch(engine, Nowhere(), 1)
        yield f"| {many:,} due, {len(report.sent)} may go ({name}) | {seconds:.2f} s |"
    ours, plain, worked = steady(mails)
    yield f"| {mails} signed mails, one worker, into a server on loopback | {ours:.0f} a second |"
    yield f"| the same in seconds of the worker's processor | {worked:.0f} a second |"
    yield f"| the same by a plain smtplib loop that signs and remembers nothing | {plain:.0f} a second |"
    yield f"| ours against that | {plain / ours:.1f} × |"
    held = " → ".join(f"{megabytes:.0f}" for megabytes in memory(waiting, sent))
    yield f"| memory while {sent:,} of {waiting:,} waiting mails go, at the start and after each quarter | {held} MB |"


def main() -> None:
    parser = argparse.ArgumentParser(description="What sending costs.")
    parser.add_argument("--small", action="store_true", help="few mails: does it run at all?")
    parser.add_argument("--sent", type=int, default=10_000, help="so many for the memory")
    chosen = parser.parse_args()
    sizes = {"many": 10_000, "mails": 500, "waiting": 100_000, "sent": chosen.sent}
    small = {"many": 120, "mails": 20, "waiting": 200, "sent": 100}
    for line in lines(**(small if chosen.small else sizes)):
        print(line, flush=True)  # noqa: T201 - what it is for


if __name__ == "__main__":
    main()
