"""Money and quantities: decimals that never travel without their unit."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (ISO 4217 code)."""

    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return Money(self.amount + other.amount, self.currency)

    def __str__(self) -> str:
        return f"{self.amount:,.2f} {self.currency}"


@dataclass(frozen=True, slots=True)
class Quantity:
    """So many of a unit of measure (EA, BX, CS ..); negative in an adjustment below the book."""

    value: Decimal
    uom: str

    def __str__(self) -> str:
        return f"{plain(self.value)} {self.uom}"


def plain(value: Decimal) -> str:
    """A decimal's digits without an exponent or trailing zeros: ``1E+2`` is ``100``, ``2.50`` is ``2.5``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
