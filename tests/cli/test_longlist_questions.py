"""Questions at the terminal: why somebody stands there, what changed, who is like whom, who is in reserve."""

import json
from pathlib import Path

import pytest

from sourcing.sample import sample_profiles
from tests.cli.conftest import Terminal
from tests.homes import campaign_of_homes
from tests.house import CAMPAIGN


def best(terminal: Terminal, number: int = 1) -> str:
    place = terminal.document("longlist", "show", CAMPAIGN)["places"][number - 1]
    return f"{place['platform']}:{place['handle']}"


def test_show_reserve_goes_on_where_the_list_ends(longlisted: Terminal) -> None:
    listed = longlisted.document("longlist", "show", CAMPAIGN, "--limit", "300")["places"]
    reserve = longlisted.document("longlist", "show", CAMPAIGN, "--reserve", "--limit", "5")["places"]
    assert len(listed) == 250
    assert [place["rank"] for place in reserve] == [251, 252, 253, 254, 255]
    assert not {place["handle"] for place in reserve} & {place["handle"] for place in listed}
    assert {place["stage"] for place in reserve} == {None}
    assert {place["stage"] for place in listed} == {"QUEUED", "LONGLISTED"}
    assert "snapshot" not in reserve[0]
    told = longlisted("longlist", "show", CAMPAIGN, "--reserve")
    assert told.code == 0
    assert f"Reserve of {CAMPAIGN}" in told.out


def test_explain_says_where_why_and_what_would_change_it(longlisted: Terminal) -> None:
    creator = best(longlisted)
    told = longlisted("longlist", "explain", CAMPAIGN, creator)
    assert told.code == 0
    assert f"{creator} in {CAMPAIGN}: place 1 of 250." in told.out
    assert "What the fit is made of" in told.out
    assert "has changed since" not in told.out
    found = longlisted.document("longlist", "explain", CAMPAIGN, creator)
    assert (found["rank"], found["wanted"], found["pool_is_that_of_the_run"]) == (1, 250, True)
    assert abs(sum(factor["points"] for factor in found["factors"]) - found["fit"]) < 0.1
    reserve = longlisted.document("longlist", "show", CAMPAIGN, "--reserve")["places"][-1]
    told = longlisted("longlist", "explain", CAMPAIGN, f"@{reserve['platform']}:{reserve['handle']}".replace("@", ""))
    assert f"place {reserve['rank']}, in reserve (the list ends at 250)" in told.out
    assert "points are missing" in told.out or "good enough" in told.out


def test_a_misspelt_creator_is_refused_with_the_nearest_on_the_list(longlisted: Terminal) -> None:
    creator = best(longlisted)
    platform, _, handle = creator.partition(":")
    for command in (("explain", CAMPAIGN, f"{creator}x"), ("like", CAMPAIGN, f"@{handle}x")):
        told = longlisted("longlist", *command)
        assert told.code == 1
        assert "The pool does not know" in told.err
        assert f"Did you mean {handle}?" in told.err
    told = longlisted("longlist", "explain", CAMPAIGN, f"{platform[:-1]}:{handle}")
    assert (told.code, f"Did you mean {platform}:{handle}?" in told.err) == (1, True)
    told = longlisted("longlist", "explain", CAMPAIGN, "zzz\u202e\x1b[31m")
    assert told.code == 1
    assert "\x1b[31m" not in told.err.replace("\x1b[0m", "")
    assert "Write the handle" in told.err
    assert longlisted("longlist", "explain", "linen-sumer", creator).code == 1


def test_like_lists_others_with_the_words_they_share(longlisted: Terminal) -> None:
    first, second = best(longlisted), best(longlisted, 2)
    found = longlisted.document("longlist", "like", CAMPAIGN, first, second, "--limit", "7")
    assert [one["rank"] for one in found] == [1, 2, 3, 4, 5, 6, 7]
    assert not {f"{one['platform']}:{one['handle']}" for one in found} & {first, second}
    assert all(0 <= one["likeness"] <= 100 for one in found)
    told = longlisted("longlist", "like", CAMPAIGN, first, "--limit", "3")
    assert told.code == 0
    assert "words in common" in told.out


@pytest.mark.slow
def test_one_run_cannot_be_compared_and_two_are_with_what_went_into_them(longlisted: Terminal, tmp_path: Path) -> None:
    alone = longlisted("longlist", "diff", CAMPAIGN)
    assert alone.code == 1
    assert "has only one longlist so far" in alone.err
    assert "greenroom source" in alone.err
    winner = {"platform": "instagram", "username": "new.winner", "location": "Germany", "followers": 24_000,
              "bio": "slow fashion, linen, sustainable fashion and the capsule wardrobe", "engagement_bps": 600,
              "last_seen": "2026-11-15"}  # fmt: skip
    more = tmp_path / "more.jsonl"
    fields = next(sample_profiles())
    assert set(winner) <= set(fields)
    more.write_text(json.dumps(winner) + "\n")
    assert longlisted("pool", "import", str(more)).code == 0
    stale = longlisted("longlist", "explain", CAMPAIGN, "new.winner")
    assert "The pool or the campaign has changed since the longlist was made" in stale.out
    longlisted.document("source", str(campaign_of_homes(tmp_path)))
    found = longlisted.document("longlist", "diff", CAMPAIGN)
    assert found["inputs"] == ["The pool has changed: profiles were imported in between."]
    assert "instagram:new.winner" in {change["account"] for change in found["entered"]}
    assert len(found["entered"]) == len(found["left"])
    assert len(found["moved"]) + found["stayed"] + len(found["entered"]) == 250
    before, after = found["before"]["run_id"], found["after"]["run_id"]
    told = longlisted("longlist", "diff", CAMPAIGN, "--limit", "2")
    assert told.code == 0
    assert "instagram:new.winner" in told.out
    # By name, also by the beginning of one; backwards, the one who entered left.
    back = longlisted.document("longlist", "diff", CAMPAIGN, "--before", after[:8], "--after", before)
    assert "instagram:new.winner" in {change["account"] for change in back["left"]}
    first = longlisted("longlist", "diff", CAMPAIGN, "--after", before)
    assert (first.code, "Before run" in first.err) == (1, True)
    unknown = longlisted("longlist", "diff", CAMPAIGN, "--before", "zzz")
    assert unknown.code == 1
    assert f"Known: {after}, {before}" in unknown.err
