"""Which deals a batch may draft (R41): those of which nothing was negotiated. All others a person drafts one by one.

Pure: decides about a deal it is given. What a template may be used for, `templates` knows and refuses by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from contracts.summary import against_standard
from contracts.terms import OfferDraft
from core.errors import Refused


class LeftToAPerson(Refused):
    """A batch came upon a deal that is not straightforward: nothing is wrong, but somebody should draft it."""


@dataclass(frozen=True)
class Deal:
    """What is asked of a deal. `beyond`: the limit that the owner let it exceed; `swaps`: clauses swapped in for this
    creator alone; `conflicts`: running deals that it collides with, each in words; `former`: the last version on
    record, a void one too."""

    offered: OfferDraft
    standard: OfferDraft
    beyond: str = ""
    swaps: Sequence[str] = ()
    conflicts: Sequence[str] = ()
    former: int = 0


class Rule(NamedTuple):
    """What a deal must be, and what is said of one that is not ('' of one that is)."""

    is_: str
    objection: Callable[[Deal], str]


RULES: tuple[Rule, ...] = (
    Rule("the campaign's standard offer", lambda deal: _other_than_standard(deal.offered, deal.standard)),
    Rule("inside the campaign's limits", lambda deal: deal.beyond),
    Rule("in the template's own clauses", lambda deal: _listed("it has swapped clauses", deal.swaps)),
    Rule("without a conflict", lambda deal: _listed("it collides with", deal.conflicts)),
    Rule("the first version", lambda deal: f"version {deal.former} is on record" if deal.former else ""),
)


def objections(deal: Deal) -> list[str]:
    """Why a batch leaves a deal to a person, in words; [] for a straightforward one."""
    return [said for rule in RULES if (said := rule.objection(deal))]


def _other_than_standard(offered: OfferDraft, standard: OfferDraft) -> str:
    changed = against_standard(offered, standard)
    return f"the offer is not the standard one ({'; '.join(changed)})" if changed else ""


def _listed(what: str, names: Sequence[str]) -> str:
    return f"{what} {', '.join(names)}" if names else ""
