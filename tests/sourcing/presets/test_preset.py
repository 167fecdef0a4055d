"""A preset that is wrong says which key, and what to write instead; a team's own come before those that ship."""

from pathlib import Path

import duckdb
import pytest

from core.errors import BadInput, Refused, WrongUsage
from sourcing.jsonpaths import json_at, rows_at
from sourcing.presets import store

GOOD = 'title = "Mine"\nplatform = "tiktok"\n[columns]\nhandle = "Konto"\n'


def own(home: Path, text: str, name: str = "mine") -> Path:
    path = home / "presets" / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('title = "x"', "columns.handle: missing; write handle ="),
        (GOOD.replace("handle", "handel"), "columns.handel: no such field; did you mean 'handle'?"),
        ("colums = 1\n" + GOOD, "colums: no such key; did you mean 'columns'?"),
        (GOOD.replace('"Konto"', "3"), 'columns.handle: write the name of a column, "Like this"'),
        (GOOD.replace("tiktok", "myspace"), "platform: 'myspace' is not one of 'instagram'"),
        (GOOD + 'audience_interests = "audience.ethnicities"', "tells what the law protects (Article 9 GDPR)"),
        (GOOD + 'bio = "Política"', "columns.bio: 'Política' tells what the law protects"),
        (
            GOOD + '[units]\nfollowers = "percent"',
            "'percent' is no unit of followers; write 'thousands'",
        ),
        (GOOD + '[[accounts]]\nplatform = "x"\nhandle = "X"', "either one account (columns.handle) or several"),
        ('email_basis = "legit"\n' + GOOD, "email_basis: 'legit' is not one of 'published', 'consent'"),
        ("title = ", "is no TOML"),
        ("expires_days = 0\n" + GOOD, "expires_days: write a whole number of days, 1 to 3650"),
        (GOOD.replace('"Mine"', '""'), "title: write a text in quotes, of 120 signs at most"),
        ("source = 4\n" + GOOD, "source: write a text in quotes"),
        ('title = "x"\ncolumns = "Konto"', "for each field below [columns]"),
        ('title = "x"\n[accounts]\nplatform = "x"\nhandle = "X"', "accounts: write [[accounts]]"),
        ('title = "x"\n[[accounts]]\nplatform = "insta"\nhandle = "X"', "accounts (1).platform: 'insta' is not one of"),
        ('title = "x"\n' + '[[accounts]]\nplatform = "x"\nhandle = "X"\n' * 2, "accounts: x stands there twice"),
    ],
)
def test_a_wrong_preset_names_file_key_and_what_to_write(tmp_path: Path, text: str, says: str) -> None:
    path = own(tmp_path, text)
    with pytest.raises(BadInput) as refused:
        store.load(tmp_path, "mine")
    assert says in str(refused.value)
    assert str(path) in str(refused.value)


def test_one_column_needs_no_brackets(tmp_path: Path) -> None:
    own(tmp_path, 'recognised_by = "Konto"\nnever_read = "Notiz"\n' + GOOD)
    assert store.load(tmp_path, "mine").preset.recognised_by == ("Konto",)


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    own(tmp_path, GOOD + 'biu = "x"\nfollowerz = "y"')
    with pytest.raises(BadInput, match=r"(?s)biu.*followerz"):
        store.load(tmp_path, "mine")


def test_a_teams_own_preset_wins_by_name(tmp_path: Path) -> None:
    assert not store.load(tmp_path, "aspire").own
    path = store.copy(tmp_path, "aspire", "aspire")
    path.write_text(path.read_text().replace("Aspire creator table", "Our table"))
    found = store.load(tmp_path, "aspire")
    assert (found.own, found.preset.title) == (True, "Our table (CSV)")
    with pytest.raises(Refused, match="already"):
        store.copy(tmp_path, "aspire", "aspire")


@pytest.mark.parametrize("name", ["../x", "", "A b", "x" * 61, "-x"])
def test_a_name_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    with pytest.raises(WrongUsage):
        store.copy(tmp_path, "aspire", name)


def test_an_unknown_name_is_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="Did you mean aspire"):
        store.load(tmp_path, "aspyre")


def test_names_come_from_files_and_none_is_overwritten(tmp_path: Path) -> None:
    assert store.name_for(Path("Meine Créator (2026).csv.gz")) == "meine-creator-2026"
    assert store.name_for(Path("名前.csv")) == "my-file"
    assert store.save(tmp_path, "mine", GOOD).stem == "mine"
    assert store.save(tmp_path, "mine", GOOD).stem == "mine"
    assert store.save(tmp_path, "mine", GOOD.replace("Mine", "Other")).stem == "mine-2"
    assert store.save(tmp_path, "aspire", GOOD).stem == "aspire-2"


def test_paths_into_json() -> None:
    document = (
        '{"a":{"b":[{"t":"email","v":"x@y"},{"t":"phone","v":"1"}],"l":[{"c":"q"},{"c":"r"}],"n":null},'
        '"directs":[{"p":1}],"look":[{"p":2}],"none":[]}'
    )

    def at(sql: str) -> object:
        row = duckdb.execute(f"select {sql} from (select ? as v)", [document]).fetchone()
        return row and row[0]

    paths = {
        "a.b[t=email].v": "x@y",
        "a.b[t=fax].v": None,
        "a.b[1].v": "1",
        "a.l[].c": '["q","r"]',
        "z.q": None,
        "a.n": None,
    }
    assert {path: at(f"{json_at('v::json', path)} ->> '$'") for path in paths} == paths
    assert at(rows_at("v::json", ["none", "look + directs"])) == ['{"p":2}', '{"p":1}']
    for wrong in ("", "a..b[", "a]"):
        with pytest.raises(ValueError, match="no path"):
            json_at("v", wrong)
