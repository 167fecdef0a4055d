"""Writing an approval into the manifest: the entry says what is meant, the rest stays letter by letter."""

import tomllib
from datetime import date

import pytest

from contracts.manifest import Value, entered
from core.errors import Refused

MANIFEST = '''# What may be used.

[contracts.one]
file = "contracts/one.docx"   # beside this
version = 1  # counted "#" up
variables = [
    "brand",       # the brand
    "product",
]

# the second one
[contracts.two]
version = 7
note = """
[contracts.one]
"""
'''
ENTRY: dict[str, Value] = {"version": 2, "approved_on": date(2026, 11, 26), "clauses": [{"id": "pay", "sha256": "ab"}]}


def test_only_what_changed_is_written() -> None:
    text = entered(MANIFEST, "one", ENTRY | {"variables": ["brand", "product"]})
    entry = tomllib.loads(text)["contracts"]["one"]
    assert entry == {"file": "contracts/one.docx", "variables": ["brand", "product"], **ENTRY}
    assert 'version = 2  # counted "#" up\n' in text
    assert '    "brand",       # the brand\n' in text
    assert text.endswith(MANIFEST[MANIFEST.index("\n# the second one") :])
    assert entered(text, "one", ENTRY) == text


def test_a_new_template_is_put_at_the_end() -> None:
    text = entered(MANIFEST, "three", ENTRY)
    assert text.startswith(MANIFEST)
    assert tomllib.loads(text)["contracts"]["three"] == ENTRY
    assert tomllib.loads(entered("", "three", ENTRY)) == {"contracts": {"three": ENTRY}}


def test_clauses_written_as_tables_are_written_anew() -> None:
    tables = (
        '[contracts.one]\nversion = 1\n[[contracts.one.clauses]]\nid = "x"\nsha256 = "y"\n\n[contracts.two]\nx = 1\n'
    )
    text = entered(tables, "one", ENTRY)
    assert tomllib.loads(text) == {"contracts": {"one": ENTRY, "two": {"x": 1}}}


@pytest.mark.parametrize("value", ['a "quoted" \\ path', "line\nbreak", "ünï\u200b"])
def test_any_text_comes_back_as_it_was(value: str) -> None:
    assert tomllib.loads(entered(MANIFEST, "three", {"file": value}))["contracts"]["three"]["file"] == value


@pytest.mark.parametrize(("text", "name"), [("contracts = { one = { version = 1 } }\n", "one"), (MANIFEST, "two")])
def test_what_cannot_be_changed_line_by_line_is_left_to_a_person(text: str, name: str) -> None:
    with pytest.raises(Refused, match="cannot be changed here") as refused:
        entered(text, name, ENTRY)
    assert "version = 2" in refused.value.next_step
