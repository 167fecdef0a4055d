"""Tables as social teams have them: titles, totals, crosses, addresses, and figures of every script."""

from pathlib import Path

import pytest

from core.errors import BadInput
from sourcing.presets.looking import look, preset_of
from tests.sourcing.conftest import living
from tests.sourcing.presets.conftest import Write, read

#: Text, --platform, and what each column is taken for: what a social team's tables look like.
MESSY = {
    "a title with empty cells beside it": ("Table 1,,\nHandle,Platform,Followers\nada,TikTok,\"12,300\"\n", "",
                                           ["handle", "platform", "followers"]),
    "a title and a blank line": ("Creators of May\n\nKonto;Abonnenten;Kanal\nada;12.300;TikTok\nbo;9.000;TikTok\n", "",
                                 ["handle", "followers", "platform"]),
    "a name that comes again": ("Handle,Followers,Followers,Platform\nada,,12000,instagram\n", "",
                                ["handle", "", "followers", "platform"]),
    "words for nothing": ("Pseudo;Abonnés;E-mail\n@ada;n/a;-\n@bo;—;-\n@cy;12\u00a0345;-\n", "tiktok",
                          ["handle", "followers", "email"]),
    "addresses that say the platform": (
        "Creator\tLink\tFollowers\nada\thttps://www.tiktok.com/@ada.l?lang=en\t12.4K\n", "",
        ["name", "handle", "followers"]),
    "platforms in an odd column": ("Account,IG,Wo,Follower\nada,Instagram,TikTok,5000\nbo,Instagram,YouTube,900\n", "",
                                   ["handle", "platform", "", "followers"]),
    "platforms by their values": ("Konto,wo,Follower\nada,TikTok,5000\nbo,Insta,900\n", "",
                                  ["handle", "platform", "followers"]),
    "names beside what has an @": ("Creator,Plattform,Account\nAda,TikTok,@ada.l\nBo,Instagram,@bo\n", "",
                                   ["name", "platform", "handle"]),
    "a column of crosses": ("Link,Follower,Notiz\ninstagram.com/ada,5000,x\ninstagram.com/bo,900,x\n", "",
                            ["handle", "followers", ""]),
    "accounts on X alone": ("Konto,Plattform,Follower\nada,x,5000\nbo,x,900\n", "",
                            ["handle", "platform", "followers"]),
    "a column of yes and no": ("IG handle,Has bio,Has links\nada,True,False\nbo,False,False\n", "", ["handle", "", ""]),
    "figures of other scripts": ("IG handle,Followers,ER\nada,١٢٣٤٥,٣٫٤٪\nbo,१२३४५,३.४%\n", "",
                                 ["handle", "followers", "engagement_percent"]),
}  # fmt: skip


@pytest.mark.parametrize("name", MESSY)
def test_tables_as_social_teams_have_them(write: Write, tmp_path: Path, name: str) -> None:
    text, platform, fields = MESSY[name]
    guessed = look(write(text, "list.csv"), tmp_path, platform=platform).guessed
    assert ([one.field for one in guessed.columns], guessed.missing) == (fields, ())


@pytest.mark.parametrize(("text", "header"), [
    ("handle\nada\nbo, the second\ncy\n", ("handle",)), (",handle\n0,ada\n1,bo\n", ("column 1", "handle")),
    (",,\n\nhandle,followers,\nada,5,\n", ("handle", "followers", "column 3")),
    ("Our list, of May\nhandle,followers\nada,5\n", ("handle", "followers")),
])  # fmt: skip
def test_a_header_is_only_looked_for_below_what_is_a_title(
    write: Write, tmp_path: Path, text: str, header: tuple[str, ...]
) -> None:
    assert look(write(text), tmp_path, platform="tiktok").header == header


@pytest.mark.parametrize(
    "first", ["@ada.l", "https://www.instagram.com/ada.l/?igsh=x", "ada@x.example", "ada;12000", "ada;12.4K"]
)
def test_a_list_without_a_header_is_told_so(write: Write, tmp_path: Path, first: str) -> None:
    with pytest.raises(BadInput, match=r"has no header: .* in its first row is (an account|a number) already"):
        look(write(f"{first}\n@bo\n@cy\n"), tmp_path, platform="instagram")


def test_followers_that_cannot_be_read_are_a_doubt(write: Write, tmp_path: Path) -> None:
    guessed = look(write("IG handle,Followers\nada,big\nbo,small\n"), tmp_path).guessed
    assert ([one.column for one in guessed.unfit], guessed.sure) == (["Followers"], False)


def test_totals_and_empty_rows_below_a_list_are_no_accounts(write: Write, tmp_path: Path) -> None:
    file = write("IG handle;Followers;Country\nada;12.000,00;DE\nsum;500;DE\nbo;1,23,456;IN\n;;\n;;\nTotal;135.456;\n")
    looked = look(file, tmp_path)
    report = read(file, preset_of(looked.guessed, looked, title="x"), tmp_path / "pool")
    assert [(one.line, one.reason) for one in report.rejects] == [(7, "is a row of totals, not an account")]
    found = living(tmp_path / "pool")
    assert {handle: one.followers for handle, one in found.items()} == {"ada": 12_000, "sum": 500, "bo": 123_456}


def test_an_account_in_brackets_behind_a_name_is_read(write: Write, tmp_path: Path) -> None:
    file = write(
        "Creator;Plattform;Follower\nAda Linen (@Ada.linen);Instagram;5000\nBo [@bo];TikTok;900\n@cy (Cy);TikTok;9\n"
    )
    looked = look(file, tmp_path)
    assert [one.field for one in looked.guessed.columns] == ["handle", "platform", "followers"]
    report = read(file, preset_of(looked.guessed, looked, title="x"), tmp_path / "pool")
    assert set(living(tmp_path / "pool")) == {"ada.linen", "bo"}
    assert [one.reason for one in report.rejects] == ["is no handle"], "nobody guesses which half is the name"


def test_thousands_of_every_script_and_rates_of_theirs_go_in(write: Write, tmp_path: Path) -> None:
    file = write("IG handle\tFollowers\tER\nada\t١٢٬٣٤٥\t٣٫٤٪\nbo\t१२३४५\t2,15\u00a0%\ncy\t1\u202f234\u202f567\t—\n")
    looked = look(file, tmp_path)
    read(file, preset_of(looked.guessed, looked, title="x"), tmp_path / "pool")
    found = living(tmp_path / "pool")
    told = {handle: (one.followers, one.engagement_percent) for handle, one in found.items()}
    assert told == {"ada": (12_345, 3.4), "bo": (12_345, 2.15), "cy": (1_234_567, None)}
