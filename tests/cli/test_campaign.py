"""Sign-offs, the first mail, a pause, drafts and guardrails, at the terminal."""

import json

from core.platforms import PLATFORMS
from tests.cli.conftest import Terminal
from tests.house import CAMPAIGN


def test_the_checklist_says_what_is_missing_and_the_command_that_goes_on(longlisted: Terminal) -> None:
    told = longlisted("campaign", "gate", CAMPAIGN)
    assert "1 missing" in told.out
    assert "Show one: greenroom outreach canary linen-summer\n" in told.out
    assert "R54" not in told.out, "numbers of rules are for programs"
    document = longlisted.document("campaign", "gate", CAMPAIGN)
    assert document["complete"] is False
    assert [item["what"] for item in document["items"] if not item["done"]] == ["first mail seen by a person"]


def test_what_is_signed_off_is_asked_of_nobody(longlisted: Terminal) -> None:
    told = longlisted("campaign", "sign-offs", CAMPAIGN, "--as", "omar")
    assert told.out == "Brief and tracking setup are signed off. See: greenroom campaign gate linen-summer\n"
    assert "may not ask for the sign-offs" in longlisted("campaign", "sign-offs", CAMPAIGN, "--as", "rosa").err


def test_the_measurement_is_put_before_the_analyst(longlisted: Terminal) -> None:
    told = longlisted("campaign", "measurement", CAMPAIGN, "--as", "omar")
    assert "Written to: 0  (creators, on record)" in told.out
    assert "anton is asked: greenroom approvals show" in told.out


def test_a_pause_is_said_and_undone_at_the_terminal(approved: Terminal) -> None:
    told = approved("outreach", "pause", CAMPAIGN, "--as", "sofia")
    assert "Paused; 10 mails are held back." in told.out
    assert "Outreach of linen-summer, paused: 10 pending" in approved("outreach", "status", CAMPAIGN).out
    refused = approved("outreach", "send", CAMPAIGN)
    assert refused.code == 1
    assert f"greenroom outreach go-on {CAMPAIGN}" in refused.err
    assert approved("outreach", "go-on", CAMPAIGN, "--as", "sofia").code == 0
    assert len(approved.document("outreach", "send", CAMPAIGN, "--limit", "1")["sent"]) == 1
    assert "is not paused" in approved("outreach", "go-on", CAMPAIGN, "--as", "sofia").err


def test_the_guardrails_tell_what_they_looked_at_and_what_was_done_alike(approved: Terminal) -> None:
    approved.document("outreach", "send", CAMPAIGN)
    [check] = [one for one in approved.document("approvals", "list") if one["kind"] == "spot check"]
    alike = approved("guardrails", "affected", check["id"][:8])
    assert "Done alike: 10 times" in alike.out
    assert len(approved.document("guardrails", "affected", check["id"])) == 10
    told = {one["guardrail"]: one for one in approved.document("guardrails", "report", CAMPAIGN)}
    assert (told["gate"]["looked_at"], told["sampling"]["looked_at"], told["sampling"]["caught"]) == (10, 1, 0)
    approved("approvals", "decide", check["id"], "problem", "--reason", "off brand", "--as", "omar")
    assert "off brand (1)" in approved("guardrails", "report").out
    assert approved.document("guardrails", "spot-check", CAMPAIGN) == {"asked": 0}
    assert "no campaign" in approved("guardrails", "report", "linen-sumer").err
    wrong = approved("guardrails", "report", "--since", "2026-13-01")
    assert (wrong.code, wrong.err) == (2, "'2026-13-01' is not a day.\nWrite it like 2026-11-01.\n")


def test_a_draft_is_handed_in_from_a_file(agreed: Terminal) -> None:
    creator = json.loads((agreed.home / "names.json").read_text())[0]
    caption = agreed.home.parent / "caption.txt"
    caption.write_text("\ufeffLinen heals everything", encoding="utf-8")
    words = ("content", "submit", CAMPAIGN, creator, "--file", str(caption), "--as", "sofia")
    agreed("contracts", "draft", CAMPAIGN, creator, "--as", "omar")
    assert "the final contract comes first" in agreed(*words).err
    [question] = agreed.document("approvals", "list", "--for", "lena")
    agreed("approvals", "decide", question["id"], "sign_off", "--as", "lena")
    done = agreed(*words)
    assert "“heals” is what no campaign may claim." in done.out
    assert "4 flags. omar is asked: greenroom approvals show" in done.out
    flagged = {flag["rule"] for flag in agreed.document(*words)["flags"]}
    assert flagged == {"banned words", "no code", "no disclosure", "no link or hashtag"}
    elsewhere = agreed(*words, "--platform", "myspace")
    assert (elsewhere.code, elsewhere.err.splitlines()[1]) == (2, f"Platforms: {', '.join(PLATFORMS)}.")
    caption.write_bytes(b"\xff\xfe\x00")
    assert "is not UTF-8 text" in agreed(*words).err
