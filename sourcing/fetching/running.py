"""Carrying out a run: take the quota, ask, keep the page, settle, until all is there or something stands in the way.

Owns the order of these steps. Asks nothing itself (the wire does), and understands no answer (the source does).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from core.clock import Clock
from core.errors import PermanentError, TransientError
from sourcing.fetching.asking import Ask, Heard, Row, Source, Wanted
from sourcing.fetching.pages import Run
from sourcing.fetching.quotas import Ledger, Short
from sourcing.fetching.wire import Gone, MustWait, PlatformEmpty, Wire

#: (profiles so far, profiles wanted, pages so far)
Tell = Callable[[int, int, int], None]
#: What is said again of an account where the platform says that nothing changed; None where that cannot be said.
SaidBefore = Callable[[Wanted, datetime], Row | None]


@dataclass(frozen=True)
class Ended:
    """How far a run came: done; full (what is there goes into the pool first); waiting for a quota or a platform
    (`until`, where that is known); or stopped until somebody mends what `why` says."""

    status: Literal["done", "full", "waiting", "stopped"]
    why: str = ""
    until: datetime | None = None
    next_step: str = ""


class _NothingLeft(TransientError):
    """Our books say that nothing may be asked now."""

    def __init__(self, short: Short) -> None:
        super().__init__(short.why)
        self.short = short


@dataclass
class Worker:
    """What a run is carried out with; at most `portion` profiles are held in memory before the pool has them."""

    source: Source
    wire: Wire
    ledger: Ledger
    clock: Clock
    tell: Tell
    said_before: SaidBefore = lambda _wanted, _now: None
    portion: int = 5_000
    #: When the quota of the last try was taken: it is given back to that window, though another began meanwhile.
    _paid_at: datetime = field(init=False)

    def carry_out(self, run: Run) -> Ended:
        try:
            while run.queue:
                if len(run.rows) >= self.portion:
                    return Ended("full")
                self.tell(run.profiles, run.order.limit, run.pages)
                self._one(run)
        except _NothingLeft as error:
            return Ended("waiting", error.short.why, error.short.until)
        except PlatformEmpty as error:
            until = self.ledger.is_empty(run.queue[0].quota)
            return Ended("waiting", error.message.rstrip("."), until)
        except MustWait as error:
            until = self.clock.now() + timedelta(seconds=error.seconds)
            self.ledger.pause(until, f"{self.source.title} asks for a pause: {error.message}")
            return Ended("waiting", error.message, until)
        except TransientError as error:
            return Ended("waiting", error.message.rstrip("."))
        except PermanentError as error:
            return Ended("stopped", error.message.rstrip("."), next_step=error.next_step)
        self.tell(run.profiles, run.order.limit, run.pages)
        return Ended("done")

    def _one(self, run: Run) -> None:
        ask = run.queue[0]
        try:
            heard, tag = self._heard(run, ask)
        except Gone as error:
            heard, tag = self.source.without(ask, error.message, now=self.clock.now()), ""
        run.add(heard, tag=tag)
        if heard.cost is not None:
            self.ledger.settle(ask.quota, taken=ask.cost, cost=heard.cost, at=self._paid_at)

    def _heard(self, run: Run, ask: Ask) -> tuple[Heard, str]:
        """What the answer means, and its tag where it may be asked for again."""
        now = self.clock.now()
        before = [self.said_before(one, now) for one in ask.known] if run.order.refresh else []
        known = [row for row in before if row is not None]
        again = bool(known) and len(known) == len(before)
        answer = self.wire.ask(
            ask, paid=lambda: self._pay(ask), unpaid=lambda: self._give_back(ask),
            tag=self.ledger.tag(ask.digest) if again else "",
        )  # fmt: skip
        if answer.unchanged:
            return Heard(rows=tuple(known)), ""
        # Its own place in the queue is free once it is answered.
        heard = self.source.read(ask, answer.said, room=max(0, run.room + ask.yields), now=now)
        return heard, answer.tag if again else ""

    def _pay(self, ask: Ask) -> None:
        self._paid_at = self.clock.now()
        short = self.ledger.take(ask.quota, ask.cost)
        if short is not None:
            raise _NothingLeft(short)

    def _give_back(self, ask: Ask) -> None:
        self.ledger.settle(ask.quota, taken=ask.cost, cost=0, at=self._paid_at)
