from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.money import Money
from outreach import lint, words
from outreach.html_part import html_of

GOOD = (
    " ".join(["word"] * 70)
    + """ fact one, fact two. a fee: a linen shirt and 200 EUR for one Reel from 1 December to 2 January. We pay it
within 30 days. For 60 days we may show it. Answer by Friday.

Sofia Marin
Aurelia Linen

—
Aurelia Linen GmbH, Street 1, Town. public profile. reply with "no thanks" or "stop" and you will not hear
from us again.
Your data is yours.
"""
)
EXPECTED = lint.Expected(
    recipient="ada@example.com", subject="An idea for you", locale="en", facts=("fact one", "fact two"), model="a fee",
    offer=("a linen shirt", "200 EUR"), deliverables=("one Reel",), timeline=("1 December", "2 January"),
    payment="We pay it within 30 days.", usage="For 60 days we may show it.", deadline="Friday",
    who=("Sofia Marin", "Aurelia Linen", "Aurelia Linen GmbH"), sender_mail="sofia@aurelia.example",
    website="https://www.aurelia.example/en", postal_address="Street 1, Town", address_source="public profile",
    notice="Your data is yours.", links=("https://www.aurelia.example",), names=("@ADA_LINEN",),
)  # fmt: skip
FOLLOW_UP = replace(EXPECTED, facts=("fact one",), subject="Re: An idea for you", first_subject="An idea for you")


def codes(text: str, expected: lint.Expected = EXPECTED, html: str = "") -> list[str]:
    return [problem.code for problem in lint.problems(text, expected, html=html)]


def test_a_good_mail_has_no_problems() -> None:
    assert lint.problems(GOOD, EXPECTED, html=html_of(GOOD, "en")) == []


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("fact one", "facts"), ("200 EUR", "offer"), ("a linen shirt", "product"), ("a fee", "model"),
        ("one Reel", "deliverables"), ("2 January", "timeline"), ("within 30", "payment trigger"),
        ("we may show it", "usage window"), ("Friday", "deadline"), ("Sofia Marin", "who"),
        ("Street 1", "postal address"),
        ("public profile", "source"), ("reply with", "opt-out"), ("again", "opt-out"),
        ("Your data", "notice"), ("word " * 60, "length"),
    ],
)  # fmt: skip
def test_what_lacks_is_named(part: str, code: str) -> None:
    assert part in GOOD
    assert code in codes(GOOD.replace(part, ""))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("{{ name }}", "unfilled"), ("None", "unfilled"), ("[NAME]", "unfilled"), ("<first name>", "unfilled"),
        ("XXX", "unfilled"), ("amazing", "banned word"), ("We love your content", "banned word"),
        ("Das ist unglaublich", "banned word"), ("Es una oportunidad única", "banned word"),
        ("Ne rate pas la dernière chance", "banned word"), ("word " * 300, "length"),
        ("https://www.aurelia.example/a www.aurelia.example/b", "links"), ("https://evil.example", "links"),
        ("https://www.aurelia.example.evil.example", "links"),
        ("Click here", "spam"), ("kostenlos", "spam"), ("gratis", "spam"), ("gratuit", "spam"), ("Hi! You!", "spam"),
        ("$$$", "spam"), ("1 EUR 2 EUR 3 EUR 4 EUR", "spam"), ("READ THIS MAIL TODAY", "spam"),
    ],
)  # fmt: skip
def test_what_is_too_much_is_named(more: str, code: str) -> None:
    assert code in codes(f"{more} {GOOD}")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"recipient": "a@example.com, b@example.com"}, "recipient"), ({"subject": "Re: our talk"}, "subject"),
        ({"subject": "AW: unser Gespräch"}, "subject"), ({"subject": " "}, "subject"),
        ({"subject": "x" * 140}, "subject"),
        ({"subject": "EARN MORE WITH US"}, "subject"), ({"subject": "200 $ for you"}, "subject"),
        ({"facts": ("fact one",)}, "facts"), ({"facts": ("fact one", "fact one")}, "facts"),
        ({"sender_mail": "sofia.aurelia@gmail.com"}, "company domain"),
        ({"sender_mail": "sofia@elsewhere.example"}, "company domain"), ({"usage": ""}, "usage window"),
        ({"unsubscribe_url": "https://go.aurelia.example/u/x"}, "opt-out"),
    ],
)  # fmt: skip
def test_each_rule_about_the_frame_blocks(change: dict[str, object], code: str) -> None:
    assert code in codes(GOOD, replace(EXPECTED, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize("mail", ["s@aurelia.example", "s@creators.aurelia.example", "s@aurelialinen.example"])
def test_a_sender_of_the_company_is_known_by_website_or_name(mail: str) -> None:
    assert codes(GOOD, replace(EXPECTED, sender_mail=mail)) == []


def test_a_follow_up_needs_less_and_says_honestly_that_it_is_one() -> None:
    short = GOOD.replace("word " * 30, "").replace("2 January", "").replace("Your data is yours.", "")
    assert codes(short, FOLLOW_UP) == []
    assert "subject" in codes(short, replace(FOLLOW_UP, subject="Re: something else"))
    assert "opt-out" in codes(short.replace("reply with", ""), FOLLOW_UP)
    assert "deadline" in codes(short.replace("Friday", ""), FOLLOW_UP)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("fact one", "fact won"), ("</body>", '<img src="https://x.example/p.gif"></body>'),
        ("<body ", '<body onload="x()" '), ("</div>\n</body>", "<script>x()</script></div></body>"),
        ("font-size:15px", "font-size:15px;background:url(https://x.example)"), ("Street 1", "Street 1 hidden"),
        ("font-size:12px", "display: none"), ("</body>", '<a href="javascript:x()"></a></body>'),
    ],
)  # fmt: skip
def test_the_html_part_says_the_same_and_does_nothing_else(was: str, becomes: str) -> None:
    html = html_of(GOOD, "en")
    assert was in html
    assert "html" in codes(GOOD, html=html.replace(was, becomes, 1))


def test_every_problem_tells_its_rule_and_where_to_mend_it() -> None:
    found = lint.problems("Hi! Act now! amazing $$$ XXX", replace(EXPECTED, sender_mail="a@gmail.com"))
    assert {problem.code for problem in found} <= set(lint.RULES)
    assert all(problem.mend.startswith(("Mend ", "Write ", "Send ")) and problem.message for problem in found)


def test_quoting_or_naming_a_creator_is_not_our_praise() -> None:
    expected = replace(EXPECTED, facts=("my amazing summer", "fact two"), subject="An idea for @ADA_LINEN")
    assert codes(GOOD.replace("fact one", "my amazing summer"), expected) == []


def test_money_and_dates_are_said_as_people_say_them() -> None:
    money = Money(Decimal("1249.50"), "EUR")
    assert [words.money(money, locale) for locale in words.LOCALES] == [
        "1,249.50 EUR", "1.249,50 EUR", "1249,50 EUR", "1\u00a0249,50\u00a0EUR"]  # fmt: skip
    assert words.money(Money(Decimal(20_000), "JPY"), "de") == "20.000 JPY"
    assert words.decimal(Decimal("10.0"), "en") == "10"
    assert [words.percent(Decimal("7.50"), locale) for locale in words.LOCALES] == [
        "7.5 percent", "7,5 Prozent", "7,5\u00a0%", "7,5\u00a0%"]  # fmt: skip
    assert [words.long_date(date(2026, 3, 1), locale, weekday=True) for locale in words.LOCALES] == [
        "Sunday, 1 March 2026", "Sonntag, 1. März 2026", "domingo 1 de marzo de 2026",
        "dimanche 1er mars 2026"]  # fmt: skip
    assert [words.short_date(date(2026, 11, 20), locale) for locale in words.LOCALES] == [
        "Friday, 20 November", "Freitag, 20. November", "viernes 20 de noviembre", "vendredi 20 novembre"]  # fmt: skip
    assert words.day_and_month(date(2026, 11, 3), "es") == "3 de noviembre"
    assert [words.number(9_000, locale) for locale in words.LOCALES] == ["9,000", "9.000", "9000", "9\u00a0000"]


def test_lists_and_places_are_said_as_people_say_them() -> None:
    assert [words.listed(("a", "b", "hilo"), locale) for locale in words.LOCALES] == [
        "a, b and hilo", "a, b und hilo", "a, b e hilo", "a, b et hilo"]  # fmt: skip
    assert words.listed(("nieve", "hielo"), "es") == "nieve y hielo"
    assert [words.place("Netherlands", locale) for locale in words.LOCALES] == [
        "the Netherlands", "den Niederlanden", "los Países Bajos", "les Pays-Bas"]  # fmt: skip
    assert words.place("Wien", "fr") == "Vienne"
    assert words.place("Little Snoring", "de") == "Little Snoring"
