"""Nobody is kept for longer than the law's table says, and nobody whose matter is alive is forgotten."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from core.clock import FixedClock
from core.database import unit_of_work
from core.models.candidates import Candidate, Snapshot
from core.models.creators import Account, AccountLink, Creator
from core.models.outreach import Reply
from core.stages import ROAD, Stage
from core.store import move
from outreach import people_merged, retention, suppression
from tests.outreach.conftest import PEPPER
from tests.outreach.test_erasing import _put as put

Longlisted = Callable[..., Candidate]


def test_who_was_quiet_for_the_months_of_their_country_is_forgotten_and_may_be_found_anew(
    engine: Engine, clock: FixedClock, longlisted: Longlisted
) -> None:
    with unit_of_work(engine) as session:
        put(session, longlisted, clock)
        longlisted(session, "us", country="United States")
        clock.advance(timedelta(days=371))
        assert retention.forget_old(session, clock, pepper=PEPPER) == 0
        clock.advance(timedelta(days=2))
        assert retention.forget_old(session, clock, pepper=PEPPER) == 1
        assert [one.handle for one in session.exec(select(Account).order_by("id"))] == ["erased-1", "us"]
        assert not suppression.is_suppressed(session, pepper=PEPPER, addresses=["ada@mail.example.com"])
        assert retention.forget_old(session, clock, pepper=PEPPER) == 0


def test_who_is_known_by_an_account_alone_is_forgotten_too_and_so_is_who_was_merged_into_them(
    engine: Engine, clock: FixedClock, longlisted: Longlisted
) -> None:
    with unit_of_work(engine) as session:
        ada = session.get_one(Creator, longlisted(session, "ada").creator_id)
        for number, handle in enumerate(("bea", "cleo"), start=10):
            creator = Creator(name=handle, created_at=clock.now())
            session.add_all([creator, Account(id=number, platform="tiktok", key=handle, handle=handle)])
            session.flush()
            session.add(AccountLink(account_id=number, creator_id=creator.id, since=clock.now(), evidence="a list"))
        people_merged.merge(session, clock, ada, creator, pepper=PEPPER, evidence="said so", actor="omar")
        clock.advance(timedelta(days=373))
        assert retention.forget_old(session, clock, pepper=PEPPER) == 2
        assert all(one.handle == f"erased-{one.id}" for one in session.exec(select(Account)))
        assert retention.forget_old(session, clock, pepper=PEPPER) == 0


def test_whoever_stays_never_keeps_the_others_from_their_turn(
    engine: Engine, clock: FixedClock, longlisted: Longlisted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_AT_ONCE", 2)
    with unit_of_work(engine) as session:
        for number in range(4):
            longlisted(session, f"us{number}", country="United States")
        for number in range(3):
            longlisted(session, f"de{number}", country="Germany")
        clock.advance(timedelta(days=400))
        assert [retention.forget_old(session, clock, pepper=PEPPER) for _ in range(3)] == [2, 1, 0]
        left = [one.handle for one in session.exec(select(Account).order_by("id"))]
        assert left[:4] == ["us0", "us1", "us2", "us3"]
        assert not [handle for handle in left if handle.startswith("de")]


def test_a_late_answer_or_a_deal_under_way_keeps_a_person(
    engine: Engine, clock: FixedClock, longlisted: Longlisted
) -> None:
    with unit_of_work(engine) as session:
        ada = longlisted(session, "ada")
        bea = longlisted(session, "bea")
        for stage in ROAD[1 : ROAD.index(Stage.AGREED) + 1]:
            move(session, clock, bea, stage, actor="omar")
        clock.advance(timedelta(days=400))
        session.add(Reply(mail_id="<late@example.com>", candidate_id=ada.id, kind="question", because="", text="hello?",
                          received_at=clock.now()))  # fmt: skip
        session.flush()
        assert retention.forget_old(session, clock, pepper=PEPPER) == 0


def test_facts_that_expired_go_but_not_of_a_running_deal(
    engine: Engine, clock: FixedClock, longlisted: Longlisted
) -> None:
    with unit_of_work(engine) as session:
        longlisted(session, "ada")
        bea = longlisted(session, "bea")
        for stage in ROAD[1 : ROAD.index(Stage.AGREED) + 1]:
            move(session, clock, bea, stage, actor="omar")
        for row in session.exec(select(Snapshot).where(Snapshot.field == "email")):
            row.expires_at = clock.now() + timedelta(days=30)
            session.add(row)
        session.flush()
        assert retention.drop_expired(session, clock) == 0
        clock.advance(timedelta(days=30))
        assert retention.drop_expired(session, clock) == 1
        assert [one.candidate_id for one in session.exec(select(Snapshot).where(Snapshot.field == "email"))] == [bea.id]
