"""A template's source: what it may say, and what is refused before it is set."""

import io

import docx
import pytest

from contracts.locks import clauses_of
from contracts.typesetting.package import typeset
from contracts.typesetting.source import Line, read
from contracts.wording import open_package
from core.errors import BadInput

HEAD = "title: T\nlanguage: en\nhead: {{ brand }} | x\nfoot: y | Page <page> of <pages>\nlocal: filming.angles\n\n"
BODY = """[title]
= Agreement
# a note to whoever edits this
[work]
1. What you do
1.1 You make
  what the table lists.
1.2 A wish:
- {{ filming.angles }}
| Label | {%p for x in deliverables %}
| | {{ x }}
| | {%p endfor %}
| {%tr if pay.fee %}
| Fee | **{{ pay.fee }}**
| {%tr endif %}
2. More
2.1 More.
[signature]
=== Signatures
sign | For us | {{ creator.name }}
line | Date | Date
"""


def test_lines_go_on_and_notes_are_not_set() -> None:
    source = read(HEAD + BODY, name="s")
    assert [clause.id for clause in source.clauses] == ["title", "work", "signature"]
    assert source.clauses[1].lines[1] == Line("clause", ("You make what the table lists.",))
    assert source.local == {"filming.angles"}


def test_a_source_becomes_a_word_file_with_real_styles_and_locked_clauses() -> None:
    content = typeset(HEAD + BODY, name="s")
    document = docx.Document(io.BytesIO(content))
    assert {"Title", "heading 2", "Clause", "List Bullet"} <= {style.name for style in document.styles} | {"heading 2"}
    assert document.core_properties.language == "en"
    xml = open_package(content, name="s")["word/document.xml"].decode()
    assert xml.count('<w:lock w:val="sdtLocked"/>') == 3
    assert '<w:sdt><w:sdtPr><w:alias w:val="local:filming.angles"/>' in xml
    clauses = clauses_of(open_package(content, name="s"), name="s")
    assert [clause.id for clause in clauses] == ["title", "work", "signature"]
    assert "You make what the table lists." in clauses[1].paragraphs


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (HEAD + "[a]\n1. One\n1.2 Two\n", "is numbered 1.2, but comes out as 1.1"),
        (HEAD + "[a]\n2. One\n", "is numbered 2, but comes out as 1"),
        (HEAD + "[a]\n= A\n[a]\n= A\n", "two clauses 'a'"),
        (HEAD + "[a]\n[b]\n= B\n", "clause a must begin with a heading"),
        (HEAD + "[a]\n{%p if pay.fee %}\nx\n{%p endif %}\n", "clause a must begin with a heading"),
        (HEAD + "[a]\n= A\n| only one\n", "two cells"),
        (HEAD + "words\n[a]\n= A\n", "stands before the first clause"),
        ("title: T\n[a]\n= A\n", "does not say its language, head, foot"),
        ("layout: wide\n" + HEAD + "[a]\n= A\n", "layout is 'wide'"),
    ],
)
def test_a_source_that_cannot_be_meant_is_refused(text: str, problem: str) -> None:
    with pytest.raises(BadInput, match=problem):
        read(text, name="s")
