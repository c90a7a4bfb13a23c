"""Money that is claimed on a line: as the sender says it, or worked out from what was billed and what should be."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.domain.draft import CaseLine, Claim, Reason
from assistant.domain.evidence import Evidence, Proven, Quoted
from assistant.domain.money import Money
from assistant.drafting.found import LineFound
from assistant.drafting.quantities import clause
from assistant.drafting.words import Passage
from tools.erp import Order

_MONEY = re.compile(
    r"(?P<before>[$€£]|\b(?:USD|EUR|GBP|CAD)\b)?\s?(?<![\d.,/-])"
    r"(?P<n>\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d\d)?|\d+(?:[.,]\d\d)?)"
    r"(?![\d/]|[.,]\d)\s?(?P<after>[$€£]|(?:USD|EUR|GBP|CAD|dollars?|euros?)\b)?",
    re.IGNORECASE,
)
_CLAIMED = re.compile(
    r"credit|refund|differ|over-?\s?(?:charg|bill|paid)|too much|\bow(?:e|ed|es)\b|\bback\b|short-?pay|deduct|claim"
    r"|gutschrift|gutschreib|differenz|erstatt|zu viel|abono|abonar|diferencia|reembols|cobr\w+ de más|avoir|différence"
    r"|rembours|trop|verschil|accredit|nota di credito",
    re.IGNORECASE,
)
_AGREED = re.compile(
    r"quot|agree|contract|should|list price|\bprice (?:is|was)\b|promis|\bPO (?:says|price|has)\b|\bour (?:po|price)\b"
    r"|angebot|vereinbart|bestellt|laut|acord|cotiz|deb[ií]a|conven|devis|devrait|offert|afgesproken|preventiv",
    re.IGNORECASE,
)
_EACH = re.compile(
    r"\s*(?:each|apiece|a piece|per\b|/\s?(?:ea|pc|unit|st|box|bx)|ea\b|pro\b|je\b|c/u|par\b|la pi[èe]ce)", re.I
)
_MARKS = {"$": "USD", "€": "EUR", "£": "GBP", "DOLLAR": "USD", "DOLLARS": "USD", "EURO": "EUR", "EUROS": "EUR"}
_SAID, _BORNE_OUT = 0.7, 0.95  # how sure; no labels tell of amounts yet
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class _Sum:
    """Money at its place. ``claimed``: the words around ask for it; ``agreed``: they say that it is the right price."""

    value: Decimal
    currency: str
    quoted: Quoted
    claimed: bool
    agreed: bool


def with_amounts(
    lines: Sequence[CaseLine], found: Sequence[LineFound], places: Sequence[Passage], *, money_only: bool
) -> tuple[CaseLine, ...]:
    """Lines on which money is claimed, with how much; ``money_only``: the request is for a credit, no goods come back.

    Of several lines each is read where it is spoken of; a lone one anywhere in the request.
    """
    return tuple(
        _with_amount(line, each, places, alone=len(lines) == 1) if line.reason_code.keeps_goods or money_only else line
        for line, each in zip(lines, found, strict=True)
    )


def billed_wrong(line: LineFound, places: Sequence[Passage]) -> tuple[Quoted, Quoted] | None:
    """The price that was billed and the one that should have been, where the request names both."""
    if line.order is None:
        return None
    billed = set(_billed(line.order, line.item.sku))
    sums = [each for place in places if place.standing == "said" for each in _sums(place, range(len(place.text)))]
    asked = [each for each in sums if each.value in billed]
    other = [
        each for each in sums if each.agreed and each.value not in billed and 0 < each.value < max(billed, default=0)
    ]
    return (asked[0].quoted, other[0].quoted) if asked and other else None


def _with_amount(line: CaseLine, found: LineFound, places: Sequence[Passage], *, alone: bool) -> CaseLine:
    order = found.order
    ordered = order.line_of(found.item.sku) if order is not None else None
    if order is None or ordered is None:
        return line
    sums = list(_sums_of(found, places, alone=alone))
    prices = list(_billed(order, found.item.sku))
    most = order.shipped(found.item.sku) if line.quantity is None else abs(line.quantity)
    claim = _borne_out(line.quantity, prices, sums) or _as_said(most, sums, prices) or _worked_out(line, prices, sums)
    if claim is None:
        return line
    value, basis, proofs = claim
    currency = next((each.currency for each in sums if each.currency), order.currency)
    record = Proven(record=f"orders/{order.order_no}", quote=f"{prices[0]}")
    return replace(
        line,
        amount=Claim(money=Money(value, currency), basis=basis),
        confidence={**line.confidence, "amount": _SAID if basis == "as claimed" else _BORNE_OUT},
        evidence={**line.evidence, "amount": (*proofs, record)},
    )


def _billed(order: Order, sku: str) -> Iterator[Decimal]:
    """What one of it was billed at, the invoices' prices first."""
    seen = [x.unit_price for i in order.invoices for x in i.lines if x.sku == sku]
    seen += [x.unit_price for x in order.lines if x.sku == sku]
    yield from dict.fromkeys(seen)


_Claimed = tuple[Decimal, str, tuple[Evidence, ...]]


def _borne_out(quantity: Decimal | None, prices: Sequence[Decimal], sums: Sequence[_Sum]) -> _Claimed | None:
    """A sum in the request that is just the difference between the price billed and one that the request names, times
    the quantity; or just what was billed for so many."""
    if quantity is None:
        return None
    likely = sorted(sums, key=lambda each: (not each.claimed, each.value))
    for each in likely:
        for other in sums:
            if other.value != each.value and any(quantity * (b - other.value) == each.value for b in prices):
                return each.value, "price difference", (each.quoted, other.quoted)
    for each in likely:
        if each.claimed and any((quantity * b).quantize(_CENT) == each.value for b in prices):
            return each.value, "value as billed", (each.quoted,)
    return None


def _as_said(most: Decimal, sums: Sequence[_Sum], prices: Sequence[Decimal]) -> _Claimed | None:
    """The one sum that is asked for, where no more than the goods cost."""
    asked = {each.value: each for each in sums if each.claimed and not each.agreed and each.value not in prices}
    if len(asked) != 1:
        return None
    only = next(iter(asked.values()))
    if only.value > most * max(prices):
        return None
    return only.value, "as claimed", (only.quoted,)


def _worked_out(line: CaseLine, prices: Sequence[Decimal], sums: Sequence[_Sum]) -> _Claimed | None:
    """So many times the difference between what was billed and the price that the sender says was agreed."""
    agreed = {each.value: each for each in sums if each.agreed and each.value not in prices}
    if line.reason_code is not Reason.PRICING_ERROR or len(agreed) != 1 or line.quantity is None:
        return None
    only = next(iter(agreed.values()))
    if not 0 < only.value < prices[0]:
        return None
    return line.quantity * (prices[0] - only.value), "price difference", (only.quoted,)


def _sums_of(line: LineFound, places: Sequence[Passage], *, alone: bool) -> Iterator[_Sum]:
    if alone:
        for place in places:
            if place.standing == "said":
                yield from _sums(place, range(len(place.text)))
        return
    near = range(len(line.place.text)) if line.structured else line.near
    yield from _sums(line.place, near)


def _sums(place: Passage, near: range) -> Iterator[_Sum]:
    for match in _MONEY.finditer(place.text, near.start, near.stop):
        digits = match["n"]
        mark = (match["before"] or match["after"] or "").upper()
        if not mark and not re.search(r"[.,]\d\d$", digits):
            continue
        whole, cents = (digits[:-3], digits[-2:]) if re.search(r"[.,]\d\d$", digits) else (digits, "00")
        value = Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{cents}")
        heads = " ".join(
            c.header for c in place.block.cells if c.start <= place.block.at.start + match.start("n") < c.end
        )
        around = heads or place.text[slice(*clause(place.text, match.start("n"), match.end("n")))]
        claimed = bool(_CLAIMED.search(around)) and not _EACH.match(place.text, match.end())
        quoted = place.quote(match.start("n"), match.end("n"))
        yield _Sum(value, _MARKS.get(mark, mark), quoted, claimed, bool(_AGREED.search(around)))
