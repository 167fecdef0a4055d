"""What somebody wants otherwise than the standard offer, in plain values, before it is known whether it is possible.

Pure. Knows neither screens nor who may change what.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from decimal import Decimal

from contracts.terms import Bonus
from core.errors import Refused
from core.money import Money


@dataclass(frozen=True)
class Changes:
    """Each None where nothing is changed. Amounts are in the campaign's currency; a minimum payout of 0 means none."""

    model: str | None = None
    stipend: Decimal | None = None
    commission_percent: Decimal | None = None
    months: int | None = None
    #: Sums of tracked sales with what is paid at each.
    bonuses: tuple[tuple[Decimal, Decimal], ...] | None = None
    minimum_payout: Decimal | None = None
    product: str | None = None
    deliverables: tuple[str, ...] | None = None
    variants: str | None = None
    usage_days: int | None = None
    usage_channels: tuple[str, ...] | None = None
    exclusivity_days: int | None = None
    exclusivity_scope: str | None = None
    clauses: tuple[str, ...] | None = None
    payment_days: int | None = None
    clawback_days: int | None = None

    def values(self, currency: str) -> dict[str, object]:
        """The same as fields of an offer. Raises Refused for an amount that the currency does not know."""
        given = {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) is not None}
        try:
            for name, convert in _AMOUNTS.items():
                if name in given:
                    given[name] = convert(given[name], currency)
        except ValueError as error:
            raise Refused(f"This offer cannot be made: {error}.") from None
        if self.months is not None:
            given["cadence"] = "monthly" if self.months > 1 else "once"
        if self.exclusivity_days == 0:
            given["exclusivity_scope"] = ""
        if self.usage_days == 0:
            given["usage_channels"] = ()
        return given


def _bonuses(steps: tuple[tuple[Decimal, Decimal], ...], currency: str) -> tuple[Bonus, ...]:
    return tuple(Bonus(tracked_sales=Money(sales, currency), amount=Money(paid, currency)) for sales, paid in steps)


_AMOUNTS: dict[str, Callable[..., object]] = {
    "stipend": Money,
    "minimum_payout": lambda amount, currency: Money(amount, currency) if amount else None,
    "bonuses": _bonuses,
}
