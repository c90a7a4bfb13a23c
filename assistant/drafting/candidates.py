"""Candidates: what in the request may be a reference or an item, looked up in the ERP by index, each with its place."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.domain.evidence import Quoted
from assistant.drafting.words import Passage
from tools.erp import ErpReader, Found, Item, Order

_CODE = re.compile(r"(?<![\w@.])[A-Za-z0-9](?:[A-Za-z0-9./\-_]*[A-Za-z0-9])?(?![\w@])")
_NAMED = (
    r"(?P<name>\b(?:sales order|order|so|bestellung|auftrag|pedido|orden(?: de compra)?|oc|commande"
    r"|bon de commande|bestelling"
    r"|ordine|invoice|inv|rechnung|factura|facture|fattura|po|p\.o\.|purchase order|lieferschein|packing slip"
    r"|shipment))"
)
_LOOKS_LIKE_ORDER = re.compile(
    rf"(?<!work )(?<!change ){_NAMED}\b[\s:#.]*(?:(?:no|number|nr|num|nº|n°)\b\.?)?[\s:#.]*"
    r"(?P<code>(?:(?P<prefix>[A-Z]{1,4})[ \-/]?)?(?=[\w\-/.]*\d{3})[A-Z]{0,4}[\-/]?\d[\w\-/.]*\w)",
    re.IGNORECASE,
)
_APART = re.compile(r"(?<![\w-])[A-Z]{1,4} #?\d[\w\-/]{3,}(?![\w-])")
# In groups, as on a label.
_TRACKING = re.compile(r"\b1Z(?: ?[0-9A-Z]){16}\b|(?<![\d-])\d{4}(?: \d{4}){2,5}(?: \d{1,3})?(?![\d-])")
_MOST_CODES, _MOST_ORDERS, _MOST_APART = 400, 50, 40
_LEAST_TAIL = 4  # letters and digits of a purchase order's own part


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
    """Words that name an order, a PO or an invoice that the ERP does not know.

    ``near``: one of the customer's own references that differs by one character; for a question, never to adopt.
    ``purchase``: the sender calls it a purchase order.
    """

    text: str
    quoted: Quoted
    near: str | None = None
    purchase: bool = False


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
    result += _apart(places, erp, {(id(c.passage), c.end) for c in result})
    spaced = _spaced(places, erp, customer_id, {(id(c.passage), c.start) for c in result}) if customer_id else []
    return (*result, *spaced)


def _apart(places: Iterable[Passage], erp: ErpReader, had: set[tuple[int, int]]) -> list[Code]:
    """References written with a space in them (`RO 118731`), whoever's they are."""
    tried = [(place, match) for place in places for each in (_APART, _TRACKING) for match in each.finditer(place.text)][
        :_MOST_APART
    ]
    return [
        Code(match[0], place, match.start(), match.end(), hits, ())
        for place, match in tried
        if (id(place), match.end()) not in had and (hits := erp.find(match[0]))
    ]


def _spaced(places: Iterable[Passage], erp: ErpReader, customer_id: str, had: set[tuple[int, int]]) -> list[Code]:
    """The customer's own references in another spelling: with spaces (`BHS 0462`), or the digits of one alone."""
    wanted: dict[str, str] = {}
    for order in erp.orders_of(customer_id, _MOST_ORDERS):
        for reference in _references(order):
            letters = _letters(reference)[0]
            digits = re.sub(r"\D", "", reference)
            if len(letters) >= 5:
                wanted.setdefault(letters, reference)
            if len(digits) >= 6 and digits != letters and letters.endswith(digits):
                wanted.setdefault(digits, reference)
    for tail, purchase in _tails([order.customer_po for order in erp.orders_of(customer_id, _MOST_ORDERS)]).items():
        wanted.setdefault(tail, purchase)
    result: list[Code] = []
    for place in places:
        letters, spots = _letters(place.text)
        for spelling, reference in wanted.items():
            at = letters.find(spelling)
            if at < 0:
                continue
            start, end = spots[at], spots[at + len(spelling) - 1] + 1
            around = place.text[max(start - 1, 0) : start] + place.text[end : end + 1]
            if (id(place), start) in had or any(char.isalnum() for char in around) or "\n" in place.text[start:end]:
                continue
            hits = tuple(hit for hit in erp.find(reference) if hit.customer_id == customer_id)
            if hits:
                result.append(Code(place.text[start:end], place, start, end, hits, ()))
    return result


def _tails(purchases: Iterable[str | None]) -> dict[str, str]:
    """What only one of a customer's purchase orders ends in, after its first mark: `Oak-9` of `KB-Oak-9`."""
    tails: dict[str, list[str]] = {}
    for purchase in purchases:
        parts = re.split(r"[-/ ]", purchase or "", maxsplit=1)
        tail = _letters(parts[-1])[0]
        if len(parts) == 2 and len(tail) >= _LEAST_TAIL and not tail.isdigit() and not tail.isalpha():
            tails.setdefault(tail, []).append(purchase or "")
    return {tail: same[0] for tail, same in tails.items() if len(same) == 1}


def _references(order: Order) -> tuple[str, ...]:
    shipped = [number for s in order.shipments for number in (s.shipment_no, s.tracking_no)]
    return tuple(r for r in (order.order_no, order.customer_po, *(i.invoice_no for i in order.invoices), *shipped) if r)


def _letters(text: str) -> tuple[str, list[int]]:
    """The text without case, space and punctuation, and where each of its characters stands."""
    kept = [(char.upper(), at) for at, char in enumerate(text) if char.isalnum() and len(char.upper()) == 1]
    return "".join(char for char, _ in kept), [at for _, at in kept]


def _may_be_code(text: str) -> bool:
    """Digits among the characters, or capitals joined by a mark (`HMR/M`); plain short numbers are quantities."""
    if len(text) < 3 or (text.isdigit() and len(text) < 5):
        return False
    return any(c.isdigit() for c in text) or (text.isupper() and any(c in "-/." for c in text))


def unknown_references(
    places: Iterable[Passage], known: Iterable[Code], history: Sequence[Order] = ()
) -> tuple[Unknown, ...]:
    """What is called an order, PO or invoice by the sender's own words, and leads nowhere.

    ``history``: the customer's orders, among whose references one a character off is looked for.
    """
    spelled = {_letters(code.text)[0] for code in known}
    references = [reference for order in history for reference in _references(order)]
    result: dict[str, Unknown] = {}
    for place in places:
        if place.standing != "said":
            continue
        for match in _LOOKS_LIKE_ORDER.finditer(place.text):
            text, letters = match["code"], _letters(match["code"])[0]
            if any(letters in other or other in letters for other in spelled) or _DATE.fullmatch(text):
                continue
            near = next((r for r in references if _one_off(letters, _letters(r)[0])), None)
            purchase = bool(_PURCHASE.fullmatch(match["name"])) and not any(
                re.sub(r"\d", "9", text) == re.sub(r"\d", "9", order.order_no) for order in history
            )
            result.setdefault(letters, Unknown(text, place.quote(*match.span("code")), near, purchase))
        for match in _CODE.finditer(place.text):  # one character off, whatever it is called
            letters = _letters(match[0])[0]
            if len(letters) < 6 or letters in spelled or letters in result or not any(c.isdigit() for c in letters):
                continue
            near = next((r for r in references if len(_letters(r)[0]) > 6 and _one_off(letters, _letters(r)[0])), None)
            if near is not None and _digits_alike(match[0], near):
                result[letters] = Unknown(match[0], place.quote(*match.span()), near)
    return tuple(result.values())


_PURCHASE = re.compile(
    r"po|p\.o\.|purchase order|pedido|orden de compra|oc|bestellung|commande|bestelling|ordine", re.IGNORECASE
)
_DATE = re.compile(r"\d{1,4}[./\-]\d{1,2}(?:[./\-]\d{2,4})?")


def _digits_alike(text: str, reference: str) -> bool:
    return re.sub(r"\d", "9", text).upper() == re.sub(r"\d", "9", reference).upper()


def _one_off(one: str, other: str) -> bool:
    """Whether two spellings differ by one character: changed, left out, added, or two swapped."""
    if one == other or abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 4:
        return False
    if len(one) == len(other):
        apart = [index for index in range(len(one)) if one[index] != other[index]]
        swapped = len(apart) == 2 and apart[1] == apart[0] + 1 and one[apart[0]] == other[apart[1]]
        return len(apart) == 1 or (swapped and one[apart[1]] == other[apart[0]])
    short, long = sorted((one, other), key=len)
    return any(long[:index] + long[index + 1 :] == short for index in range(len(long)))
