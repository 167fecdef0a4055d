"""The main road: a table nobody named before, guessed by names and values, and read the same the next time."""

import gzip
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from core.errors import BadInput
from sourcing.formats import stage
from sourcing.presets import store
from sourcing.presets.guessing import UNCLEAR, Guessed, changed, with_order
from sourcing.presets.looking import Look, _head, look, preset_of
from sourcing.presets.writing import as_toml
from tests.sourcing.conftest import living
from tests.sourcing.presets.conftest import Write, read

GERMAN = (
    "Benutzername;Abonnenten;Interaktionsrate;Land;E-Mail-Adresse;Konfession;Notizen\n"
    "ada.linen;12.345;3,4 %;Deutschland;ada@x.example;kath;nett\nbo_art;1,2 Mio.;2,1 %;Österreich;;ev;-\n"
)
SPANISH = (
    "NOMBRE DE USUARIO,RED SOCIAL,SEGUIDORES,TASA DE INTERACCIÓN,PAÍS,ÚLTIMA ACTUALIZACIÓN\n"
    '@ana.moda,Instagram,"45.300","3,2%",España,12/10/2026\n@luis,TikTok,"120.000","5,1%",México,13/10/2026\n'
)
UPPER = (
    "USERNAME\tFULL NAME\tSUBS\tER\tEMAIL ADDRESS\nhttps://www.youtube.com/@ada-sews\tAda\t12000\t0.034\ta@x.example\n"
)
TWO_ROWS = (
    ",Account,,Metrics,,Contact\n#,IG handle,Full name,Followers (K),ER %,Mail\n1,@ada,Ada L,12.4,3.1,a@x.example\n"
)
SHORT = "IG Handle,Followers (K),ER %,Rate (EUR)\nada.l,12.4,3.1,200\nbo,5.2,2.2,150\n"
SEVERAL = (
    "Creator,Instagram,IG followers,TikTok,TT followers,YouTube,Country,Price\n"
    "Ada,@ada,12000,@ada_tok,55000,,DE,200\nBo,,,bo.tok,9000,https://youtube.com/@bo,FR,100\n"
)

NAMED = ["handle", "followers", "engagement_percent"]
#: Text, --platform, what each column is taken for, what is missing, and whether nothing is left to a person.
TABLES = {
    "german": (GERMAN, "instagram", [*NAMED, "country", "email", "", ""], (), True),
    "german without a platform": (
        GERMAN, "", [*NAMED, "country", "email", "", ""], ("platform",), False),
    "spanish": (SPANISH, "", ["handle", "platform", *NAMED[1:], "country", "last_seen"], (), True),
    "upper case": (UPPER, "", ["handle", "name", "followers", "engagement", "email"], (), False),
    "two header rows": (TWO_ROWS, "", ["", "handle", "name", *NAMED[1:], "email"], (), True),
    "short words and units": (SHORT, "", ["handle", "followers", "engagement_percent", ""], (), True),
    "several accounts": (
        SEVERAL, "", ["name", "handle", "followers", "handle", "followers", "handle", "country", ""], (), False),
    "values alone": ("a,b,c\n@ada.l,ada@x.example,xx\n@bo,bo@x.example,yy\n", "", ["handle", "email", ""],
                     ("platform",), False),
    "the last post": (
        "IG handle,Letzter Beitrag\nada,3.4.2026\nbo,5.4.2026\n", "", ["handle", "posted"], (), True),
    "posts that are days": ("IG handle,Beiträge (neueste)\nada,3.4.2026\n", "", ["handle", "posted"], (), True),
    "posts that are counted": ("IG handle,Anzahl Beiträge\nada,34\n", "", ["handle", "posts"], (), True),
    "nothing at all": ("wer,wieviele\nx y,5\n", "", ["", ""], ("handle", "platform"), False),
    "a misleading name": ("username,followers,email\nada,12000,yes\nbo,5000,no\n", "tiktok",
                          ["handle", "followers", ""], (), True),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_columns_are_known_by_names_and_values(write: Write, tmp_path: Path, name: str) -> None:
    text, platform, fields, missing, sure = TABLES[name]
    guessed = look(write(text), tmp_path, platform=platform).guessed
    assert [one.field for one in guessed.columns] == fields
    assert (guessed.missing, guessed.sure) == (missing, sure)
    assert all(len(one.examples) <= 2 for one in guessed.columns)


def test_what_the_law_protects_is_neither_shown_nor_ever_taken(write: Write, tmp_path: Path) -> None:
    looked = look(write(GERMAN), tmp_path, platform="instagram")
    faith = looked.guessed.columns[5]
    assert (faith.protected, faith.examples, faith.field) == (True, (), "")
    assert preset_of(looked.guessed, looked, title="x").never_read == ("Konfession",)


def test_what_lies_inside_an_object_is_not_shown(write: Write, tmp_path: Path) -> None:
    looked = look(
        write('{"username": "ada", "about me": {"religion": "quaker"}, "tags": ["tea"]}\n', "x.jsonl"), tmp_path
    )
    shown = {one.column: one.examples for one in looked.guessed.columns}
    assert shown == {"username": ("ada",), "about me": ("{…}",), "tags": ('["tea"]',)}


@pytest.mark.parametrize(
    ("text", "platform", "profiles"),
    [
        (GERMAN, "instagram", {"ada.linen": 12_345, "bo_art": 1_200_000}),
        (SPANISH, "", {"ana.moda": 45_300, "luis": 120_000}),
        (TWO_ROWS, "", {"ada": 12_400}),
        (SEVERAL, "", {"ada": 12_000, "ada_tok": 55_000, "bo.tok": 9_000, "bo": None}),
    ],
)
def test_a_confirmed_guess_is_kept_and_read_again_without_a_question(
    write: Write, tmp_path: Path, text: str, platform: str, profiles: dict[str, int | None]
) -> None:
    file = write(text)
    looked = look(file, tmp_path, platform=platform)
    preset = preset_of(looked.guessed, looked, title="Mine")
    store.save(tmp_path, "mine", as_toml(preset, comment="by hand"))
    again = look(file, tmp_path)
    assert again.recognised is not None
    assert again.recognised.preset == preset
    report = read(file, again.recognised.preset, tmp_path / "pool")
    assert {handle: one.followers for handle, one in living(tmp_path / "pool").items()} == profiles
    assert report.rejected == 0
    assert look(write(text.replace("\n", ",more\n", 1).replace(";", "; ")), tmp_path).recognised is None


def test_days_are_read_in_the_order_that_the_column_gives_away(write: Write, tmp_path: Path) -> None:
    file = write(SPANISH)
    looked = look(file, tmp_path)
    read(file, preset_of(looked.guessed, looked, title="x"), tmp_path / "pool")
    assert living(tmp_path / "pool")["ana.moda"].last_seen == "2026-10-12T00:00:00Z"


def test_days_between_points_leave_nothing_to_ask_and_others_do(write: Write, tmp_path: Path) -> None:
    days = {"03.04.2026": "", "13.04.2026": "", "03/04/2026": UNCLEAR, "13/04/2026": "day first",
            "04-13-2026": "month first"}  # fmt: skip
    for said, order in days.items():
        for name in ("Stand", "Letzter Beitrag"):
            guessed = look(write(f"IG handle,{name}\nada,{said}\n"), tmp_path).guessed
            assert (said, guessed.columns[1].unit) == (said, order)
            assert with_order(guessed, "month first").columns[1].unit == "month first"


def taken(guessed: Guessed) -> list[str]:
    return [one.field for one in guessed.columns]


def test_a_person_takes_a_column_for_something_else_and_who_had_it_gives_way(write: Write, tmp_path: Path) -> None:
    guessed = look(write(SHORT), tmp_path).guessed
    assert taken(changed(guessed, 3, "followers")) == ["handle", "", "engagement_percent", "followers"]
    assert taken(changed(guessed, 0, "")) == ["", "followers", "engagement_percent", ""]


def test_a_header_of_known_words_needs_no_question(write: Write, tmp_path: Path) -> None:
    known: Look = look(write("platform,username,followers,bio\ninstagram,ada,5,x\n"), tmp_path)
    assert known.plain
    assert not look(write("username,followers\nada,5\n"), tmp_path).plain
    assert look(write("username,followers\nada,5\n"), tmp_path, platform="tiktok").plain


def test_a_large_table_is_looked_at_by_its_head(write: Write, tmp_path: Path) -> None:
    rows = "".join(f"ada{number},{number}\n" for number in range(200_000))
    looked = look(write(f"IG handle,Followers\n{rows}"), tmp_path)
    assert taken(looked.guessed) == ["handle", "followers"]


def book(path: Path, rows: int) -> Path:
    with Workbook(str(path)) as made:
        sheet = made.add_worksheet("Creators")
        sheet.write_row(0, 0, ["Creators of May"])
        sheet.write_row(3, 0, ["IG handle", "Followers"])
        for number in range(rows):
            sheet.write_row(4 + number, 0, [f"ada{number}", 10_000 + number])
    return path


def test_a_workbook_is_looked_at_by_its_first_rows_and_read_to_its_end(tmp_path: Path) -> None:
    file = book(tmp_path / "may.xlsx", 1_000)
    looked = look(file, tmp_path)
    assert (taken(looked.guessed), looked.said) == (["handle", "followers"], "Excel, sheet 'Creators'")
    report = read(file, preset_of(looked.guessed, looked, title="x"), tmp_path / "pool")
    assert report.profiles == 1_000
    (tmp_path / "short").mkdir()
    staged = stage(file, tmp_path / "short", on_bytes=lambda _count: None, rows=10)
    assert staged.path.read_bytes().count(b"\n") == 9, "the header is one of the ten rows"


def test_a_large_table_whose_first_column_is_the_platform_is_looked_at_by_its_head(tmp_path: Path) -> None:
    file = tmp_path / "creators.csv"
    file.write_text("Platform,IG handle\n" + "".join(f"instagram,ada{number}\n" for number in range(100_000)) + "\0")
    head = _head(file)
    assert head is not None
    assert (len(head) <= 1 << 20, head[-1:]) == (True, b"\n")


def test_a_damaged_gzip_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "creators.csv.gz"
    packed = bytearray(gzip.compress(b"handle,followers\n" + b"".join(b"a%d,%d\n" % (n, n * n) for n in range(20_000))))
    packed[5_000:5_100] = bytes(100)
    file.write_bytes(packed)
    with pytest.raises(BadInput, match=r"creators\.csv\.gz is a damaged or cut gzip file"):
        look(file, tmp_path)


def test_a_wrong_preset_is_passed_over_and_named(write: Write, tmp_path: Path) -> None:
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "half.toml").write_text('title = "Half')
    looked = look(write(SPANISH), tmp_path)
    assert taken(looked.guessed)[0] == "handle"
    assert ["half.toml is no TOML" in one for one in looked.unusable] == [True]


def test_what_is_no_table_is_refused_by_its_own_name(write: Write, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"creators\.csv is empty"):
        look(write(""), tmp_path)
