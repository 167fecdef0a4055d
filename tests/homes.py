"""Homes that many tests begin with: made once for a whole run, whichever worker is first, and copied for each test.

What was made is never worked in; a test that only reads still takes a copy, as a reader of SQLite leaves files too.
"""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from core.clock import FixedClock
from flows.steps import longlist
from tests.conftest import START
from tests.house import CAMPAIGN, CAMPAIGN_FILE, House, build

_FIRST = "canary_size = 5 "
#: Bytes from which on a file is not worth a copy per test; locks, pointers and lists are smaller.
_LARGE = 64 * 1024
#: What of a home is never written in place. Documents are damaged by tests, so each home has its own.
_SHARED = frozenset({"pool", "runs"})


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` filled, in this process or another of the run; whoever comes second waits for it."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    place, draft = shared / f"made-{name}", shared / f"making-{name}"
    with (shared / f"made-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            shutil.rmtree(draft, ignore_errors=True)
            make(draft)
            draft.rename(place)
    return place


def make_longlisted(home: Path) -> None:
    """The sample pool, the longlist of the example campaign, a queue of 25, and its sign-offs.

    Once a person let a wording go, all its mails go at once: what a few go first for is the matter of its own tests.
    """
    house = build(home, FixedClock(START))
    house.import_sample()
    (home / "sample.jsonl.gz").unlink()
    longlist.source_campaign(house.w, campaign_of_homes(home.parent), actor="omar")
    house.everybody_consented()
    longlist.fill_queue(house.w, CAMPAIGN, actor="omar")
    house.sign_off_campaign()
    house.w.engine.dispose()


def campaign_of_homes(folder: Path) -> Path:
    """The campaign file of these homes, written there: the example's, but that new words go to all at once."""
    written = CAMPAIGN_FILE.read_text(encoding="utf-8")
    assert _FIRST in written
    path = folder / CAMPAIGN_FILE.name
    path.write_text(written.replace(_FIRST, "canary_size = 25 "), encoding="utf-8")
    return path


def copied(made: Path, home: Path) -> House:
    copy_home(made, home)
    return build(home, FixedClock(START))


def copy_home(made: Path, home: Path) -> Path:
    """A home of its own. The large files of pool and longlist are shared, as Greenroom only ever replaces them; a test
    that damages one in place copies the whole home instead."""
    shutil.copytree(made, home, copy_function=_copy_or_share)
    return home


def _copy_or_share(source: str, target: str) -> None:
    path = Path(source)
    if _SHARED.isdisjoint(path.parts) or path.stat().st_size < _LARGE:
        shutil.copy2(source, target)
        return
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy2(source, target)
