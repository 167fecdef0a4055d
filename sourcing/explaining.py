"""Why a creator stands where they stand, and what would change it. Computed anew from the pool; keeps nothing.

Answers for anybody in the pool: on the list, in reserve, further down, kept off, or outside a limit.
"""

import math
from dataclasses import dataclass

from core.campaign import Campaign
from sourcing.choosing import WATCH_CAP, Place, choose, considered
from sourcing.factors import safety
from sourcing.fit import Scored
from sourcing.glossary import factor_name
from sourcing.known import Known
from sourcing.longlist import BENCH, near_words
from sourcing.pool import Pool, Profile
from sourcing.reasons import judge, lines
from sourcing.steps import Question
from sourcing.survivors import Here, ask

_MOST_ADVICE = 3
_WORTH_SAYING = 2.0
#: Less than this is nothing once it is rounded.
_LEAST_POINTS = 0.1


@dataclass(frozen=True)
class FactorShare:
    """One factor of one creator: `value` 0..1 (None unknown, then it counts as `usual`), its share of the fit, the
    points (of 100) it gives and could give, and what it rests on."""

    name: str
    value: float | None
    usual: float
    weight: float
    points: float
    most: float
    evidence: str


@dataclass(frozen=True)
class Explanation:
    """`rank`: the place on list or reserve, None without one; `by_fit`: the place by fit alone among `inside`.

    `outside`: limits that keep the creator out, each with the key to loosen ("" where the campaign has no say);
    `kept_off`: why a fit that was good enough got no place. `fit` 0..100 is the one that decides: what was learnt from
    reviewers and a watched phrase (`capped`: which and where) are in it, so the points of the factors need not add up
    to it then. `cut`: the fit of the last place on the list; `advice`: what would change the outcome.
    """

    account: str
    wanted: int
    rank: int | None
    by_fit: int
    inside: int
    fit: float
    coverage: float
    cut: float | None
    outside: tuple[tuple[str, str], ...]
    kept_off: str
    factors: tuple[FactorShare, ...]
    advice: tuple[str, ...]
    capped: str = ""


def explain(
    pool: Pool, campaign: Campaign, account: tuple[str, str], known: Known, *, size: int | None = None
) -> Explanation | None:
    """None for an account that the pool does not hold. `account` is (platform, normal handle)."""
    key = f"{account[0]}:{account[1]}"
    wanted = campaign.longlist.size if size is None else size
    question = Question.of(campaign, known, first=considered(known, wanted + BENCH) + 1, also=key)
    survivors = ask(Here(pool.parts(), question), question, pool.meaning)
    if (found := survivors.also) is None:
        return None
    at = survivors.ahead(found.standings.mark(0))
    chosen = choose(survivors, campaign, known, wanted + BENCH)
    places = {place.at: number for number, place in enumerate(chosen.places, start=1)}
    rank = None if found.outside else places.get(at)
    cut = chosen.places[wanted - 1].fit * 100 if len(chosen.places) >= wanted else None
    profile, own = found.profile(0), float(found.scored.fit[0])
    factors = _shares(pool, campaign, (found.scored, profile), known)
    hit = safety.first_hit(profile, safety.compile_phrases(campaign.safety))
    capped = hit.words if hit is not None and hit.phrase.level == "watch" else ""
    fit = (chosen.places[rank - 1].fit if rank else min(own, WATCH_CAP) if capped else own) * 100
    kept_off = chosen.why.get(at, "")
    return Explanation(
        key, wanted, rank, at + 1, survivors.inside, round(fit, 2), round(float(found.scored.coverage[0]), 3),
        None if cut is None else round(cut, 2), found.outside, kept_off, factors,
        _advice(found.outside, (kept_off, capped), (rank, wanted, fit, cut), factors), capped,
    )  # fmt: skip


def _shares(pool: Pool, campaign: Campaign, who: tuple[Scored, Profile], known: Known) -> tuple[FactorShare, ...]:
    scored, profile = who
    place = Place(0, profile, float(scored.fit[0]))
    told = lines(judge(scored, place, known, near=near_words(pool, scored, profile)), campaign)
    total = sum(scored.weights.values()) or 1.0
    shares = []
    for name, column in scored.factors.items():
        value, usual, weight = float(column[0]), scored.usual[name], scored.weights[name] / total
        counted = usual if math.isnan(value) else value
        shares.append(
            FactorShare(name, None if math.isnan(value) else round(value, 4), round(usual, 4), round(weight, 4),
                        round(counted * weight * 100, 2), round(weight * 100, 2), told[name])
        )  # fmt: skip
    return tuple(shares)


def _advice(
    outside: tuple[tuple[str, str], ...], spoken: tuple[str, str], stand: tuple[int | None, int, float, float | None],
    factors: tuple[FactorShare, ...],
) -> tuple[str, ...]:  # fmt: skip
    """What would put them on the list, or higher on it. `spoken`: why they were kept off, why their fit is capped."""
    (kept_off, capped), (rank, wanted, fit, cut) = spoken, stand
    advice = [f"Outside a limit: {name}." + (f" Loosen {loosen}." if loosen else "") for name, loosen in outside]
    if kept_off:
        advice.append(f"{kept_off}.")
    if capped:
        advice.append(f"{capped}. It is watched (safety.watch or categories), so the fit is {WATCH_CAP:.0%} at most.")
    off = cut is not None and (rank is None or rank > wanted)
    gap = max((cut or 0.0) - fit, 0.0) if off else 0.0
    if gap:
        advice.append(f"{gap:.1f} points are missing to the last place of the list.")
    elif off and not advice:
        advice.append("The fit is good enough: of equals, and of those who speak of the same, others come first.")
    # While a phrase holds the fit down, nothing else brings it up.
    return tuple(advice) if capped and gap else (*advice, *_what_would_do(factors, gap))


def _what_would_do(factors: tuple[FactorShare, ...], gap: float) -> list[str]:
    """The factors that could bring so many points, or where none could alone, those with most to gain."""
    advice: list[str] = []
    least = max(gap, _LEAST_POINTS)
    could = sorted((share for share in factors if share.most - share.points > least), key=lambda s: s.points - s.most)
    if gap and not could:
        could, gap = sorted(factors, key=lambda s: s.points - s.most), 0.0
        advice.append("No factor alone is enough.")
    for share in could[:_MOST_ADVICE]:
        room, name = share.most - share.points, factor_name(share.name)
        if share.value is None:
            advice.append(f"{name} is not known and counts as usual; known, it could add up to {room:.1f} points.")
        elif gap:
            needed = share.value + gap / 100 / share.weight
            advice.append(f"{name} at {needed:.2f} in place of {share.value:.2f} would be enough.")
        elif room > _WORTH_SAYING:
            advice.append(f"{name} gives {share.points:.1f} of {share.most:.1f} points.")
    return advice
