"""A table of consents as people keep it: what each line says, and which cannot be used."""

from datetime import date

import pytest

from core.errors import BadInput
from outreach import grounds_file
from outreach.law.policy import Basis

TODAY = date(2026, 11, 23)


def _read(text: str) -> grounds_file.Listed:
    return grounds_file.read(text, today=TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "creator,ground,source,date\ninstagram:ada,consent,form,2026-05-03\n",
        "Date;Source;Basis;Handle;Platform\r\n3.5.2026;form;Consent;ada;instagram\r\n",
        "\ufeffplatform\tcreator\tground\tsource\tdate\n\ninstagram\tada\tCONSENT\tform\t2026-05-03T10:00:00Z\n",
    ],
)
def test_the_same_however_a_spreadsheet_writes_it(text: str) -> None:
    [row] = _read(text).rows
    assert (row.who, row.basis, row.evidence) == ("instagram:ada", Basis.CONSENT, "form, 2026-05-03")


def test_an_address_is_known_by_itself_and_a_guarded_cell_loses_its_guard() -> None:
    text = (
        "creator,ground,source,date\nada@example.com,published,'=their page,2026-05-03\n'@ada,consent,form,2026-05-03\n"
    )
    first, second = _read(text).rows
    assert (first.address, first.creator, first.evidence) == ("ada@example.com", "", "=their page, 2026-05-03")
    assert second.creator == "@ada"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (",consent,form,2026-05-03", "nobody is named"),
        ("ada,maybe,form,2026-05-03", "'maybe' are no grounds"),
        ("ada,,form,2026-05-03", "it names no grounds"),
        ("ada,consent, ,2026-05-03", "nothing says where"),
        ("ada,consent,form,", "nothing says when"),
        ("ada,consent,form", "nothing says when"),
        ("ada,consent,form,05/03/2026", "is no day"),
        ("ada,consent,form,2026-02-30", "is no day"),
        ("ada,consent,form,2026-11-24", "yet to come"),
        ("ada,consent,form,2026-05-03,more", "more cells"),
        ("ada,,,", "it names no grounds; nothing says where that was given or seen; nothing says when"),
    ],
)
def test_a_bad_line_is_named_by_its_number_and_the_others_are_read(line: str, why: str) -> None:
    text = f'creator,ground,source,date\n"bea\nb",consent,form,2026-05-03\n{line}\ncleo,consent,form,2026-05-03\n'
    found = _read(text)
    assert [row.line for row in found.rows] == [2, 5]
    [bad] = found.unusable
    assert bad.line == 4
    assert why in bad.why


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("creator,ground,source,date\n", "no rows"),
        ("name,date\nx,y\n", "no column for the creator and the ground and the source"),
        ("creator,email,mail,ground,source,date\n", "Two columns"),
    ],
)
def test_what_is_no_such_table_is_refused_whole(text: str, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        _read(text)
