"""The two or three things a mail says of its reader (R27), each taken from a dated row of the record. Pure.

Nothing is praised and nothing is guessed: what the record only estimates, what has expired or grown old, and what a
stranger should not repeat to somebody is never used. Where their audience is known, it is one of the reasons (R113).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.campaign import Campaign
from core.mailer import clean_line
from core.models.candidates import Snapshot
from outreach import sayable, words
from outreach.sayings import Sayings

MOST, LEAST = 3, 2
#: In this order: what somebody wrote says more than where they live, and that more than a number.
_KINDS = ("caption_dated", "caption", "mention", "hashtag", "bio", "place", "audience_place", "audience_age",
          "audience", "followers", "engagement")  # fmt: skip
_NUMBERS = frozenset({"followers", "engagement", "audience_place", "audience_age"})
_AUDIENCE = frozenset({"audience", "audience_place", "audience_age"})
_KNOWN = frozenset({"measured", "reported"})
#: What somebody wrote stays theirs for a year; a figure is another one after half of that.
_FRESH_WORDS, _FRESH_FIGURES = timedelta(days=365), timedelta(days=183)
#: A dated caption is only said with its day while people remember it.
_DATED = timedelta(days=90)
#: A smaller part of an audience is no reason to write.
_SHARE_LEAST = 0.10
_COUNTED = re.compile(r"^([\d.,]+) followers\b")
_ENGAGED = re.compile(r"^(\d+(?:\.\d+)?) ?% engagement$")
_AGES = re.compile(r"^(\d\d)-(\d\d)$")


@dataclass(frozen=True)
class Asked:
    """What a campaign looks for: words of its topic and product, and whom the audiences should be (keys as in the
    record, such as "country:Germany")."""

    phrases: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fact:
    """One thing said of the reader: `shown` stands word for word in `sentence`; `source` is where it comes from and
    `seen_on` the day it was seen there (ISO 8601)."""

    kind: str
    shown: str
    source: str
    sentence: str
    seen_on: str = ""


@dataclass(frozen=True)
class _Found:
    kind: str
    shown: str
    source: str
    seen: datetime
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Reading:
    """What the record is read with."""

    now: datetime
    sayings: Sayings
    asked: Asked

    def is_fresh(self, seen: datetime, kind: str) -> bool:
        return self.now - seen <= (_FRESH_FIGURES if kind in _NUMBERS else _FRESH_WORDS)

    def followers(self, count: int) -> str:
        return self.sayings.filled("figures", "followers", value=words.number(count, self.sayings.locale))

    def engagement(self, percent: float) -> str:
        figure = words.percent(Decimal(f"{percent:.1f}"), self.sayings.locale)
        return self.sayings.filled("figures", "engagement", value=figure)


def asked_of(campaign: Campaign) -> Asked:
    """What a mail of this campaign looks for in a profile."""
    product = re.findall(r"[^\W\d_]{4,}", campaign.offer.product)
    known = " ".join((campaign.topic.name, *campaign.topic.keywords)).casefold().split()
    kinds = [word for word in product if word.casefold() in known]
    target = campaign.target
    audience = (*(f"country:{name}" for name in target.countries), *(f"city:{name}" for name in target.cities),
                *(f"age:{band}" for band in target.ages))  # fmt: skip
    phrases = dict.fromkeys((*kinds, campaign.topic.name, *campaign.topic.keywords))
    return Asked(tuple(phrases), audience)


def pick(
    snapshot: Mapping[str, Snapshot], *, now: datetime, sayings: Sayings, seed: str, asked: Asked | None = None
) -> tuple[Fact, ...]:
    """Two or three facts, or fewer where the record holds no more; the same record and `seed` give the same."""
    chosen, _ = _chosen(snapshot, _Reading(now, sayings, asked or Asked()))
    return _said(chosen, sayings, seed)


def pick_another(
    snapshot: Mapping[str, Snapshot], *, now: datetime, sayings: Sayings, seed: str, number: int,
    asked: Asked | None = None,
) -> tuple[Fact, ...]:  # fmt: skip
    """The one fact of the follow-up with that number (1, 2): one that the mails before it did not say, else one of the
    invitation's in other words. Empty where the record holds none."""
    chosen, further = _chosen(snapshot, _Reading(now, sayings, asked or Asked()))
    if not chosen:
        return ()
    one = further[number - 1] if len(further) >= number else chosen[(number - 1) % len(chosen)]
    return _said([one], sayings, f"{seed}/{number}")


def _chosen(snapshot: Mapping[str, Snapshot], reading: _Reading) -> tuple[list[_Found], list[_Found]]:
    """What an invitation says, in the order in which it does, and what is left."""
    listed = list(_listed_facts(snapshot, reading))
    # Beside a list that sourcing chose, the record only adds the numbers: its other fields are what was passed over.
    numbers_only = "facts" in snapshot
    derived = [one for one in _derived_facts(snapshot, reading) if not numbers_only or one.kind in _NUMBERS]
    ranked = sorted(listed + derived, key=lambda one: _KINDS.index(one.kind))
    reason = next((one for one in ranked if one.kind in _AUDIENCE), None)
    chosen = [reason] if reason else []
    for same_kind_too in (False, True):
        for one in ranked:
            enough = len(chosen) >= (LEAST if same_kind_too else MOST)
            if not enough and _is_new(one, chosen, same_kind_too=same_kind_too):
                chosen.append(one)
    further: list[_Found] = []
    for one in ranked:
        if _is_new(one, chosen + further, same_kind_too=True):
            further.append(one)
    return sorted(chosen, key=lambda one: _KINDS.index(one.kind)), further


def _is_new(one: _Found, others: Sequence[_Found], *, same_kind_too: bool) -> bool:
    if any(one.shown.casefold() in other.shown.casefold() for other in others):
        return False
    if any(one.kind in _AUDIENCE and other.kind in _AUDIENCE for other in others):
        return same_kind_too
    return same_kind_too or one.kind not in {other.kind for other in others}


def _said(chosen: Sequence[_Found], sayings: Sayings, seed: str) -> tuple[Fact, ...]:
    facts = []
    for number, one in enumerate(chosen):
        turn = sum(earlier.kind == one.kind for earlier in chosen[:number])
        sentence = sayings.fact(one.kind, one.shown, seed=seed, turn=turn, places=one.places)
        facts.append(Fact(one.kind, one.shown, one.source, sentence, one.seen.date().isoformat()))
    return tuple(facts)


def _listed_facts(snapshot: Mapping[str, Snapshot], reading: _Reading) -> Iterator[_Found]:
    row = snapshot.get("facts")
    if row is None or _expired(row, reading.now) or not isinstance(row.value, list):
        return
    for entry in row.value:
        if not isinstance(entry, dict):
            continue
        source = clean_line(str(entry.get("source") or row.source), limit=200)
        seen = _moment(entry.get("fetched_at")) or row.fetched_at
        found = _listed(str(entry.get("kind")), entry.get("value"), reading)
        if found[1] and reading.is_fresh(seen, found[0]):
            yield _dated(_Found(*found, source, seen), entry.get("posted_on"), reading)


def _listed(kind: str, value: Any, reading: _Reading) -> tuple[str, str]:
    """One entry of the list; numbers in English words are said again in the mail's language."""
    if kind in ("audience", "engagement") and isinstance(value, str):
        if counted := _COUNTED.match(value):
            return "followers", reading.followers(int(re.sub(r"\D", "", counted[1]) or 0))
        if engaged := _ENGAGED.match(value):
            return "engagement", _engagement(float(engaged[1]), reading)
    if kind in ("bio", "caption"):
        if quoted := sayable.chosen_quote(value):
            return kind, quoted
        return "mention", sayable.mention(value, reading.asked.phrases)
    if kind == "hashtag":
        return kind, sayable.hashtags(value, reading.sayings.locale)
    if kind == "place":
        return kind, sayable.place(value, reading.sayings.locale)
    return kind, sayable.line(value) if kind == "audience" else ""


def _dated(found: _Found, posted_on: Any, reading: _Reading) -> _Found:
    """A caption with the day it was posted, where the record has that day and it is not long ago."""
    posted = _moment(posted_on)
    if found.kind != "caption" or posted is None or not timedelta(0) <= reading.now - posted <= _DATED:
        return found
    day = words.day_and_month(posted.date(), reading.sayings.locale)
    return _Found("caption_dated", found.shown, found.source, found.seen, {"day": day})


def _derived_facts(snapshot: Mapping[str, Snapshot], reading: _Reading) -> Iterator[_Found]:
    locale = reading.sayings.locale
    fields: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
        ("captions", "caption", lambda value: _first(sayable.quote, value)),
        ("captions", "mention", lambda value: _first(lambda one: sayable.mention(one, reading.asked.phrases), value)),
        ("hashtags", "hashtag", lambda value: sayable.hashtags(value, locale)),
        ("bio", "bio", sayable.quote),
        ("bio", "mention", lambda value: sayable.mention(value, reading.asked.phrases)),
        ("city", "place", lambda value: sayable.place(value, locale)),
        ("country", "place", lambda value: sayable.place(value, locale)),
        ("followers", "followers", lambda value: _followers(value, reading)),
        ("engagement_percent", "engagement", lambda value: _engagement(value, reading)),
        ("engagement", "engagement", lambda value: _engagement(value, reading)),
    )
    seen: set[str] = set()
    for name, kind, read in fields:
        row = snapshot.get(name)
        if row is None or kind in seen or not _is_usable(row, kind, reading):
            continue
        if shown := read(row.value):
            seen.add(kind)
            yield _Found(kind, shown, f"{row.source}#{name}", row.fetched_at)
    yield from _audience(snapshot.get("audience"), reading)


def _audience(row: Snapshot | None, reading: _Reading) -> Iterator[_Found]:
    """Of each part of an audience that the campaign looks for, the largest: where they live, how old they are."""
    if row is None or not isinstance(row.value, dict) or not _is_usable(row, "audience_place", reading):
        return
    locale = reading.sayings.locale
    known = {key: share for key, share in row.value.items() if type(share) is float and _SHARE_LEAST <= share <= 1}
    for key in sorted((key for key in known if key in reading.asked.audience), key=lambda key: -known[key]):
        shown = words.percent(Decimal(round(100 * known[key])), locale)
        dimension, _, name = key.partition(":")
        if dimension == "age" and (ages := _AGES.match(name)):
            places = {"youngest": ages[1], "oldest": ages[2]}
            yield _Found("audience_age", shown, f"{row.source}#audience", row.fetched_at, places)
        elif dimension in ("country", "city") and (where := sayable.place(name, locale)):
            yield _Found("audience_place", shown, f"{row.source}#audience", row.fetched_at, {"place": where})


def _followers(value: Any, reading: _Reading) -> str:
    return reading.followers(value) if type(value) is int and value > 0 else ""


def _engagement(value: Any, reading: _Reading) -> str:
    # Whatever lies outside cannot be percent: a share between 0 and 1, or an import gone wrong.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= 40:
        return ""
    return reading.engagement(value)


def _first(read: Callable[[Any], str], value: Any) -> str:
    return next(filter(None, map(read, value if isinstance(value, list) else [value])), "")


def _is_usable(row: Snapshot, kind: str, reading: _Reading) -> bool:
    return row.kind in _KNOWN and not _expired(row, reading.now) and reading.is_fresh(row.fetched_at, kind)


def _expired(row: Snapshot, now: datetime) -> bool:
    return row.expires_at is not None and row.expires_at <= now


def _moment(value: Any) -> datetime | None:
    """A day or moment of the record as an aware moment; None where it is none."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC) if found else None
