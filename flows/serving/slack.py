"""Slack's own process: hears what is clicked, handles it, posts what is new. `python -m flows.serving.slack`.

Hearing puts on disk and acknowledges, and nothing else: neither a record that somebody writes to nor a slow Slack can
delay it. Handling, announcing and delivering have threads of their own. Knows no request: what to do with an arrival
and what to announce is handed in.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from approvals.slack import outbox
from approvals.slack.api import Slack, TakesFiles, WebSlack
from approvals.slack.app import FormErrors, make_app
from approvals.slack.arrivals import Arrival, Spool, arrival_of, forget_old
from approvals.slack.poster import deliver_due
from core.database import unit_of_work
from core.errors import PermanentError
from core.settings import Settings
from flows.serving.arrivals import Desk
from flows.serving.line import Line, SlackConnection
from flows.serving.routine import Routine
from flows.serving.worker import refreshed
from flows.wiring import Wiring, wire

log = logging.getLogger("greenroom.slack")

Handle = Callable[[Wiring, Slack, Arrival], None]
Announce = Callable[[Wiring], int]
#: Tells whoever did it that it could not be done.
GiveUp = Callable[[Wiring, Arrival], None]
DAY = 86_400.0
#: How long what was put aside waits for somebody to look at it, in seconds: it says what people did.
KEPT_ASIDE = 30 * DAY


class SlackProgram:
    """Runs until `stop` is set. `fresh` makes the wiring of each act, so that a changed people file counts at once."""

    def __init__(
        self,
        settings: Settings,
        fresh: Callable[[], Wiring],
        slack: TakesFiles,
        *,
        handle: Handle,
        announce: Announce,
        give_up: GiveUp = lambda _w, _arrival: None,
    ) -> None:
        # Nothing is read here: whatever is away at the start, what people click is heard.
        self.stop = threading.Event()
        self.spool = Spool(settings.slack_arrivals)
        self.desk = Desk(self.spool, Spool(settings.slack_failed), lambda arrival: handle(fresh(), slack, arrival),
                         lambda arrival: give_up(fresh(), arrival))  # fmt: skip
        self._routines = [
            Routine("announcing", lambda: announce(fresh()), every=1.0),
            Routine("delivering", lambda: deliver(fresh(), slack), every=1.0),
            Routine("tidying", lambda: tidy(fresh()), every=DAY),
        ]

    def receive(self, body: Mapping[str, Any]) -> None:
        """For the app: what came is on disk when this returns."""
        self.spool.keep(arrival_of(body))
        self.desk.wake()

    def run(self, line: Line | None = None) -> None:
        """The line is closed first, then what is in hand is brought to its end."""
        works: list[Callable[[threading.Event], None]] = [self.desk.run, *(one.run for one in self._routines)]
        threads = [threading.Thread(target=work, args=(self.stop,)) for work in works]
        for thread in threads:
            thread.start()
        try:
            line.run(self.stop) if line is not None else self.stop.wait()
        finally:
            self.stop.set()
            self.desk.wake()
            for thread in threads:
                thread.join()


def anew(announce: Announce, look_again: Callable[[Wiring], None]) -> Announce:
    """The same, but whatever is open is looked at anew the first time: since the last start a channel may have been
    named, or taken out of the archive."""
    left = [look_again]

    def announced(w: Wiring) -> int:
        while left:
            left[0](w)
            left.pop()
        return announce(w)

    return announced


def deliver(w: Wiring, slack: TakesFiles) -> None:
    """Post what is due. Raises PermanentError where Slack takes nothing at all from us."""
    done = deliver_due(w.engine, w.clock, slack)
    if done.dead:
        log.warning("Slack refused %d posts for good: greenroom slack check says which, and what to do", done.dead)
    if done.stopped:
        raise PermanentError(done.stopped)


def tidy(w: Wiring) -> None:
    """Forget what Slack can no longer repeat, what single persons were told, and what was put aside long ago."""
    with unit_of_work(w.engine) as session:
        forget_old(session, w.clock)
        outbox.forget_old(session, w.clock)
    # Beside it what nobody could read, and what a kill left half written.
    left = [one for kind in ("*.unreadable", ".*.part") for one in w.settings.slack_arrivals.glob(kind)]
    for path in (*put_aside(w.settings), *left):
        with suppress(FileNotFoundError):  # what is half written may be whole by now
            if time.time() - path.stat().st_mtime > KEPT_ASIDE:
                path.unlink()


def put_aside(settings: Settings) -> list[Path]:
    """The files of what came from Slack and could not be handled."""
    return sorted(settings.slack_failed.glob("*.json"))


def listening(w: Wiring, receive: Callable[[Mapping[str, Any]], None], form_errors: FormErrors) -> App:
    """The app of either door: over HTTP in the web process, over the line in Slack's own."""
    logging.getLogger("slack_bolt.App").addFilter(_is_error)
    settings = w.settings
    token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""
    secret = settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else ""
    client = WebClient(token=token, base_url=settings.slack_api_url)
    return make_app(signing_secret=secret, client=client, receive=receive, form_errors=form_errors)


def _is_error(record: logging.LogRecord) -> bool:
    # Bolt warns at each start of what is meant to be so. It sets its level anew each time, so a level would not stay.
    return record.levelno >= logging.ERROR


def line_to(w: Wiring, app: App) -> Line | None:
    """None without an app token: then Slack calls the web door."""
    token = w.settings.slack_app_token
    if token is None:
        return None
    return Line(SlackConnection(app, WebSlack(token.get_secret_value(), base_url=w.settings.slack_api_url)))


def one_by_one(make: Callable[[], Wiring]) -> Callable[[], Wiring]:
    """The same for many threads: the record is opened by the first of them alone."""
    lock = threading.Lock()

    def made() -> Wiring:
        with lock:
            return make()

    return made


def main() -> None:
    # Here, as this module must not know what is clicked and what is posted.
    from flows.slack.desk import give_up, handle
    from flows.slack.forms import form_errors
    from flows.slack.posting import announce, look_again

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    w = wire()
    program = SlackProgram(
        w.settings, one_by_one(lambda: refreshed(w)), w.slack(), handle=handle,
        announce=anew(announce, look_again), give_up=give_up,
    )  # fmt: skip
    for how in (signal.SIGTERM, signal.SIGINT):
        signal.signal(how, lambda _signal, _frame: program.stop.set())
    program.run(line_to(w, listening(w, program.receive, form_errors)))


if __name__ == "__main__":
    main()
