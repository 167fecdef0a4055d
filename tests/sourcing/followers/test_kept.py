"""What is kept of a creator's followers, and reading it back."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.errors import BadInput, WrongUsage
from sourcing.followers import Audit, known_shares
from sourcing.followers.kept import keep_audit
from sourcing.followers.service import named_creator

ADA = Audit("instagram", "ada.linen", "2026-11-20", "ada.csv", 400, 0.12, 0.06, 0.19, "standard rules", False)


def test_the_latest_of_each_creator_is_known(tmp_path: Path) -> None:
    bo = replace(ADA, platform="tiktok", handle="bö/../x", share=0.3, high=0.5)
    for audit in (bo, ADA, replace(ADA, day="2026-11-21")):
        keep_audit(tmp_path, audit)
    assert list(known_shares(tmp_path).items()) == [
        ("instagram:ada.linen", replace(ADA, day="2026-11-21")), ("tiktok:bö/../x", bo)
    ]  # fmt: skip
    assert {path.parent for path in tmp_path.rglob("*.json")} == {tmp_path}


def test_the_same_audit_is_the_same_bytes(tmp_path: Path) -> None:
    assert keep_audit(tmp_path / "a", ADA).read_bytes() == keep_audit(tmp_path / "b", ADA).read_bytes()


def test_where_nothing_was_kept_nothing_is_known(tmp_path: Path) -> None:
    assert known_shares(tmp_path / "authenticity") == {}


@pytest.mark.parametrize(
    "change",
    [{"format": 9}, {"low": 0.5}, {"high": 7}, {"share": "x"}, {"day": "soon"}, {"platform": "myspace"},
     {"handle": "bo"}, {"followers": 0}, {"more": 1}],
    ids=str,
)  # fmt: skip
def test_a_damaged_file_is_named(tmp_path: Path, change: dict[str, Any]) -> None:
    path = keep_audit(tmp_path, ADA)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(BadInput, match=path.name) as refused:
        known_shares(tmp_path)
    assert "Check the sample again" in refused.value.next_step


def test_a_creator_is_named_in_the_one_form(tmp_path: Path) -> None:
    assert named_creator("Instagram:@Ada.Linen") == ("instagram", "ada.linen")
    assert named_creator("tiktok:https://www.tiktok.com/@bo?x=1") == ("tiktok", "bo")


@pytest.mark.parametrize("words", ["", "ada", ":ada", "instagram:", "myspace:ada", "instagram:a b", "instagram:a:b"])
def test_what_names_no_creator(words: str) -> None:
    with pytest.raises(WrongUsage, match="is no creator"):
        named_creator(words)
