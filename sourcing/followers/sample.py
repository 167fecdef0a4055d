"""What is known of the followers in a sample, in columns, and which signals they show. Pure; reads no file.

Unknown is NaN everywhere and shows no signal. Sources of the signals, each a published rule (none is fitted to data):
Modash, "Audience & likers credibility" (picture, followings to followers, posts, bio against followings); Socialbakers,
"Fake Followers methodology" (50 to 1, never posted, fewer than 3 posts, standard picture, no bio while following more
than 100); Camisani-Calzolari's rules as reviewed by Cresci et al., "Fame for sale", 2015 (fewer than 30 followers);
Gurajala et al., "Fake Twitter accounts", 2015 (handles made by pattern).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

STANDARD_RATIO, EXTREME_RATIO = 7.0, 50.0
FEW_FOLLOWERS, FEW_POSTS, FOLLOWS_MANY = 30, 3, 100
MANY_DIGITS = 0.3


@dataclass(frozen=True)
class Sample:
    """One value per follower account. Counts are whole numbers, `private` and `picture` 0 or 1, `digits` the share of
    digits in the handle (0..1), `bio` its length in characters, `label` 1 where somebody judged it not real."""

    followers: Floats
    following: Floats
    posts: Floats
    private: Floats
    picture: Floats
    digits: Floats
    bio: Floats
    label: Floats

    def __len__(self) -> int:
        return len(self.followers)

    def known(self) -> tuple[str, ...]:
        """The columns of which at least one value is known, without the label."""
        names = [field.name for field in fields(self) if field.name != "label"]
        return tuple(name for name in names if not np.isnan(getattr(self, name)).all())

    def rows(self, chosen: npt.NDArray[np.int64] | Flags) -> "Sample":
        return Sample(*(getattr(self, field.name)[chosen] for field in fields(self)))


def joined(samples: list[Sample]) -> Sample:
    """The followers of several samples, one after another."""
    return Sample(*(np.concatenate([getattr(s, field.name) for s in samples]) for field in fields(Sample)))


@dataclass(frozen=True)
class Signal:
    """What an account may show. `points` is what the standard rules count it for; `words` complete "most often: …"."""

    name: str
    words: str
    points: int


SIGNALS = (
    Signal("extreme_ratio", "follows at least 50 accounts for each that follows it", 3),
    Signal("high_ratio", "follows 7 to 50 accounts for each that follows it", 2),
    Signal("no_posts", "no posts", 2),
    Signal("few_posts", "one or two posts", 1),
    Signal("no_picture", "no picture", 2),
    Signal("no_bio", "no bio while following more than 100", 1),
    Signal("few_followers", "fewer than 30 followers", 1),
    Signal("digits", "a handle of three tenths digits or more", 1),
)


def signals_of(sample: Sample) -> Mapping[str, Flags]:
    """Which accounts show which signal, in the order of SIGNALS."""
    ratio = sample.following / np.maximum(sample.followers, 1.0)
    # Comparing with NaN is false: what is unknown shows no signal.
    return {
        "extreme_ratio": ratio >= EXTREME_RATIO,
        "high_ratio": (ratio >= STANDARD_RATIO) & (ratio < EXTREME_RATIO),
        "no_posts": sample.posts == 0,
        "few_posts": (sample.posts > 0) & (sample.posts < FEW_POSTS),
        "no_picture": sample.picture == 0,
        "no_bio": (sample.bio == 0) & (sample.following > FOLLOWS_MANY),
        "few_followers": sample.followers < FEW_FOLLOWERS,
        "digits": sample.digits >= MANY_DIGITS,
    }
