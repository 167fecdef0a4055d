"""How dates, numbers, money, lists and places are said in each language of our mails. Pure; knows no creator.

Figures follow CLDR, but for two things that people read more easily: no-break spaces are U+00A0 (fonts lack U+202F),
and amounts end with the three letters of their currency.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from core.money import Money
from core.platforms import platform_name
from outreach.place_names import PLACES

Locale = Literal["en", "de", "es", "fr"]
LOCALES: tuple[Locale, ...] = get_args(Locale)


@dataclass(frozen=True)
class _Language:
    """`date` and `short_date` take day, month, year and weekday; figures from `grouped_from` digits on are grouped."""

    months: tuple[str, ...]
    days: tuple[str, ...]
    date: str
    short_date: str
    with_weekday: str
    thousands: str
    point: str
    percent: str
    conjunction: str
    grouped_from: int = 4


_LANGUAGES: dict[Locale, _Language] = {
    "en": _Language(
        ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
         "December"),
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        "{day} {month} {year}", "{weekday}, {day} {month}", "{weekday}, {date}", ",", ".", "{} percent", "and"),
    "de": _Language(
        ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
         "Dezember"),
        ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
        "{day}. {month} {year}", "{weekday}, {day}. {month}", "{weekday}, {date}", ".", ",", "{} Prozent", "und"),
    "es": _Language(
        ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
         "noviembre", "diciembre"),
        ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
        "{day} de {month} de {year}", "{weekday} {day} de {month}", "{weekday} {date}", ".", ",", "{}\u00a0%", "y",
        grouped_from=5),
    "fr": _Language(
        ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
         "décembre"),
        ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
        "{day} {month} {year}", "{weekday} {day} {month}", "{weekday} {date}", "\u00a0", ",", "{}\u00a0%", "et"),
}  # fmt: skip
#: Spanish "y" before the sound of another "i": aguja e hilo, but nieve y hielo.
_SOUNDS_LIKE_I = re.compile(r"[^\w]*(?:i|hi(?![aeo])|y(?![aeiouáéíóú]))", re.IGNORECASE)


def long_date(day: date, locale: Locale, *, weekday: bool = False) -> str:
    """`Friday, 27 November 2026`; `Freitag, 27. November 2026`; `viernes 27 de noviembre de 2026`."""
    language = _LANGUAGES[locale]
    text = language.date.format(day=_day(day, locale), month=language.months[day.month - 1], year=day.year)
    return language.with_weekday.format(weekday=language.days[day.weekday()], date=text) if weekday else text


def short_date(day: date, locale: Locale) -> str:
    """Of a day not long ago: `Friday, 20 November`; `vendredi 20 novembre`."""
    language = _LANGUAGES[locale]
    return language.short_date.format(
        weekday=language.days[day.weekday()], day=_day(day, locale), month=language.months[day.month - 1]
    )


def day_and_month(day: date, locale: Locale) -> str:
    """`3 November`; `3. November`; `3 de noviembre`."""
    return short_date(day, locale).removeprefix(_LANGUAGES[locale].days[day.weekday()]).strip(" ,")


def number(value: int, locale: Locale) -> str:
    return _grouped(str(value), locale)


def decimal(value: Decimal, locale: Locale) -> str:
    """Without needless zeros: `10`, `7.5`; `7,5`."""
    return f"{value.normalize():f}".replace(".", _LANGUAGES[locale].point)


def percent(value: Decimal, locale: Locale) -> str:
    """`7.5 percent`; `7,5 Prozent`; `7,5 %`."""
    return _LANGUAGES[locale].percent.format(decimal(value, locale))


def money(amount: Money, locale: Locale) -> str:
    """`200 EUR`, `1,249.50 EUR`; `1.249,50 EUR`."""
    figure, currency = str(amount).rsplit(" ", 1)
    whole, _, minor = figure.partition(".")
    minor = f"{_LANGUAGES[locale].point}{minor}" if minor.strip("0") else ""
    space = "\u00a0" if locale == "fr" else " "
    return f"{_grouped(whole.replace(',', ''), locale)}{minor}{space}{currency}"


def listed(things: tuple[str, ...], locale: Locale) -> str:
    """`a, b and c`."""
    if len(things) < 2:
        return "".join(things)
    word = _LANGUAGES[locale].conjunction
    if locale == "es" and _SOUNDS_LIKE_I.match(things[-1]):
        word = "e"
    return f"{', '.join(things[:-1])} {word} {things[-1]}"


def place(name: str, locale: Locale) -> str:
    """A place as it stands after "in" (English, German), "en" or "desde" (Spanish), "depuis" (French). One that is not
    known is said as the profile has it."""
    return PLACES.get(name.casefold(), {}).get(locale, name)


def platform(name: str) -> str:
    return platform_name(name)


def _day(day: date, locale: Locale) -> str:
    return "1er" if locale == "fr" and day.day == 1 else str(day.day)


def _grouped(digits: str, locale: Locale) -> str:
    language = _LANGUAGES[locale]
    if len(digits.lstrip("-")) < language.grouped_from:
        return digits
    return f"{int(digits):,}".replace(",", language.thousands)
