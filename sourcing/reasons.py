"""Why a creator is on the list: three lines that name their evidence, the main risk, facts for a mail. Pure."""

import math
from collections import Counter
from dataclasses import dataclass

from core.campaign import Campaign
from sourcing.evidence import Evidence, one_line
from sourcing.factors.engagement import peer_words
from sourcing.pool import Profile
from sourcing.words import fold, split

_SAID_TOO_OFTEN = 5
PLATFORM_NAMES = {"instagram": "Instagram", "tiktok": "TikTok", "youtube": "YouTube"}


@dataclass(frozen=True)
class Fact:
    """One traced thing to say to a creator. `source`: column and file; `fetched_at`: ISO 8601, UTC."""

    kind: str
    value: str
    source: str
    fetched_at: str


@dataclass(frozen=True)
class Judged:
    """A profile with what the factors say; NaN is unknown, engagement median in percent."""

    profile: Profile
    evidence: Evidence
    topic: float
    engagement_rank: float
    median: float
    peers: int
    unusual: bool
    coverage: float
    names_area: bool


def reasons(judged: Judged, campaign: Campaign) -> tuple[str, str, str]:
    return (_topic(judged), _engagement(judged), _place_and_size(judged, campaign))


def main_risk(judged: Judged, campaign: Campaign) -> str:
    """The one thing to look at first; '' where the profile shows none."""
    profile, found = judged.profile, judged.evidence
    if not found.strongest:
        return "Nothing in the profile speaks of the topic; the other factors brought it here."
    if judged.unusual:
        return "Engagement is in the highest 1 % of its size: look for bought or one-off engagement."
    if _repeats(profile):
        return "The profile repeats its words: look for words put there to be found."
    if math.isnan(judged.engagement_rank):
        return "Engagement is not known."
    if found.bio is None and found.caption is None:
        where = "hashtags" if found.hashtags else "the name"
        return f"The topic shows in {where} only; the bio does not speak of it."
    if profile.engagement_percent is not None and profile.engagement_percent < judged.median / 2:
        return "Engagement is under half of what is usual for its size."
    if campaign.audience.languages and profile.language is None:
        return "The language is not known."
    if profile.email is None:
        return "No e-mail address is known: it must be found before an invitation can be sent."
    return ""


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


def _repeats(profile: Profile) -> bool:
    """Whether one word fills the bio or the hashtags: said again and again, and every third word or more."""
    for said in (profile.bio or "", " ".join(profile.hashtags)):
        words = Counter(word for word in split(said) if len(word) > 2)
        most = max(words.values(), default=0)
        if most >= _SAID_TOO_OFTEN and most * 3 >= words.total():
            return True
    return False


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
    if told:
        return "Topic: " + ", ".join(told)
    return (
        "Topic: unknown, the profile has no text" if math.isnan(judged.topic) else "Topic: no word of the brief found"
    )


def _engagement(judged: Judged) -> str:
    rate = judged.profile.engagement_percent
    peers = f"{PLATFORM_NAMES[judged.profile.platform]} accounts of {peer_words(judged.peers)}"
    if rate is None:
        return "Engagement: not known"
    if math.isnan(judged.median) or not judged.median:
        return f"Engagement {_percent(rate)}; too few accounts in the pool to say what is normal"
    times = rate / judged.median
    return f"Engagement {_percent(rate)}, {times:.1f} times the median of {peers} ({_percent(judged.median)})"


def _place_and_size(judged: Judged, campaign: Campaign) -> str:
    profile, band = judged.profile, campaign.audience
    place = profile.country or "country not known"
    area = f", names {campaign.longlist.local_area}" if judged.names_area else ""
    return (
        f"Place and size: {place}{area}; {profile.followers:,} followers, inside "
        f"{band.followers_min:,} to {band.followers_max:,}"
    )


def _percent(value: float) -> str:
    return f"{value:.1f} %" if value >= 0.1 else f"{value:.2f} %"
