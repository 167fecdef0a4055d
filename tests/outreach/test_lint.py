from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.money import Money
from outreach import lint, words

GOOD = " ".join(["word"] * 70) + (
    " fact one, fact two. 200 EUR. 1 December 2026. Friday. Street 1, Town. public profile. "
    'reply with "no thanks" or "stop" and you will not hear from us again.'
)
EXPECTED = lint.Expected(
    "ada@example.com",
    "An idea",
    ("fact one", "fact two"),
    ("200 EUR",),
    ("1 December 2026",),
    "Friday",
    "Street 1, Town",
    "public profile",
)


def test_a_good_mail_has_no_problems() -> None:
    assert lint.problems(GOOD, EXPECTED) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (GOOD.replace(part, ""), code)
        for part, code in [
            ("fact one", "facts"),
            ("200 EUR", "offer"),
            ("1 December 2026", "timeline"),
            ("Friday", "deadline"),
            ("Street 1, Town", "postal address"),
            ("public profile", "source"),
            ("reply with", "opt-out"),
            ("not hear from us", "opt-out"),
            ("word " * 60, "length"),
        ]
    ]
    + [
        (f"{more} {GOOD}", code)
        for more, code in [
            ("{{ name }}", "unfilled"),
            ("None", "unfilled"),
            ("[NAME]", "unfilled"),
            ("<first name>", "unfilled"),
            ("XXX", "unfilled"),
            ("amazing", "banned word"),
            ("We love your content", "banned word"),
            ("Das ist unglaublich", "banned word"),
            ("word " * 150, "length"),
            ("https://a.example www.b.example", "links"),
        ]
    ],
)
def test_each_rule_blocks(text: str, code: str) -> None:
    assert code in [problem.code for problem in lint.problems(text, EXPECTED)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"recipient": "a@example.com, b@example.com"}, "recipient"),
        ({"subject": "Re: our talk"}, "subject"),
        ({"subject": " "}, "subject"),
        ({"facts": ("fact one",)}, "facts"),
        ({"facts": ("fact one", "fact one")}, "facts"),
    ],
)
def test_each_rule_about_the_frame_blocks(change: dict[str, object], code: str) -> None:
    assert code in [problem.code for problem in lint.problems(GOOD, replace(EXPECTED, **change))]  # type: ignore[arg-type]


def test_quoting_a_creator_is_not_our_praise() -> None:
    expected = replace(EXPECTED, facts=("my amazing summer", "fact two"))
    assert lint.problems(GOOD.replace("fact one", "my amazing summer"), expected) == []


def test_money_and_dates_are_said_as_people_say_them() -> None:
    assert words.money(Money(Decimal("1249.50"), "EUR"), "en") == "1,249.50 EUR"
    assert words.money(Money(Decimal("1249.50"), "EUR"), "de") == "1.249,50 EUR"
    assert words.money(Money(Decimal(20_000), "JPY"), "de") == "20.000 JPY"
    assert words.decimal(Decimal("10.0"), "en") == "10"
    assert words.long_date(date(2026, 3, 1), "de", weekday=True) == "Sonntag, 1. März 2026"
