from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from core import audit
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.candidates import Candidate, StageChange
from core.stages import IllegalMove, Stage
from core.store import move, the_candidate


def test_a_move_leaves_who_when_and_an_audit_entry(
    engine: Engine, clock: FixedClock, longlisted: Callable[..., Candidate]
) -> None:
    with unit_of_work(engine) as session:
        candidate = longlisted(session, "ada.linen")
        move(session, clock, candidate, Stage.QUEUED, actor="omar")
    with reading(engine) as session:
        assert the_candidate(session, 1).stage == Stage.QUEUED
        changes = session.exec(select(StageChange)).all()
        assert [(change.came_from, change.went_to, change.actor) for change in changes] == [
            (None, "LONGLISTED", "omar"),
            ("LONGLISTED", "QUEUED", "omar"),
        ]
        assert changes[1].at == clock.now()
        assert audit.verify(session).problem == ""


def test_a_forbidden_move_changes_nothing(
    engine: Engine, clock: FixedClock, longlisted: Callable[..., Candidate]
) -> None:
    with unit_of_work(engine) as session:
        longlisted(session, "ada.linen")
    with pytest.raises(IllegalMove, match="LONGLISTED and cannot become SIGNED"), unit_of_work(engine) as session:
        move(session, clock, the_candidate(session, 1), Stage.SIGNED, actor="omar")
    with reading(engine) as session:
        assert the_candidate(session, 1).stage == Stage.LONGLISTED
