"""The longlist of a campaign: the best accounts of the pool inside its limits, each with its reasons.

Owns the parts of a longlist and the run id. A pure function of pool version, campaign and what the record knows: same
inputs, same bytes. Keeps no record and knows no database.
"""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.campaign import Campaign
from sourcing.choosing import MOST_TOLD, Chosen, LeftOut, Place, choose, considered
from sourcing.evidence import one_line
from sourcing.filters import FunnelStep
from sourcing.fit import Scored
from sourcing.known import Known
from sourcing.meaning import words_towards
from sourcing.pool import Pool, Profile
from sourcing.reasons import Fact, Judged, facts, judge, kinds_of, lines, main_risk, reasons
from sourcing.steps import Parts, Question
from sourcing.survivors import Here, ask
from sourcing.words import split

BENCH = 250
_NEAR_WORDS = 3
#: So many captions to read, and so many characters of each.
_CAPTIONS, _CAPTION = 3, 200


@dataclass(frozen=True)
class Entry:
    """One account on the list. `fit` 0..100, `coverage` and factors 0..1 (None: not known), engagement in percent.

    `kinds` says per factor how its figures came to be known: measured, reported, estimated or unknown; `evidence` what
    each factor rests on, a line each. `vertical` is what the profile is about in a word or two; `also` are other
    accounts of the same person, as platform:handle. `by_fit` is the rank by fit alone, before what was learnt from
    reviewers, caps and diversity. `captions` are a few of the profile's own, shortened.
    """

    rank: int
    platform: str
    handle: str
    name: str | None
    country: str | None
    language: str | None
    followers: int
    engagement_percent: float | None
    fit: float
    coverage: float
    factors: tuple[tuple[str, float | None], ...]
    reasons: tuple[str, str, str]
    risk: str
    email: str | None
    email_source: str | None
    url: str | None
    facts: tuple[Fact, ...]
    source: str
    fetched_at: str
    city: str | None = None
    vertical: str | None = None
    kinds: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()
    evidence: tuple[tuple[str, str], ...] = ()
    by_fit: int = 0
    captions: tuple[str, ...] = ()
    bio: str | None = None


@dataclass(frozen=True)
class Longlist:
    """A run: `entries` are the list, `bench` the next best, ranked on. `notes` say what a person should know.

    `spread` counts everybody inside the limits by fit, in twenty steps of five points (0 to 5, …, 95 to 100).
    `left_out` are those whose fit was good enough and who were kept off by caps, as a second account of a person, …
    `weights` are the shares of the factors in the fit; `model` names what was learnt from reviewers, "" where nothing
    was used; `precision` is the model card's precision at 25 (without, with) it. `record` names what of the record
    went in, `meaning` what was learnt of the pool's words.
    """

    run_id: str
    campaign_slug: str
    campaign_hash: str
    pool_version: str
    pool_size: int
    code_version: str
    wanted: int
    entries: tuple[Entry, ...]
    bench: tuple[Entry, ...]
    funnel: tuple[FunnelStep, ...]
    notes: tuple[str, ...]
    spread: tuple[int, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    weights: tuple[tuple[str, float], ...] = ()
    model: str = ""
    precision: tuple[float, float] | None = None
    record: str = ""
    meaning: str = ""

    def as_record(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


#: Where the parts of a pool are that a question is put to.
PartsOf = Callable[[Question], Parts]


def make_longlist(
    pool: Pool, campaign: Campaign, *, known: Known | None = None, size: int | None = None,
    parts: PartsOf | None = None,
) -> Longlist:  # fmt: skip
    """Rank the pool for the campaign. `size` stands in for the campaign's own. Never raises for too few: it says so.

    `parts`: who answers for the parts of this version of the pool; None: this process.
    """
    told = known or Known()
    wanted = campaign.longlist.size if size is None else size
    question = Question.of(campaign, told, first=considered(told, wanted + BENCH) + 1)
    survivors = ask(parts(question) if parts else Here(pool.parts(), question), question, pool.meaning)
    chosen = choose(survivors, campaign, told, wanted + BENCH)
    entries = _entries(pool, campaign, (chosen, told))
    funnel = (*survivors.funnel, *_chosen_steps(chosen, survivors.inside))
    total = sum(survivors.weights.values()) or 1.0
    return Longlist(
        run_id(pool, campaign, told, (wanted, survivors.over)), campaign.slug, campaign.hash, pool.version,
        pool.profiles, code_version(), wanted, entries[:wanted], entries[wanted:], funnel,
        _notes(len(chosen.places), wanted, funnel), survivors.spread,
        tuple(sorted(chosen.left_out, key=lambda one: -one.fit)[:MOST_TOLD]),
        tuple((name, round(weight / total, 4)) for name, weight in survivors.weights.items()),
        told.learnt.sha256[:12] if told.learnt else "", told.learnt.precision if told.learnt else None, told.digest,
        pool.meaning_name,
    )  # fmt: skip


def run_id(pool: Pool, campaign: Campaign, known: Known, asked: tuple[int, int]) -> str:
    """Names the inputs: the same id stands for the same list, byte for byte. `asked`: how many places, and of how many
    profiles the term is over: terms end one after the other, so that says which, and no moment has to be named."""
    wanted, over = asked
    inputs = [pool.version, pool.meaning_name, campaign.hash, code_version(), known.digest, wanted]
    told = json.dumps([*inputs, *([over] if over else [])])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def code_version() -> str:
    """A hash of the code that ranks and words the reasons: whatever is changed in it, the run id changes."""
    here = Path(__file__).parent
    names = ["longlist", "filters", "fit", "choosing", "objections", "variety", "people", "known", "evidence",
             "reasons", "words", "wordindex", "meaning", "norms", "pool", "profiles", "countries", "handles", "steps",
             "part", "survivors", "contenders",
             "learning/using", "learning/reranker", "learning/model", "learning/features",
             "learning/training"]  # fmt: skip
    files = [here.parent / "core" / "countries.py", *(here / f"{name}.py" for name in names)]
    files += [file for room in ("factors", "lexicon", "signals") for file in sorted((here / room).glob("*.py"))]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _entries(pool: Pool, campaign: Campaign, found: tuple[Chosen, Known]) -> tuple[Entry, ...]:
    (chosen, known), contenders = found, found[0].contenders
    if contenders is None or not chosen.places:
        return ()
    scored = contenders.scored.of(np.array([place.at for place in chosen.places], dtype=np.int64))
    return tuple(
        _entry(pool, campaign, (scored, known), (rank, replace(place, at=rank - 1), contenders.verticals[place.at]))
        for rank, place in enumerate(chosen.places, start=1)
    )


def _entry(
    pool: Pool, campaign: Campaign, found: tuple[Scored, Known], numbered: tuple[int, Place, str | None]
) -> Entry:
    (scored, known), (rank, place, vertical) = found, numbered
    profile, values = place.profile, _values(scored.factors, place.at)
    judged = judge(scored, place, known, near=near_words(pool, scored, profile))
    told = lines(judged, campaign)
    return Entry(
        rank, profile.platform, profile.handle, profile.name, profile.country, profile.language, profile.followers or 0,
        profile.engagement_percent, round(place.fit * 100, 2), round(float(scored.coverage[place.at]), 3),
        tuple(values.items()), reasons(judged, told), main_risk(judged, campaign), profile.email,
        _where_from(profile), profile.url, facts(judged), profile.source,
        profile.fetched_at, profile.city, vertical, tuple(kinds_of(judged).items()), place.also, tuple(told.items()),
        place.by_fit, _captions(profile), profile.bio,
    )  # fmt: skip


def _where_from(profile: Profile) -> str | None:
    return f"email in {profile.email_source or profile.source}" if profile.email else None


def _captions(profile: Profile) -> tuple[str, ...]:
    """The first ones that say something, each once."""
    some = dict.fromkeys(one_line(caption, _CAPTION) for caption in profile.captions[: 2 * _CAPTIONS])
    return tuple(caption for caption in some if caption)[:_CAPTIONS]


def near_words(pool: Pool, scored: Scored, profile: Profile) -> tuple[str, ...]:
    """Up to three words of the profile that those who speak of the topic use."""
    if pool.meaning is None or scored.way is None:
        return ()
    said = split(" ".join([profile.handle, profile.name or "", profile.bio or "", *profile.hashtags]))
    way, known = scored.way.direction, pool.meaning.numbers
    heard, there = _heard(pool.meaning_name, way.tobytes()), list[tuple[float, str]]()
    for word in dict.fromkeys(said):
        if word in known:
            if (far := heard.get(word)) is None:
                heard[word] = far = next((far for _, far in words_towards(pool.meaning, [word], way)), 0.0)
            if far > 0:
                there.append((-round(far, 6), word))
    # As words_towards orders them.
    return tuple(word for _, word in sorted(there)[:_NEAR_WORDS])


@lru_cache(maxsize=4)
def _heard(meaning: str, way: bytes) -> dict[str, float]:
    """Word → how far it lies that way, 0 where it does not: profiles say the same words, so each is asked once."""
    return {}


def _chosen_steps(chosen: Chosen, inside: int) -> list[FunnelStep]:
    """What kept off the list those who were good enough; counted among the profiles that could get a place."""
    steps, left = [], inside
    for name, count in sorted(chosen.counts.items()):
        left -= count
        steps.append(FunnelStep(name, count, left, count, _LOOSEN.get(name, "")))
    return steps


_LOOSEN = {
    "a brand's own account or a repost page": "audience.keep_out",
    "brand safety": "safety.categories and veto",
    "most of one city": "longlist.per_city",
    "most of one vertical": "longlist.per_vertical",
}


def _notes(found: int, wanted: int, funnel: tuple[FunnelStep, ...]) -> tuple[str, ...]:
    if found >= wanted:
        return ()
    costly = sorted((step for step in funnel if step.loosen and step.only_this), key=lambda step: -step.only_this)
    short = f"{found} of {wanted} wanted: the limits leave no more."
    hints = [f"Loosen {step.loosen}: {step.only_this:,} more are kept out by nothing else." for step in costly[:3]]
    firm = max((step for step in funnel if not step.loosen), key=lambda step: step.only_this, default=None)
    if firm is not None and firm.only_this > max((step.only_this for step in costly), default=0):
        hints.append(f"No limit can be loosened for {firm.only_this:,} more: {firm.name}.")
    if not hints:
        hints = ["No single limit is to blame: loosen two of them, or import more profiles."]
    return (short, *hints)


def _values(factors: Mapping[str, npt.NDArray[np.float64]], at: int) -> dict[str, float | None]:
    return {name: _known(float(values[at])) for name, values in factors.items()}


def _known(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)


__all__ = ["BENCH", "Entry", "Judged", "LeftOut", "Longlist", "code_version", "make_longlist", "run_id"]
