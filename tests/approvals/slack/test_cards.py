from datetime import timedelta
from typing import Any

import pytest

from approvals.slack import canary, cards
from approvals.slack.ids import Action, chosen
from approvals.slack.parts import MONEY
from core.cards import Card, Choice, Fact
from tests.approvals.slack.sample import (
    BATCH,
    CANDIDATE,
    CONTENT,
    CONTRACT,
    NOW,
    PLAIN,
    REQUEST,
    UNTIL,
    Drawn,
    decided,
    fact,
    shown,
)


def buttons(said: Drawn) -> dict[str, Any]:
    """By action id."""
    rows = [block for block in said["blocks"] if block["type"] == "actions"]
    return {button["action_id"]: button for row in rows for button in row["elements"]}


def words(said: Drawn) -> str:
    return "\n".join(
        text["text"]
        for block in said["blocks"]
        for text in [block.get("text", {"text": ""}), *block.get("fields", []), *block.get("elements", [])]
        if isinstance(text["text"], str)
    )


def test_an_open_card_offers_each_choice_and_carries_nothing_but_the_request() -> None:
    found = buttons(cards.message(shown()))
    assert [chosen(name) for name in found if chosen(name)] == ["approve", "decline", "wrong_audience", "hold"]
    assert {button["value"] for button in found.values() if "value" in button} == {REQUEST}
    assert {Action.MORE, Action.ASK, Action.REASSIGN, Action.LINK} <= set(found)
    assert found[Action.LINK]["url"] == CANDIDATE.link


def test_a_candidate_shows_three_reasons_the_risk_and_their_evidence() -> None:
    text = words(cards.message(shown()))
    assert all(line in text for line in ("*Topic*: writes", "*Engagement*", "*Location*", "*Audience*: 62%", "post:77"))
    assert "Cadence" not in text
    assert "Worked with a competitor in May 2025 (post:41)" in text
    assert "92% of the fit is known" in text


def test_a_picture_is_shown_only_where_an_address_is_given_and_safe() -> None:
    pictures = [
        "accessory" in cards.message(shown(photo=photo))["blocks"][1]
        for photo in ("", "https://img.example.com/a.jpg", "http://img.example.com/a.jpg", "data:image/png;base64,")
    ]
    assert pictures == [False, True, False, False]


def test_a_link_that_no_browser_should_open_is_no_button() -> None:
    card = CANDIDATE.model_copy(update={"link": "javascript:alert(1)"})
    assert Action.LINK not in buttons(cards.message(shown(card)))


def test_a_decided_card_says_who_when_what_and_why_and_has_no_buttons() -> None:
    said = cards.message(decided(choice="decline", reason="off <brand>"))
    assert buttons(said) == {}
    assert "*Decline* by Rosa Reviewer, Mon 23 Nov 2026, 10:30 (Europe/Berlin)" in words(said)
    assert "off &lt;brand&gt;" in words(said)
    assert said["text"].startswith("Decline by Rosa Reviewer")


def test_a_decision_can_be_taken_back_while_it_says_so() -> None:
    assert list(buttons(cards.message(decided(undo_until=UNTIL)))) == [Action.UNDO]
    assert Action.UNDO not in buttons(cards.message(shown(undo_until=UNTIL)))


def test_a_void_card_says_why_and_has_no_buttons() -> None:
    said = cards.message(shown(status="void", void_reason="replaced by newer content"))
    assert buttons(said) == {}
    assert "replaced by newer content" in words(said)
    assert said["text"].startswith("Withdrawn")


def test_a_card_that_waits_says_for_whom_shows_no_due_time_and_may_still_be_decided() -> None:
    said = cards.message(shown(waits_for="Omar Ops"))
    assert "Waiting for Omar Ops" in words(said)
    assert "due" not in words(said)
    assert Action.ASK not in buttons(said)
    assert "request.choose.approve" in buttons(said)


@pytest.mark.parametrize("kind", ["offer", "final contract", "outreach batch", "weights", "candidate", "spot check"])
def test_only_where_money_is_bound_one_is_asked_again(kind: str) -> None:
    found = buttons(cards.message(shown(PLAIN, kind)))
    assert ("confirm" in found["request.choose.approve"]) == (kind in MONEY)
    assert "confirm" not in found["request.choose.decline"]


def test_a_contract_names_the_file_its_hash_what_changed_and_its_terms() -> None:
    said = cards.message(shown(CONTRACT, "final contract"))
    text = words(said)
    assert "GR-7-v2.docx* (sha256 ab12ab12ab12)" in text
    assert "Fixed fee: 200.00 EUR → 250.00 EUR" in text
    assert [len(block["fields"]) for block in said["blocks"] if "fields" in block] == [10]
    assert "13 more terms under More" in text
    assert "confirm" in buttons(said)["request.choose.sign_off"]


def test_a_batch_shows_the_mail_word_for_word_as_a_quotation() -> None:
    text = words(cards.message(shown(BATCH, "outreach batch")))
    assert "*Subject:* Linen, and three years of it" in text
    assert "> Hello Ada,\n> \n> we read your post.\n> › and quote it" in text


def test_a_mail_too_long_for_a_message_says_where_the_rest_is() -> None:
    card = BATCH.model_copy(update={"facts": (Fact(label=canary.BODY, value="word " * 30_000),)})
    assert "More shows all of it" in words(cards.message(shown(card, "outreach batch")))
    assert "More shows all" not in words(cards.message(shown(BATCH, "outreach batch")))


def test_captions_come_with_what_was_flagged_in_each() -> None:
    text = words(cards.message(shown(CONTENT, "draft content")))
    assert "*Caption 1*\n🚩 No disclosure: #ad is missing\n> My shirt, again." in text
    assert "*Caption 2*\nNothing was flagged." in text


def test_a_kind_that_nobody_knows_is_drawn_with_its_facts_risk_differences_and_files() -> None:
    text = words(cards.message(shown(CONTRACT, "something new")))
    assert all(part in text for part in ("Term 1", "Main risk", "Changed since the last version", "GR-7-v2.docx"))


def test_due_times_are_told_where_the_reader_is() -> None:
    tokyo = words(cards.message(shown(zone="Asia/Tokyo", due_at=NOW + timedelta(hours=12))))
    assert "due Tue 24 Nov 2026, 06:30 (Asia/Tokyo)" in tokyo


def test_more_choices_than_a_row_holds_are_no_invalid_message() -> None:
    many = tuple(Choice(id=f"c{number}", label="C") for number in range(40))
    card = Card(title="Many", facts=(fact("a", "b"),), choices=many)
    assert len(buttons(cards.message(shown(card)))) == 20 + 3
