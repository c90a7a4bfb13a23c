"""A 180 that came in, in words: what its segments say, one request as a mail that everything behind reads."""

from collections.abc import Iterator

from assistant.edi.x12 import Segment, Transaction
from extractors.edi.x12_names import RETURN_REASONS

_REASON = "Reason: "
_PRODUCTS = {
    "VP": "Item", "VN": "Item", "SK": "Item", "IN": "Your customer's item", "BP": "Your customer's item", "UP": "UPC",
    "UK": "GTIN", "MG": "Manufacturer's part", "SN": "Serial", "LT": "Lot", "CB": "Item",
}  # fmt: skip
_REFERENCES = {
    "PO": "PO Number", "CO": "Order Number", "VN": "Order Number", "OQ": "Order Number", "IV": "Invoice Number",
    "LT": "Lot", "SE": "Serial", "2I": "Tracking Number", "CN": "Tracking Number", "RZ": "RMA",
}  # fmt: skip


def reference_of(transaction: Transaction) -> str:
    """What the partner calls the request (BGN02), the shipment (BSN02) or the receipt (BRA01)."""
    places = {"BGN": 2, "BSN": 2, "BRA": 1}
    return next((each.get(places[each.name]) for each in transaction.segments if each.name in places), "")


def in_words(transaction: Transaction) -> str:
    """Heading lines, then one paragraph an item; the values as they were sent."""
    heading: list[str] = [f"Return request {reference_of(transaction)}"]
    items: list[list[str]] = []
    for segment in transaction.segments:
        if segment.name == "BLI":
            items.append([])
        (items[-1] if items else heading).extend(_lines(segment))
    for_all = [line for line in heading if line.startswith(_REASON)] if items else []
    heading = [line for line in heading if line not in for_all]
    for item in items:
        if not any(line.startswith(_REASON) for line in item):
            item += for_all
    return "\n\n".join("\n".join(each) for each in (heading, *items))


def _lines(segment: Segment) -> Iterator[str]:
    if segment.name == "BLI":
        pairs = [(1, 2), *((at, at + 1) for at in range(7, len(segment.elements), 2))]
        for kind, value in pairs:
            if segment.get(value):
                yield f"{_PRODUCTS.get(segment.get(kind), 'Number')}: {segment.get(value)}"
        if segment.get(3):
            yield f"Qty: {segment.get(3)} {segment.get(4)}".rstrip()
    elif segment.name == "RDR":
        told = [RETURN_REASONS.get(segment.get(2), ""), segment.get(4)]
        if words := ", ".join(each for each in told if each):
            yield f"{_REASON}{words}"
    elif segment.name == "PRF":
        yield f"PO Number: {segment.get(1)}"
    elif segment.name in {"N9", "REF"} and segment.get(2):
        yield f"{_REFERENCES.get(segment.get(1), 'Reference')}: {segment.get(2)}"
    elif segment.name == "N1" and segment.get(2) and segment.get(1) in {"BY", "SF"}:
        yield f"Customer: {segment.get(2)}"
    elif segment.name in {"MSG", "NTE", "PID"}:
        place = {"MSG": 1, "NTE": 2, "PID": 5}[segment.name]
        if segment.get(place):
            yield segment.get(place)
