"""How dates, numbers, money and places are said in each language of our mails. Pure; knows no creator."""

from datetime import date
from decimal import Decimal
from typing import Literal

from core.money import Money

Locale = Literal["en", "de"]

_MONTHS: dict[Locale, tuple[str, ...]] = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
    "de": ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
           "November", "Dezember"),
}  # fmt: skip
_DAYS: dict[Locale, tuple[str, ...]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
}
_PLATFORMS = {"instagram": "Instagram", "tiktok": "TikTok", "youtube": "YouTube"}
#: Countries as they stand after "in": English articles, German names. Others are said as the profile has them.
_PLACES: dict[Locale, dict[str, str]] = {
    "en": {"united kingdom": "the United Kingdom", "uk": "the United Kingdom", "netherlands": "the Netherlands",
           "united states": "the United States", "usa": "the United States"},
    "de": {"germany": "Deutschland", "austria": "Österreich", "switzerland": "der Schweiz", "france": "Frankreich",
           "united kingdom": "Großbritannien", "uk": "Großbritannien", "netherlands": "den Niederlanden",
           "belgium": "Belgien", "italy": "Italien", "spain": "Spanien", "portugal": "Portugal", "poland": "Polen",
           "denmark": "Dänemark", "sweden": "Schweden", "norway": "Norwegen", "ireland": "Irland",
           "united states": "den USA", "usa": "den USA"},
}  # fmt: skip


def long_date(day: date, locale: Locale, *, weekday: bool = False) -> str:
    """`Friday, 27 November 2026`; `Freitag, 27. November 2026`."""
    month = _MONTHS[locale][day.month - 1]
    text = f"{day.day}. {month} {day.year}" if locale == "de" else f"{day.day} {month} {day.year}"
    return f"{_DAYS[locale][day.weekday()]}, {text}" if weekday else text


def number(value: int, locale: Locale) -> str:
    return f"{value:,}".replace(",", ".") if locale == "de" else f"{value:,}"


def decimal(value: Decimal, locale: Locale) -> str:
    """Without needless zeros: `10`, `7.5`; `7,5`."""
    text = f"{value.normalize():f}"
    return text.replace(".", ",") if locale == "de" else text


def money(amount: Money, locale: Locale) -> str:
    """`200 EUR`, `1,249.50 EUR`; `1.249,50 EUR`."""
    figure, currency = str(amount).rsplit(" ", 1)
    whole, _, minor = figure.partition(".")
    minor = "" if not minor.strip("0") else minor
    if locale == "de":
        return f"{whole.replace(',', '.')}{',' + minor if minor else ''} {currency}"
    return f"{whole}{'.' + minor if minor else ''} {currency}"


def listed(things: tuple[str, ...], locale: Locale) -> str:
    """`a, b and c`."""
    word = " und " if locale == "de" else " and "
    return word.join([", ".join(things[:-1]), things[-1]]) if len(things) > 1 else "".join(things)


def place(name: str, locale: Locale) -> str:
    """A place as it stands after "in"."""
    return _PLACES[locale].get(name.casefold(), name)


def platform(name: str) -> str:
    return _PLATFORMS.get(name, name)
