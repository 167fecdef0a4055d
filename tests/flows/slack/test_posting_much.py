"""Ten thousand questions come to Slack without keeping others from the record."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, insert
from sqlmodel import select

from core import audit
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.approvals import Request
from core.store import stored_campaign
from flows.slack.posting import BATCH, BREATH, announce
from flows.slack.queues import Queues
from tests.flows.slack.slacked import Slacked, in_slack, leave
from tests.house import CAMPAIGN, House


@pytest.fixture
def there(house: House, tmp_path: Path, clock: FixedClock) -> Iterator[Slacked]:
    with in_slack(house, tmp_path, clock) as slacked:
        leave(slacked.house, 4)
        yield slacked


def test_a_long_log_is_read_with_pauses_in_which_others_can_write(there: Slacked) -> None:
    w, asked = there.house.w, there.house.queue()[0]
    assert there.announce() == 5
    pauses: list[float] = []

    def others_write(seconds: float) -> None:
        pauses.append(seconds)
        with unit_of_work(w.engine) as session:
            audit.record(session, w.clock, actor="omar", action="campaign.paused", subject="campaign:x", detail={})

    with unit_of_work(w.engine) as session:
        said = [audit.Happened("request.commented", f"request:{asked.id}", {})] * (2 * BATCH + 1)
        audit.record_all(session, w.clock, said, actor="omar")
    assert announce(w, breathe=others_write) == 0
    assert pauses == [BREATH] * 2


def test_many_queues_are_numbered_with_one_look_at_all_posts(there: Slacked) -> None:
    w = there.house.w
    with reading(w.engine) as session:
        campaign = stored_campaign(session, CAMPAIGN)
    small = campaign.model_copy(update={"longlist": campaign.longlist.model_copy(update={"queue": 1})})
    looks: list[str] = []
    event.listen(w.engine, "before_cursor_execute", lambda *told: looks.append(told[2]))
    with unit_of_work(w.engine) as session:
        queues = Queues(session, w.clock)
        assert [queues.next_place(small, "C1")[-2:] for _ in range(3)] == [":1", ":2", ":3"]
    assert len([statement for statement in looks if "LIKE" in statement]) == 1


@pytest.mark.slow
def test_ten_thousand_questions_are_announced_within_a_minute(there: Slacked) -> None:
    w = there.house.w
    with unit_of_work(w.engine) as session:
        model = session.exec(select(Request).limit(1)).one()
        copies = [
            model.model_dump() | {"id": f"{number:036d}", "subject": f"candidate:copy-{number}"}
            for number in range(10_000)
        ]
        session.execute(insert(Request), copies)
        told = [audit.Happened("request.asked", f"request:{copy['id']}", {}) for copy in copies]
        audit.record_all(session, w.clock, told, actor="omar")
    began = time.perf_counter()
    assert there.announce() == 10_004 + 401
    assert time.perf_counter() - began < 60
    assert there.announce() == 0
