"""Briefs of a deal: versions that count up with their words, and none that nobody signed off."""

from pathlib import Path

import pytest
from sqlmodel import col, select

from contracts.document_view import pieces_of
from core.database import reading
from core.errors import Refused
from core.models.audit import AuditEntry
from core.models.briefs import BriefDocument
from flows.steps import briefs, deals_kept
from tests.flows.scenes import contract_to_sign_off, redraft_under_another_law
from tests.house import CAMPAIGN, House


def test_a_brief_and_a_welcome_sheet_are_made_once_for_the_same_words(house: House) -> None:
    creator, _ = contract_to_sign_off(house)
    omar = house.w.people.named("omar")
    made = briefs.make_briefs(house.w, CAMPAIGN, creator, actor=omar)
    again = briefs.make_briefs(house.w, CAMPAIGN, creator, actor=omar)
    assert [(one.id, one.version) for one in again] == [(one.id, 1) for one in made]
    assert [one.approved_by for one in made] == ["olivia", "olivia"]
    text = " ".join(piece.text for piece in pieces_of(house.w.archive.read(made[0].docx_sha256), name="brief"))
    assert "300 tracked online sales" in text
    german = briefs.make_briefs(house.w, CAMPAIGN, creator, actor=omar, language="de")
    assert [(one.version, one.template) for one in german] == [(2, "brief-de"), (2, "onboarding-de")]
    with reading(house.w.engine) as session:
        rows = session.exec(select(BriefDocument).order_by(col(BriefDocument.id))).all()
        assert [row.status for row in rows] == ["void", "void", "current", "current"]
        actions = session.exec(select(AuditEntry.action)).all()
    assert actions.count("brief.made") == actions.count("onboarding.made") == 2


def test_none_is_made_in_words_that_nobody_signed_off(house: House, tmp_path: Path) -> None:
    creator, _ = contract_to_sign_off(house)
    redraft_under_another_law(house, creator, tmp_path)
    with pytest.raises(Refused, match="is not signed off in the words it has now"):
        briefs.make_briefs(house.w, CAMPAIGN, creator, actor=house.w.people.named("omar"))


def test_it_takes_a_contract_and_somebody_of_the_campaign(house: House) -> None:
    creator, _ = contract_to_sign_off(house)
    with pytest.raises(Refused, match="may not make briefs"):
        briefs.make_briefs(house.w, CAMPAIGN, creator, actor=house.w.people.named("rosa"))


def test_the_zip_of_the_deal_holds_them(house: House) -> None:
    creator, _ = contract_to_sign_off(house)
    briefs.make_briefs(house.w, CAMPAIGN, creator, actor=house.w.people.named("omar"))
    _, found = deals_kept.export(house.w, CAMPAIGN, creator, actor=house.w.people.named("lena"))
    assert {"briefs/brief-v1.docx", "briefs/onboarding-v1.docx", "briefs.json"} <= set(found.files)
    assert "briefs/brief-v1.docx" in found.files["index.html"].decode()
