"""`greenroom pool import` of what is no list of accounts, of flags that do not go with a file, and of broken files."""

from pathlib import Path

import pytest

from sourcing.pool import open_pool
from sourcing.presets.looking import look
from tests.cli.conftest import Terminal

POSTS = "username,caption,ts,likes\nada,linen,2026-01-02,5\nada,tea,2026-01-03,9\nbo,wool,2026-01-03,7\n"


def test_posts_are_no_profiles_and_a_list_of_accounts_can_hold_them(terminal: Terminal) -> None:
    file = terminal.home.parent / "posts.csv"
    file.write_text(POSTS)
    refused = terminal("pool", "import", str(file), "--platform", "instagram", "--yes")
    assert (refused.code, "posts.csv holds posts, a row each" in refused.err) == (1, True)
    assert "column captions" in refused.err
    assert not (terminal.home / "pool").exists()
    file.write_text(
        'handle,followers,captions,posted\nada,12000,"[""linen"", ""tea""]","[""2026-01-02"", ""3.1.2026""]"\n'
    )
    terminal.document("pool", "import", str(file), "--platform", "instagram")
    ada = open_pool(terminal.home / "pool").profile(0)
    assert (ada.captions, ada.posted) == (("linen", "tea"), ("2026-01-03", "2026-01-02"))


@pytest.mark.parametrize(("table", "posts"), [
    ("account,text,date,likes\n" + "ada,x,2026-01-02,5\n" * 8, True),
    ("account,text,date,likes\n" + "".join(f"a{n},x,2026-01-02,5\n" for n in range(8)), False),
    ("account,caption,followers\n" + "ada,x,500\n" * 8, False),
    ("account,name,content type,video link\n" + "".join(f"a{n},A,reel,x\n" for n in range(8)), False),
    ("account,price,city\n" + "ada,x,Rome\n" * 8, False),
])  # fmt: skip
def test_posts_are_known_by_their_columns_or_by_accounts_that_come_again(
    tmp_path: Path, table: str, posts: bool
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(table)
    assert look(file, tmp_path, platform="instagram").posts is posts


def test_a_flag_that_does_not_go_with_a_file_is_refused_in_words(terminal: Terminal) -> None:
    ugly = terminal.home.parent / "Meine Creator.csv"
    ugly.write_text("Konto;Abonnenten\nada;12.345\n")
    refused = terminal("pool", "import", str(ugly), "--sheet", "May")
    assert "Meine Creator.csv is no workbook: it has no sheets, so it has none called 'May'." in refused.err
    ugly.write_text("<table><tr><td>Konto</td><td>Abonnenten</td></tr></table>")
    assert "none by name" in terminal("pool", "import", str(ugly), "--sheet", "May").err
    ugly.write_bytes(b"%PDF-1.7")
    assert "is a PDF" in terminal("pool", "import", str(ugly), "--sheet", "May").err
    refused = terminal("pool", "import", str(ugly), "--dates", "xyz")
    assert (refused.code, "does not say whether the day or the month comes first" in refused.err) == (2, True)
    assert "Value error" not in refused.err


def test_a_file_that_cannot_be_read_is_called_by_its_own_name(terminal: Terminal) -> None:
    deep = terminal.home.parent / "deep.json"
    deep.write_text("[" * 200_000)
    refused = terminal("pool", "import", str(deep))
    assert refused.err.count(str(deep)) == 2
    assert "staged" not in refused.err


def test_profiles_deep_in_json_need_a_preset_and_rows_are_told_one_by_one(terminal: Terminal) -> None:
    file = terminal.home.parent / "answer.json"
    file.write_text('{"data": [{"user": {"username": "ada"}, "followers": 5}]}')
    refused = terminal("pool", "import", str(file))
    assert "Say in a preset where in it they lie (rows): greenroom pool presets copy modash-search ours" in refused.err
    file.write_text("handle,platform,followers,email\nada,tiktok,5,a@x\nbo,tiktok,7\n")
    told = terminal("pool", "import", str(file)).out
    assert "column 'email': 1 value could not be used and was left out, its row went in" in told
    assert "1 row was not usable (line 3: has too few columns); why, line by line:" in told
