"""What the record knows when a longlist is made, handed in as plain data: who is kept out, who is who, how it went.

Sourcing keeps no record and asks no database; whoever plugs things together fills this in.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from sourcing.customers import Customers
from sourcing.factors.results import PastResult
from sourcing.followers.kept import Audit
from sourcing.profiles import Profile


class Learnt(Protocol):
    """What was learnt from reviewers, as far as a longlist uses it."""

    @property
    def sha256(self) -> str: ...

    @property
    def precision(self) -> tuple[float, float] | None:
        """Precision at 25 (without, with) it, from its model card; None where there was too little to say."""
        ...

    def adjusted(
        self, profiles: Sequence[Profile], factors: Mapping[str, npt.NDArray[np.float64]], fit: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """New fits 0..1 of these profiles; the same ones give the same."""
        ...

    def explained(self, profile: Profile, factors: Mapping[str, float]) -> str:
        """One line on what moved this profile; factors 0..1, NaN unknown."""
        ...


@dataclass(frozen=True)
class Exclusions:
    """Accounts the record keeps out, by reason ("suppressed", "reserved", "contacted"), as `account_key`s.

    Where the record holds only keyed hashes, `fingerprints_of` gives those of an account key and a mail address, and
    whoever has one of `fingerprints` is kept out; it must be the same function for the same fingerprints.
    `now`: whoever may be kept no longer by then is kept out as well; None asks nobody's term.
    """

    accounts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    fingerprints: frozenset[str] = frozenset()
    fingerprints_of: Callable[[str, str | None], Iterable[str]] | None = None
    now: datetime | None = None

    def opted_out(self, profile: Profile) -> bool:
        """Whether this person asked not to be written to."""
        if not self.fingerprints or self.fingerprints_of is None:
            return False
        return not self.fingerprints.isdisjoint(self.fingerprints_of(profile.key, profile.email))


@dataclass(frozen=True)
class Known:
    """All by `account_key`. `persons`: who an account belongs to, by any name that is the same for one person.

    `results`: how earlier campaigns of the brand went. `audits`: what samples of followers said. `learnt`: what was
    learnt from reviewers and signed off, None where nothing is in use. `customers`: who buys from the brand already.
    """

    exclusions: Exclusions = Exclusions()
    persons: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, PastResult] = field(default_factory=dict)
    audits: Mapping[str, Audit] = field(default_factory=dict)
    learnt: Learnt | None = None
    customers: Customers | None = None

    @property
    def digest(self) -> str:
        """Changes whenever something in here could change a longlist."""
        out = self.exclusions
        told = [
            {reason: sorted(keys) for reason, keys in out.accounts.items() if keys},
            sorted(out.fingerprints),
            sorted(_groups(self.persons)),
            {key: [result.score, result.evidence] for key, result in self.results.items()},
            {key: [audit.share, audit.low, audit.high, audit.day] for key, audit in self.audits.items()},
            self.learnt.sha256 if self.learnt else "",
            *([self.customers.digest] if self.customers else []),
        ]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _groups(persons: Mapping[str, str]) -> list[list[str]]:
    """Accounts that belong together; what the record calls the person changes nothing."""
    groups: dict[str, list[str]] = {}
    for account in sorted(persons):
        groups.setdefault(persons[account], []).append(account)
    return [accounts for accounts in groups.values() if len(accounts) > 1]
