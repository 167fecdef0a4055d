"""Workers that are killed at any moment, and several at once: no mail goes out twice, every mail is accounted for."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.outreach.killing import HEADER, Fate, Killing


def check(fate: Fate, killing: Killing) -> None:
    assert (fate.twice, fate.lost, fate.statuses["pending"]) == (0, 0, 0)
    assert fate.statuses.total() == killing.mails
    # One in a hundred is refused, unless its worker was killed before it could write that down.
    assert fate.statuses["failed"] <= killing.mails // 100
    # Each kill and each cut can leave one mail in the dark, no more.
    assert fate.statuses["unknown"] <= fate.kills + fate.cuts
    assert fate.statuses["sent"] <= fate.arrived <= fate.statuses["sent"] + fate.statuses["unknown"]
    first, *whole, last = sorted(fate.slots)
    assert all(max(fate.slots[day]) <= killing.cap for day in (first, last))
    assert all(fate.slots[day] == [killing.cap] * killing.senders for day in whole)


def test_three_workers_that_are_killed_share_a_batch_and_send_nothing_twice(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    killing = Killing(sqlite_engine, tmp_path, mails=40, senders=2, cap=10, workers=3)
    fate = killing.run(every=0.15, one_in=10)
    assert fate.kills > 0
    check(fate, killing)


@pytest.mark.slow
@pytest.mark.parametrize("which", ["sqlite_engine", "postgres_engine"])
def test_1500_mails_survive_a_kill_every_150_ms_a_cut_wire_midnight_and_the_end_of_daylight_saving(
    request: pytest.FixtureRequest, which: str, tmp_path: Path
) -> None:
    """With `-s` its table is printed."""
    engine: Engine = request.getfixturevalue(which)
    killing = Killing(engine, tmp_path, mails=1500, senders=10, cap=50, workers=3)
    fate = killing.run(every=0.15, one_in=40)
    print(f"\n{HEADER}\n{fate.row(which.removesuffix('_engine'))}")  # noqa: T201 - what it is run with -s for
    assert fate.kills >= 50
    assert fate.cuts > 0
    check(fate, killing)
