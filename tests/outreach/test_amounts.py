"""Amounts that a text names, in four languages, and which of them nobody offered."""

from decimal import Decimal

import pytest

from outreach.amounts import amounts_in, beyond

OFFERED = {(Decimal(200), "EUR"), (Decimal(10), "%")}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("I charge 450€ or $1,200.50 per reel", [("450", "EUR"), ("1200.50", "USD")]),
        ("für 1.249,50 EUR und 10 %", [("1249.50", "EUR"), ("10", "%")]),
        ("budget : 1 200 euros", [("1200", "EUR")]),
        ("mi tarifa es 350", [("350", "")]),
        ("2k EUR", [("2000", "EUR")]),
        ("€300-400", [("300", "EUR"), ("400", "EUR")]),
        ("300,- €", [("300", "EUR")]),
        ("３００ EUR", [("300", "EUR")]),
        ("three hundred euros", [("None", "")]),
        ("dreihundert Euro", [("None", "")]),
        ("We pay within 30 days, between 1 December 2026 and 31 January 2027, for 2 reels.", []),
        ("", []),
    ],
)
def test_amounts_are_found_as_people_write_them(text: str, named: list[tuple[str, str]]) -> None:
    assert [(str(amount.value), amount.unit) for amount in amounts_in(text)] == named


def test_only_what_was_offered_is_not_beyond_it() -> None:
    assert beyond("a fee of 200 EUR and 10 percent commission; 200,00 € it is", OFFERED) == ()
    assert beyond("The fee is 200, as I said.", OFFERED) == ()
    assert beyond("We can do 250 EUR, or 15 percent, or 200 USD.", OFFERED) == ("250 EUR", "15 percent", "200 USD")
    assert beyond("Let us say two hundred euros.", OFFERED) == ("hundred euros",)


def test_a_wall_of_digits_is_read_at_once() -> None:
    assert amounts_in("1" * 20_000 + " EUR")[0].value is None
    assert amounts_in("fee " * 5_000 + "1 " * 5_000) is not None
