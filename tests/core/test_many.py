"""What is looked up for many at once is what is looked up one by one."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from core import audit
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import unit_of_work
from core.errors import Refused
from core.many import accounts_of_all, campaigns_of, snapshots_of
from core.models.candidates import Candidate, StageChange
from core.models.creators import Creator
from core.persons import merged_persons, persons_of, same_person
from core.stages import IllegalMove, Stage
from core.store import account_of, campaign_of, move_all, snapshot_of, the_candidates
from core.tracking import mint_all

Put = Callable[..., Candidate]


def test_persons_are_found_through_merges_of_any_length_as_they_are_for_one(engine: Engine, longlisted: Put) -> None:
    # a → b → c ← d, and e, who is nobody else.
    into = {"a": "b", "b": "c", "d": "c"}
    with unit_of_work(engine) as session:
        for name in "abcde":
            longlisted(session, name, creator_id=name)
        for name, other in into.items():
            session.get_one(Creator, name).merged_into = other
        session.flush()
        found = persons_of(session, ["a", "d", "e"])
        assert found == {"a": frozenset("abcd"), "d": frozenset("abcd"), "e": frozenset("e")}
        assert {name: same_person(session, name) for name in "ade"} == found
        assert persons_of(session, []) == {}
        assert merged_persons(session) == dict.fromkeys("abd", "c")


def test_what_is_known_of_many_is_what_is_known_of_each(engine: Engine, campaign: Campaign, longlisted: Put) -> None:
    other = campaign.model_copy(update={"slug": "other", "name": "Other"})
    with unit_of_work(engine) as session:
        many = [longlisted(session, "ada", followers=5), longlisted(session, "bo", campaign=other)]
        assert [one.slug for one in campaigns_of(session, many)] == [campaign.slug, "other"]
        assert campaigns_of(session, many) == [campaign_of(session, one) for one in many]
        assert snapshots_of(session, many) == {one.id: snapshot_of(session, one) for one in many}
        accounts = accounts_of_all(session, many)
        assert [accounts[one.account_id] for one in many] == [account_of(session, one) for one in many]


def test_many_candidates_come_in_the_order_asked_for_and_one_unknown_is_named(engine: Engine, longlisted: Put) -> None:
    with unit_of_work(engine) as session:
        ada, bo = longlisted(session, "ada"), longlisted(session, "bo")
        assert the_candidates(session, [bo.id or 0, ada.id or 0]) == [bo, ada]
        with pytest.raises(Refused, match="no candidate 17"):
            the_candidates(session, [ada.id or 0, 17])


def test_many_move_together_each_with_its_own_reason_or_none_does(
    engine: Engine, clock: FixedClock, longlisted: Put
) -> None:
    with unit_of_work(engine) as session:
        ada, bo, cy = (longlisted(session, name).id or 0 for name in ("ada", "bo", "cy"))
        move_all(session, clock, {bo: "second", ada: "first"}, Stage.QUEUED, actor="omar")
    with pytest.raises(IllegalMove, match="instagram:ada"), unit_of_work(engine) as session:
        move_all(session, clock, {cy: "third", ada: "again"}, Stage.QUEUED, actor="omar")
    with unit_of_work(engine) as session:
        assert [one.stage for one in the_candidates(session, [ada, bo, cy])] == ["QUEUED", "QUEUED", "LONGLISTED"]
        query = select(StageChange.candidate_id, StageChange.reason).where(StageChange.went_to == Stage.QUEUED)
        assert session.exec(query.order_by(col(StageChange.id))).all() == [(bo, "second"), (ada, "first")]
        assert audit.verify(session).problem == ""


def test_codes_are_minted_for_those_who_have_none_and_come_in_the_order_asked_for(
    engine: Engine, clock: FixedClock, campaign: Campaign, longlisted: Put
) -> None:
    with unit_of_work(engine) as session:
        ada, bo, cy = (longlisted(session, name) for name in ("ada", "bo", "cy"))
        [first] = mint_all(session, clock, [(campaign, bo)])
        links = mint_all(session, clock, [(campaign, one) for one in (cy, bo, ada)])
        assert [link.candidate_id for link in links] == [cy.id, bo.id, ada.id]
        assert links[1] == first
        assert len({link.code for link in links}) == 3
        assert mint_all(session, clock, []) == []
