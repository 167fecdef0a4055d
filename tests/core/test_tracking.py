from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from core import tracking
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.audit import AuditEntry
from core.models.candidates import Candidate
from core.models.tracking import TrackingLink

Put = Callable[..., Candidate]


def mint_all(session: Session, clock: FixedClock, campaign: Campaign, put: Put, *handles: str) -> list[TrackingLink]:
    return [tracking.mint(session, clock, campaign, put(session, handle)) for handle in handles]


def test_codes_are_unique_and_can_be_read_aloud(
    engine: Engine, clock: FixedClock, campaign: Campaign, longlisted: Put
) -> None:
    with unit_of_work(engine) as session:
        links = mint_all(session, clock, campaign, longlisted, *(f"creator{number}" for number in range(60)))
    assert len({link.code for link in links}) == 60
    for link in links:
        prefix, _, token = link.code.partition("-")
        assert prefix == "LINEN"
        assert len(token) == 6
        assert not set(token) & set("AEIOU01L")
        assert link.short == link.code.lower()


def test_a_candidate_keeps_its_code(engine: Engine, clock: FixedClock, campaign: Campaign, longlisted: Put) -> None:
    with unit_of_work(engine) as session:
        (first,) = mint_all(session, clock, campaign, longlisted, "ada")
    with unit_of_work(engine) as session:
        again = tracking.mint(session, clock, campaign, session.get_one(Candidate, first.candidate_id))
        assert (again.code, again.url) == (first.code, first.url)
    with reading(engine) as session:
        minted = session.exec(select(AuditEntry).where(AuditEntry.action == "tracking.minted")).all()
    assert [entry.subject for entry in minted] == [f"candidate:{first.candidate_id}"]


def test_a_code_that_is_taken_is_not_given_twice(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, longlisted: Put
) -> None:
    with unit_of_work(sqlite_engine) as session:
        taken = tracking.mint(session, clock, campaign, longlisted(session, "ada"))
        wanted = taken.code
        session.delete(taken)
        session.flush()
        ben_id = longlisted(session, "ben").id
        assert ben_id is not None
        session.add(TrackingLink(candidate_id=ben_id, code=wanted, short="other", url="", minted_at=clock.now()))
        session.flush()
        assert tracking.mint(session, clock, campaign, session.get_one(Candidate, 1)).code != wanted


def test_links_carry_lower_case_tags_and_no_personal_data(
    engine: Engine, clock: FixedClock, campaign: Campaign, longlisted: Put
) -> None:
    with unit_of_work(engine) as session:
        (link,) = mint_all(session, clock, campaign, longlisted, "ada.lovelace")
    tags = {key: values[0] for key, values in parse_qs(urlsplit(link.url).query).items()}
    assert link.url.startswith("https://www.example.com/linen?")
    assert tags == {
        "utm_source": "instagram",
        "utm_medium": "affiliate",
        "utm_campaign": "linen-summer",
        "utm_content": f"c{link.candidate_id}",
        "utm_id": "linen-summer-1",
    }
    assert "ada" not in link.url
    assert link.url.partition("?")[2] == link.url.partition("?")[2].lower()


def test_a_candidate_that_is_not_on_the_record_gets_no_code(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign
) -> None:
    stranger = Candidate(campaign=campaign.slug, brand=campaign.brand, creator_id="", account_id=1, stage="",
                         run_id="", rank=1, entered_stage_at=clock.now())  # fmt: skip
    with unit_of_work(sqlite_engine) as session, pytest.raises(ValueError, match="on the record"):
        tracking.mint(session, clock, campaign, stranger)
