"""How dates, amounts and a few words read in the languages that documents can be in: English, German, Spanish.

Pure. Spelled out here, because what the machine calls a month depends on how it was set up. Knows nothing of terms.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Literal

from core.money import Money

Language = Literal["en", "de", "es"]
NAMES: Mapping[Language, str] = {"en": "English", "de": "German", "es": "Spanish"}

_MONTHS: Mapping[Language, tuple[str, ...]] = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
    "de": ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
           "Dezember"),
    "es": ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
           "noviembre", "diciembre"),
}  # fmt: skip
_DATES: Mapping[Language, str] = {"en": "{} {} {}", "de": "{}. {} {}", "es": "{} de {} de {}"}
_OTHER_MARKS = str.maketrans(",.", ".,")
_WORDS: Mapping[str, tuple[str, str, str]] = {
    "paid": ("paid", "vergütet", "remunerado"),
    "unpaid": ("unpaid", "unvergütet", "sin remuneración"),
    "monthly": ("monthly", "monatlich", "mensual"),
    "once": ("once", "einmalig", "una vez"),
    "no use": ("no use", "keine Nutzung", "ningún uso"),
    "our channels": ("our own channels, our website and our newsletter",
                     "unsere eigenen Kanäle, unsere Website und unser Newsletter",
                     "nuestros propios canales, nuestra web y nuestro boletín"),
    "none": ("none", "keine", "ninguna"),
    "on": ("on", "auf", "en"),
    "exclusive": ("{} days: {}", "{} Tage: {}", "{} días: {}"),
    "bonus": ("{} once tracked sales reach {}", "{}, sobald die erfassten Verkäufe {} erreichen",
              "{} en cuanto las ventas registradas alcancen {}"),
    "further bonus": ("a further {} once tracked sales reach {}",
                      "weitere {}, sobald die erfassten Verkäufe {} erreichen",
                      "otros {} en cuanto las ventas registradas alcancen {}"),
}  # fmt: skip


def unspoken(language: str) -> str:
    """Why no document can be filled in a language, '' where it can: half of it would be in another."""
    if language in NAMES:
        return ""
    known = ", ".join(f"{name} ({short})" for short, name in NAMES.items())
    return f"is in {language!r}, but dates, amounts and the page to sign are there only in {known}"


def word(name: str, language: Language) -> str:
    """One of the few words that fields are filled with."""
    return _WORDS[name][("en", "de", "es").index(language)]


def long_date(day: date, language: Language = "en") -> str:
    """A date that nobody can misread: 1 December 2026, 1. Dezember 2026, 1 de diciembre de 2026."""
    return _DATES[language].format(day.day, _MONTHS[language][day.month - 1], day.year)


def amount(money: Money, language: Language = "en") -> str:
    """1,200.00 EUR in English, 1.200,00 EUR in German and Spanish."""
    return str(money) if language == "en" else str(money).translate(_OTHER_MARKS)


def percent(share: Decimal, language: Language = "en") -> str:
    """12.5% in English; 12,5 % in German and Spanish, the space between them not to be broken."""
    return f"{share}%" if language == "en" else f"{str(share).translate(_OTHER_MARKS)}\u00a0%"
