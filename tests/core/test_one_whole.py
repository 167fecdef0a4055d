"""Units of work that are parts of one: all that they did stands, or none of it."""

import threading

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from core.clock import Clock
from core.database import one_whole, reading, unit_of_work
from core.errors import Refused
from core.models.slack import SlackEvent


def note(engine: Engine, clock: Clock, key: str, *, refuse: bool = False) -> None:
    with unit_of_work(engine) as session:
        session.add(SlackEvent(key=key, kind="test", at=clock.now()))
        session.flush()
        if refuse:
            raise Refused("no")


def keys(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return sorted(session.exec(select(SlackEvent.key)))


def test_parts_stand_together_when_the_whole_ends_well(engine: Engine, clock: Clock) -> None:
    with one_whole(engine) as session:
        session.add(SlackEvent(key="whole", kind="test", at=clock.now()))
        session.flush()
        note(engine, clock, "part")
        assert keys(engine) == ["part", "whole"]
        assert sorted(session.exec(select(SlackEvent.key))) == ["part", "whole"]
    assert keys(engine) == ["part", "whole"]


@pytest.mark.parametrize("ending", [Refused("no"), KeyboardInterrupt()])
def test_nothing_of_any_part_stands_when_the_whole_fails(engine: Engine, clock: Clock, ending: BaseException) -> None:
    def whole() -> None:
        with one_whole(engine) as session:
            session.add(SlackEvent(key="whole", kind="test", at=clock.now()))
            note(engine, clock, "part")
            raise ending

    with pytest.raises(type(ending)):
        whole()
    assert keys(engine) == []
    note(engine, clock, "later")
    assert keys(engine) == ["later"]


def test_a_part_that_fails_leaves_the_others_alone(engine: Engine, clock: Clock) -> None:
    def outer_part_that_fails() -> None:
        with unit_of_work(engine):
            note(engine, clock, "lost with its outer part")
            raise Refused("no")

    with one_whole(engine):
        note(engine, clock, "first")
        with pytest.raises(Refused):
            note(engine, clock, "failed", refuse=True)
        with unit_of_work(engine):
            note(engine, clock, "inner")
        with pytest.raises(Refused):
            outer_part_that_fails()
    assert keys(engine) == ["first", "inner"]


def test_what_is_changed_while_reading_is_given_up(engine: Engine, clock: Clock) -> None:
    with one_whole(engine):
        with reading(engine) as session:
            session.add(SlackEvent(key="read", kind="test", at=clock.now()))
            session.flush()
        note(engine, clock, "kept")
    assert keys(engine) == ["kept"]


def test_other_threads_have_units_of_their_own(engine: Engine, clock: Clock) -> None:
    other = threading.Thread(target=note, args=(engine, clock, "other"))
    with one_whole(engine):
        note(engine, clock, "mine")
        other.start()
        other.join(0.05)
        assert other.is_alive()  # one writes at a time
    other.join(5)
    assert keys(engine) == ["mine", "other"]
