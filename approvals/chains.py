"""The order of the five sign-offs: each waits for the one before it in its own chain (R52, R60).

Pure. Knows what comes after what, and not how it is known that something was signed off.
"""

from collections.abc import Collection

from approvals.kinds import COMES_AFTER, Kind
from core.errors import Refused


def before(kind: Kind) -> tuple[Kind, ...]:
    """What must be signed off before this kind is asked, first things first."""
    earlier = COMES_AFTER.get(kind)
    return (*before(earlier), earlier) if earlier else ()


def after(kind: Kind) -> frozenset[Kind]:
    """What may be asked once this kind is signed off, and all that comes before."""
    return frozenset(later for later, earlier in COMES_AFTER.items() if earlier is kind)


def waits_for(kind: Kind, signed: Collection[Kind]) -> Kind | None:
    """The first sign-off that is still missing before this kind may be asked; None where it is its turn."""
    return next((earlier for earlier in before(kind) if earlier not in signed), None)


def check_turn(kind: Kind, signed: Collection[Kind], *, about: str, next_step: str = "") -> None:
    """Raises Refused, naming what comes first. `about` completes "The tracking setup of …"."""
    missing = waits_for(kind, signed)
    if missing is not None:
        raise Refused(
            f"The {kind} of {about} is not asked yet: the {missing} comes first, and it is not signed off.",
            next_step=next_step or f"Have the {missing} signed off, then ask again.",
        )
