"""Profiles made by hand, and the signals of them as an in-memory DuckDB works them out."""

from collections.abc import Callable, Sequence
from typing import Any

import duckdb
import numpy as np
import pytest

from sourcing.profiles import Profile
from sourcing.rows import TYPES
from sourcing.signals import SIGNALS, selection

Made = Callable[..., Profile]
Measured = Callable[[Sequence[Profile]], dict[str, np.ndarray[Any, Any]]]


def _made(**known: Any) -> Profile:
    usual: dict[str, Any] = dict.fromkeys(("name", "bio", "country", "language", "engagement_percent", "verified"))
    usual |= {"platform": "instagram", "handle": "ada", "hashtags": (), "captions": (), "followers": 20_000}
    usual |= {"email": None, "url": None, "last_seen": "2026-11-10T00:00:00Z", "fetched_at": "2026-11-10T00:00:00Z"}
    return Profile(**(usual | {"source": "x.csv"} | known))


@pytest.fixture(scope="session")
def made() -> Made:
    """A profile of which only these fields are known."""
    return _made


def _row(profile: Profile) -> list[Any]:
    told = vars(profile) | {
        "history_days": [seen.day for seen in profile.history] or None,
        "history_followers": [seen.followers for seen in profile.history] or None,
        "history_engagement": [seen.engagement_percent for seen in profile.history] or None,
        "audience_keys": None,
        "audience_shares": None,
        "terms": None,
        "last_seen": profile.last_seen and profile.last_seen.rstrip("Z"),
        "fetched_at": profile.fetched_at.rstrip("Z"),
    }
    return [list(told[name]) or None if isinstance(told[name], tuple) else told[name] for name in TYPES]


@pytest.fixture(scope="session")
def measured() -> Measured:
    """name → one value per profile, as the pool would store them."""

    def measure(profiles: Sequence[Profile]) -> dict[str, np.ndarray[Any, Any]]:
        db = duckdb.connect(":memory:")
        db.execute(f"create table profiles ({', '.join(f'{name} {kind}' for name, kind in TYPES.items())})")
        marks = f"({', '.join('?' for _ in TYPES)})"
        for at in range(0, len(profiles), 50):
            rows = [_row(profile) for profile in profiles[at : at + 50]]
            db.execute(
                f"insert into profiles values {', '.join([marks] * len(rows))}", [one for row in rows for one in row]
            )
        found = db.execute(selection("profiles")).fetchnumpy()
        kinds = {signal.name: signal.dtype for signal in SIGNALS}
        assert {name: str(np.ma.getdata(values).dtype) for name, values in found.items()} == kinds
        for name, values in found.items():
            assert kinds[name] == "float32" or not np.ma.is_masked(values), f"{name} is null"
        return {name: np.ma.filled(values, np.nan) if kinds[name] == "float32" else np.ma.getdata(values)
                for name, values in found.items()}  # fmt: skip

    return measure
