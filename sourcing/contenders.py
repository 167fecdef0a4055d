"""Those who may get a place: the best survivors in their order, with all that choosing and wording look at.

They are carried whole, so that whoever chooses needs no file of the pool. Owns no order (`steps`) and no choice
(`choosing`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sourcing.factors.topic import leading
from sourcing.fit import Scored
from sourcing.meaning import Vectors
from sourcing.pool import Pool
from sourcing.profiles import Profile
from sourcing.steps import Standings

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Unread:
    """A profile that is read when somebody looks at it; sent to another process it is sent read."""

    pool: Pool
    row: int

    def read(self) -> Profile:
        return self.pool.profile(self.row)

    def __reduce__(self) -> tuple[object, tuple[Profile]]:
        return _itself, (self.read(),)


@dataclass(frozen=True)
class Contenders:
    """A row for each: what it scored, its place in the order, its kind of account, the hash of its bio (0 without one),
    its city and what it is about in a word or two (None unknown), its vector, the profile itself."""

    scored: Scored
    standings: Standings
    kinds: npt.NDArray[np.uint8]
    bios: npt.NDArray[np.uint64]
    cities: tuple[str | None, ...]
    verticals: tuple[str | None, ...]
    vectors: Vectors
    profiles: tuple[Profile | Unread, ...]
    #: Of a single account that was asked about: the limits that keep it out, each with the key to loosen or "".
    outside: tuple[tuple[str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.profiles)

    def profile(self, place: int) -> Profile:
        one = self.profiles[place]
        return one.read() if isinstance(one, Unread) else one

    def of(self, places: Rows) -> "Contenders":
        """These alone, which become 0, 1, …"""
        listed = places.tolist()
        return Contenders(
            self.scored.of(places), self.standings.of(places), self.kinds[places], self.bios[places],
            tuple(self.cities[place] for place in listed), tuple(self.verticals[place] for place in listed),
            self.vectors[places], tuple(self.profiles[place] for place in listed),
        )  # fmt: skip

    @staticmethod
    def joined(parts: "Sequence[Contenders]") -> "Contenders":
        """Those of all parts, in their order."""
        whole = Contenders(
            Scored.joined([part.scored for part in parts]), Standings.joined([part.standings for part in parts]),
            np.concatenate([part.kinds for part in parts]), np.concatenate([part.bios for part in parts]),
            tuple(city for part in parts for city in part.cities),
            tuple(vertical for part in parts for vertical in part.verticals),
            np.concatenate([part.vectors for part in parts]), tuple(one for part in parts for one in part.profiles),
        )  # fmt: skip
        return whole.of(whole.standings.order())


def contenders(pool: Pool, rows: Rows, scored: Scored, standings: Standings) -> Contenders:
    """These rows of a part of the pool, in the order given."""
    categories, cities = pool.categories, pool.cities
    spoken = leading(scored.asked, pool.index, rows)
    return Contenders(
        scored, standings, pool.numbers("kind")[rows], pool.numbers("bio_key")[rows],
        tuple(cities[code] or None for code in pool.numbers("city")[rows].tolist()),
        tuple(categories[code] or said
              for code, said in zip(pool.numbers("category")[rows].tolist(), spoken, strict=True)),
        pool.vectors(rows), tuple(Unread(pool, row) for row in rows.tolist()),
    )  # fmt: skip


def _itself(profile: Profile) -> Profile:
    return profile
