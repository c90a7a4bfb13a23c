"""The other side of a case."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who asked: the address that wrote, and the customer it stands for where that is known."""

    name: str
    address: str
    customer_id: str | None = None
