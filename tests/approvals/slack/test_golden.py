"""Everything shown in Slack, word for word, and taken by Slack's own models and our limits."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from approvals.slack.limits import check
from tests.approvals.slack import sample
from tests.approvals.slack.sample_more import MORE

EVERYTHING = sample.EVERYTHING | MORE
GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "slack"


def parsed_by_slack(payload: dict[str, Any]) -> None:
    """Slack's SDK raises where a block is not one or is too long, and gives back all that it was given."""
    holder = payload.get("view", payload)
    blocks = Block.parse_all(holder["blocks"])
    assert [block.to_dict()["type"] for block in blocks] == [block["type"] for block in holder["blocks"]]
    if "view" in payload:
        assert set(View(**payload["view"]).to_dict()) == set(payload["view"])


@pytest.mark.parametrize("name", EVERYTHING)
def test_it_reads_as_agreed(name: str) -> None:
    text = json.dumps(EVERYTHING[name](), ensure_ascii=False, indent=2) + "\n"
    path = GOLDEN / f"{name}.json"
    if os.environ.get("GREENROOM_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), (
        "set GREENROOM_UPDATE_GOLDEN=1 to record it anew, and read the diff"
    )


@pytest.mark.parametrize("name", EVERYTHING)
def test_slack_takes_it(name: str) -> None:
    drawn = EVERYTHING[name]()
    assert check(drawn["method"], drawn["payload"]) == []
    parsed_by_slack(drawn["payload"])


def test_every_golden_file_is_still_drawn() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(EVERYTHING)
