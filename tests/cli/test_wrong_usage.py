"""Commands that are not commands: exit 2, one sentence, and where to read on."""

import pytest

from tests.cli.conftest import Terminal
from tests.house import CAMPAIGN, CAMPAIGN_FILE

#: What somebody typed, and the command whose help they are sent to.
MISTYPED = [
    (("pol", "info"), "greenroom"),
    (("--verbose",), "greenroom"),
    (("pool", "import"), "greenroom pool import"),
    (("source",), "greenroom source"),
    (("source", str(CAMPAIGN_FILE), "--limit", "many"), "greenroom source"),
    (("source", str(CAMPAIGN_FILE), "--limit", "0"), "greenroom source"),
    (("review", "lst"), "greenroom review"),
    (("review", "approve", CAMPAIGN), "greenroom review approve"),
    (("review", "drop", CAMPAIGN, "ada"), "greenroom review drop"),
    (("deal", "accept", CAMPAIGN, "ada"), "greenroom deal accept"),
    (("outreach", "by-hand", CAMPAIGN, "ada"), "greenroom outreach by-hand"),
    (("outreach", "retry", "first"), "greenroom outreach retry"),
    (("inbox", "record", CAMPAIGN, "ada"), "greenroom inbox record"),
    (("contracts", "signed", CAMPAIGN, "ada"), "greenroom contracts signed"),
    (("contracts", "signed", CAMPAIGN, "ada", "--name", "A", "--file", "/"), "greenroom contracts signed"),
    (("audit", "show", "--limit", "-1"), "greenroom audit show"),
]


@pytest.mark.parametrize(("words", "command"), MISTYPED, ids=lambda value: " ".join(value) if value else "")
def test_a_mistyped_command_says_where_to_read_on(terminal: Terminal, words: tuple[str, ...], command: str) -> None:
    answer = terminal(*words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.splitlines()[-1] == f"See: {command} --help"
    for_programs = terminal(*words, "--json")
    assert for_programs.code == 2
    assert for_programs.document["error"]
    assert not terminal.home.exists()


@pytest.mark.parametrize("words", [(), ("pool",), ("review",), ("contracts",), ("db",)], ids=" ".join)
def test_a_command_without_words_shows_what_there_is(terminal: Terminal, words: tuple[str, ...]) -> None:
    answer = terminal(*words)
    assert answer.code == 2
    assert answer.err.startswith("Usage: greenroom")
    assert "See:" not in answer.err


@pytest.mark.parametrize("group", ["approvals", "outreach", "longlist"])
def test_the_list_of_commands_says_whole_what_each_is_for(terminal: Terminal, group: str) -> None:
    listed = terminal(group, "--help").out.partition("Commands:")[2]
    assert "..." not in listed
    assert listed.rstrip().endswith(".")


@pytest.mark.parametrize(
    "who",
    ["ada", "@ada", "", ":ada", "insta:ada", "instagram:", "instagram:a b", "instagram:ada/x", "ada@linen@example.com",
     "ada@", "mailto:ada@example.com", "ada@example.com,bo@example.com"],
)  # fmt: skip
def test_whoever_cannot_be_made_out_is_not_taken_for_suppressed(terminal: Terminal, who: str) -> None:
    for words in (("add", who, "--as", "omar"), ("check", who)):
        answer = terminal("suppress", *words)
        assert answer.code == 2
        assert "Write" in answer.err


def test_an_answer_of_a_kind_that_does_not_exist(longlisted: Terminal) -> None:
    answer = longlisted("inbox", "record", CAMPAIGN, "ada", "delighted", "--as", "sofia")
    assert answer.code == 2
    assert "Kinds: opt-out, interested, price talk," in answer.err


@pytest.mark.parametrize("amount", ["abc", "260,50", "", "12 EUR"])
def test_an_amount_that_is_no_number(longlisted: Terminal, amount: str) -> None:
    answer = longlisted("deal", "offer", CAMPAIGN, "ada", "--stipend", amount, "--as", "sofia")
    assert answer.code == 2
    assert "is not a number" in answer.err
