"""A deal at the terminal: what the creator asks, the versions beside one another, where money and product go."""

from pathlib import Path

import pytest

from tests.cli.conftest import Begin, Terminal
from tests.cli.openings import CREATOR, answers, asked_us_to_write, let_mails_go, source
from tests.house import CAMPAIGN

IBAN = "DE89370400440532013000"
ON = (CAMPAIGN, CREATOR)
SOFIA, OMAR = ("--as", "sofia"), ("--as", "omar")


@pytest.fixture
def talking(terminal: Terminal, begin: Begin) -> Terminal:
    """The creator wrote back and asks for more."""

    def commands() -> None:
        source(terminal)
        terminal("review", "approve", *ON, "--as", "rosa")
        asked_us_to_write(terminal)
        let_mails_go(terminal)
        terminal("outreach", "send", CAMPAIGN)
        answers(terminal.home, "I am interested, but my rate is 350 EUR.")
        terminal("inbox", "poll")

    return begin("talking", commands)


def test_ours_theirs_and_what_came_of_both(talking: Terminal) -> None:
    talking.document("deal", "offer", *ON, *SOFIA)
    asked = talking("deal", "counter", *ON, "--stipend", "350", "--usage-days", "14", "--note", "her mail", *SOFIA)
    assert asked.code == 0, asked.err
    assert "Version 2 is what ada.linen asks: 350.00 EUR guaranteed." in asked.out
    assert "Fixed fee: 200.00 EUR → 350.00 EUR" in asked.out
    assert "--theirs" in asked.out
    waits = talking("deal", "accept", *ON, "--theirs", "--how", "mail", *SOFIA)
    assert "content may be used for 14 days, the campaign's are 30." in waits.out
    assert "olivia decides" in waits.out
    ours = talking("deal", "offer", *ON, "--stipend", "300", *SOFIA)
    assert "Offer 3 to ada.linen: 300.00 EUR guaranteed, made." in ours.out
    agreed = talking("deal", "accept", *ON, "--how", "mail", *SOFIA)
    assert f"Ask where the money goes: greenroom deal payee set {CAMPAIGN} {CREATOR}" in agreed.out
    shown = talking("deal", "show", *ON)
    assert "* Fixed fee" in shown.out
    assert "3 ours, accepted" in " ".join(shown.out.split())
    document = talking.document("deal", "show", *ON)
    assert [(one["side"], one["status"]) for one in document["offers"]] == [
        ("ours", "replaced"), ("theirs", "replaced"), ("ours", "accepted"),
    ]  # fmt: skip
    assert document["payee"] == "missing"


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("--stipend", "lots"), 2, "'lots' is not a number"),
        (("--bonus", "2000"), 2, "'2000' is no bonus"),
        (("--bonus", "nan:1", "--bonus", "2000:100"), 2, "'nan' is not a number"),
        (("--bonus", "2000:100", "--bonus", "2000:200"), 1, "more tracked sales"),
        (("--exclusive-days", "60"), 1, "both its days and its scope"),
        (("--clause", "no-such"), 1, "no approved clause 'no-such'"),
        (("--model", "barter"), 1, "model"),
        (("--months", "0"), 2, "months"),
    ],
)
def test_what_cannot_be_offered_is_refused_in_words(
    words: tuple[str, ...], code: int, why: str, talking: Terminal
) -> None:
    refused = talking("deal", "offer", *ON, *words, *SOFIA)
    assert refused.code == code
    assert why in refused.err
    assert talking.document("deal", "show", *ON)["offers"] == []


def test_payment_data_comes_from_a_file_and_is_shown_covered(talking: Terminal, tmp_path: Path) -> None:
    form = tmp_path / "payee.toml"
    form.write_text(f'account_holder = "Ada Lindgren"\niban = "{IBAN}"\ntax_id = "DE123456789"\ncountry = "DE"\n')
    early = talking("deal", "payee", "set", *ON, "--file", str(form), *OMAR)
    assert (early.code, "not kept without need" in early.err) == (1, True)
    talking.document("deal", "offer", *ON, *SOFIA)
    assert talking("deal", "payee", "set", *ON, "--file", str(form), *SOFIA).code == 1
    done = talking("deal", "payee", "set", *ON, "--file", str(form), *OMAR)
    assert (done.code, IBAN in done.out) == (0, False)
    assert "account: …3000" in talking("deal", "payee", "show", *ON, *OMAR).out
    assert talking.document("deal", "payee", "show", *ON, "--whole", *OMAR)["iban"] == IBAN
    form.write_text(form.read_text().replace("3000", "3001"))
    mistyped = talking("deal", "payee", "set", *ON, "--file", str(form), *OMAR)
    assert (mistyped.code, "DE89" in mistyped.err) == (1, False)
    unasked = talking("deal", "payee", "set", *ON, *OMAR)  # nobody is there to be asked
    assert (unasked.code, "Add --file FILE." in unasked.err) == (2, True)
    assert "1 entry sealed anew." in talking("deal", "change-key", *OMAR).out
    record = b"".join(path.read_bytes() for path in talking.home.rglob("*") if path.is_file())
    assert IBAN.encode() not in record


def test_a_parcel_is_followed_to_the_door(talking: Terminal) -> None:
    talking.document("deal", "offer", *ON, *SOFIA)
    address = "Ada Lindgren, Lindenweg 3, 10969 Berlin"
    assert "Add --address." in talking("deal", "parcel", "set", *ON, *SOFIA).err
    assert f"greenroom deal parcel set {ON[0]} instagram:{ON[1]}" in talking("deal", "parcel", "show", *ON, *SOFIA).err
    assert talking("deal", "parcel", "set", *ON, "--address", address, "--size", "M", *SOFIA).code == 0
    assert "Not sent yet." in talking("deal", "parcel", "show", *ON, *SOFIA).out
    sent = talking("deal", "parcel", "sent", *ON, "--carrier", "DHL", "--tracking", "0034", *SOFIA)
    assert "by DHL 0034" in sent.out
    early = talking("deal", "parcel", "received", *ON, "--on", "2020-01-01", *SOFIA)
    assert (early.code, "Mend one of the two days" in early.err) == (1, True)
    assert talking("deal", "parcel", "received", *ON, *SOFIA).code == 0
    assert "Parcel: received." in talking("deal", "show", *ON).out
    assert talking.document("deal", "parcel", "show", *ON, *SOFIA)["address"] == address
