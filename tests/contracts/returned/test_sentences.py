"""A finding in one line: the place as people write it, then what happened there."""

import pytest

from contracts.returned.findings import Clause, Finding, Kind


@pytest.mark.parametrize(
    ("heading", "where", "place"),
    [
        ("This agreement is between:", "(2)", "This agreement is between (2): "),
        ("Fees", "2.1", "Fees (2.1): "),
        ("Page header", "", "Page header: "),
    ],
)
def test_the_place_is_marked_once(heading: str, where: str, place: str) -> None:
    found = Finding(Kind.MOVED, Clause("c", heading), "", "new words", where)
    assert found.sentence.startswith(place)
