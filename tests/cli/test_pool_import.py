"""`greenroom pool import` of tables nobody named before, presets, and lists of customers."""

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook
from rich.console import Console, RenderableType

from cli.import_table import confirm
from sourcing.pool import open_pool
from sourcing.presets.guessing import Guessed
from sourcing.presets.looking import look, preset_of
from sourcing.readers import FIELDS
from tests.cli.conftest import Terminal

UGLY = "Konto;Abonnenten;Sprache;Konfession\nada.linen;12.345;de;kath\nbo_art;1,2 Mio.;fr;ev\n"


@pytest.fixture
def ugly(terminal: Terminal) -> Path:
    file = terminal.home.parent / "Meine Creator.csv"
    file.write_text(UGLY)
    return file


def test_without_a_terminal_the_exact_next_command_is_said_and_works(terminal: Terminal, ugly: Path) -> None:
    refused = terminal("pool", "import", str(ugly))
    assert refused.code == 1
    assert "nothing says on which platform these accounts are" in refused.err
    assert "'Abonnenten' as followers (sure)" in refused.err
    assert f"greenroom pool import '{ugly}' --platform instagram --yes" in refused.err
    assert "kath" not in refused.err
    done = terminal("pool", "import", str(ugly), "--platform", "instagram", "--yes")
    assert done.code == 0
    assert "never read: the law protects it" in done.out
    assert "2 new." in done.out
    assert "Kept as the preset meine-creator" in done.out


def test_the_same_header_is_read_without_a_question(terminal: Terminal, ugly: Path) -> None:
    first = terminal.document("pool", "import", str(ugly), "--platform", "instagram", "--yes")
    assert first["presets"] == {str(ugly): "meine-creator"}
    ugly.write_text(UGLY.replace("bo_art", "cy"))
    again = terminal.document("pool", "import", str(ugly))
    assert (again["merged"]["new"], again["presets"]) == (1, {str(ugly): "meine-creator"})
    assert again["files"][0]["never_read"] == ["Konfession"]


def test_a_column_that_nobody_can_tell_has_to_be_looked_at(terminal: Terminal) -> None:
    file = terminal.home.parent / "x.csv"
    file.write_text("Insta Link,how many fans\nhttps://instagram.com/ada,12\n")
    refused = terminal("pool", "import", str(file))
    assert f"Take it so: greenroom pool import {file} --yes" in refused.err
    assert terminal("pool", "info").code == 1, "nothing went in"
    assert not (terminal.home / "presets").exists()


class Keys:
    """Somebody at a terminal who presses these keys and types these lines."""

    def __init__(self, keys: Sequence[str], *lines: str) -> None:
        self._keys, self._lines = iter(keys), iter(lines)
        self.seen: list[str] = []

    def key(self) -> str:
        try:
            return next(self._keys)
        except StopIteration:
            raise EOFError from None

    def line(self, prompt: str) -> str:
        self.seen.append(prompt)
        return next(self._lines)

    def draw(self, what: RenderableType) -> None:
        page = io.StringIO()
        Console(width=140, file=page).print(what)
        self.seen.append(page.getvalue())


def asked(ugly: Path, keys: str, *lines: str) -> tuple[Guessed | None, Keys]:
    board = Keys(keys, *lines)
    return confirm(ugly.name, look(ugly, ugly.parent / "home").guessed, board, fields=FIELDS), board


def taken(guessed: Guessed | None) -> Sequence[str]:
    return [one.field for one in guessed.columns] if guessed else []


def test_enter_takes_it_once_nothing_is_missing(ugly: Path) -> None:
    guessed, board = asked(ugly, "\rp\r", "tik")
    assert guessed is not None
    assert (taken(guessed), guessed.platform) == (["handle", "followers", "language", ""], "tiktok")
    assert "press p and type it" in board.seen[1]
    assert "Accounts are on: TikTok, as you said" in board.seen[-1]


def test_keys_move_change_and_leave_out(ugly: Path) -> None:
    guessed, board = asked(ugly, "pjjccxjcz\r", "tiktok", "nmae", "city")
    assert taken(guessed) == ["handle", "followers", "", ""]
    assert any("taken as" in seen and "city" in seen for seen in board.seen)
    assert any("never read." in seen for seen in board.seen)
    assert "That key does nothing here." in board.seen[-1]


@pytest.mark.parametrize("keys", ["q", "\x1b", "", "\r"])
def test_whoever_stops_takes_nothing(ugly: Path, keys: str) -> None:
    assert asked(ugly, keys)[0] is None


def test_presets_are_listed_shown_and_copied(terminal: Terminal) -> None:
    names = [one["name"] for one in terminal.document("pool", "presets", "list")]
    assert {"modash-search", "aspire", "customers"} <= set(names)
    assert terminal.document("pool", "presets", "show", "aspire")["accounts"][0]["platform"] == "instagram"
    path = Path(terminal.document("pool", "presets", "copy", "aspire", "mine")["path"])
    assert path == terminal.home / "presets" / "mine.toml"
    assert "your own" in terminal("pool", "presets", "list").out
    path.write_text(path.read_text().replace("[columns]", "[colums]"))
    told = terminal("pool", "presets", "show", "mine")
    assert (told.code, "colums: no such key; did you mean 'columns'?" in told.err) == (1, True)
    assert terminal("pool", "import", "x.csv", "--preset", "aspyre").code == 2


def test_a_wrong_preset_stops_no_import_that_does_not_name_it(terminal: Terminal) -> None:
    (terminal.home / "presets").mkdir(parents=True)
    (terminal.home / "presets" / "mine.toml").write_text('title = "Mine"\n[colums]\nhandle = "x"\n')
    for name in ("one.csv", "two.csv"):
        (terminal.home.parent / name).write_text(f"platform,handle,followers\ntiktok,{name[:3]},5\n")
    done = terminal("pool", "import", *(str(terminal.home.parent / name) for name in ("one.csv", "two.csv")))
    assert (done.code, "2 new." in done.out) == (0, True)
    assert done.err.count("mine.toml was not used") == 1, "said once, however many files"
    assert "colums: no such key" in done.err
    listed = terminal("pool", "presets", "list")
    assert ("aspire" in listed.out, "mine.toml was not used" in listed.err) == (True, True)
    assert terminal("pool", "import", str(terminal.home.parent / "one.csv"), "--preset", "mine").code == 1


def test_creators_who_are_customers_are_found_and_no_customer_becomes_a_profile(terminal: Terminal) -> None:
    pool, own = terminal.home.parent / "pool.csv", terminal.home.parent / "loyalty.csv"
    pool.write_text(
        "platform,handle,followers,email\ninstagram,ada,5,Ada@x.example\ntiktok,bo,5,\ntiktok,cy,5,c@x.example\n"
    )
    own.write_text("Customer ID,Email,TikTok\n1,ada@X.example ,\n2,,@Bo\n3,zoe@x.example,\n4,,\n")
    terminal.document("pool", "import", str(pool))
    done = terminal.document("pool", "import", str(own), "--preset", "customers")
    assert done["creators"] == ["instagram:ada", "tiktok:bo"]
    assert (done["taken"][0]["rows"], done["taken"][0]["usable"]) == (4, 3)
    assert terminal.document("pool", "customers")["creators"] == ["instagram:ada", "tiktok:bo"]
    assert terminal.document("pool", "info")["profiles"] == 3
    kept = b"".join(path.read_bytes() for path in (terminal.home / "customers").iterdir())
    assert not [word for word in (b"zoe", b"ada", b"x.example") if word in kept]
    assert "2 creators of the pool among them" in terminal("pool", "import", str(own), "--preset", "customers").out


def test_a_list_without_addresses_is_no_list_of_customers(terminal: Terminal) -> None:
    file = terminal.home.parent / "list.csv"
    file.write_text("Name,City\nAda,Berlin\n")
    refused = terminal("pool", "import", str(file), "--preset", "customers")
    assert "no column for the address or an account of a customer. Columns found: 'Name', 'City'" in refused.err


def test_one_sheet_of_a_workbook_is_read_and_the_answer_says_which(terminal: Terminal) -> None:
    book = Workbook()
    first, second = book.active, book.create_sheet("Shortlist May")
    assert first is not None
    first.append(["platform", "handle", "followers"])
    first.append(["tiktok", "ada", 5])
    second.append(["platform", "handle", "followers"])
    second.append(["tiktok", "bo", 7])
    second.append(["tiktok", "cy", 9])
    file = terminal.home.parent / "creators.xlsx"
    book.save(file)
    assert terminal.document("pool", "import", str(file))["profiles"] == 1
    done = terminal.document("pool", "import", str(file), "--sheet", "Shortlist May")
    assert (done["merged"]["new"], "sheet 'Shortlist May'" in done["files"][0]["format"]) == (2, True)
    refused = terminal("pool", "import", str(file), "--sheet", "June")
    assert "Its sheets are" in refused.err
    assert "Shortlist May" in refused.err


DAYS = "platform,handle,followers,last seen\ntiktok,ada,5,03/04/2026\n"


@pytest.mark.parametrize(("flags", "day"), [
    (("--dates", "dmy"), "2026-04-03"), (("--dates", "mdy"), "2026-03-04"), ((), None),
])  # fmt: skip
def test_whether_a_day_or_a_month_comes_first_is_said_or_nobody_guesses(
    terminal: Terminal, flags: tuple[str, ...], day: str | None
) -> None:
    file = terminal.home.parent / "days.csv"
    file.write_text(DAYS)
    done = terminal("pool", "import", str(file), *flags)
    seen = open_pool(terminal.home / "pool").profile(0).last_seen
    assert (seen[:10] if seen else None) == day
    assert ("say which with --dates dmy or --dates mdy" in done.out) == (day is None)


def test_a_preset_says_the_order_of_days_and_a_flag_wins(terminal: Terminal) -> None:
    file = terminal.home.parent / "days.csv"
    file.write_text(DAYS)
    (terminal.home / "presets").mkdir(parents=True)
    (terminal.home / "presets" / "days.toml").write_text(
        'title = "Days"\ndates = "day first"\nplatform = "tiktok"\n'
        '[columns]\nhandle = "handle"\nfollowers = "followers"\nlast_seen = "last seen"\n'
    )
    assert terminal("pool", "import", str(file), "--preset", "days").code == 0
    assert str(open_pool(terminal.home / "pool").profile(0).last_seen).startswith("2026-04-03")
    file.write_text(DAYS.replace("ada", "bo"))
    terminal("pool", "import", str(file), "--preset", "days", "--dates", "mdy")
    bo = open_pool(terminal.home / "pool").find("tiktok", "bo")
    assert bo is not None
    assert str(bo.last_seen).startswith("2026-03-04")


def test_the_table_tells_what_the_file_is_and_a_key_turns_its_days(terminal: Terminal) -> None:
    file = terminal.home.parent / "liste.csv"
    file.write_bytes(
        "Konto;Abonnenten;Stand\nada;12;03.04.2026\nbjörn;9;05/06/2026\nåsa;7;05/07/2026\n".encode("cp1252")
    )
    looked = look(file, terminal.home)
    assert "Windows-1252 by its looks" in looked.said
    board = Keys("pdd\r", "tiktok")
    guessed = confirm("liste", looked.guessed, board, fields=FIELDS)
    assert guessed is not None
    assert preset_of(guessed, looked, title="x").dates == "month first"
    assert "day or month first is not clear" in board.seen[0]
    told = terminal("pool", "import", str(file), "--platform", "tiktok", "--dates", "dmy", "--yes").out
    assert "Windows-1252 by its looks" in told
    assert "day first" in told
    bo = open_pool(terminal.home / "pool").find("tiktok", "ada")
    assert bo is not None
    assert str(bo.last_seen).startswith("2026-04-03")


def test_a_wide_table_fits_the_terminal_and_its_answer_is_short(terminal: Terminal) -> None:
    file = terminal.home.parent / "wide.csv"
    names = ",".join(f"metric {number}" for number in range(300))
    file.write_text(f"IG,{names}\n" + f"@ada,{','.join('5' * 300)}\n")
    board = Keys(["\x1b[6~", "j", "c", "\x1b[5~", "\x1b[A", "\r"], "Abonnenten")
    guessed = confirm("wide", look(file, terminal.home).guessed, board, fields=FIELDS, size=(80, 24))
    pages = [page for page in board.seen if "what its columns are taken for" in page]
    assert all(len(page.splitlines()) <= 24 for page in pages)
    assert ("columns 1 to" in pages[0], "› " in pages[-1], "metric 298" in pages[-1]) == (True, True, False)
    assert guessed is not None
    assert [one.column for one in guessed.columns if one.field] == ["IG", "metric 10"]
    assert guessed.columns[11].field == "followers", "by the word that a header would have"
    told = terminal("pool", "import", str(file)).out
    assert "and 288 columns more that nothing is known of" in told
    assert "metric 19 and 280 more" in told
    assert "no column says how many followers" in told


def test_every_field_is_named_where_somebody_asks(ugly: Path) -> None:
    guessed, board = asked(ugly, "pjjcc\r", "tiktok", "?", "engagement rate in %")
    assert "A column can be: handle, name" in board.seen[-3]
    assert taken(guessed)[2] == "engagement_percent"


def test_files_with_one_header_are_asked_about_once_but_not_taken_for_another_platform(terminal: Terminal) -> None:
    place = terminal.home.parent
    files = [place / name for name in ("a tiktok.csv", "b.csv", "c instagram.csv")]
    for file in files:
        file.write_text(f"Konto,Abonnenten\n{file.name[0]}da,5000\n")
    refused = terminal("pool", "import", *map(str, files), "--yes")
    assert "c instagram.csv has the header that a tiktok.csv has too, with accounts on TikTok" in refused.err
    assert not (terminal.home / "pool").exists()
    done = terminal.document("pool", "import", str(files[0]), str(files[1]))
    assert done["presets"] == {str(files[0]): "a-tiktok", str(files[1]): "a-tiktok"}
    assert [path.name for path in (terminal.home / "presets").iterdir()] == ["a-tiktok.toml"]
    refused = terminal("pool", "import", str(files[2]))
    assert "the preset a-tiktok reads accounts on TikTok, but its name says Instagram" in refused.err
    assert f"{files[2]}' --platform instagram" in refused.err
    told = terminal("pool", "import", str(files[2]), "--platform", "instagram").out
    assert "Its accounts are on Instagram." in told
    assert open_pool(terminal.home / "pool").find("instagram", "cda")
