"""What a sample of followers says: the likely share, the types of followers, the evidence, and one paragraph. Pure.

The paragraph speaks of a group and of how sure one can be. It calls no account and no creator anything.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sourcing.followers import rules
from sourcing.followers.forest import Forest
from sourcing.followers.sample import SIGNALS, Flags, Sample, signals_of
from sourcing.followers.share import FEW, Share, likely_share, wilson

MASS_FOLLOWINGS, INFLUENCER_FOLLOWERS = 1_500, 5_000
#: HypeAuditor's types of followers, in its order of precedence, with the rest last (help.hypeauditor.com, 3192772).
TYPES = ("mass followers", "influencers", "suspicious", "real people")
_MOST_NAMED = 3
_WORDS_OF = {
    "posts": "how many posts they have", "picture": "whether they have a picture", "digits": "their handles",
    "bio": "whether they have a bio",
}  # fmt: skip


@dataclass(frozen=True)
class TypeShare:
    """How many followers are of a type; the interval is for chance in drawing the sample alone."""

    name: str
    count: int
    share: Share


@dataclass(frozen=True)
class Evidence:
    """How many followers show a signal, and how many of those that were picked out do."""

    signal: str
    words: str
    count: int
    of_picked: int


@dataclass(frozen=True)
class Estimate:
    """`likely` is corrected for what the model misses and picks out wrongly, so it differs from picked / followers."""

    followers: int
    picked: int
    likely: Share
    types: tuple[TypeShare, ...]
    evidence: tuple[Evidence, ...]
    model: str
    calibrated: bool
    wording: str
    notes: tuple[str, ...]


def estimate(sample: Sample, forest: Forest | None = None) -> Estimate:
    """Judge a sample by a trained model, or by the standard rules where there is none."""
    choose: Callable[[Sample], Flags] = forest.picked if forest else rules.picked
    picked = choose(sample)
    count, total = int(picked.sum()), len(sample)
    likely = likely_share(count, total, forest.tried if forest else ())
    evidence = _evidence(signals_of(sample), picked)
    unknown = _unknown(sample, forest)
    return Estimate(
        followers=total, picked=count, likely=likely, types=_types(sample, picked), evidence=evidence,
        model=forest.name if forest else rules.NAME, calibrated=forest is not None,
        wording=_paragraph(total, likely, evidence, calibrated=forest is not None),
        notes=_notes(total, unknown, calibrated=forest is not None),
    )  # fmt: skip


def as_percent(share: Share) -> str:
    """ "12 % (6 to 19 %)"."""
    middle = _percent(share.share)
    return f"{middle if middle or not share.high else 'under 1'} % ({_percent(share.low)} to {_percent(share.high)} %)"


def _types(sample: Sample, picked: Flags) -> tuple[TypeShare, ...]:
    mass = sample.following > MASS_FOLLOWINGS
    influencer = ~mass & (sample.followers > INFLUENCER_FOLLOWERS)
    suspicious = ~mass & ~influencer & picked
    counts = [int(kind.sum()) for kind in (mass, influencer, suspicious)]
    counts.append(len(sample) - sum(counts))
    return tuple(
        TypeShare(name, number, wilson(number, len(sample))) for name, number in zip(TYPES, counts, strict=True)
    )


def _evidence(shown: Mapping[str, Flags], picked: Flags) -> tuple[Evidence, ...]:
    """The signals that occur, those most often seen in what was picked out first."""
    found = [
        Evidence(signal.name, signal.words, int(shown[signal.name].sum()), int((shown[signal.name] & picked).sum()))
        for signal in SIGNALS
    ]
    order = {signal.name: place for place, signal in enumerate(SIGNALS)}
    present = [one for one in found if one.count]
    return tuple(sorted(present, key=lambda one: (-one.of_picked, -one.count, order[one.signal])))


def _unknown(sample: Sample, forest: Forest | None) -> list[str]:
    asked = forest.needs if forest else ("posts", "picture", "bio", "digits")
    known = sample.known()
    return [_WORDS_OF[name] for name in asked if name in _WORDS_OF and name not in known]


def _paragraph(total: int, likely: Share, evidence: Sequence[Evidence], *, calibrated: bool) -> str:
    followers = "1 follower" if total == 1 else f"{total:,} followers"
    about = "About " if _percent(likely.share) else ""
    start = f"{about}{as_percent(likely)} of the sample of {followers} look unattended or automated"
    named = [f"{one.words} ({one.of_picked:,})" for one in evidence if one.of_picked][:_MOST_NAMED]
    often = f"; most often: {', '.join(named)}." if named else "; no single signal stands out."
    few = f" So few followers ({total:,}) say little: take the range, not the number." if total < FEW else ""
    rough = "" if calibrated else " The standard rules were not tried on audits of yours, so the range is wide."
    return (
        f"{start[0].upper()}{start[1:]}{often}{few}{rough} This is an estimate about the sample as a whole and says "
        "nothing about any one follower, or about how the followers came."
    )


def _notes(total: int, unknown: Sequence[str], *, calibrated: bool) -> tuple[str, ...]:
    notes = []
    if total < FEW:
        notes.append(f"fewer than {FEW} followers: the range is very wide; a few hundred drawn at random say more")
    if unknown:
        less = "the model was trained with it, so the share is less sure" if calibrated else "fewer can be recognised"
        notes.append(f"the file does not say {', '.join(unknown)}: {less}")
    return tuple(notes)


def _percent(share: float) -> int:
    """Whole percent, halves up."""
    return int(np.floor(share * 100 + 0.5))
