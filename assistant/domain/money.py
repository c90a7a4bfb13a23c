"""Money and quantities: decimals that never travel without their unit."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


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


_MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "OMR": 3, "JOD": 3, "TND": 3}


def minor(amount: Decimal, currency: str) -> int:
    """An amount in the smallest unit of its currency (ISO 4217), half a unit rounded away from zero."""
    digits = _MINOR_DIGITS.get(currency, 2)
    return int(amount.scaleb(digits).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def from_minor(units: int, currency: str) -> Decimal:
    return Decimal(units).scaleb(-_MINOR_DIGITS.get(currency, 2))


def share(units: int, basis_points: int) -> int:
    """So many hundredths of a percent of an amount, half a unit rounded away from zero."""
    return int((Decimal(units) * basis_points / 10_000).quantize(Decimal(1), rounding=ROUND_HALF_UP))
