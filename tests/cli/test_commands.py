"""One creator from a hand-written file to a signature, with nothing but commands; each also answers programs."""

import email
import email.policy
import json
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.cli.conftest import Begin, Terminal
from tests.house import CAMPAIGN, CAMPAIGN_FILE

CREATOR = "ada.linen"
PROFILES = """\
username,full_name,biography,followers,platform,email,country,engagement_percent,shoe size
ada.linen,Ada Färber,"Slow fashion, linen outfits & capsule wardrobe",24000,instagram,ada@example.com,Germany,3.9,39
bo.slow,Bo,"slow fashion and sustainable fashion, minimal style",18000,instagram,bo@example.com,Germany,3.1,41
cy.capsule,Cy,"capsule wardrobe, one outfit a day",15000,tiktok,,Austria,6.0,43
no.body,Nobody,linen,many,instagram,,,,
"""


@pytest.fixture
def sourced(terminal: Terminal, begin: Begin) -> Terminal:
    """Three creators wait for a decision."""

    def commands() -> None:
        profiles = terminal.home.parent / "profiles.csv"
        profiles.write_text(PROFILES, encoding="utf-8")
        assert terminal("pool", "import", str(profiles)).code == 0
        assert terminal("source", str(CAMPAIGN_FILE)).code == 0
        for who in ("olivia", "anton"):
            [question] = terminal.document("campaign", "sign-offs", CAMPAIGN, "--as", "omar")
            assert question["assignee"] == who
            assert terminal("approvals", "decide", question["id"], "sign_off", "--as", who).code == 0

    return begin("sourced", commands)


def _answers(home: Path, text: str) -> None:
    """The creator replies to the one mail in the outbox."""
    [path] = (home / "outbox").glob("*.eml")
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    reply = EmailMessage(policy=email.policy.SMTP)
    reply["From"], reply["To"], reply["Subject"] = str(mail["To"]), str(mail["From"]), f"Re: {mail['Subject']}"
    reply["Message-ID"], reply["In-Reply-To"] = "<answer@example.com>", str(mail["Message-ID"])
    reply.set_content(text)
    (home / "inbox").mkdir(exist_ok=True)
    (home / "inbox" / "answer.eml").write_bytes(reply.as_bytes())


def _asked_us_to_write(sourced: Terminal, creator: str = CREATOR) -> None:
    """Where these creators live nobody is written to otherwise."""
    said = sourced(
        "outreach", "allow", CAMPAIGN, creator, "--basis", "consent", "--evidence", "the form", "--as", "omar"
    )
    assert "They may be written to" in said.out


def _let_mails_go(sourced: Terminal) -> None:
    shown = sourced.document("outreach", "canary", CAMPAIGN, "--as", "omar")
    assert sourced("approvals", "decide", shown["id"], "approve", "--as", "sofia").code == 0


def test_from_a_file_to_a_signature(sourced: Terminal) -> None:
    assert "Next: greenroom outreach preview" in sourced("review", "approve", CAMPAIGN, CREATOR, "--as", "rosa").out
    assert "may not be written to by a machine" in sourced("outreach", "preview", CAMPAIGN).out
    _asked_us_to_write(sourced)
    preview = sourced("outreach", "preview", CAMPAIGN).out
    assert "To ada@example.com" in preview
    assert "1 mail is ready." in preview
    refused = sourced("outreach", "send", CAMPAIGN)
    assert (refused.code, "Nobody has seen a mail in these words." in refused.err) == (1, True)
    _let_mails_go(sourced)
    assert "creators may be written to" in sourced("campaign", "gate", CAMPAIGN).out
    assert "1 sent as files in" in sourced("outreach", "send", CAMPAIGN).out
    assert sourced("outreach", "send", CAMPAIGN).out.startswith("0 sent.")
    _answers(sourced.home, "I love it, count me in!")
    assert "greenroom deal offer" in sourced("inbox", "poll").out
    assert "200.00 EUR guaranteed" in sourced("deal", "offer", CAMPAIGN, CREATOR, "--as", "sofia").out
    accepted = sourced("deal", "accept", CAMPAIGN, CREATOR, "--how", "reply of 20 November", "--as", "sofia")
    assert f"Next: greenroom contracts draft {CAMPAIGN}" in accepted.out
    assert sourced("contracts", "draft", CAMPAIGN).out.startswith("1 contract drafted.")
    [question] = sourced.document("approvals", "list", "--for", "lena")
    assert sourced("approvals", "decide", question["id"][:8], "sign_off", "--as", "lena").code == 0
    assert sourced("contracts", "send", CAMPAIGN).out.startswith("1 contract put out for signature.")
    signed = sourced("contracts", "signed", CAMPAIGN, CREATOR, "--name", "Ada Färber", "--evidence", "mail",
                     "--as", "sofia")  # fmt: skip
    assert "is signed by Ada Färber." in signed.out
    assert "v1 signed" in sourced("contracts", "status", CAMPAIGN).out
    assert sourced("contracts", "check", CAMPAIGN, CREATOR).out == "It is whole and says what its template says.\n"
    assert sourced("audit", "verify").out.startswith("The log is whole")


def test_a_creator_without_an_address_is_reached_by_hand(sourced: Terminal) -> None:
    creator = "cy.capsule"
    sourced("review", "approve", CAMPAIGN, creator, "--as", "rosa")
    sending = sourced("outreach", "send", CAMPAIGN).out
    assert f"Left for a person: {creator}" in sending
    assert f"greenroom outreach by-hand {CAMPAIGN} CREATOR --how" in sending
    written = sourced("outreach", "by-hand", CAMPAIGN, creator, "--how", "direct message", "--as", "sofia")
    assert f"{creator} is now INVITED." in written.out
    told = sourced("inbox", "record", CAMPAIGN, creator, "interested", "--note", "yes!", "--as", "sofia")
    assert f"{creator} is now REPLIED." in told.out
    sourced("deal", "offer", CAMPAIGN, creator, "--as", "sofia")
    sourced("deal", "accept", CAMPAIGN, creator, "--how", "direct message", "--as", "sofia")
    sourced("contracts", "draft", CAMPAIGN)
    [question] = sourced.document("approvals", "list", "--for", "lena")
    sourced("approvals", "decide", question["id"], "sign_off", "--as", "lena")
    left = sourced("contracts", "send", CAMPAIGN)
    assert f"{CAMPAIGN}-{creator}-v1.docx" in left.out
    handed = sourced("contracts", "hand-over", CAMPAIGN, creator, "--as", "sofia")
    assert "is out for signature." in handed.out
    signed = sourced("contracts", "signed", CAMPAIGN, creator, "--name", "Cy", "--evidence", "paper", "--as", "sofia")
    assert signed.code == 0


def test_whoever_is_put_on_the_list_is_closed(sourced: Terminal) -> None:
    sourced("review", "approve", CAMPAIGN, CREATOR, "--as", "rosa")
    _asked_us_to_write(sourced)
    sourced("outreach", "preview", CAMPAIGN)
    assert "closed in 1 campaign." in sourced("suppress", "add", f"instagram:{CREATOR}", "--as", "omar").out
    assert sourced.document("outreach", "send", CAMPAIGN)["sent"] == []
    places = sourced.document("longlist", "show", CAMPAIGN)["places"]
    assert {place["stage"] for place in places if place["handle"] == CREATOR} == {"CLOSED_BY_OPT_OUT"}


def test_the_longlist_shows_where_everybody_stands_also_after_another_run(sourced: Terminal) -> None:
    sourced("review", "approve", CAMPAIGN, CREATOR, "--as", "rosa")
    changed = sourced.home.parent / "changed.toml"
    changed.write_text(CAMPAIGN_FILE.read_text().replace("followers_max = 100_000", "followers_max = 90_000"))
    assert sourced.document("source", str(changed))["new_candidates"] == 0
    places = sourced.document("longlist", "show", CAMPAIGN)["places"]
    assert {place["handle"]: place["stage"] for place in places}[CREATOR] == "APPROVED"


def test_an_import_says_what_it_made_of_the_columns_and_where_the_bad_rows_are(terminal: Terminal) -> None:
    profiles = terminal.home.parent / "profiles.csv"
    profiles.write_text(PROFILES, encoding="utf-8")
    out = terminal("pool", "import", str(profiles)).out
    assert "handle from username" in out
    assert "not used: shoe size" in out
    assert "1 row was not usable" in out
    assert (terminal.home / "pool" / "rejects.csv").exists()
    assert "3 profiles" in terminal("pool", "info").out


def test_ranking_prints_a_tab_separated_run(longlisted: Terminal) -> None:
    briefs = longlisted.home.parent / "briefs.json"
    brief = {"id": "linen", "platform": "instagram", "name": "linen", "brief": "calm linen outfits",
             "keywords": ["linen"], "country": "Germany"}  # fmt: skip
    briefs.write_text(json.dumps([brief]))
    lines = longlisted("rank", str(briefs), "--limit", "5").out.splitlines()
    assert [line.split("\t")[:2] for line in lines] == [["linen", str(rank)] for rank in range(1, 6)]
    rows = longlisted.document("rank", str(briefs), "--limit", "5")
    assert [row["username"] for row in rows] == [line.split("\t")[2] for line in lines]


def test_a_declined_and_a_held_creator(sourced: Terminal) -> None:
    declined = sourced("review", "decline", CAMPAIGN, CREATOR, "--reason", "off topic", "--as", "rosa")
    assert f"{CREATOR} is now DECLINED_BY_US." in declined.out
    request = next(row["id"] for row in sourced.document("review", "list", CAMPAIGN) if "bo.slow" in str(row["card"]))
    held = sourced("review", "hold", CAMPAIGN, "bo.slow", "--reason", "next season", "--as", "rosa")
    assert "bo.slow is now HELD: next season." in held.out
    put_back = f"Put them back into the queue: greenroom review unhold {CAMPAIGN} CREATOR"
    assert put_back in sourced("review", "approve", CAMPAIGN, "bo.slow", "--as", "rosa").err
    assert put_back in sourced("approvals", "take-back", request, "--as", "rosa").err
    assert sourced("review", "unhold", CAMPAIGN, "bo.slow", "--as", "rosa").code == 0
    wrong = sourced.document("review", "decline", CAMPAIGN, "bo.slow", "--wrong-audience", "--as", "rosa")
    assert (wrong["choice"], wrong["stage"]) == ("wrong_audience", "DECLINED_BY_US")
    never = sourced("review", "unhold", CAMPAIGN, CREATOR, "--as", "rosa")
    assert (never.code, f"{CREATOR} is not on hold but declined by us." in never.err) == (1, True)
    assert f"greenroom longlist show {CAMPAIGN}" in never.err
    dropped = sourced("review", "drop", CAMPAIGN, "cy.capsule", "--reason", "moved away", "--as", "omar")
    assert "cy.capsule is now DROPPED: moved away" in dropped.out
    assert sourced("review", "list", CAMPAIGN).out == f"0 creators wait for review in {CAMPAIGN}\n"


def test_an_approval_elsewhere_keeps_the_creator_from_the_brands_other_campaign(sourced: Terminal) -> None:
    other = sourced.home.parent / "winter.toml"
    other.write_text(CAMPAIGN_FILE.read_text().replace('slug = "linen-summer"', 'slug = "linen-winter"'))
    assert sourced("source", str(other)).code == 0
    sourced.document("review", "approve", CAMPAIGN, CREATOR, "--as", "rosa")
    late = sourced("review", "approve", "linen-winter", CREATOR, "--as", "rosa")
    assert late.code == 1
    assert f"approved for {CAMPAIGN} first" in late.err


def test_an_offer_beyond_the_limit_waits_for_the_owner(sourced: Terminal) -> None:
    sourced("review", "approve", CAMPAIGN, CREATOR, "--as", "rosa")
    _asked_us_to_write(sourced)
    _let_mails_go(sourced)
    sourced("outreach", "send", CAMPAIGN)
    _answers(sourced.home, "I am interested, but my rate is 450 EUR.")
    sourced("inbox", "poll")
    made = sourced("deal", "offer", CAMPAIGN, CREATOR, "--stipend", "450", "--as", "sofia")
    assert "450.00 EUR guaranteed, drafted." in made.out
    [question] = sourced.document("approvals", "list", "--for", "olivia")
    assert f"olivia decides: greenroom approvals show {question['id'][:8]}" in made.out
    accept = ("deal", "accept", CAMPAIGN, CREATOR, "--how", "reply", "--as", "sofia")
    assert sourced(*accept).code == 1
    assert "Ask Olivia Brandt." in sourced("approvals", "decide", question["id"], "approve", "--as", "sofia").err
    assert sourced("approvals", "decide", question["id"], "approve", "--as", "olivia").code == 0
    assert sourced.document(*accept)["status"] == "accepted"
    show = sourced.document("deal", "show", CAMPAIGN, CREATOR)
    assert (show["stage"], show["budget"]["committed"]) == ("AGREED", "450.00 EUR")


def test_a_creator_who_says_no(sourced: Terminal) -> None:
    sourced("review", "approve", CAMPAIGN, CREATOR, "--as", "rosa")
    _asked_us_to_write(sourced)
    _let_mails_go(sourced)
    sourced("outreach", "send", CAMPAIGN)
    _answers(sourced.home, "Tell me more about the product, please.")
    sourced("inbox", "poll")
    declined = sourced("deal", "decline", CAMPAIGN, CREATOR, "--reason", "fee too low", "--as", "sofia")
    assert declined.code == 0
    assert sourced.document("deal", "show", CAMPAIGN, CREATOR)["stage"] == "DECLINED_BY_CREATOR"


def test_suppressing_an_address_or_a_profile_and_asking_for_it_in_another_spelling(terminal: Terminal) -> None:
    terminal.document("suppress", "add", "Ada+linen@Example.com", "--as", "omar")
    assert terminal.document("suppress", "check", "ada@example.com") == {"suppressed": True}
    terminal.document("suppress", "add", "https://www.instagram.com/Ada.Linen/?hl=de", "--as", "omar")
    assert terminal.document("suppress", "check", "instagram:@ada.linen") == {"suppressed": True}
    assert terminal.document("suppress", "check", "tiktok:ada.linen") == {"suppressed": False}


def test_reminders_go_out_once(longlisted: Terminal) -> None:
    longlisted.clock.advance(timedelta(days=3))
    assert longlisted.document("approvals", "remind")["reminders"] > 0
    assert longlisted("approvals", "remind").out == (
        "0 reminders sent. Reminders come in the office hours of whoever gets them, at most every two hours.\n"
    )


QUESTIONS = [
    ("doctor",), ("pool", "info"), ("source", str(CAMPAIGN_FILE)), ("longlist", "show", CAMPAIGN),
    ("review", "list", CAMPAIGN), ("review", "list", CAMPAIGN, "--cards"), ("approvals", "list"),
    ("approvals", "remind"), ("outreach", "preview", CAMPAIGN), ("outreach", "send", CAMPAIGN),
    ("campaign", "gate", CAMPAIGN), ("guardrails", "report"),
    ("guardrails", "report", CAMPAIGN, "--since", "2026-11-01"),
    ("guardrails", "spot-check", CAMPAIGN), ("campaign", "sign-offs", CAMPAIGN, "--as", "omar"),
    ("campaign", "measurement", CAMPAIGN, "--as", "omar"), ("outreach", "pause", CAMPAIGN, "--as", "omar"),
    ("outreach", "status", CAMPAIGN), ("outreach", "status", CAMPAIGN, "--ledger", "--all"),
    ("outreach", "quarantine", CAMPAIGN, "--reason", "wrong fee", "--as", "omar"),
    ("outreach", "corrections", CAMPAIGN), ("outreach", "reconcile", CAMPAIGN), ("inbox", "poll"),
    ("suppress", "check", "a@example.com"), ("contracts", "draft", CAMPAIGN), ("contracts", "send", CAMPAIGN),
    ("contracts", "status", CAMPAIGN), ("audit", "verify"), ("audit", "show"), ("db", "upgrade"),
]  # fmt: skip


@pytest.mark.parametrize("words", QUESTIONS, ids=" ".join)
def test_every_command_answers_people_and_programs(approved: Terminal, words: tuple[str, ...]) -> None:
    document = approved.document(*words)
    assert isinstance(document, (dict, list))
    answer = approved(*words)
    assert answer.code == 0
    assert answer.out.strip()
    assert not any(line.endswith(" ") for line in answer.out.splitlines())


def test_what_programs_get_has_its_fields_in_the_same_order_each_time(longlisted: Terminal) -> None:
    first, *others = longlisted.document("review", "list", CAMPAIGN)
    assert next(iter(first)) == "id"
    assert {tuple(other) for other in others} == {tuple(first)}
