"""One duty of the sweep that fails keeps none of the others from their turn."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text

from core.database import unit_of_work
from core.errors import GreenroomError, TransientError
from core.models.candidates import Candidate
from core.stages import Stage
from core.store import move
from flows.sla_sweep import one_after_another
from flows.steps import upkeep
from flows.wiring import Wiring


def test_a_duty_that_fails_is_told_when_all_have_had_their_turn(caplog: pytest.LogCaptureFixture) -> None:
    turns: list[str] = []

    def duty(name: str, fails: Exception | None = None) -> Callable[[], Awaitable[dict[str, int]]]:
        async def work() -> dict[str, int]:
            turns.append(name)
            if fails is not None:
                raise fails
            return {name: 1}

        return work

    assert asyncio.run(one_after_another(duty("refill"), duty("remind"))) == {"refill": 1, "remind": 1}
    with pytest.raises(KeyError, match="no effect"):
        asyncio.run(
            one_after_another(
                duty("apply", KeyError("no effect")), duty("remind", TransientError("no server")), duty("tidy")
            )
        )
    assert turns == ["refill", "remind", "apply", "remind", "tidy"]
    assert caplog.text.count("a duty of the sweep failed") == 2


def test_the_audit_log_is_anchored_though_nobody_can_be_forgotten(
    w: Wiring, longlisted: Callable[..., Candidate]
) -> None:
    with unit_of_work(w.engine) as session:
        move(session, w.clock, longlisted(session, "ada"), Stage.QUEUED, actor="omar")
        session.execute(text("DROP TABLE erasure"))
    with pytest.raises(GreenroomError, match="not set up"):
        upkeep.tidy(w)
    assert w.anchors.exists()
