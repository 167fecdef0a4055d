"""What a worker holds in memory while it sends 100,000 mails without a pause: signed, into a server on loopback.

    python -m bench.long_run                  # prints the rows that stand in bench/README.md, in an hour
    python -m bench.long_run --mails 300      # the same in seconds, as the tests do

The record is made in a process of its own, so that what making it left behind is not counted. The campaign's cap is
raised, or two thousand senders would be needed for one day.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlmodel import SQLModel

from bench.mail import CAMPAIGN, NOW, PEPPER, fill, people, resident, signer
from bench.sink import sink
from bench.spawn import spawn
from core.clock import FixedClock
from core.database import open_engine
from core.models.outreach import Message
from core.smtp import SmtpMailer, SmtpServer
from outreach.service import send_due

CAP = 500


@dataclass
class Held:
    """Megabytes at the start and after each share of the mails, and the most of all that were looked at."""

    mails: int
    shares: int = 10
    sent: int = 0
    found: list[float] = field(default_factory=lambda: [resident()])
    most: float = 0.0

    def note(self, _message: Message) -> None:
        self.sent += 1
        if self.sent % 100 == 0:
            self.most = max(self.most, resident())
        if self.sent % (self.mails // self.shares) == 0:
            self.found.append(resident())


def address(folder: Path) -> str:
    return f"sqlite:///{folder}/greenroom.db"


def make(folder: Path, mails: int) -> None:
    engine = open_engine(address(folder))
    SQLModel.metadata.create_all(engine)
    fill(engine, mails, senders=mails // CAP + 1)
    engine.dispose()


def send_all(folder: Path, mails: int) -> tuple[Held, float]:
    """Send them in one batch of one process; what it held, and the seconds it took."""
    campaign = CAMPAIGN.model_copy(update={"outreach": CAMPAIGN.outreach.model_copy(update={"daily_cap": CAP})})
    engine, held = open_engine(address(folder)), Held(mails)
    started = time.perf_counter()
    with sink() as port, SmtpMailer(SmtpServer("127.0.0.1", port, security="none"), signer=signer()) as mailer:
        report = send_due(engine, FixedClock(NOW), mailer, campaign, people(mails // CAP + 1), pepper=PEPPER,
                          on_sent=held.note)  # fmt: skip
    engine.dispose()
    assert len(report.sent) == held.sent
    return held, time.perf_counter() - started


def lines(mails: int) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="greenroom-bench-") as folder:
        spawn(["-m", "bench.long_run", "--mails", str(mails), "--make", folder])
        held, seconds = send_all(Path(folder), mails)
    steps = " → ".join(f"{megabytes:.0f}" for megabytes in held.found)
    yield f"| memory while {held.sent:,} of {mails:,} mails go, at the start and after each tenth | {steps} MB |"
    yield f"| the most of it at any hundredth mail; and how long it took | {held.most:.0f} MB, {seconds / 60:.0f} min |"


def main() -> None:
    parser = argparse.ArgumentParser(description="What a worker holds while it sends very many mails.")
    parser.add_argument("--mails", type=int, default=100_000)
    parser.add_argument("--make", type=Path, help="only make a record in this folder")
    chosen = parser.parse_args()
    if chosen.make is not None:
        make(chosen.make, chosen.mails)
        return
    for line in lines(chosen.mails):
        print(line, flush=True)  # noqa: T201 - what it is for


if __name__ == "__main__":
    main()
