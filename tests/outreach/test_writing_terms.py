"""Invitations of offers whose terms are not the plain ones: tiers by size, months, bonuses."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.candidates import Candidate
from core.models.outreach import Message
from core.people import People
from outreach import previewing
from outreach.sayings import load_sayings
from outreach.service import write_invitations
from outreach.words import LOCALES
from tests.outreach.conftest import PEPPER, TEMPLATES

Approved = Callable[..., Candidate]


def written(session: Session) -> Message:
    return session.exec(select(Message).order_by(col(Message.id).desc())).first() or pytest.fail("nothing was written")


def write(engine: Engine, clock: FixedClock, campaign: Campaign, people: People):  # type: ignore[no-untyped-def]
    with unit_of_work(engine) as session:
        return write_invitations(session, clock, campaign, people, templates=TEMPLATES, pepper=PEPPER)


def test_an_invitation_names_the_amounts_of_the_readers_tier(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved
) -> None:
    tiers = [{"name": "nano", "followers_from": 1_000, "followers_to": 10_000, "stipend": 100,
              "commission_percent": 8}]  # fmt: skip
    offer = campaign.offer.model_validate(campaign.offer.model_dump() | {"tiers": tiers})
    tiered = campaign.model_copy(update={"offer": offer})
    with unit_of_work(sqlite_engine) as session:
        approved(session, "ada.linen", campaign=tiered, followers=5_000)
    write(sqlite_engine, clock, tiered, people)
    with reading(sqlite_engine) as session:
        text = written(session).text
        assert re.search(r"100\sEUR", text)
        assert "8 percent" in text.replace("\u00a0", " ")
        assert not re.search(r"200\sEUR|10\spercent", text)
        [waits] = previewing.waiting(session, tiered, people, templates=TEMPLATES)
        assert waits.problems == ()


@pytest.mark.parametrize("locale", LOCALES)
def test_fees_for_months_and_bonuses_are_said_in_every_language(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved, locale: str
) -> None:
    bonuses = [{"tracked_sales": 2000, "amount": 50}]
    monthly = campaign.offer.model_dump() | {"stipend": 100, "cadence": "monthly", "months": 3, "bonuses": bonuses}
    other = campaign.model_copy(
        update={
            "offer": campaign.offer.model_validate(monthly),
            "outreach": campaign.outreach.model_copy(update={"locale": locale}),
        }
    )
    with unit_of_work(sqlite_engine) as session:
        approved(session, "ada.linen", campaign=other)
    done = write(sqlite_engine, clock, other, people)
    assert len(done.written) == 1, done.left
    with reading(sqlite_engine) as session:
        text = written(session).text
    month = {"en": "100 EUR a month for 3 months", "de": "100 EUR im Monat, 3 Monate lang",
             "es": "100 EUR al mes durante 3 meses", "fr": "100 EUR par mois pendant 3 mois"}  # fmt: skip
    assert month[locale] in re.sub(r"\s", " ", text)
    assert re.search(r"\b50\sEUR", text)
    assert re.search(r"\b2[.,\s]?000\sEUR", text)


def test_a_file_of_phrases_from_before_is_still_good(tmp_path: Path) -> None:
    shutil.copytree(TEMPLATES / "outreach", tmp_path / "outreach")
    path = tmp_path / "outreach" / "phrases.en.toml"
    older = [line for line in path.read_text(encoding="utf-8").splitlines()
             if not re.match(r"stipend_monthly|monthly|bonus = \"\{\}", line)]  # fmt: skip
    path.write_text("\n".join(older), encoding="utf-8")
    said = load_sayings(tmp_path, "en").filled("offer", "stipend_monthly", value="9 EUR", months="3")
    assert said == "9 EUR a month for 3 months"
