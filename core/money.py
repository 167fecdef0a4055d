"""Money: a Decimal with its currency, stored as whole minor units. Never a float."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

# ISO 4217 exponents that are not 2; all other currencies have two digits after the point.
_NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND"
_MINOR_DIGITS = dict.fromkeys(_NO_DIGITS.split(), 0) | dict.fromkeys(_THREE_DIGITS.split(), 3)
_CODE = re.compile(r"[A-Z]{3}")
#: Far above any budget, far below where decimals lose digits.
_MOST = Decimal(10) ** 18


@dataclass(frozen=True, order=False)
class Money:
    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.currency):
            raise ValueError(f"{self.currency!r} is not a currency code such as EUR")
        if not self.amount.is_finite() or abs(self.amount) >= _MOST:
            raise ValueError(f"{self.amount} is not an amount of money")
        if self.amount != self.amount.quantize(self._unit()):
            raise ValueError(f"{self.amount} {self.currency} has more digits than {self.currency} knows")

    @classmethod
    def of_minor(cls, minor: int, currency: str) -> Self:
        return cls(Decimal(minor).scaleb(-minor_digits(currency)), currency)

    @property
    def minor(self) -> int:
        """Whole cents (or the currency's own smallest unit)."""
        return int(self.amount.scaleb(minor_digits(self.currency)))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __le__(self, other: "Money") -> bool:
        return not self > other

    def __str__(self) -> str:
        return f"{self.amount.quantize(self._unit()):,} {self.currency}"

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise ValueError(f"{self} and {other} are different currencies")
        return other.amount

    def _unit(self) -> Decimal:
        return Decimal(1).scaleb(-minor_digits(self.currency))


def minor_digits(currency: str) -> int:
    """Digits after the decimal point, by ISO 4217."""
    return _MINOR_DIGITS.get(currency, 2)
