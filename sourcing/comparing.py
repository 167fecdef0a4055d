"""Two longlists of one campaign side by side: who came, who went, who moved, and why. Pure.

Says first what differs between the two runs themselves, because most changes come from there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sourcing.glossary import factor_name

#: Smaller changes of a factor are not worth a word.
_WORTH_SAYING = 0.03
_MOST_SAID = 2


@dataclass(frozen=True)
class Standing:
    """One place of a run. `fit` 0..100; `factors` 0..1, None unknown; `bench` where it was in reserve."""

    account: str
    rank: int
    fit: float
    bench: bool
    factors: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """A run with all its places and what went into it; `kept_off`: account → why it got no place; `meaning` names what
    was learnt of the pool's words."""

    run_id: str
    pool_version: str
    campaign_hash: str
    code: str
    record: str
    model: str
    wanted: int
    places: Sequence[Standing]
    kept_off: Mapping[str, str] = field(default_factory=dict)
    meaning: str = ""


@dataclass(frozen=True)
class Change:
    """One creator on one of the lists or on both; ranks are None off the list. `why` is a sentence."""

    account: str
    before: int | None
    after: int | None
    why: str


@dataclass(frozen=True)
class Difference:
    """`inputs`: what differs between the runs. Entered by new rank, left by old rank, moved by how far."""

    inputs: tuple[str, ...]
    entered: tuple[Change, ...]
    left: tuple[Change, ...]
    moved: tuple[Change, ...]
    stayed: int


def compare(before: Run, after: Run) -> Difference:
    old, new = _listed(before), _listed(after)
    entered = tuple(
        Change(place.account, None, place.rank, _why_entered(place, before)) for place in new.values()
        if place.account not in old
    )  # fmt: skip
    left = tuple(
        Change(place.account, place.rank, None, _why_left(place, after)) for place in old.values()
        if place.account not in new
    )  # fmt: skip
    both = [(old[account], new[account]) for account in new if account in old]
    moved = [Change(b.account, a.rank, b.rank, _why_moved(a, b)) for a, b in both if a.rank != b.rank]
    moved.sort(key=lambda change: (-abs((change.after or 0) - (change.before or 0)), change.after or 0))
    return Difference(_inputs(before, after), entered, left, tuple(moved), len(both) - len(moved))


def _listed(run: Run) -> dict[str, Standing]:
    return {place.account: place for place in sorted(run.places, key=lambda place: place.rank) if not place.bench}


def _inputs(before: Run, after: Run) -> tuple[str, ...]:
    told = []
    if before.pool_version != after.pool_version:
        told.append("The pool has changed: profiles were imported in between.")
    elif before.meaning != after.meaning:
        told.append("What the pool's words have to do with one another was learnt anew.")
    if before.campaign_hash != after.campaign_hash:
        told.append("The campaign file has changed.")
    if before.record != after.record:
        told.append("The record has changed: reservations, opt-outs, merges or results of campaigns.")
    if before.model != after.model:
        told.append(f"What was learnt from reviewers: {after.model or 'none'} in place of {before.model or 'none'}.")
    if before.wanted != after.wanted:
        told.append(f"{after.wanted} places were asked for in place of {before.wanted}.")
    if before.code != after.code:
        told.append("The scoring itself has changed with a new version of Greenroom.")
    return tuple(told) or ("Nothing that goes into a run has changed.",)


def _why_entered(place: Standing, before: Run) -> str:
    reserve = next((one for one in before.places if one.account == place.account), None)
    if reserve is not None:
        return f"Was in reserve at {reserve.rank}. {_fits(reserve, place)}"
    if reason := before.kept_off.get(place.account):
        return f"Was kept off: {reason}."
    return "Was in neither list nor reserve: new in the pool, newly inside the limits, or a much better fit."


def _why_left(place: Standing, after: Run) -> str:
    reserve = next((one for one in after.places if one.account == place.account), None)
    if reserve is not None:
        return f"Now in reserve at {reserve.rank}. {_fits(place, reserve)}"
    if reason := after.kept_off.get(place.account):
        return f"Kept off: {reason}."
    return "Now in neither list nor reserve: gone from the limits (longlist explain says which), or a worse fit."


def _why_moved(before: Standing, after: Standing) -> str:
    return _fits(before, after)


def _fits(before: Standing, after: Standing) -> str:
    changes = [
        (after_value - before_value, name)
        for name, after_value in after.factors.items()
        if after_value is not None and (before_value := before.factors.get(name)) is not None
    ]
    told = [
        f"{factor_name(name)} {before.factors[name]:.2f} to {after.factors[name]:.2f}"
        for change, name in sorted(changes, key=lambda pair: (-abs(pair[0]), pair[1]))[:_MOST_SAID]
        if abs(change) >= _WORTH_SAYING
    ]
    told += [
        f"{factor_name(name)} {'became known' if before.factors.get(name) is None else 'is no longer known'}"
        for name in after.factors
        if (after.factors[name] is None) != (before.factors.get(name) is None)
    ][:_MOST_SAID]
    if not told and abs(after.fit - before.fit) < 0.05:
        return "The fit is the same; others moved."
    return f"Fit {before.fit:.1f} to {after.fit:.1f}" + (f": {', '.join(told)}." if told else ".")
