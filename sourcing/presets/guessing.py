"""Which column of an unknown table means what, by its name and its values, for a person to confirm. Pure.

A guess is sure where name and values agree, likely where one of them says it clearly, and open where they disagree or
nothing is known. Nothing is taken twice; what stays out says why.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from core.platforms import PLATFORM_NAMES, PLATFORMS
from sourcing.columns import is_sensitive
from sourcing.dates import DATED
from sourcing.handles import account_at
from sourcing.presets.values import FITTING, is_text, kinds_of
from sourcing.presets.wording import Named, named, platform_named
from sourcing.quantities import MISSING

Sure = Literal["sure", "likely", "open"]
#: What is said of days such as 03/04/2026 while no number above twelve tells.
UNCLEAR = "day or month first is not clear"
_EXAMPLES, _LONGEST, _MONTHS, _MOST_SHARE = 2, 28, 12, 0.5
_STRENGTH = {"exact": 3, "close": 2, "part": 1, "": 0}
#: Of these a row may have one for each platform.
PER_ACCOUNT = ("handle", "followers", "engagement", "engagement_percent")
_TEXTS = ("name", "bio", "links", "city", "category", "hashtags", "captions", "posted")
_ADDRESSES = 2
_NEEDED = ("followers",)
_WORTH = {"sure": 4, "likely": 2, "open": 1}
#: What values alone say, narrowest first.
_BY_VALUES = {"email": "email", "profile address": "handle", "@handle": "handle", "percent": "engagement_percent",
              "platform": "platform", "country": "country"}  # fmt: skip


@dataclass(frozen=True)
class Guess:
    """One column: what it is taken for ("" for nothing), how sure that is, and why in a few words.

    `platform` is told by its name ("IG handle"), `unit` too ("Followers (K)"); that of days is their order. `unfit`:
    the field that its name means, where its values are none.
    """

    column: str
    examples: tuple[str, ...]
    field: str
    sure: Sure
    why: str
    platform: str = ""
    unit: str = ""
    protected: bool = False
    unfit: str = ""


@dataclass(frozen=True)
class Guessed:
    """All columns, and the platform of rows that do not say it ("" where nobody knows)."""

    columns: tuple[Guess, ...]
    platform: str = ""
    platform_why: str = ""

    def of(self, field: str) -> list[Guess]:
        return [one for one in self.columns if one.field == field]

    @property
    def several(self) -> bool:
        """Whether a row names accounts on several platforms."""
        return len({one.platform for one in self.of("handle") if one.platform}) > 1

    @property
    def missing(self) -> tuple[str, ...]:
        """What has to be said by a person before anything can be read: "handle", "platform"."""
        lacking = [] if self.of("handle") else ["handle"]
        told = self.platform or self.of("platform") or self.several or any(map(_all_addresses, self.of("handle")))
        return tuple(lacking if told else [*lacking, "platform"])

    @property
    def sure(self) -> bool:
        """Whether nothing is left to a person."""
        doubts = [one for one in self.columns if one.field and one.examples and one.sure != "sure"]
        return not (self.missing or self.unfit or doubts)

    @property
    def unfit(self) -> list[Guess]:
        """Columns that would go unread for their values, though no other has what their name means, and no campaign
        takes a profile without it."""
        lacking = [field for field in _NEEDED if not self.of(field)]
        return [one for one in self.columns if one.unfit in lacking and not one.field]


def guess(header: Sequence[str], rows: Sequence[Mapping[str, str]], *, file: str, platform: str = "") -> Guessed:
    """`rows` are the first of the file, column → text. `platform` is what a person said of the whole file."""
    columns = [_one(column, [row.get(column) or "" for row in rows]) for column in header]
    columns = _each_once(_by_address(columns))
    found = Guessed(tuple(columns), platform, "as you said" if platform else "")
    if platform or found.of("platform") or found.several:
        return found
    told = {one.platform for one in columns if one.field and one.platform}
    if len(told) == 1:
        return replace(found, platform=told.pop(), platform_why="by the names of the columns")
    if not any(map(_all_addresses, found.of("handle"))) and (named_so := platform_named(file)):
        return replace(found, platform=named_so, platform_why="by the name of the file")
    return found


def changed(found: Guessed, place: int, field: str) -> Guessed:
    """The same with the column at `place` (from 0) taken for another field, "" for none; who had it gives way."""
    columns = list(found.columns)
    for number, one in enumerate(columns):
        same = one.field == field and (field != "handle" or one.platform == columns[place].platform)
        if field and same and number != place:
            columns[number] = replace(one, field="", sure="open", why="given up for another column")
    columns[place] = replace(
        columns[place], field=field, sure="sure", why="as you said" if field else "left out by you"
    )
    return replace(found, columns=tuple(columns))


def with_order(found: Guessed, order: str) -> Guessed:
    """The same with days read in that order: "day first" or "month first"."""
    return replace(
        found, columns=tuple(replace(one, unit=order) if one.field in DATED else one for one in found.columns)
    )


def shown(value: str) -> str:
    line = re.sub(r"^https?://(www\.)?", "", " ".join(value.split()))
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def platform_words(found: Guessed) -> str:
    """Where the accounts are, in words."""
    if found.several:
        several = [PLATFORM_NAMES[one] for one in PLATFORMS if any(c.platform == one for c in found.of("handle"))]
        return f"several in a row: {', '.join(several)}"
    if by_column := found.of("platform"):
        return f"as column {by_column[0].column!r} says"
    if found.platform:
        return f"{PLATFORM_NAMES[found.platform]}, {found.platform_why}"
    return "as the addresses say" if any(map(_all_addresses, found.of("handle"))) else "not known"


def _one(column: str, values: Sequence[str]) -> Guess:
    said = [value for value in values if value.strip().casefold() not in MISSING]
    examples = tuple(dict.fromkeys(shown(value) for value in said))[:_EXAMPLES]
    if is_sensitive(column):
        return Guess(column, (), "", "sure", "never read: the law protects it", protected=True)
    kinds = kinds_of(said)
    name = named(column)
    field, sure, why = _judged(name, kinds, said)
    if field in ("engagement", "engagement_percent"):
        field = "engagement_percent" if name.unit == "percent" or "percent" in kinds else field
    unit = (
        name.unit if name.unit in ("thousands", "millions") and not any(re.search("[a-zA-Z]", v) for v in said) else ""
    )
    if field in DATED:
        unit = _order_of_days(said)
    if field == "engagement" and _are_shares(said):
        unit, sure, why = "share", "likely", "none is above a half, so these are shares"
    unfit = name.field if not field and said and name.how in ("exact", "close") else ""
    platform, unit = (name.platform, unit) if field else ("", "")
    return Guess(column, examples, field, sure, why, platform, unit, unfit=unfit)


def _are_shares(said: Sequence[str]) -> bool:
    """Whether rates are shares of one: none above a half, and none without a fraction."""
    rates = [float(value.replace(",", ".")) for value in said if re.fullmatch(r"0?[.,]\d+|0", value.strip())]
    return bool(rates) and len(rates) == len(said) and 0 < max(rates) < _MOST_SHARE


def _order_of_days(said: Sequence[str]) -> str:
    """ "day first" or "month first" where a number above twelve gives it away; `UNCLEAR` where none does.

    Between points the day comes first everywhere.
    """
    numbers = [
        match.groups() for value in said if (match := re.match(r"(\d{1,2})[/-](\d{1,2})[/-]\d{4}", value.strip()))
    ]
    if any(int(first) > _MONTHS for first, _ in numbers):
        return "day first"
    if any(int(second) > _MONTHS for _, second in numbers):
        return "month first"
    return UNCLEAR if any(first != second for first, second in numbers) else ""


def _judged(name: Named, kinds: tuple[str, ...], said: Sequence[str]) -> tuple[str, Sure, str]:
    field = _by_values_of_name(name.field, kinds)
    if field:
        fitting = FITTING.get(field)
        if not said:
            return field, "likely", "by its name; it is empty here"
        if field in _TEXTS and "yes or no" in kinds:
            return "", "open", f"named like {field}, but it says yes or no"
        if fitting is None or set(fitting) & set(kinds):
            certain = name.how == "exact" or bool(fitting and name.how == "close")
            return field, "sure" if certain else "likely", "name and values" if fitting else "by its name"
        if name.how == "exact" and field in ("handle", "country", "language"):
            return field, "open", f"by its name; the values do not look like {_a(field)}"
        return "", "open", f"named like {field}, but the values are not"
    for kind, meant in _BY_VALUES.items():
        if kind in kinds:
            return meant, "open" if kind in ("percent", "country") else "likely", f"values are {kind}s"
    if is_text(said):
        return "", "open", "long texts; a bio?"
    return "", "open", "empty here" if not said else "not known"


def _by_values_of_name(field: str, kinds: tuple[str, ...]) -> str:
    """What a name means that stands for several things: a "channel" is a platform or a handle, a "link" a profile, and
    "posts" are days or how many there are."""
    if "platform" in kinds and field in ("handle", "name"):
        return "platform"
    if field == "platform" and ("profile address" in kinds or "@handle" in kinds):
        return "handle"
    if field in ("url", "links", "name") and "profile address" in kinds:
        return "url" if field == "url" else "handle"
    if field == "email" and "email" not in kinds and "profile address" in kinds:
        return "handle"
    if field == "posts" and "day" in kinds:
        return "posted"
    return "handle" if field == "name" and "@handle" in kinds else field


def _by_address(columns: Sequence[Guess]) -> Sequence[Guess]:
    """Where nothing says the platform but the addresses of profiles, they are the accounts."""
    if any(one.field == "platform" or (one.field and one.platform) for one in columns):
        return columns
    why = "the address says who and where"
    return [
        replace(one, field="handle", sure="sure", why=why) if one.field == "url" and _marked(one) == _ADDRESSES else one
        for one in columns
    ]


def _each_once(columns: Sequence[Guess]) -> list[Guess]:
    """Of several columns for one field the surest; of several handles one for each platform that is named."""
    kept = list(columns)
    if not any(one.field == "handle" for one in kept):
        # An address of a profile is as good as a handle.
        place = next((n for n, one in enumerate(kept) if one.field == "url"), None)
        if place is not None:
            kept[place] = replace(kept[place], field="handle")
    several = len({one.platform for one in kept if one.field == "handle" and one.platform}) > 1
    best = _best(kept, several=several)
    place = best.pop("handle@", None) if several else _beside(kept, best.get("handle"))
    if place is not None and "name" not in best:
        # What is beside columns of single platforms, or of what can be nothing but accounts, says who their owner is.
        best["name"] = place
        kept[place] = replace(kept[place], field="name", sure="likely", why="the accounts have columns of their own")
    taken = {kept[number].field: kept[number].column for number in best.values()}
    for number, one in enumerate(kept):
        if one.field and number not in best.values():
            why = f"{one.field} comes from {taken.get(one.field, 'another column')!r}"
            kept[number] = replace(one, field="", sure="open", why=why)
    return kept


def _best(columns: Sequence[Guess], *, several: bool) -> dict[str, int]:
    """Field, with its platform where a row has several accounts → the place of the surest column."""
    best: dict[str, int] = {}
    for number, one in enumerate(columns):
        if one.field:
            key = f"{one.field}@{one.platform}" if several and one.field in PER_ACCOUNT else one.field
            if key not in best or _rank(one) > _rank(columns[best[key]]):
                best[key] = number
    return best


def _beside(columns: Sequence[Guess], handle: int | None) -> int | None:
    """The place of a column that might be of handles, beside one whose values can be nothing else."""
    if handle is None or not _marked(columns[handle]):
        return None
    return next((n for n, one in enumerate(columns) if one.field == "handle" and not _marked(one)), None)


def _rank(one: Guess) -> tuple[int, int, int, int]:
    how = _STRENGTH[named(one.column).how]
    return _WORTH[one.sure], _marked(one) if one.field == "handle" else 0, how, bool(one.examples)


def _marked(one: Guess) -> int:
    """Whether its values are addresses of profiles, or have an @, as nothing but accounts has."""
    if _all_addresses(one):
        return _ADDRESSES
    return int(bool(one.examples) and all(re.match(r"@[\w.-]+$", example.rstrip("…")) for example in one.examples))


def _all_addresses(one: Guess) -> bool:
    return bool(one.examples) and all(account_at(example.rstrip("…")) for example in one.examples)


def _a(field: str) -> str:
    return {"handle": "handles", "country": "countries", "language": "languages"}[field]
