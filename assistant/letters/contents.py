"""What a letter says, as plain values: nothing in here but what its reader may know."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Language = Literal["en", "de", "es", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "de", "es", "fr")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Around every letter. ``name`` is the reader's, '' where not known; ``reference`` the case with its token."""

    name: str
    reference: str
    company: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question by its name among the phrases, with its values. ``as_is`` holds a text to be sent as it stands."""

    phrase: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """One line that may come back. ``quantity`` is in ``uom``."""

    sku: str
    quantity: Decimal
    uom: str
    order_no: str
    lot: str = ""
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """``known``: a contact of a customer wrote; who is not one learns no more than that the message is here."""

    known: bool
    order_nos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorised:
    """``valid_until`` None where no policy says so. ``fee`` is taken from the credit; None for none.

    ``hazmat`` names goods that are dangerous to send. ``address`` are the lines of where the goods go.
    """

    rma_no: str
    goods: tuple[Goods, ...]
    valid_until: date | None = None
    prepaid: bool = False
    papers: tuple[str, ...] = ()
    hazmat: tuple[str, ...] = ()
    fee: Decimal | None = None
    currency: str = ""
    address: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Credited:
    memo_no: str
    total: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A line that was not granted, '' for the whole request, and the reason in a person's words."""

    sku: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    authorised: tuple[Authorised, ...] = ()
    credited: tuple[Credited, ...] = ()
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiring:
    """``days`` until the RMA ends, from 0."""

    rma_no: str
    valid_until: date
    days: int
    goods: tuple[Goods, ...]


Content = Acknowledgement | Questions | Decision | Expiring
