"""What the terminal tells of one person, and how it forgets them."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Terminal
from tests.house import CAMPAIGN


@pytest.fixture
def known(approved: Terminal) -> str:
    """An approved creator with an address, as platform:handle."""
    document = approved.document("outreach", "preview", CAMPAIGN)
    address = document["mails"][0]["recipient"]
    shown = approved.document("person", "show", address)
    return str(shown["accounts"][0])


def test_a_person_is_shown_copied_and_forgotten(approved: Terminal, known: str, tmp_path: Path) -> None:
    shown = approved("person", "show", known)
    assert shown.code == 0
    assert "APPROVED" in shown.out
    assert "consent: asked us to write" in shown.out
    out = tmp_path / "copy.json"
    assert approved("person", "export", known, "--out", str(out), "--as", "lena").code == 0
    copy = json.loads(out.read_text(encoding="utf-8"))
    assert copy["account"][0]["handle"] == known.partition(":")[2]
    assert out.with_suffix(".txt").exists()
    assert out.stat().st_mode & 0o077 == 0
    text = approved("person", "export", known, "--out", str(tmp_path / "copy.txt"), "--as", "lena")
    assert (text.code, "copy.json" in text.err) == (2, True)
    lost = approved("person", "export", known, "--out", str(out / "x.json"), "--as", "lena")
    assert (lost.code, "cannot be written" in lost.err) == (1, True)

    told = approved.document("person", "erase", known, "--reason", "asked", "--dry-run", "--as", "lena")
    assert (told["done"], told["profiles"]) == (False, 1)
    refused = approved("person", "erase", known, "--reason", "asked", "--as", "sofia")
    assert (refused.code, "legal or owner" in refused.err) == (1, True)
    done = approved("person", "erase", known, "--reason", "asked", "--as", "lena")
    assert done.code == 0
    assert "never written to or found again" in done.out
    gone = approved("person", "show", known)
    assert (gone.code, "list of those who are never written to" in gone.err) == (1, True)
    assert approved.document("suppress", "check", known) == {"suppressed": True}
    assert approved("audit", "verify").code == 0


def test_grounds_are_recorded_and_withdrawn(approved: Terminal, known: str) -> None:
    gone = approved("outreach", "allow", CAMPAIGN, known, "--basis", "consent", "--withdraw", "--as", "sofia")
    assert gone.code == 0
    assert "may not be written to by a machine" in gone.out
    back = approved("outreach", "allow", CAMPAIGN, known, "--basis", "consent", "--evidence", "mail of 3 May",
                    "--as", "sofia")  # fmt: skip
    assert "They may be written to" in back.out
    odd = approved("outreach", "allow", CAMPAIGN, known, "--basis", "magic", "--as", "sofia")
    assert odd.code == 2


def test_suggestions_are_shown_and_one_is_accepted_and_taken_back(longlisted: Terminal, tmp_path: Path) -> None:
    assert "No two accounts" in longlisted("person", "suggestions").out
    assert longlisted.document("person", "suggestions") == []
    places = longlisted.document("longlist", "show", CAMPAIGN)["places"]
    ada, tok = (next(one for one in places if one["platform"] == name) for name in ("instagram", "tiktok"))
    row = {"platform": "instagram", "handle": ada["handle"], "links": [f"https://www.tiktok.com/@{tok['handle']}"]}
    file = tmp_path / "links.jsonl"
    file.write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert longlisted("pool", "import", str(file)).code == 0

    (found,) = longlisted.document("person", "suggestions", "--campaign", CAMPAIGN)
    pair = [f"instagram:{ada['handle']}", f"tiktok:{tok['handle']}"]
    assert ([found["one"], found["other"]], found["signs"], found["automatic"]) == (pair, ["link"], False)
    shown = longlisted("person", "suggestions")
    assert "1 pair of accounts may be one person" in shown.out
    assert "75%" in shown.out
    both = longlisted("person", "merge", *pair, "--suggested", "--evidence", "seen", "--as", "omar")
    assert (both.code, "brings its own" in both.err) == (2, True)
    done = longlisted("person", "merge", *pair, "--suggested", "--as", "omar")
    assert f"one person from now on: @{ada['handle']} (instagram) links to" in done.out
    assert set(longlisted.document("person", "show", pair[0])["accounts"]) == set(pair)
    assert longlisted.document("person", "suggestions") == []
    assert longlisted("person", "split", pair[0], "--evidence", "two sisters", "--as", "omar").code == 0
    assert longlisted.document("person", "show", pair[0])["accounts"] == pair[:1]
    assert longlisted("audit", "verify").code == 0
