from datetime import timedelta

from tests.cli.conftest import Terminal
from tests.house import CAMPAIGN


def test_whoever_has_not_decided_in_time_is_in_the_report(longlisted: Terminal) -> None:
    fresh = longlisted.document("approvals", "late")
    assert [(line["name"], line["asked"], line["open_late"]) for line in fresh["person"]] == [
        ("anton", 1, 0), ("olivia", 1, 0), ("rosa", 25, 0),
    ]  # fmt: skip
    longlisted.clock.advance(timedelta(days=7))
    late = longlisted.document("approvals", "late", "--campaign", CAMPAIGN)
    # Five business days of a Friday morning to the next, less the two that she had.
    assert [line for line in late["person"] if line["open_late"]] == [
        {"name": "rosa", "asked": 25, "late": 0, "open_late": 25, "median_hours_over": 72.0, "longest_hours_over": 72.0}
    ]
    assert late["kind"][0]["name"] == "candidate"
    assert late["clause"] == []
    told = longlisted("approvals", "late")
    assert "Late by person" in told.out
    assert "Late by kind" in told.out
    assert "clause" not in told.out


def test_of_a_campaign_nobody_knows_there_is_no_report(longlisted: Terminal) -> None:
    told = longlisted("approvals", "late", "--campaign", "linen-sumer")
    assert told.code == 1
    assert "Did you mean linen-summer?" in told.err
