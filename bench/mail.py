"""What sending costs: finding the few mails that may go among many, and the ledger around each mail.

    python -m bench.mail            # prints the table that stands in bench/README.md
    python -m bench.mail --small    # the same with few mails, as the tests do

Every mail goes through the real ledger into a mail server on loopback that keeps nothing, beside a plain loop over the
standard library's smtplib that remembers nothing.
"""

import argparse
import platform
import resource
import smtplib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert
from sqlmodel import SQLModel

import core.models as models

from core.campaign import Campaign, load_campaign
from core.clock import FixedClock
from core.database import open_engine, unit_of_work
from core.mailer import Mailer, OutgoingMail, Receipt, compose
from core.models.candidates import Candidate, Snapshot
from core.models.creators import Account, Creator
from core.models.outreach import Message
from core.models.privacy import ContactBasis
from core.models.sourcing import SourcingRun
from core.people import People, Person, WorkCalendar
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
        "subject": "An idea", "text": TEXT, "html": "", "locale": "en", "time_zone": zone, "country": country, "basis": "consent",
        "stop_token": "", "provider_id": "", "message_id": f"<gr.{n:032x}@example.com>", "headers": {},
        "attachments": [], "template": "invite", "template_sha256": "0", "facts": [], "needs_stage": Stage.APPROVED,
        "moves_to": Stage.INVITED, "withdrawn": "", "status": "pending", "attempts": 0, "detail": "", "created_at": NOW,
    }  # fmt: skip


def batch(engine: Engine, mailer: Mailer, senders: int, **more: Any) -> tuple[SendReport, float]:
    """Send what may go, and the seconds that took."""
    started = time.perf_counter()
    report = send_due(engine, FixedClock(NOW), mailer, CAMPAIGN, people(senders), pepper=PEPPER, **more)
    return report, time.perf_counter() - started
