"""What the values of a column look like: handles, addresses, counts, rates, countries. Pure; reads a sample."""

import re
from collections.abc import Callable, Sequence

from sourcing.countries import country, language
from sourcing.handles import account_at
from sourcing.presets.wording import is_platform
from sourcing.quantities import FOREIGN_FIGURES, MISSING, OUR_FIGURES

_ENOUGH = 0.7
_UNIT = r"k|tsd|tys|thousands?|m|mn|mio|mln|mil|millions?|millionen|b|bn|mrd|lakhs?|lacs?|crores?|cr"
_COUNT = re.compile(
    rf"(~|≈|ca\.?|circa|about)? ?(\d{{1,3}}([., '’]\d{{3}})+([.,]\d+)?|\d{{1,2}}(,\d{{2}})+,\d{{3}}|\d+(\.0+)?|"
    rf"\d+([.,]\d+)? ?({_UNIT})\.?) ?(\+|followers?|abonnenten|subscribers?|subs|fans)?",
    re.I,
)
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)? ?%?")
_DATE = re.compile(
    r"\d{4}-\d{1,2}(-\d{1,2})?([T ].*)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}( .*)?|\d{1,2}\.? \w{3,9}\.? \d{4}"
)
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]{2,}")
_ADDRESS = re.compile(r"(https?://|www\.)\S+", re.I)
_HANDLE = re.compile(r"@?[\w.][\w.-]{1,39}")
_OURS = str.maketrans(FOREIGN_FIGURES, OUR_FIGURES)
_NAMED_HANDLE = re.compile(r"[^@()\[\]/]+[(\[] ?@[A-Za-z0-9._-]+ ?[)\]]")
_YES_NO = frozenset(re.findall(r"\w+", "true false yes no ja nein si oui non vero falso tak nie 0 1 y n wahr falsch x"))

KINDS: dict[str, Callable[[str], bool]] = {
    "email": lambda value: bool(_EMAIL.fullmatch(value)),
    "profile address": lambda value: account_at(value) is not None,
    "address": lambda value: bool(_ADDRESS.fullmatch(value)),
    "yes or no": lambda value: value.casefold() in _YES_NO,
    "percent": lambda value: value.rstrip().endswith("%") and bool(_NUMBER.fullmatch(value)),
    "day": lambda value: bool(_DATE.fullmatch(value)),
    "count": lambda value: bool(_COUNT.fullmatch(value)),
    "number": lambda value: bool(_NUMBER.fullmatch(value)),
    "platform": lambda value: is_platform(value),
    "country": lambda value: country(value) is not None,
    "language": lambda value: len(value) > 1 and language(value) is not None,
    "@handle": lambda value: bool(
        (value.startswith("@") and _HANDLE.fullmatch(value)) or _NAMED_HANDLE.fullmatch(value)
    ),
    "handle": lambda value: bool(_HANDLE.fullmatch(value)) and not value.isdigit(),
}
#: The kinds of values that go with a field; a field that is not named takes any.
FITTING = {
    "handle": ("@handle", "handle", "profile address", "email", "address"),
    "followers": ("count", "number"), "following": ("count", "number"), "posts": ("count", "number"),
    "engagement": ("percent", "number", "count"), "engagement_percent": ("percent", "number", "count"),
    "engagement_bps": ("count", "number"), "email": ("email",), "country": ("country",), "language": ("language",),
    "verified": ("yes or no",), "is_business": ("yes or no",), "last_seen": ("day", "count"),
    "url": ("address", "profile address"),
    "credibility": ("percent", "number", "count"), "comments_to_likes": ("percent", "number", "count"),
}  # fmt: skip


def kinds_of(values: Sequence[str]) -> tuple[str, ...]:
    """The kinds that most of the values are of, the narrowest first; () where there are no values."""
    said = [text for value in values if (text := value.translate(_OURS).strip()).casefold() not in MISSING]
    if not said:
        return ()
    return tuple(kind for kind, is_one in KINDS.items() if sum(map(is_one, said)) >= _ENOUGH * len(said))


def is_text(values: Sequence[str]) -> bool:
    """Whether these are sentences, as bios are."""
    said = [value.strip() for value in values if value.strip()]
    return bool(said) and sum(len(value) > 25 and " " in value for value in said) >= 0.4 * len(said)
