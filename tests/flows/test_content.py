"""A draft comes to ops after its creator's contract, flagged or not, and only a person lets it go."""

from pathlib import Path

import pytest
from sqlmodel import select

from approvals.guardrails import CAPTIONS, report
from core.database import reading
from core.errors import Refused
from core.models.approvals import Request
from core.models.audit import AuditEntry
from core.models.tracking import TrackingLink
from core.store import candidate_named
from flows.steps import content
from tests.flows.scenes import contract_to_sign_off, redraft, redraft_under_another_law
from tests.house import CAMPAIGN, House


@pytest.fixture
def creator(house: House) -> str:
    """Somebody whose contract legal has signed off."""
    name, question = contract_to_sign_off(house)
    house.decide(question, "sign_off", by="lena")
    return name


def submit(house: House, creator: str, caption: str, who: str = "sofia") -> Request:
    return content.submit_draft(house.w, CAMPAIGN, creator, caption, actor=house.w.people.named(who))[0]


def good(house: House, creator: str) -> str:
    with reading(house.w.engine) as session:
        link = session.get_one(TrackingLink, candidate_named(session, CAMPAIGN, creator).id)
        return f"Anzeige. My calmest summer outfit, linen from head to toe. {link.code} at {link.url}"


def test_a_clean_draft_is_shown_to_ops_too_and_approved_by_a_person(house: House, creator: str) -> None:
    request = submit(house, creator, good(house, creator))
    assert (request.assignee, request.candidate_id is None) == ("omar", False)
    assert request.card["risk"] == ""
    assert "nothing flagged" in request.card["subtitle"]
    house.decide(request, "approve", by="omar")
    with reading(house.w.engine) as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "content.approved")).one()
    assert (entry.actor, entry.subject) == ("omar", f"candidate:{request.candidate_id}")


def test_what_is_flagged_is_counted_and_may_be_sent_back_with_a_click(house: House, creator: str) -> None:
    request = submit(house, creator, "Linen heals everything! Thanks to my partner.")
    assert request.card["risk"]
    caption = next(fact for fact in request.card["facts"] if fact["label"] == "Caption")
    assert caption["evidence"].endswith("flags")
    with reading(house.w.engine) as session:
        told = next(one for one in report(session, CAMPAIGN, house.w.clock.now()) if one.guardrail == CAPTIONS)
    assert {what for what, _ in told.findings} <= {"no disclosure", "no code", "no link or hashtag", "banned words"}
    assert (told.looked_at, told.caught) == (1, 4)
    house.decide(request, "request_changes", by="omar", reason="disclosure")
    again = submit(house, creator, good(house, creator))
    assert (again.id == request.id, again.status) == (False, "open")


@pytest.mark.parametrize("caption", ["", " \n", "\u200b\u202e"])
def test_a_draft_without_a_word_is_put_before_nobody(house: House, caption: str) -> None:
    with pytest.raises(Refused, match="The caption is empty"):
        submit(house, "instagram:anybody", caption)


def test_a_newer_draft_replaces_the_question_about_the_one_before(house: House, creator: str) -> None:
    first = submit(house, creator, "Linen!")
    second = submit(house, creator, good(house, creator))
    assert second.id != first.id
    with pytest.raises(Refused, match="no longer asked: replaced by newer content"):
        house.decide(first, "approve", by="omar")
    assert submit(house, creator, good(house, creator)).id == second.id


def test_another_creators_code_is_not_taken_for_this_ones(house: House, creator: str) -> None:
    caption = good(house, creator)
    code = next(word for word in caption.split() if word.startswith("LINEN-"))
    request = submit(house, creator, caption.replace(code, "LINEN-BCDFGH"))
    assert any("is not this creator's code" in fact["value"] for fact in request.card["facts"])


def test_a_draft_is_not_approved_while_its_contract_is_made_anew(house: House, creator: str, tmp_path: Path) -> None:
    request = submit(house, creator, good(house, creator))
    redraft_under_another_law(house, creator, tmp_path)
    with pytest.raises(Refused, match="not asked yet: the final contract comes first"):
        house.decide(request, "approve", by="omar")
    house.decide(house.open_request("final contract"), "sign_off", by="lena")
    assert house.decide(request, "approve", by="omar").status == "decided"


def test_a_draft_is_not_approved_once_the_contract_asks_for_another_disclosure(
    house: House, creator: str, tmp_path: Path
) -> None:
    request = submit(house, creator, good(house, creator))
    redraft(house, creator, tmp_path, 'disclosure = "Werbung / Anzeige"', 'disclosure = "Werbung"')
    house.decide(house.open_request("final contract"), "sign_off", by="lena")
    with pytest.raises(Refused, match=r"must open with “Werbung” by now.* greenroom content submit linen-summer"):
        house.decide(request, "approve", by="omar")
    again = submit(house, creator, good(house, creator).replace("Anzeige", "Werbung"))
    assert house.decide(again, "approve", by="omar").status == "decided"


def test_before_the_contract_is_signed_off_there_is_nothing_to_hold_a_draft_against(house: House) -> None:
    creator, _ = contract_to_sign_off(house)
    with pytest.raises(Refused, match="not asked yet: the final contract comes first"):
        submit(house, creator, "Anzeige")


@pytest.mark.parametrize(
    ("caption", "who", "says"),
    [("Anzeige", "rosa", "may not hand in a draft"), ("a" * 20_001, "sofia", "no platform takes"),
     ("An\x00zeige", "sofia", "are not text")],
)  # fmt: skip
def test_a_draft_that_is_not_taken(house: House, caption: str, who: str, says: str) -> None:
    creator = house.with_addresses(1)[0][0]
    with pytest.raises(Refused, match=says):
        submit(house, creator, caption, who)
