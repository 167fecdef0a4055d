import pytest

from tests.cli.conftest import Terminal
from tests.house import CAMPAIGN


@pytest.fixture
def request_id(longlisted: Terminal) -> str:
    return str(longlisted.document("review", "list", CAMPAIGN)[0]["id"])


def test_a_question_stands_on_the_card_until_it_is_answered(longlisted: Terminal, request_id: str) -> None:
    asked = longlisted("approvals", "ask", request_id, "omar", "Who shot [bold]this?", "--as", "rosa")
    assert asked.code == 0, asked.err
    assert "Waits for an answer of omar; the time of rosa stands still" in asked.out
    row = next(line for line in longlisted("approvals", "list").out.splitlines() if request_id[:8] in line)
    assert row.endswith("omar, to answer  stands still")
    assert longlisted.document("approvals", "answer", request_id, "Her brother.", "--as", "omar")["waits_for"] is None
    longlisted("approvals", "comment", request_id, "Fine then.", "--as", "rosa")
    shown = longlisted("approvals", "show", request_id).out
    assert "rosa (question), 2026-11-20 09:30 UTC: Who shot [bold]this?" in shown
    assert "omar (answer), 2026-11-20 09:30 UTC: Her brother." in shown
    said = longlisted.document("approvals", "show", request_id)["comments"]
    assert [one["kind"] for one in said] == ["question", "answer", "comment"]


def test_who_may_not_decide_may_not_stop_the_clock(longlisted: Terminal, request_id: str) -> None:
    refused = longlisted("approvals", "ask", request_id, "omar", "Why?", "--as", "lena")
    assert refused.code == 1
    assert "Lena Okafor may not decide this" in refused.err


def test_ops_hand_a_request_on_to_who_may_decide_it_only(longlisted: Terminal, request_id: str) -> None:
    refused = longlisted("approvals", "reassign", request_id, "lena", "--as", "omar")
    assert refused.code == 1
    assert "whose roles in the people file include reviewer" in refused.err
    assert longlisted("approvals", "reassign", request_id, "rosa", "--as", "sofia").code == 1
    assert longlisted.document("approvals", "reassign", request_id, "rosa", "--as", "omar")["assignee"] == "rosa"
    assert longlisted("approvals", "reassign", request_id, "nobody", "--as", "omar").code == 1
