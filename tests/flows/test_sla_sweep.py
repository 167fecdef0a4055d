"""One duty of the sweep that fails keeps none of the others from their turn."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from core.errors import TransientError
from flows.sla_sweep import one_after_another


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
