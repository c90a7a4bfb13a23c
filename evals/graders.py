"""How a draft compares with what a careful clerk would put on it (docs: the contract's "How drafts are compared")."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """One request's marks. ``lines_matched`` counts lines right in SKU and quantity, ``lines_whole`` in all fields."""

    id: str
    intent: bool
    customer: bool
    orders: bool
    lines_matched: int
    lines_whole: int
    lines_drafted: int
    lines_gold: int
    resolution: bool
    findings_right: int
    findings_drafted: int
    findings_gold: int
    misses: tuple[str, ...]

    @property
    def zero_edit(self) -> bool:
        whole = self.lines_whole == self.lines_gold == self.lines_drafted
        return self.intent and self.customer and self.orders and whole


def spelled(value: object) -> str:
    return re.sub(r"[\W_]+", "", str(value or "")).upper()


def grade(draft: Mapping[str, Any], gold: Mapping[str, Any]) -> Grade:
    """``draft`` as `backhaul draft --json` prints it, ``gold`` as the labelled request's gold.json."""
    intents = {gold["intent"], *gold.get("intent_also", ())}
    drafted, wanted = list(draft["lines"]), list(gold["lines"])
    pairs = _pairs(drafted, wanted)
    whole = [pair for pair in pairs if _whole(*pair)]
    codes, problems = {f["code"] for f in draft["findings"]}, set(gold["problems"])
    orders = {spelled(o) for o in draft["order_nos"]} == {spelled(o) for o in gold["order_nos"]}
    misses = [
        *([f"intent {draft['intent']}"] if draft["intent"] not in intents else []),
        *([f"customer {draft['customer_id']}"] if draft["customer_id"] != gold["customer_id"] else []),
        *([f"orders {draft['order_nos']}"] if not orders else []),
        *[f"missed {line['sku']} x {line['quantity']}" for line in wanted if not any(g is line for _, g in pairs)],
        *[f"extra {line['sku']} x {line['quantity']}" for line in drafted if not any(d is line for d, _ in pairs)],
        *[
            f"{d['sku']}: {d['reason_code']} lot {d['lot']} serials {d['serials']}"
            for d, g in pairs
            if not _whole(d, g)
        ],
        *[f"finding missed {code}" for code in sorted(problems - codes)],
        *[f"finding extra {code}" for code in sorted(codes - problems)],
    ]
    return Grade(
        id=gold["id"],
        intent=draft["intent"] in intents,
        customer=draft["customer_id"] == gold["customer_id"],
        orders=orders,
        lines_matched=len(pairs),
        lines_whole=len(whole),
        lines_drafted=len(drafted),
        lines_gold=len(wanted),
        resolution=draft["resolution"] == gold["resolution"],
        findings_right=len(codes & problems),
        findings_drafted=len(codes),
        findings_gold=len(problems),
        misses=tuple(misses),
    )


def f1(grades: Sequence[Grade]) -> float:
    """Findings F1 over all requests together; 1.0 where there is nothing to find and nothing found."""
    right = sum(g.findings_right for g in grades)
    total = sum(g.findings_drafted + g.findings_gold for g in grades)
    return 2 * right / total if total else 1.0


def _pairs(drafted: list[Any], wanted: list[Any]) -> list[tuple[Any, Any]]:
    """Lines of the same SKU and quantity, those with the same lot and serials first."""
    pairs: list[tuple[Any, Any]] = []
    free = list(drafted)
    for exact in (True, False):
        for line in wanted:
            if any(g is line for _, g in pairs):
                continue
            for other in free:
                same = spelled(other["sku"]) == spelled(line["sku"]) and _number(other) == _number(line)
                if same and (not exact or _whole(other, line)):
                    pairs.append((other, line))
                    free = [candidate for candidate in free if candidate is not other]
                    break
    return pairs


def _whole(drafted: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    serials = {spelled(s) for s in drafted["serials"]} == {spelled(s) for s in wanted["serials"]}
    lot = spelled(drafted["lot"]) == spelled(wanted["lot"])
    return lot and serials and drafted["reason_code"] in wanted["reason_code"]


def _number(line: Mapping[str, Any]) -> Decimal | None:
    return None if line["quantity"] is None else Decimal(line["quantity"])
