"""What learning learns from: a creator as shown, how the ranking stood, and what a person decided.

Knows no database and no model. `sourcing.learning.decisions` reads these from the record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sourcing.words import split, stem


class Shown(Protocol):
    """What is read of a creator; `sourcing.pool.Profile` has it all. Engagement in percent, None is unknown."""

    @property
    def handle(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def bio(self) -> str | None: ...
    @property
    def hashtags(self) -> tuple[str, ...]: ...
    @property
    def captions(self) -> tuple[str, ...]: ...
    @property
    def country(self) -> str | None: ...
    @property
    def language(self) -> str | None: ...
    @property
    def followers(self) -> int | None: ...
    @property
    def engagement_percent(self) -> float | None: ...


@dataclass(frozen=True)
class Remembered:
    """A creator as the record remembers them, for those whom the pool lost."""

    handle: str
    name: str | None = None
    bio: str | None = None
    hashtags: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    country: str | None = None
    language: str | None = None
    followers: int | None = None
    engagement_percent: float | None = None


class Asked(NamedTuple):
    """Stems of what a campaign looks for: of the topic's name, and of each keyword."""

    name: tuple[str, ...]
    keywords: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Decided:
    """One decision of a person. `label` 1 approved, 0 declined by us; `base` is the fit (0..1) and `rank` the place
    (1 is best) that the creator had when shown; `factors` are 0..1, None unknown."""

    account: tuple[str, str]
    shown: Shown
    asked: Asked
    factors: Mapping[str, float | None]
    base: float
    rank: int
    label: int
    campaign: str
    reviewer: str = ""


@dataclass(frozen=True)
class Undecided:
    """A creator whom nobody decided about, at their place: the background that words are held against."""

    shown: Shown
    factors: Mapping[str, float | None]
    rank: int


def asked_of(name: str, keywords: tuple[str, ...]) -> Asked:
    phrases = dict.fromkeys(tuple(stem(word) for word in split(keyword)) for keyword in keywords)
    return Asked(tuple(stem(word) for word in split(name)), tuple(phrase for phrase in phrases if phrase))
