from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.money import Money, minor_digits

CURRENCIES = ["EUR", "USD", "GBP", "JPY", "KWD", "XOF", "OMR", "CHF"]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(-(10**15), 10**15), st.sampled_from(CURRENCIES))
def test_whole_minor_units_survive_the_way_there_and_back(minor: int, currency: str) -> None:
    assert Money.of_minor(minor, currency).minor == minor


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12), st.sampled_from(CURRENCIES))
def test_sums_are_exact(first: int, second: int, currency: str) -> None:
    one, other = Money.of_minor(first, currency), Money.of_minor(second, currency)
    assert (one + other).minor == first + second
    assert (one - other).minor == first - second
    assert (one > other, one <= other, one < other, one >= other) == (
        first > second, first <= second, first < second, first >= second
    )  # fmt: skip


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("XAF", 0), ("KWD", 3), ("JOD", 3)])
def test_digits_follow_iso_4217(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@pytest.mark.parametrize("amount", ["0.001", "1e-9", "199.999", "NaN", "Infinity", "-Infinity", "1e40"])
def test_what_is_no_amount_of_euros_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match=r"amount|digits"):
        Money(Decimal(amount), "EUR")


@pytest.mark.parametrize("currency", ["eur", "EU", "EURO", "€", "E1R", "123", "ÉUR", ""])
def test_what_is_no_currency_code_is_refused(currency: str) -> None:
    with pytest.raises(ValueError, match="not a currency code"):
        Money(Decimal(1), currency)


def test_yen_have_no_cents() -> None:
    with pytest.raises(ValueError, match="more digits than JPY knows"):
        Money(Decimal("1.5"), "JPY")


def test_currencies_are_not_mixed() -> None:
    euros, dollars = Money(Decimal(1), "EUR"), Money(Decimal(1), "USD")
    for mix in (lambda: euros + dollars, lambda: euros - dollars, lambda: euros > dollars, lambda: euros <= dollars):
        with pytest.raises(ValueError, match="different currencies"):
            mix()
    assert euros != dollars


def test_equal_amounts_are_equal_however_they_are_written() -> None:
    assert Money(Decimal("2"), "EUR") == Money(Decimal("2.00"), "EUR")
    assert len({Money(Decimal("2"), "EUR"), Money(Decimal("2.0"), "EUR")}) == 1


def test_money_reads_as_people_write_it() -> None:
    assert str(Money(Decimal("1234567.5"), "EUR")) == "1,234,567.50 EUR"
    assert str(Money(Decimal("1200"), "JPY")) == "1,200 JPY"
