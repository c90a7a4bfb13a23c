"""What a partner says of goods on their way (856) or received (861): told in the story of the case it names.

It posts nothing and moves no state: a receipt is what our own warehouse records. The story can't be erased, so no free
text gets into it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from assistant.domain.ports import Unit
from assistant.edi.partners import Partner
from assistant.edi.x12 import Segment, Transaction

# (event in the story, what it says) by transaction set.
NOTICES: Mapping[str, tuple[str, str]] = {
    "856": ("report.partner.shipped", "The partner says that the goods are on their way."),
    "861": ("report.partner.received", "The partner says what it received."),
}
_RMA, _OURS = "RZ", ("RZ", "CR", "CO", "ZZ")
_TRACKING = ("CN", "2I", "BM")
_PRODUCTS = ("VP", "VN", "SK", "BP", "IN", "UP", "UK")
_MOST_GOODS, _CHARACTERS = 500, 60


def note(unit: Unit, transaction: Transaction, partner: Partner, message_id: str) -> tuple[str, ...]:
    """The cases it was noted on; () where it names none of this partner's."""
    event, says = NOTICES[transaction.kind]
    named = _cases(unit, transaction, partner)
    for case_id in named:
        unit.audit.append(
            case_id, event, {"says": says, "partner": partner.id, "message": message_id, **_told(transaction)}
        )
    return named


def _cases(unit: Unit, transaction: Transaction, partner: Partner) -> tuple[str, ...]:
    """By RMA number, our case's number or the partner's own reference; another customer's case is none."""
    found: dict[str, None] = {}
    for kind, value in _references(transaction):
        if kind not in _OURS:
            continue
        by_rma = unit.postings.with_document(re.sub(r"\D", "", value)) if kind == _RMA else None
        for case_id in (by_rma, value, *unit.edi.cases_called(partner.id, value)):
            case = unit.cases.find(case_id) if case_id else None
            if case is not None and case.party.customer_id == partner.customer_id:
                found[case.id] = None
    return tuple(found)


def _told(transaction: Transaction) -> dict[str, Any]:
    head = next((each for each in transaction.segments if each.name in {"BSN", "BRA"}), Segment("", ()))
    number, day = (1, 2) if head.name == "BRA" else (2, 3)
    tracking = [_plain(value) for kind, value in _references(transaction) if kind in _TRACKING]
    return {
        "reference": _plain(head.get(number)),
        "on": _plain(head.get(day)),
        "tracking": list(dict.fromkeys(tracking))[:_MOST_GOODS],
        "goods": _goods(transaction)[:_MOST_GOODS],
    }


def _goods(transaction: Transaction) -> list[dict[str, str]]:
    """An 856 names the item (LIN), then how many (SN1); an 861 the other way round (RCD, LIN)."""
    opening = "LIN" if transaction.kind == "856" else "RCD"
    goods: list[dict[str, str]] = []
    for segment in transaction.segments:
        if segment.name == opening:
            goods.append({"sku": "", "quantity": "", "uom": ""})
        if not goods:
            continue
        if segment.name == "LIN":
            pairs = {segment.get(at): segment.get(at + 1) for at in range(2, len(segment.elements) + 1, 2)}
            goods[-1]["sku"] = _plain(next((pairs[kind] for kind in _PRODUCTS if kind in pairs), ""))
        elif segment.name in {"SN1", "RCD"}:
            goods[-1] |= {"quantity": _plain(segment.get(2)), "uom": _plain(segment.get(3))}
    return goods


def _references(transaction: Transaction) -> Iterator[tuple[str, str]]:
    for segment in transaction.segments:
        if segment.name in {"REF", "N9"} and segment.get(2):
            yield segment.get(1), segment.get(2)


def _plain(value: str) -> str:
    return re.sub(r"[^A-Za-z0-9 ./#_-]", "", value)[:_CHARACTERS]
