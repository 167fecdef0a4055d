"""docs/deciding.md: its commands are commands, its words about time are the product's, its pictures are there."""

import re
import shlex

import pytest

from approvals.kinds import UNDO_WINDOW, Kind
from core.settings import PROJECT, Settings
from tests.cli.conftest import Terminal
from tests.house import CAMPAIGN

PAGE = (PROJECT / "docs" / "deciding.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    greenroom (?!serve)(.+)$", PAGE, flags=re.MULTILINE)


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_is_understood_as_it_stands(longlisted: Terminal, line: str) -> None:
    first, second = (one["id"][:8] for one in longlisted.document("review", "list", CAMPAIGN)[:2])
    words = shlex.split(line, comments=True)
    ids = iter((first, second))
    told = longlisted(*("omar" if word == "PERSON" else next(ids) if word == "REQUEST" else word for word in words))
    assert told.code != 2, told.err
    assert "There is no" not in told.err


def test_what_is_said_of_time_and_place_is_so() -> None:
    assert {
        UNDO_WINDOW[kind] for kind in (Kind.CANDIDATE, Kind.OUTREACH_BATCH, Kind.DRAFT_CONTENT, Kind.SPOT_CHECK)
    } == {UNDO_WINDOW[Kind.CANDIDATE]}
    assert UNDO_WINDOW[Kind.CANDIDATE].total_seconds() == 600
    assert "ten minutes" in PAGE
    assert f":{Settings.model_fields['web_port'].default}/api/requests" in PAGE


def test_its_pictures_are_there() -> None:
    pictures = re.findall(r"!\[.+?\]\((.+?)\)", PAGE)
    assert len(pictures) == 2
    assert all((PROJECT / "docs" / picture).is_file() for picture in pictures)
