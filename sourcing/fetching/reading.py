"""Taking answers apart: fields that should be there, wishes not to be listed, and the row that comes of it all. Pure.

A field that a platform renamed or dropped is named once and its value is unknown from then on; the run goes on.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from statistics import median
from typing import Any

from sourcing.fetching.asking import Row

_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z0-9-]+\.)+[a-z]{2,24}(?![\w-])", re.IGNORECASE)
_TAG = re.compile(r"(?<![\w/&#])#([^\W_][\w]{1,60})")
_FEWEST_POSTS = 3
_MOST_TAGS = 30
#: Flags by which accounts of the fediverse and elsewhere say that they do not want to be found by programs.
_UNLISTED = {"discoverable": False, "noindex": True, "indexable": False}


@dataclass
class Fields:
    """Reads objects of one step and keeps, in `missing`, the names of fields that should be there and are not, each
    with the name that it may have now: one alike that is not among those always `known` (with blanks between)."""

    step: str
    known: str = ""
    missing: dict[str, None] = field(default_factory=dict)

    def number(self, thing: Any, path: str) -> int | None:
        """A count; YouTube writes counts as text."""
        value = self._at(thing, path)
        if isinstance(value, str) and value.isascii() and value.isdigit():
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value or value < 0:
            self._wrong(value, path, "a number")
            return None
        return int(value)

    def text(self, thing: Any, path: str) -> str | None:
        value = self._at(thing, path)
        if isinstance(value, str):
            return value.strip() or None
        self._wrong(value, path, "text")
        return None

    def things(self, thing: Any, path: str) -> list[Any]:
        value = self._at(thing, path)
        if isinstance(value, list):
            return value
        self._wrong(value, path, "a list")
        return []

    def _at(self, thing: Any, path: str) -> Any:
        seen: list[str] = []
        for name in path.split("."):
            seen.append(name)
            if not isinstance(thing, Mapping) or name not in thing:
                there = [key for key in thing if isinstance(key, str)] if isinstance(thing, Mapping) else []
                alike = get_close_matches(
                    name, [key for key in there if key not in self.known.split()], n=1, cutoff=0.7
                )
                hint = f" (there is {alike[0][:40]!r})" if alike else ""
                self.missing.setdefault(f"{self.step}: {'.'.join(seen)} is missing{hint}")
                return _ABSENT
            thing = thing[name]
        return thing

    def _wrong(self, value: Any, path: str, what: str) -> None:
        if value is not _ABSENT:
            self.missing.setdefault(f"{self.step}: {path} is not {what}")


_ABSENT = object()


def optional(thing: Any, path: str) -> Any:
    """What may well be absent; None then."""
    for name in path.split("."):
        thing = thing.get(name) if isinstance(thing, Mapping) else None
    return thing


def optional_text(thing: Any, path: str) -> str | None:
    value = optional(thing, path)
    return value.strip() or None if isinstance(value, str) else None


def listed(thing: Any) -> Sequence[Any]:
    """A list, or nothing where it is none."""
    return thing if isinstance(thing, list) else ()


def unlisted(thing: Any) -> str:
    """How an account says that it does not want to be found by programs; "" where it does not."""
    for name, says_no in _UNLISTED.items():
        if isinstance(thing, Mapping) and thing.get(name) is says_no:
            return f"asks not to be found ({name})"
    return ""


def profile_row(
    platform: str, handle: str, *, source: str, now: datetime, days_kept: int | None, **values: object
) -> Row:  # fmt: skip
    """A row with our field names. An address in the creator's own words is taken as published there."""
    mail, basis, where = values.pop("email", None), values.pop("email_basis", None), values.pop("email_source", None)
    if mail is None and (found := _ADDRESS.search(str(values.get("bio") or ""))):
        mail, basis, where = found[0].lower().rstrip("."), "published", f"{source}, the profile's own text"
    expires = now + timedelta(days=days_kept) if days_kept is not None else None
    return {
        "platform": platform, "handle": handle, **values, "email": mail, "email_basis": basis if mail else None,
        "email_source": where if mail else None, "last_seen": moment(now), "source": source,
        "expires_at": moment(expires) if expires else None,
    }  # fmt: skip


def moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def day_of(said: object) -> str | None:
    """The day of a time as platforms write it: ISO 8601, or seconds since 1970."""
    if isinstance(said, int) and not isinstance(said, bool) and 0 < said < 1 << 34:
        return f"{datetime.fromtimestamp(said, UTC):%Y-%m-%d}"
    return said[:10] if isinstance(said, str) and re.match(r"\d{4}-\d\d-\d\d", said) else None


def days_of(posts: Sequence[object]) -> list[str]:
    """Days of posts, newest first."""
    return sorted((day for post in posts if (day := day_of(post))), reverse=True)


def tags_in(texts: Sequence[str]) -> list[str]:
    """Hashtags in the order in which they were first said."""
    said = dict.fromkeys(tag.casefold() for text in texts for tag in _TAG.findall(text))
    return list(said)[:_MOST_TAGS]


def engagement_percent(reactions: Sequence[int | None], followers: int | None) -> float | None:
    """Likes and comments of the usual (median) post, in percent of followers. None from too few posts to say."""
    known = [count for count in reactions if count is not None]
    if not followers or len(known) < _FEWEST_POSTS:
        return None
    return round(100 * median(known) / followers, 3)


def total(*counts: int | None) -> int | None:
    """The sum of what is known; None where nothing is."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def count(thing: Any, path: str) -> int | None:
    """A count that may well be absent: creators hide likes."""
    value = optional(thing, path)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
