"""Creators and a reviewer with a taste of their own, made on the fly."""

from dataclasses import replace

import numpy as np

from sourcing.learning.examples import Decided, Remembered, Undecided, asked_of
from sourcing.learning.features import Usage, usage_of
from sourcing.learning.model import Model
from sourcing.learning.proposing import learn

ASKED = asked_of("slow fashion", ("capsule wardrobe", "linen"))
LIKED, DISLIKED = "mending by hand", "haul of the week"
_REST = ("coffee", "berlin", "mother of two", "mostly outfits", "say hello", "small joys", "books", "sundays")


def creators(many: int, seed: int = 1) -> list[Remembered]:
    """Half of them mend, half show hauls; what else they say tells nothing."""
    random = np.random.default_rng(seed)
    made = []
    for number in range(many):
        taste = LIKED if random.random() < 0.5 else DISLIKED
        rest = " ".join(random.choice(_REST, 3, replace=False))
        made.append(
            Remembered(
                f"slow.{seed}.{number}", name=f"Ada {number}", bio=f"slow fashion, {taste}, {rest}",
                hashtags=("linen",) if random.random() < 0.5 else (), country=str(random.choice(["Germany", "France"])),
                language="en", followers=int(random.integers(2_000, 90_000)), engagement_percent=3.0,
            )
        )  # fmt: skip
    return made


def likes(one: Remembered) -> int:
    return int(LIKED in (one.bio or ""))


def decided(many: int, *, campaign: str = "linen", seed: int = 1, noise: float = 0.1) -> list[Decided]:
    """A reviewer went through the best of the ranking, and was wrong in one of ten."""
    random = np.random.default_rng(seed)
    return [
        Decided(
            ("instagram", one.handle), one, ASKED, {"topic": 0.9 - at / 1_000, "audience": None}, 0.9 - at / 1_000,
            at + 1, likes(one) ^ int(random.random() < noise), campaign, reviewer="rosa",
        )
        for at, one in enumerate(creators(many, seed))
    ]  # fmt: skip


def undecided(many: int = 200, seed: int = 9) -> list[Undecided]:
    return [
        Undecided(replace(one, bio=f"dogs and {one.bio}"), {"topic": 0.4, "audience": None}, 100 + 10 * at)
        for at, one in enumerate(creators(many, seed))
    ]


def usage() -> Usage:
    """In the pool at large, one in ten has either taste."""
    pool = creators(400, seed=5)
    return usage_of(pool[:40] + [replace(one, bio="coffee and books") for one in pool[40:]])


def learnt(many: int = 60) -> Model:
    return learn(decided(many), undecided(), usage(), campaign="linen", brand="Aurelia", asked=ASKED,
                 made_at="2026-11-20T09:30:00+00:00")  # fmt: skip
