"""Why a creator is on the list: a line per factor that names its evidence, three of them as reasons, the main risk,
facts for a mail. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from core.campaign import Campaign
from core.platforms import PLATFORM_NAMES
from sourcing.choosing import Place
from sourcing.evidence import Evidence, evidence, one_line
from sourcing.factors import audience, authenticity, cadence, growth, intent, location, stuffing
from sourcing.factors.engagement import peer_words
from sourcing.factors.results import PastResult
from sourcing.fit import Scored
from sourcing.followers.kept import Audit
from sourcing.known import Known
from sourcing.profiles import KINDS, Profile
from sourcing.words import fold, split

#: Said of whoever is on a list of own customers; it moves no rank (R103).
CUSTOMER = "Buys from the brand already: on a list of its customers."
#: What each factor's figures rest on; the weakest of them is how the factor came to be known.
_RESTS_ON = {
    "topic": ("bio", "hashtags"), "audience": ("audience",), "engagement": ("engagement_percent",),
    "intent": ("links", "captions"), "location": ("country",), "followers": ("followers",), "cadence": ("posted",),
    "authenticity": ("credibility",), "results": (),
}  # fmt: skip
_STRENGTH = ("measured", "reported", "estimated")


@dataclass(frozen=True)
class Fact:
    """One traced thing to say to a creator. `source`: column and file; `fetched_at`: ISO 8601, UTC."""

    kind: str
    value: str
    source: str
    fetched_at: str


@dataclass(frozen=True)
class Judged:
    """One place with all that was found of it. `at`: its place among the scored; `near`: words it shares with those who
    speak of the topic; `past`, `audit`: what the record and a sample of followers say; `learnt`: what reviewers moved;
    `customer`: whether they are on a list of own customers.
    """

    place: Place
    scored: Scored
    evidence: Evidence
    near: tuple[str, ...]
    past: PastResult | None
    audit: Audit | None
    learnt: str
    customer: bool = False

    @property
    def profile(self) -> Profile:
        return self.place.profile

    @property
    def at(self) -> int:
        return self.place.at

    def value(self, factor: str) -> float:
        """0..1, NaN unknown or not asked."""
        column = self.scored.factors.get(factor)
        return math.nan if column is None else float(column[self.at])

    @property
    def median(self) -> float:
        """What is usual for its size, in percent."""
        return float(self.scored.standing.median[self.at])


def judge(scored: Scored, place: Place, known: Known, *, near: tuple[str, ...] = ()) -> Judged:
    profile = place.profile
    values = {name: float(column[place.at]) for name, column in scored.factors.items()}
    moved = known.learnt.explained(profile, values) if known.learnt else ""
    return Judged(place, scored, evidence(profile, scored.asked), near, known.results.get(profile.key),
                  known.audits.get(profile.key), moved,
                  known.customers is not None and known.customers.has(profile))  # fmt: skip


def lines(judged: Judged, campaign: Campaign) -> dict[str, str]:
    """What each factor of the campaign rests on, by factor."""
    profile, at = judged.profile, judged.at
    told = {
        "topic": lambda: _topic(judged),
        "audience": lambda: audience.words(profile.audience, campaign.target),
        "engagement": lambda: _engagement(judged),
        "intent": lambda: " ".join(
            filter(None, (CUSTOMER if judged.customer else "", intent.words(profile, judged.value("intent"))))
        ),
        "location": lambda: location.words(
            profile, campaign.longlist.local_area, audience_share=float(judged.scored.area_share[at])
        ),
        "followers": lambda: _size(profile, campaign),
        "cadence": lambda: cadence.words(
            profile, float(judged.scored.posts_per_week[at]), float(judged.scored.days_silent[at])
        ),
        "authenticity": lambda: _authenticity(judged),
        "results": lambda: judged.past.evidence if judged.past else "Past results: none with us",
    }
    return {name: told[name]() for name in judged.scored.factors}


def reasons(judged: Judged, told: Mapping[str, str]) -> tuple[str, str, str]:
    """The topic, and the two other factors that carry the fit most; `told` is what `lines` gave."""
    carried = {
        name: weight * judged.value(name)
        for name, weight in judged.scored.weights.items()
        if name != "topic" and not math.isnan(judged.value(name))
    }
    best = sorted(carried, key=lambda name: -round(carried[name], 9))[:2]
    if judged.customer:
        return (told["topic"], told[best[0]] if best else told["followers"], CUSTOMER)
    second, third = (best + [name for name in ("engagement", "followers") if name not in best])[:2]
    return (told["topic"], told[second], told[third])


def kinds_of(judged: Judged) -> dict[str, str]:
    """How each factor's figures came to be known: measured, reported, estimated, or unknown."""
    kinds = {}
    for name in judged.scored.factors:
        rests = [KINDS[column] for column in _RESTS_ON[name]]
        known = max(rests, key=_STRENGTH.index) if rests else "measured"
        kinds[name] = "unknown" if math.isnan(judged.value(name)) else known
    return kinds


def main_risk(judged: Judged, campaign: Campaign) -> str:
    """The one thing to look at first; '' where the profile shows none."""
    profile, found = judged.profile, judged.evidence
    if judged.place.watched is not None:
        return judged.place.watched.words
    if judged.past is not None and judged.past.score < 0.3:
        return judged.past.evidence
    if not found.strongest and not judged.near:
        return "Nothing in the profile speaks of the topic; the other factors brought it here."
    if judged.scored.standing.unusual[judged.at]:
        return "Engagement is in the highest 1 % of its size: look for bought or one-off engagement."
    if piled := stuffing.words(profile):
        return piled
    if hints := _hints(judged):
        return f"{hints[0][0].upper()}{hints[0][1:]}"
    if math.isnan(judged.value("engagement")):
        return "Engagement is not known."
    if found.bio is None and found.caption is None:
        where = "hashtags" if found.hashtags else "the name" if found.strongest else "related words"
        return f"The topic shows in {where} only; the bio does not speak of it."
    return _lesser_risk(judged, campaign)


def facts(judged: Judged) -> tuple[Fact, ...]:
    """Up to four, best first: their own words, their hashtags, their audience, how it answers, where they say they are.

    Only what is measured or what they wrote: an estimated country is not said to anybody.
    """
    profile, found = judged.profile, judged.evidence
    rows: list[tuple[str, str, str]] = []
    if found.bio:
        rows.append(("bio", found.bio.quote, "bio"))
    if found.caption:
        rows.append(("caption", found.caption.quote, "captions"))
    rows += [("hashtag", tag.quote, "hashtags") for tag in found.hashtags[:1]]
    if profile.followers is not None:
        rows.append(("audience", f"{profile.followers:,} followers on {PLATFORM_NAMES[profile.platform]}", "followers"))
    if profile.country and f" {fold(profile.country)} " in f" {' '.join(split(profile.bio or ''))} ":
        rows.append(("place", profile.country, "bio"))
    rows += [("hashtag", tag.quote, "hashtags") for tag in found.hashtags[1:2]]
    if profile.engagement_percent is not None and profile.engagement_percent >= judged.median:
        rows.append(("engagement", f"{_percent(profile.engagement_percent)} engagement", "engagement_percent"))
    return tuple(
        Fact(kind, value, f"{column} in {one_line(profile.source, 80)}", profile.fetched_at)
        for kind, value, column in rows[:4]
    )


def _lesser_risk(judged: Judged, campaign: Campaign) -> str:
    profile = judged.profile
    if profile.engagement_percent is not None and profile.engagement_percent < judged.median / 2:
        return "Engagement is under half of what is usual for its size."
    if campaign.audience.languages and profile.language is None:
        return "The language is not known."
    if profile.email is None:
        return "No e-mail address is known: it must be found before an invitation can be sent."
    return ""


def _hints(judged: Judged) -> tuple[str, ...]:
    if judged.audit is not None:
        return ()
    return authenticity.hints(judged.profile, judged.scored.signs, judged.at)


def _topic(judged: Judged) -> str:
    found = judged.evidence
    told = []
    if found.bio:
        told.append(f"bio says “{found.bio.quote}”")
    if found.caption:
        told.append(f"a caption says “{found.caption.quote}”")
    if found.hashtags:
        told.append("hashtags " + ", ".join(tag.quote for tag in found.hashtags[:3]))
    if found.name and found.name.weight >= found.strongest / 2:
        told.append(f"name “{found.name.quote}”")
    elif found.handle:
        told.append(f"handle @{found.handle.quote}")
    if not told and judged.near:
        told.append("words that those who speak of it use: " + ", ".join(f"“{word}”" for word in judged.near))
    if judged.learnt:
        told.append(judged.learnt)
    if told:
        return "Topic: " + ", ".join(told)
    unknown = math.isnan(judged.value("topic"))
    return "Topic: unknown, the profile has no text" if unknown else "Topic: no word of the brief found"


def _engagement(judged: Judged) -> str:
    rate = judged.profile.engagement_percent
    size = peer_words(int(judged.scored.standing.peers[judged.at]))
    peers = f"{PLATFORM_NAMES[judged.profile.platform]} accounts of {size}"
    if rate is None:
        return "Engagement: not known"
    if math.isnan(judged.median) or not judged.median:
        return f"Engagement {_percent(rate)}; too few accounts in the pool to say what is normal"
    times = rate / judged.median
    return f"Engagement {_percent(rate)}, {times:.1f} times the median of {peers} ({_percent(judged.median)})"


def _size(profile: Profile, campaign: Campaign) -> str:
    band = campaign.audience
    if profile.followers is None:
        return "Size: followers unknown"
    where = "inside" if band.followers_min <= profile.followers <= band.followers_max else "outside"
    return f"Size: {profile.followers:,} followers, {where} {band.followers_min:,} to {band.followers_max:,}"


def _authenticity(judged: Judged) -> str:
    if (audit := judged.audit) is not None:
        return (
            f"Authenticity: likely real {1 - audit.share:.0%} ({1 - audit.high:.0%} to {1 - audit.low:.0%}), from a "
            f"sample of {audit.followers:,} followers on {audit.day}"
        )
    said = authenticity.words(judged.profile, judged.scored.signs, judged.at)
    grown = growth.words(judged.profile.history).removeprefix("Growth: ")
    return f"{said}; growth {grown}" if grown else said


def _percent(value: float) -> str:
    return f"{value:.1f} %" if value >= 0.1 else f"{value:.2f} %"
