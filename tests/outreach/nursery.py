"""Starts workers that send a batch, for the tests that kill them.

Reads one line per worker from stdin, forks, answers with the worker's process id, and takes up whom the test killed.
Forking from here spares each worker the second of imports that a fresh process costs.
"""

import os
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from core.campaign import load_campaign  # noqa: E402
from core.clock import FixedClock  # noqa: E402
from core.database import open_engine  # noqa: E402
from core.people import load_people  # noqa: E402
from core.smtp import SmtpMailer, SmtpServer  # noqa: E402
from outreach import schedule  # noqa: E402
from outreach.service import send_due  # noqa: E402
from tests.outreach.conftest import PEPPER, START_OF_TESTS  # noqa: E402

CAMPAIGN = load_campaign(PROJECT / "campaigns" / "linen-summer.toml")
PEOPLE = load_people(PROJECT / "people.example.toml")
HOURS = (9, 18)


def work(address: str, port: int, cap: int) -> None:
    campaign = CAMPAIGN.model_copy(update={"outreach": CAMPAIGN.outreach.model_copy(update={"daily_cap": cap})})
    engine = open_engine(address)
    with SmtpMailer(SmtpServer("127.0.0.1", port, security="none")) as mailer:
        report = send_due(engine, FixedClock(START_OF_TESTS), mailer, campaign, PEOPLE, pepper=PEPPER)
    if report.trouble:
        raise SystemExit(report.trouble)


def answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def main() -> None:
    address, port, cap = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    # Reads the holidays of the sender's country, which would take each worker a while.
    assert schedule.is_open(START_OF_TESTS, PEOPLE.named("sofia").calendar, hours=HOURS)
    for line in sys.stdin:
        if line.startswith("start"):
            child = os.fork()
            if child == 0:
                try:
                    work(address, port, cap)
                except BaseException:
                    sys.excepthook(*sys.exc_info())
                    os._exit(1)
                os._exit(0)
            answer(child)
        else:
            _, status = os.waitpid(int(line), 0)
            answer(status)


if __name__ == "__main__":
    main()
