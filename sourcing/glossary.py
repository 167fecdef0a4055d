"""The words of the report: factors, ways of knowing and kinds of facts, each explained in one line for people.

Pure data and look-ups. Must not know how anything is scored or drawn.
"""

from collections.abc import Sequence

#: factor → (its name on screen, what it tells)
FACTOR_WORDS: dict[str, tuple[str, str]] = {
    "topic": ("Topic", "How much the profile speaks of what the campaign is about."),
    "audience": ("Audience", "How far their followers are the people the campaign wants, by a vendor's figures."),
    "engagement": ("Engagement", "Likes and comments per follower, against accounts of the same platform and size."),
    "intent": ("Buying signals", "Shop links, discount codes, paid posts and shopping words: signs that posts sell."),
    "location": ("Place", "Whether the creator is where the campaign runs."),
    "followers": ("Size", "How well the number of followers sits in the campaign's range."),
    "cadence": ("Posting", "How often and how recently they post."),
    "authenticity": ("Real numbers", "Whether growth and numbers look like real people. A hint, never a verdict."),
    "results": ("Past results", "How earlier campaigns with us went."),
}

#: How a figure came to be known.
KIND_WORDS = {
    "measured": "Counted by the platform, or by us from dated sightings.",
    "reported": "Said by the creator or by a data vendor.",
    "estimated": "Worked out from other things the profile shows.",
    "unknown": "Nobody knows. It counts as usual: neither for the creator nor against.",
}

#: What needs a line before the list is read.
TERMS = (
    ("Fit", "0 to 100: how well a creator suits this campaign, all factors weighed together."),
    ("Known", "The share of the fit that rests on figures we have; the rest is taken as usual."),
    ("Likely", "An estimate from public numbers. A reason to look closer, never a finding about a person."),
    ("Reserve", "The next best. They move up when somebody above is declined."),
)

_FACT_WORDS = {
    "bio": "Bio says", "caption": "Caption says", "hashtag": "Hashtag", "audience": "Followers",
    "engagement": "Engagement", "place": "Says where",
}  # fmt: skip


def factor_name(factor: str) -> str:
    return FACTOR_WORDS[factor][0] if factor in FACTOR_WORDS else factor.capitalize()


def fact_name(kind: str) -> str:
    return _FACT_WORDS.get(kind, kind.capitalize())


def kind_of(factor: str, value: float | None, kinds: Sequence[tuple[str, str]]) -> str:
    """measured, reported, estimated, unknown, or "" where a value is there and nobody says how it came."""
    return "unknown" if value is None else dict(kinds).get(factor, "")
