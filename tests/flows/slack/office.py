"""Everything that runs, before a simulated Slack: Slack's program, the worker, the web door, and a clock to move.

What the processes do in threads is done here one after the other, a simulated second at a time, so that a story has one
order. What runs at a time of day is called by name, as the scheduler does.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from approvals.slack.api import TakesFiles
from approvals.slack.outbox import waiting
from core.clock import FixedClock
from core.database import reading
from core.errors import PermanentError
from core.store import account_of, the_candidate
from flows.serving.line import Line
from flows.serving.slack import SlackProgram, deliver, line_to, listening
from flows.serving.worker import Worker, refreshed
from flows.slack.desk import handle
from flows.slack.forms import form_errors
from flows.slack.posting import announce
from flows.steps import guardrails, longlist, review, sign_offs, upkeep
from flows.wiring import Wiring
from tests.approvals.slack.simulator import Simulator
from tests.flows.serving.doors import SECRET, served
from tests.flows.slack.slacked import with_slack
from tests.house import CAMPAIGN_FILE, House

REVIEW, LEGAL, OPS = "C0REVIEW", "C0LEGAL", "C0OPS"
#: Longer than any decision can be taken back.
UNDO = timedelta(minutes=11)


@dataclass
class Office:
    """`answers` is what stopped delivery, if anything did; `slack` is what the program calls."""

    house: House
    sim: Simulator
    clock: FixedClock
    slack: TakesFiles
    program: SlackProgram
    worker: Worker
    answers: list[str] = field(default_factory=list)

    @property
    def w(self) -> Wiring:
        return self.house.w

    def fresh(self) -> Wiring:
        return refreshed(self.w)

    def start_again(self, slack: TakesFiles | None = None) -> None:
        """Slack's process is gone, whatever it was at, and another one begins."""
        self.slack = slack or self.w.slack()
        self.program = program_of(self.w, self.slack)

    def handle(self) -> None:
        """What came is done, as the desk does it."""
        for arrival in self.program.desk.take(time.monotonic()):
            self.program.desk.work(arrival)

    def post(self) -> None:
        """One turn of announcing and one of delivering; a token that does not work is noted, as a routine logs it."""
        announce(self.fresh())
        try:
            deliver(self.fresh(), self.slack)
        except PermanentError as stopped:
            self.answers.append(str(stopped))

    def round(self) -> None:
        """One turn of everything."""
        self.handle()
        self.worker.round(time.monotonic())
        self.post()

    def settle(self, *, within: timedelta = timedelta(minutes=30)) -> None:
        """Until nothing is left to do or to say."""
        end = self.clock.now() + within
        while True:
            self.round()
            if not self.behind():
                return
            self.clock.advance(timedelta(seconds=1))
            assert self.clock.now() < end, f"never said: {self.behind()[:3]}"

    def later(self, after: timedelta = UNDO) -> None:
        """Time goes by, and everything that waited for it is done."""
        self.clock.advance(after)
        self.settle()

    def at(self, moment: datetime) -> None:
        """It is that time by now."""
        assert self.clock.now() < moment
        self.later(moment - self.clock.now())

    def sweep(self) -> None:
        """What the scheduler does every quarter of an hour, and what follows from it."""
        self.sweep_only()
        self.settle()

    def sweep_only(self) -> None:
        w = self.fresh()
        for step in (review.apply_due, longlist.refill_queues, sign_offs.withdraw_outdated, sign_offs.ask_next,
                     guardrails.weekly_spot_check, upkeep.remind, upkeep.send_digests, upkeep.tidy):  # fmt: skip
            step(w)

    def creator(self, candidate_id: int | None) -> str:
        """Their name, as `platform:handle`."""
        with reading(self.w.engine) as session:
            account = account_of(session, the_candidate(session, candidate_id or 0))
        return f"{account.platform}:{account.handle}"

    def behind(self) -> list[str]:
        """What Slack does not know yet."""
        with reading(self.w.engine) as session:
            return [f"{post.key}: {post.status}, {post.last_error}" for post in waiting(session)]


def program_of(w: Wiring, slack: TakesFiles) -> SlackProgram:
    return SlackProgram(w.settings, lambda: refreshed(w), slack, handle=handle, announce=announce)


def campaign_folder(folder: Path) -> Path:
    """The example campaign with channels of its own."""
    text = CAMPAIGN_FILE.read_text(encoding="utf-8")
    for name, channel in (("review_channel", REVIEW), ("legal_channel", LEGAL), ("ops_channel", OPS)):
        text = text.replace(f'{name} = ""', f'{name} = "{channel}"')
    folder.mkdir(exist_ok=True)
    (folder / CAMPAIGN_FILE.name).write_text(text, encoding="utf-8")
    return folder


@contextmanager
def opened(house: House, home: Path, clock: FixedClock, *, door: str = "socket") -> Iterator[Office]:
    """A home whose people are all in Slack, heard through one of the two doors: `socket` or `http`."""
    token = SecretStr("xapp-1") if door == "socket" else None
    with Simulator(clock, secret=SECRET) as sim, ExitStack() as open_now:
        # Anton may review too, so that there is somebody to hand a creator to.
        edit = ('roles = ["analytics"]', 'roles = ["analytics", "reviewer"]')
        at = with_slack(
            house, home, sim.address, clock, edit=edit, campaigns=campaign_folder(home / "campaigns"),
            slack_app_token=token, slack_signing_secret=SecretStr(SECRET), slack_channel=REVIEW,
            terminal_may_sign_off=False,
        )  # fmt: skip
        open_now.callback(at.w.engine.dispose)
        sim.users.clear()
        for person in at.w.people:
            sim.member(person.slack)
        for channel in (REVIEW, LEGAL, OPS):
            sim.channel(channel)
        slack = at.w.slack()
        office = Office(at, sim, clock, slack, program_of(at.w, slack), Worker(lambda: refreshed(at.w)))
        open_now.enter_context(_heard(office, door))
        yield office


@contextmanager
def _heard(office: Office, door: str) -> Iterator[None]:
    if door == "http":
        with served(office.w, form_errors) as address:
            office.sim.doors.request_url = address
            yield
        return
    # Whichever program runs at the moment hears it: they share the spool.
    line = line_to(office.w, listening(office.w, lambda body: office.program.receive(body), form_errors))
    assert line is not None
    with _kept_open(line):
        office.sim.sockets.wait()
        yield


@contextmanager
def _kept_open(line: Line) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=line.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def key_of(message: dict[str, Any]) -> str:
    """The key under which a message was posted; what only one person sees has none."""
    return str(message.get("metadata", {}).get("event_payload", {}).get("key", ""))
