"""A source on loopback, a record for its quotas, and a worker that never really waits."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core.clock import FixedClock
from sourcing.fetching.asking import Order, Source
from sourcing.fetching.pages import Run, begin_run, open_run
from sourcing.fetching.quotas import Ledger
from sourcing.fetching.running import Worker
from sourcing.fetching.wire import Wire
from tests.sourcing.fetching.platforms import Platform, open_platform

#: Opens a platform for the length of the test.
Open = Callable[[Platform], Platform]
#: A worker for a source; its waits are kept in `waits`.
Work = Callable[..., Worker]


@pytest.fixture
def opened() -> Iterator[Open]:
    with ExitStack() as stack:

        def open_it(platform: Platform) -> Platform:
            return stack.enter_context(open_platform(platform))

        yield open_it


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def worker(sqlite_engine: Engine, clock: FixedClock, waits: list[float]) -> Iterator[Work]:
    with ExitStack() as stack:

        def make(source: Source, *, timeout_seconds: float = 5.0) -> Worker:
            wire = stack.enter_context(Wire(source, sleep=waits.append, timeout_seconds=timeout_seconds))
            ledger = Ledger(sqlite_engine, clock, source=source.name, holder=source.holder, quotas=source.quotas)
            return Worker(source, wire, ledger, clock, lambda *_: None)

        yield make


def begun(folder: Path, source: Source, order: Order) -> Run:
    return begin_run(folder, order, source.begin(order))


def again(run: Run) -> Run:
    """The same run as another process finds it."""
    found = open_run(run.folder)
    assert found is not None
    return found
