"""Candidates: what in the request may be a reference or an item, looked up in the ERP by index, each with its place."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.domain.evidence import Quoted
from assistant.drafting.words import Passage
from tools.erp import ErpReader, Found, Item

_CODE = re.compile(r"(?<![\w@.])[A-Za-z0-9](?:[A-Za-z0-9./\-_]*[A-Za-z0-9])?(?![\w@])")
_LOOKS_LIKE_ORDER = re.compile(
    r"\b(?:order|so|bestellung|auftrag|pedido|commande|invoice|inv|rechnung|factura|facture|po|p\.o\.)\b"
    r"[\s:#.]*(?:no\.?|number|nr\.?|num\.?)?[\s:#.]*([A-Z]{0,4}-?\d[\w\-]{3,})",
    re.IGNORECASE,
)
_MOST_CODES = 400


@dataclass(frozen=True, slots=True)
class Code:
    """A run of characters that looks like a code, and what the ERP knows by it."""

    text: str
    passage: Passage
    start: int
    end: int
    found: tuple[Found, ...]
    items: tuple[Item, ...]

    @property
    def quoted(self) -> Quoted:
        return self.passage.quote(self.start, self.end)

    @property
    def said(self) -> bool:
        return self.passage.standing == "said"


@dataclass(frozen=True, slots=True)
class Unknown:
    """Words that name an order, a PO or an invoice that the ERP does not know."""

    text: str
    quoted: Quoted


def codes(places: Iterable[Passage], erp: ErpReader, customer_id: str | None) -> tuple[Code, ...]:
    """Codes that the ERP knows as an order's reference or as an item. One look-up a distinct spelling."""
    known: dict[str, tuple[tuple[Found, ...], tuple[Item, ...]]] = {}
    result: list[Code] = []
    for place in places:
        for match in _CODE.finditer(place.text):
            text = match[0]
            if not _may_be_code(text):
                continue
            if text not in known:
                if len(known) >= _MOST_CODES:
                    continue
                known[text] = (erp.find(text), erp.items_by_code(text, customer_id))
            found, items = known[text]
            if found or items:
                result.append(Code(text, place, match.start(), match.end(), found, items))
    return tuple(result)


def _may_be_code(text: str) -> bool:
    """Digits among the characters, or capitals joined by a mark (`HMR/M`); plain short numbers are quantities."""
    if len(text) < 3 or (text.isdigit() and len(text) < 5):
        return False
    return any(c.isdigit() for c in text) or (text.isupper() and any(c in "-/." for c in text))


def unknown_references(places: Iterable[Passage], known: Iterable[Code]) -> tuple[Unknown, ...]:
    """What is called an order, PO or invoice by the sender's own words, and leads nowhere."""
    spelled = {code.text.upper() for code in known}
    result: dict[str, Unknown] = {}
    for place in places:
        if place.standing != "said":
            continue
        for match in _LOOKS_LIKE_ORDER.finditer(place.text):
            text = match[1]
            if not any(text.upper() in other or other in text.upper() for other in spelled):
                result.setdefault(text.upper(), Unknown(text, place.quote(*match.span(1))))
    return tuple(result.values())
