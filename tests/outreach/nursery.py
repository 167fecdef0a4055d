"""Starts workers that send a batch, for the tests that kill them.

Reads one line per worker from stdin, forks, answers with the worker's process id, and takes up whom the test killed.
Forking from here spares each worker the second of imports that a fresh process costs.
"""

import json
import os
import sys
from datetime import datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from bench.mail import CAMPAIGN, PEPPER, people  # noqa: E402
from core.database import open_engine  # noqa: E402
from core.smtp import SmtpMailer, SmtpServer  # noqa: E402
from outreach import schedule  # noqa: E402
from outreach.service import send_due  # noqa: E402


class FileClock:
    """The moment that stands in a file: one clock for all workers, which the test moves."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return datetime.fromisoformat(self._path.read_text(encoding="ascii"))


def work(address: str, port: int, cap: int, clock: FileClock, senders: int) -> None:
    campaign = CAMPAIGN.model_copy(update={"outreach": CAMPAIGN.outreach.model_copy(update={"daily_cap": cap})})
    engine = open_engine(address)
    with SmtpMailer(SmtpServer("127.0.0.1", port, security="none")) as mailer:
        while True:
            report = send_due(engine, clock, mailer, campaign, people(senders), pepper=PEPPER, ignore_window=True)
            # A wire that was cut is no reason to stop.
            if not report.trouble:
                return


def answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def main() -> None:
    told = json.loads(sys.argv[1])
    clock = FileClock(Path(told["clock"]))
    # What would take each worker a while: the holidays of the sender's country, and the database's driver.
    schedule.is_open(clock.now(), next(iter(people(1))).calendar, hours=(9, 18))
    open_engine(told["address"]).dispose()
    for line in sys.stdin:
        if line.startswith("start"):
            child = os.fork()
            if child == 0:
                try:
                    work(told["address"], told["port"], told["cap"], clock, told["senders"])
                except BaseException:
                    sys.excepthook(*sys.exc_info())
                    os._exit(1)
                os._exit(0)
            answer(child)
        elif line.startswith("look"):
            found, status = os.waitpid(int(line.split()[1]), os.WNOHANG)
            answer(status if found else -1)
        else:
            _, status = os.waitpid(int(line), 0)
            answer(status)


if __name__ == "__main__":
    main()
