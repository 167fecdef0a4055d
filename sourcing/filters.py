"""The hard limits of a campaign over the columns of a pool, and the funnel: what each of them cost.

What is not known is treated by what follows from it. Country unknown is left out when countries are asked: whether we
may write, and under which law, hangs on it. Followers unknown is left out, as it is no number inside any limits.
Language or engagement unknown stays in and lowers the coverage.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from core.audience import Audience, Target
from core.campaign import Campaign
from core.errors import BadInput
from sourcing.countries import country, country_names, language, language_codes
from sourcing.factors.audience import Columns, overlap
from sourcing.handles import normal_handle
from sourcing.known import Exclusions
from sourcing.pool import PLATFORMS, Pool, Profile, account_key
from sourcing.wordindex import WordIndex
from sourcing.words import fold, split

Flags = npt.NDArray[np.bool_]
#: To compare all rows with one code is quicker than to look each up, up to so many codes.
_FEW = 16
# Signs that words are told apart by: "18+" is not "18", "C++" is not "c".
_SIGN = re.compile(r"[^\w\s.,;:'’`´\"“”«»()\[\]_\-–—/#@\u0300-\u036f]|\+")


@dataclass(frozen=True)
class FunnelStep:
    """One limit: how many it removed of those still in, how many were left, how many only this one keeps out."""

    name: str
    removed: int
    left: int
    only_this: int
    loosen: str


@dataclass(frozen=True)
class Cost:
    """One limit over some rows: how many it removed of those still in, how many only this one keeps out, whether it is
    worth a word where it removes nobody."""

    name: str
    removed: int
    only_this: int
    loosen: str
    told: bool


@dataclass(frozen=True)
class Sifted:
    """The rows inside every limit, and what each limit cost, in the order they are applied."""

    rows: npt.NDArray[np.int64]
    costs: tuple[Cost, ...]


def sift(pool: Pool, campaign: Campaign, exclusions: Exclusions) -> Sifted:
    """Of a pool, or of a part of one: the limits are the same ones for every part."""
    limits = limits_of(pool, campaign, exclusions)
    failures = (~pool.alive).astype(np.uint8)
    for limit in limits:
        failures += limit.out
    alone, inside, costs = pool.alive & (failures == 1), pool.alive.copy(), []
    for name, out, loosen, told in limits:
        removed, only_this = int(np.count_nonzero(inside & out)), int(np.count_nonzero(alone & out))
        inside &= ~out
        costs.append(Cost(name, removed, only_this, loosen, told or bool((pool.alive & out).any())))
    return Sifted(np.flatnonzero(inside), tuple(costs))


def funnel(parts: Sequence[tuple[Cost, ...]], living: int) -> tuple[FunnelStep, ...]:
    """What the limits cost in all parts together, of so many living profiles."""
    steps, left = [], living
    for one in zip(*parts, strict=True):
        removed, only_this = sum(cost.removed for cost in one), sum(cost.only_this for cost in one)
        left -= removed
        if any(cost.told for cost in one):
            steps.append(FunnelStep(one[0].name, removed, left, only_this, one[0].loosen))
    return tuple(steps)


def limits_of(pool: Pool, campaign: Campaign, exclusions: Exclusions) -> "list[Limit]":
    """The limits, in the order they are applied.

    Raises BadInput for a country or language nobody knows: a limit that is misspelt would silently be another one.
    """
    audience = campaign.audience
    _insist_on_known("audience.countries", audience.countries, (country, sorted(set(country_names().values()))))
    _insist_on_known("audience.languages", audience.languages, (language, sorted(language_codes())))
    return [
        *_term_limits(pool, exclusions), *_audience_limits(pool, audience),
        *_word_limits(pool, pool.index, audience), *_handle_limits(pool, audience),
        *_target_limits(pool, campaign.target), *_record_limits(pool, exclusions),
    ]  # fmt: skip


def one_of(column: npt.NDArray[Any], codes: Sequence[int]) -> Flags:
    """Which rows have one of these codes."""
    found: Flags
    if len(codes) > _FEW:
        wanted = np.zeros(max(int(column.max(initial=0)), *codes) + 1, np.bool_)
        wanted[list(codes)] = True
        found = wanted.take(column)
        return found
    found = np.zeros(len(column), np.bool_)
    for code in codes:
        found |= column == code
    return found


class Limit(NamedTuple):
    """`out`: which rows it keeps out; `loosen`: the key to loosen, or ""; `told`: also where it removes nobody."""

    name: str
    out: Flags
    loosen: str
    told: bool = True


def _term_limits(pool: Pool, exclusions: Exclusions) -> list[Limit]:
    """Until the next purge the pool holds profiles that may be kept no longer: they are nobody to write to."""
    if exclusions.now is None:
        return []
    return [Limit("the time it may be kept is over", pool.over(exclusions.now), "", told=False)]


def _audience_limits(pool: Pool, audience: Audience) -> list[Limit]:
    followers, rate = np.asarray(pool.numbers("followers")), np.asarray(pool.numbers("engagement"))
    wanted = [PLATFORMS.index(platform) + 1 for platform in audience.platforms]
    unknown = followers < 0
    band = (followers < audience.followers_min) | (followers > audience.followers_max)
    limits = [
        Limit("another platform", ~one_of(pool.numbers("platform"), wanted), "audience.platforms"),
        Limit("followers unknown", unknown, "", told=False),
        Limit(
            f"not {audience.followers_min:,} to {audience.followers_max:,} followers",
            band & ~unknown,
            "audience.followers_min and followers_max",
        ),
    ]
    if audience.countries:
        places = np.asarray(pool.numbers("country"))
        names = {country(asked) or asked for asked in audience.countries}
        codes = [code for code, name in enumerate(pool.countries) if code and name in names]
        limits.append(Limit("country not known", places == 0, "audience.countries (empty: any country)"))
        limits.append(Limit("another country", ~one_of(places, [0, *codes]), "audience.countries"))
    if audience.languages:
        spoken = np.asarray(pool.numbers("language"))
        asked_codes = {language(asked) or asked for asked in audience.languages}
        codes = [code for code, name in enumerate(pool.languages) if code and name in asked_codes]
        limits.append(Limit("another language", ~one_of(spoken, [0, *codes]), "audience.languages"))
    if audience.engagement_min_percent > 0:
        low, asked = rate < audience.engagement_min_percent, f"{audience.engagement_min_percent:g} %"
        limits.append(Limit(f"engagement under {asked}", low, "audience.engagement_min_percent"))
    return limits


def _word_limits(pool: Pool, index: WordIndex, audience: Audience) -> list[Limit]:
    if not audience.exclude_words:
        return []
    out = np.zeros(len(pool), dtype=np.bool_)
    for phrase in audience.exclude_words:
        words = split(phrase)
        rows = _rows_saying(pool, index, words) if words else pool.rows_holding(phrase)
        if not words or _SIGN.search(phrase):
            rows = np.array([row for row in rows if _holds(pool, int(row), phrase)], dtype=np.int64)
        out[rows] = True
    return [Limit("says an excluded word", out, "audience.exclude_words")]


def _insist_on_known(key: str, asked: Iterable[str], known: tuple[Callable[[str], str | None], list[str]]) -> None:
    understand, names = known
    for word in asked:
        if understand(word) is None:
            folded = {fold(name): name for name in names}
            near = difflib.get_close_matches(fold(word), folded, n=1, cutoff=0.7)
            hint = f"Did you mean {folded[near[0]]!r}?" if near else "Use the English name or the two-letter code."
            raise BadInput(f"The campaign's {key} names {word!r}, which is not known.", next_step=hint)


def _rows_saying(pool: Pool, index: WordIndex, words: list[str]) -> npt.NDArray[np.int64]:
    """Rows with these whole words next to each other."""
    if not words:
        return np.empty(0, np.int64)
    rows = index.rows_with(words[0])
    for word in words[1:]:
        rows = np.intersect1d(rows, index.rows_with(word))
    if len(words) == 1:
        return rows
    return np.array([row for row in rows if _says(pool, int(row), words)], dtype=np.int64)


def _holds(pool: Pool, row: int, phrase: str) -> bool:
    wanted = fold(phrase)
    return any(wanted in fold(text) for text in _texts(pool.profile(row)))


def _texts(profile: Profile) -> tuple[str, ...]:
    return (profile.handle, profile.name or "", profile.bio or "", *profile.hashtags, *profile.captions)


def _says(pool: Pool, row: int, words: list[str]) -> bool:
    texts = _texts(pool.profile(row))
    wanted = f" {' '.join(words)} "
    return any(wanted in f" {' '.join(split(text))} " for text in texts)


def _handle_limits(pool: Pool, audience: Audience) -> list[Limit]:
    if not audience.exclude_handles:
        return []
    out = np.zeros(len(pool), dtype=np.bool_)
    spelt = {(one, normal_handle(handle, one)) for one in PLATFORMS for handle in audience.exclude_handles}
    out[pool.rows_of(account_key(platform, handle) for platform, handle in spelt if handle)] = True
    return [Limit("an excluded account", out, "audience.exclude_handles")]


def _record_limits(pool: Pool, exclusions: Exclusions) -> list[Limit]:
    limits: list[Limit] = []
    for reason, keys in sorted(exclusions.accounts.items()):
        if keys:
            out = np.zeros(len(pool), dtype=np.bool_)
            out[pool.rows_of(keys)] = True
            limits.append(Limit(reason, out, ""))
    return limits


def _target_limits(pool: Pool, target: Target) -> list[Limit]:
    """Whose audience is known and matches too little; an unknown one stays in and lowers the coverage."""
    if not target.at_least:
        return []
    known = pool.audience
    columns = Columns(known.starts, known.codes, known.shares, known.keys)
    below = overlap(columns, np.arange(len(pool)), target).below
    return [Limit(f"audience matches under {target.at_least:.0%}", below, "target.at_least")]
