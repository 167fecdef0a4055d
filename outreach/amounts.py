"""Amounts of money and shares that a text names, in English, German, Spanish and French. Pure.

Careful rather than complete: what looks like an amount and cannot be read is told as one of unknown size.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

PERCENT = "%"
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
_CODES = "AED|AUD|BRL|CAD|CHF|CZK|DKK|EUR|GBP|HUF|INR|JPY|MXN|NOK|NZD|PLN|SEK|TRY|USD|ZAR"
_WORDS = {
    "euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD", "dólares": "USD", "pound": "GBP",
    "pounds": "GBP", "pfund": "GBP", "livres": "GBP", "libras": "GBP", "quid": "GBP", "bucks": "USD",
    "franken": "CHF", "francs": "CHF", "francos": "CHF", "kronor": "SEK", "kroner": "DKK",
}  # fmt: skip
_SHARE = r"%|percent|per cent|prozent|pour ?cent|por ciento"
_UNIT = rf"[€$£¥]|(?:{_CODES})\b|(?:{'|'.join(_WORDS)})\b"
_NUMBER = r"(?<![\w.,])\d{1,3}(?:[.,'’ ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|(?<![\w.,])\d+(?:[.,]\d{1,2})?(?!\d)"
_BEFORE = re.compile(rf"(?P<unit>[€$£¥]|\b(?:{_CODES}))\s?(?P<number>\d[\d.,'’]*)\s?(?P<k>k\b)?", re.IGNORECASE)
#: The end of a range: `€300-400`.
_UP_TO = re.compile(
    rf"(?P<unit>[€$£¥]|\b(?:{_CODES}))\s?\d[\d.,'’]*\s?[-–—]\s?(?P<number>\d[\d.,'’]*)\s?(?P<k>k\b)?", re.IGNORECASE
)
_AFTER = re.compile(rf"(?P<number>{_NUMBER})(?:[.,][-–—]+)?\s?(?P<k>k)?\s?-?(?P<unit>{_UNIT}|{_SHARE})", re.IGNORECASE)
#: A fee that stands without its currency: "my fee is 450", "für 450 machen wir das".
_BARE = re.compile(
    r"\b(?:fee|pay|payment|stipend|rate|honorar|vergütung|gage|cachet|rémunération|remuneración|tarifa|tarif|budget|"
    rf"charge|zahlen|payer|pagar)\b[^.!?\n\d]{{0,30}}?(?P<number>{_NUMBER})\s?(?P<k>k\b)?"
    r"(?!\s?(?:days?|tage?n?|jours?|días|weeks?|wochen|semaines?|semanas|posts?|reels?|stories|videos?|[-/.]\d))",
    re.IGNORECASE,
)
_SPELLED = re.compile(
    r"\b\w*(?:hundred|thousand|hundert|tausend|cent|cents|mille|cien|ciento|cientos|mil|grand|ty|zig|ssig|ante|enta|"
    rf"vingt|veinte)[ -](?:{'|'.join(_WORDS)})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Amount:
    """`shown` as it stands in the text; `value` None where it cannot be read; `unit` a currency code, "%" or ""."""

    shown: str
    value: Decimal | None
    unit: str


def amounts_in(text: str) -> tuple[Amount, ...]:
    """Every amount in the order in which they stand, each once."""
    plain = unicodedata.normalize("NFKC", text)
    found: dict[int, Amount] = {}
    taken: list[tuple[int, int]] = []
    for pattern in (_BEFORE, _UP_TO, _AFTER, _SPELLED, _BARE):
        for hit in pattern.finditer(plain):
            number = hit.span("number" if "number" in pattern.groupindex else 0)
            if not any(start < number[1] and number[0] < end for start, end in taken):
                taken.append(number)
                found[number[0]] = _amount(hit)
    return tuple(dict.fromkeys(found[start] for start in sorted(found)))


def beyond(text: str, agreed: Collection[tuple[Decimal, str]]) -> tuple[str, ...]:
    """The amounts of a text that are none of those agreed on; one without a unit may be any of these numbers."""
    numbers = {value for value, _ in agreed}
    return tuple(
        amount.shown
        for amount in amounts_in(text)
        if (amount.value not in numbers if not amount.unit else (amount.value, amount.unit) not in agreed)
    )


def _amount(hit: re.Match[str]) -> Amount:
    parts = hit.groupdict()
    value = _read(parts["number"]) if parts.get("number") else None
    if value is not None and parts.get("k"):
        value *= 1000
    return Amount(" ".join(hit[0].split()), value, _unit(parts.get("unit") or ""))


def _unit(written: str) -> str:
    word = written.casefold()
    if re.fullmatch(_SHARE, word):
        return PERCENT
    return _SIGNS.get(word) or _WORDS.get(word) or word.upper()


def _read(number: str) -> Decimal | None:
    """`1.249,50`, `1,249.50`, `1 249` and `200`; None for what has two meanings."""
    plain = re.sub(r"[ '’]", "", number).rstrip(".,")
    last = max(plain.rfind("."), plain.rfind(","))
    whole, minor = (plain[:last], plain[last + 1 :]) if last >= 0 else (plain, "")
    if len(minor) == 3:  # groups of thousands
        whole, minor = plain, ""
    digits = re.sub(r"[.,]", "", whole)
    if not digits.isdecimal() or (minor and not minor.isdecimal()) or len(digits) > 12:
        return None
    return Decimal(f"{digits}.{minor}" if minor else digits)
