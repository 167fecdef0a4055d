"""Two whom somebody says to be one person: what they share, what stays after a split, and who can be nobody else."""

import pytest
from sqlmodel import select

from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.creators import Creator
from core.models.outreach import Reply
from core.store import candidate_named
from flows.steps import forgetting, longlist, outreach, person
from outreach import suppression
from outreach.law.policy import Basis
from tests.house import CAMPAIGN, CAMPAIGN_FILE, House


def test_two_creators_that_are_one_person_share_grounds_and_opt_outs_until_split(house: House) -> None:
    (first, _), (second, _) = house.with_addresses(2)
    omar, sofia = house.w.people.named("omar"), house.w.people.named("sofia")
    person.merge(house.w, first, second, evidence="link to each other", actor=omar)
    with pytest.raises(Refused, match="one person already"):
        person.merge(house.w, second, first, evidence="again", actor=omar)
    told = person.look_up(house.w, first)
    assert {first, second} <= set(told.accounts)
    assert any("merged" in one.what for one in told.happenings)
    assert told == person.look_up(house.w, second)
    person.set_grounds(house.w, CAMPAIGN, first, Basis.PUBLISHED, evidence="bio", withdraw=False, actor=sofia)
    assert "published business contact: bio" in person.look_up(house.w, second).grounds
    person.split(house.w, first, evidence="two sisters", actor=omar)
    assert second not in person.look_up(house.w, first).accounts
    with pytest.raises(Refused, match="not merged"):
        person.split(house.w, first, evidence="two sisters", actor=omar)

    person.merge(house.w, first, second, evidence="link to each other", actor=omar)
    platform, handle = first.split(":")
    outreach.suppress(house.w, actor=omar, why="asked", account=(platform, handle))
    assert house.stage(second) == "CLOSED_BY_OPT_OUT"


def test_a_merge_with_somebody_who_opted_out_closes_every_address_of_the_other(house: House) -> None:
    (first, _), (second, _) = house.with_addresses(2)
    omar = house.w.people.named("omar")
    platform, handle = first.split(":")
    outreach.suppress(house.w, actor=omar, why="asked", account=(platform, handle))
    with unit_of_work(house.w.engine) as session:
        other = candidate_named(session, CAMPAIGN, second)
        session.add(Reply(mail_id="<x@y>", candidate_id=other.id, sender="second.mailbox@example.org", kind="question",
                          because="", text="hello?", received_at=house.w.clock.now()))  # fmt: skip
    person.merge(house.w, first, second, evidence="link to each other", actor=omar)
    with reading(house.w.engine) as session:
        assert suppression.is_suppressed(session, pepper=house.w.pepper, addresses=["second.mailbox@example.org"])


def test_nobody_is_one_person_with_somebody_who_was_erased(house: House) -> None:
    (first, _), (second, _) = house.with_addresses(2)
    gone = person.look_up(house.w, first).creator_id
    forgetting.forget(house.w, first, why="asked", actor=house.w.people.named("lena"))
    for pair in ((gone, second), (second, gone)):
        with pytest.raises(Refused, match=f"{gone[:8]} was erased"):
            person.merge(house.w, *pair, evidence="link to each other", actor=house.w.people.named("omar"))
    assert len(person.look_up(house.w, second).accounts) == 1


@pytest.mark.slow
def test_merged_creators_get_one_place_on_the_next_longlist(house: House) -> None:
    (first, _), (second, _) = house.with_addresses(2)
    person.merge(house.w, first, second, evidence="link to each other", actor=house.w.people.named("omar"))
    with reading(house.w.engine) as session:
        before = len(session.exec(select(Candidate.id)).all())
    longlist.source_campaign(house.w, CAMPAIGN_FILE, actor="omar")
    with reading(house.w.engine) as session:
        one = candidate_named(session, CAMPAIGN, first)
        person_id = session.get_one(Creator, one.creator_id).merged_into
        assert person_id == candidate_named(session, CAMPAIGN, second).creator_id
        assert session.exec(select(Candidate).where(Candidate.creator_id == person_id)).one()
        assert len(session.exec(select(Candidate.id)).all()) <= before + 5
