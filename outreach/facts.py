"""The two or three things a mail says of its reader (R27), each taken from a dated row of the record. Pure.

Nothing is praised and nothing is guessed: what the record only estimates, what has expired and what a stranger should
not repeat to somebody (health, faith, contact data) is never used.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.mailer import clean_line
from core.models.candidates import Snapshot
from outreach import words
from outreach.words import Locale

MOST, LEAST = 3, 2
#: In this order: what somebody wrote says more than where they live, and that more than a number.
_KINDS = ("caption", "hashtag", "bio", "place", "audience", "followers", "engagement")
_NUMBERS = frozenset({"followers", "engagement"})
_KNOWN = frozenset({"measured", "reported"})
_QUOTE_LIMIT = 90
_PLACE_LIMIT = 60
_UNFIT = re.compile(r"[{}<>\[\]\\|\"“”„`]|https?:|www\.|@|\d{6,}|\b(none|null|nan|undefined|n/a)\b", re.IGNORECASE)
#: GDPR article 9: never the subject of a mail from a stranger, whatever the bio says. Beginnings of words.
_PRIVATE = re.compile(
    r"\b(christian|christ\b|catholic|muslim|islam|jewish|jesus|allah|atheis|church|"
    r"cancer|diabet|adhd|autis|depress|anxiety|bipolar|chronic|disab|disorder|recover|sober|pregnan|ivf|infertil|"
    r"gay|lesbian|queer|lgbt|trans\b|transgender|non-?binary|asian|latin[ao]\b|hispanic|pastor|bisexual|republican|democrat|socialist|conservative|"
    r"mental|christlich|katholisch|muslimisch|jüdisch|krebs|schwanger|behinder|schwul|lesbisch)",
    re.IGNORECASE,
)

#: Nothing to quote: calls to act, contact lines, family and age. Not asked of what sourcing chose for the topic.
_UNSAID = re.compile(
    r"\b(dm|follow\w*|subscribe|link|code|contact|kontakt|booking|book your|collab\w*|ambassador|account|insta|"
    r"snapchat|youtube|tiktok|mum|mom|mama|mummy|dad|papa|wife|husband|girlfriend|boyfriend|married|single|kids|children|"
    r"years? old|jahre|yrs|yo|god|faith|blessed|bless|instagram|official|welcome)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"^([\d.,]+) followers\b")
_ENGAGED = re.compile(r"^(\d+(?:\.\d+)?) ?% engagement$")

_PHRASES: dict[Locale, dict[str, tuple[str, ...]]] = {
    "en": {
        "caption": ("In one of your posts you wrote “{}”.", "One of your posts says “{}”."),
        "hashtag": ("You post about {}.", "You tag your posts with {}."),
        "bio": ("Your bio says “{}”.", "In your bio you write “{}”."),
        "place": ("You are based in {}.", "And you are based in {}."),
        "audience": ("Your audience ({}) is one we hope to reach.", "We also hope to reach your audience ({})."),
        "followers": ("With {} your account is the size we had in mind.", "You have {}, the size we look for."),
        "engagement": ("Your posts get {}.", "We see {} on your posts."),
    },
    "de": {
        "caption": ("In einem deiner Posts schreibst du: „{}“.", "In einem Post von dir steht: „{}“."),
        "hashtag": ("Du postest zu {}.", "Unter deinen Posts finde ich {}."),
        "bio": ("In deiner Bio steht: „{}“.", "In deiner Bio schreibst du: „{}“."),
        "place": ("Du lebst in {}.", "Und du lebst in {}."),
        "audience": ("Dein Publikum ({}) möchten wir gern erreichen.", "Auch dein Publikum ({}) passt zu uns."),
        "followers": (
            "Mit {} hat dein Account die Größe, die wir suchen.",
            "Mit {} passt dein Account gut in unsere Runde.",
        ),
        "engagement": ("Deine Posts haben {}.", "Wir sehen {} auf deinen Posts."),
    },
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """One thing said of the reader: `shown` stands word for word in `sentence`; `source` is where it comes from."""

    kind: str
    shown: str
    source: str
    sentence: str


def pick(snapshot: Mapping[str, Snapshot], *, now: datetime, locale: Locale, seed: str) -> tuple[Fact, ...]:
    """Two or three facts, or fewer where the record holds no more; the same record and `seed` give the same."""
    listed = list(_listed_facts(snapshot, now, locale))
    # Beside a list that sourcing chose, the record only adds the numbers: its other fields are what was passed over.
    numbers_only = "facts" in snapshot
    found = listed + [fact for fact in _derived_facts(snapshot, now, locale) if not numbers_only or fact[0] in _NUMBERS]
    chosen: list[tuple[str, str, str]] = []
    for same_kind_too in (False, True):
        for kind, shown, source in sorted(found, key=lambda fact: _KINDS.index(fact[0])):
            taken = shown in {fact[1] for fact in chosen} or (not same_kind_too and kind in {f[0] for f in chosen})
            enough = len(chosen) >= (LEAST if same_kind_too else MOST)
            if not (taken or enough):
                chosen.append((kind, shown, source))
    return tuple(
        Fact(kind, shown, source, _phrase(kind, locale, seed, turn=_seen_before(chosen, place)).format(shown))
        for place, (kind, shown, source) in enumerate(chosen)
    )


def _listed_facts(snapshot: Mapping[str, Snapshot], now: datetime, locale: Locale) -> Iterator[tuple[str, str, str]]:
    row = snapshot.get("facts")
    if row is None or _expired(row, now) or not isinstance(row.value, list):
        return
    for entry in row.value:
        if not isinstance(entry, dict):
            continue
        kind, shown = _listed(str(entry.get("kind")), entry.get("value"), locale)
        if shown:
            yield kind, shown, clean_line(str(entry.get("source") or row.source), limit=200)


def _listed(kind: str, value: Any, locale: Locale) -> tuple[str, str]:
    """One entry of the list; numbers in English words are said again in the mail's language."""
    if kind in ("audience", "engagement") and isinstance(value, str):
        if counted := _COUNTED.match(value):
            return "followers", _shown("followers", int(re.sub(r"\D", "", counted[1]) or 0), locale)
        if engaged := _ENGAGED.match(value):
            return "engagement", _shown("engagement", float(engaged[1]), locale)
    if kind in ("bio", "caption") and isinstance(value, str):
        quoted = _trimmed(_fit(clean_line(value, limit=400)))
        return kind, quoted if len(quoted) <= _QUOTE_LIMIT and re.search(r"[^\W\d_]{3}", quoted) else ""
    return kind, _shown(kind, value, locale) if kind in ("hashtag", "place", "audience") else ""


def _derived_facts(snapshot: Mapping[str, Snapshot], now: datetime, locale: Locale) -> Iterator[tuple[str, str, str]]:
    fields = {"hashtags": "hashtag", "bio": "bio", "city": "place", "country": "place", "followers": "followers",
              "engagement_percent": "engagement", "engagement": "engagement"}  # fmt: skip
    seen: set[str] = set()
    for field, kind in fields.items():
        row = snapshot.get(field)
        if row is None or kind in seen or row.kind not in _KNOWN or _expired(row, now):
            continue
        shown = _shown(kind, row.value, locale)
        if shown:
            seen.add(kind)
            yield kind, shown, f"{row.source}#{field}"


def _shown(kind: str, value: Any, locale: Locale) -> str:
    """The value as it will stand in the mail; '' where it must not."""
    if kind == "followers":
        noun = "Followern" if locale == "de" else "followers"
        return f"{words.number(value, locale)} {noun}" if type(value) is int and value > 0 else ""
    if kind == "engagement":
        return _engagement(value, locale)
    if kind == "hashtag":
        return _hashtags(value, locale)
    if not isinstance(value, str):
        return ""
    if kind == "place":
        name = _fit(clean_line(value, limit=200))
        return words.place(name, locale) if len(name) <= _PLACE_LIMIT else ""
    return _quotation(value) if kind in ("bio", "caption") else _fit(clean_line(value, limit=_QUOTE_LIMIT))


def _engagement(value: Any, locale: Locale) -> str:
    # Whatever lies outside cannot be percent: a share between 0 and 1, or an import gone wrong.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= 40:
        return ""
    figure = f"{value:.1f}"
    return f"{figure.replace('.', ',')} Prozent Interaktion" if locale == "de" else f"{figure} percent engagement"


def _hashtags(value: Any, locale: Locale) -> str:
    tags = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    cleaned = (f"#{clean_line(str(tag), limit=60).lstrip('#')}" for tag in tags)
    fit = [tag for tag in cleaned if re.fullmatch(r"#\w{2,40}", tag) and not _PRIVATE.search(tag[1:])]
    return words.listed(tuple(dict.fromkeys(fit))[:2], locale)


def _quotation(text: str) -> str:
    """The first whole sentence or line of a bio or caption that can be quoted; never half a sentence."""
    if _PRIVATE.search(text):
        return ""
    # Emoji stand between the lines of a bio more often than line ends do.
    lines = "".join("\n" if unicodedata.category(c) in ("So", "Sk") or c == "\ufe0f" else c for c in text)
    for piece in re.split(r"[\n\r|•·]+|(?<=[.!?…])\s+", lines):
        quoted = _trimmed(_fit(clean_line(piece, limit=400)))
        plain = unicodedata.normalize("NFKC", quoted) == quoted and not quoted.isupper()
        said = len(re.findall(r"[^\W\d_]{2,}", quoted)) >= 2 and not _UNSAID.search(quoted)
        if 8 <= len(quoted) <= _QUOTE_LIMIT and plain and said:
            return quoted
    return ""


def _trimmed(text: str) -> str:
    return text.strip(" .,;:-–—!…»«*~\u200d")


def _fit(text: str) -> str:
    return "" if not text or _UNFIT.search(text) or _PRIVATE.search(text) else text


def _expired(row: Snapshot, now: datetime) -> bool:
    return row.expires_at is not None and row.expires_at <= now


def _seen_before(chosen: list[tuple[str, str, str]], place: int) -> int:
    return sum(kind == chosen[place][0] for kind, _, _ in chosen[:place])


def _phrase(kind: str, locale: Locale, seed: str, *, turn: int) -> str:
    variants = _PHRASES[locale][kind]
    start = hashlib.sha256(f"{seed}/{kind}".encode()).digest()[0]
    return variants[(start + turn) % len(variants)]
