"""The table of changes in the README is the table that is tried."""

import pytest

from bench.harmless import libreoffice
from bench.mutations import MUTATIONS, permitted
from bench.papers import agreement, with_places
from bench.printed import TEMPLATES
from bench.printed import tried as tried_in_print
from bench.returned import MADE_ANOTHER, README, TAKEN_BACK, saved_again, table, told_again, tried


def test_every_change_stands_in_the_readme_as_it_is_found_today() -> None:
    bases = {False: agreement()}
    bases[True] = with_places(bases[False])
    lines = list(table([tried(one, bases[one.places]) for one in (*MUTATIONS, *permitted())]))
    assert "NOT FOUND" not in "\n".join(lines)
    assert "\n".join(lines) in README.read_text(encoding="utf-8"), "run python -m bench.returned"


@pytest.mark.slow
@pytest.mark.skipif(libreoffice() is None, reason="LibreOffice is not installed")
def test_changes_in_the_tables_of_a_printed_template_are_found() -> None:
    changes, missed, invented = tried_in_print((TEMPLATES / "seeding-letter-en.docx").read_bytes())
    assert (changes > 20, missed, invented) == (True, 0, 0)


@pytest.mark.slow
@pytest.mark.skipif(libreoffice() is None, reason="LibreOffice is not installed")
def test_a_change_is_found_after_libreoffice_too_unless_it_takes_the_change_back() -> None:
    base = agreement()
    outcomes = saved_again({False: base, True: with_places(base)})
    assert {one.mutation.name for one in outcomes if one.first is None and not one.others} == set(TAKEN_BACK)
    assert {one.mutation.name for one in outcomes if one.first is None and one.others} == set(MADE_ANOTHER)
    assert "\n".join(told_again(outcomes)) in README.read_text(encoding="utf-8"), "run python -m bench.returned"
