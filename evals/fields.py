"""Each field of each drafted line against the label: was it right, and how sure was the draft of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from evals.graders import spelled

FIELDS = ("sku", "order_no", "quantity", "reason_code", "lot", "serials")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDecision:
    """One value that a draft puts before a reviewer; ``value`` as the draft prints it."""

    request: str
    line: int
    field: str
    value: str
    confidence: float
    right: bool


def decisions(draft: Mapping[str, Any], gold: Mapping[str, Any]) -> Iterator[FieldDecision]:
    """Every value on the lines of a draft as `backhaul draft --json` prints it; what is left open decides nothing."""
    drafted, wanted = list(draft["lines"]), list(gold["lines"])
    partners = _partners(drafted, wanted)
    orders = {spelled(number) for number in gold["order_nos"]}
    for index, line in enumerate(drafted):
        partner = partners[index]
        for name in FIELDS:
            value = line[name]
            if value in (None, [], ""):
                continue
            right = partner is not None and (
                spelled(value) in orders if name == "order_no" else _same(name, value, partner[name])
            )
            yield FieldDecision(
                request=gold["id"],
                line=index,
                field=name,
                value=str(value),
                confidence=float(line["confidence"].get(name, 0.0)),
                right=right,
            )


def _partners(drafted: Sequence[Any], wanted: Sequence[Any]) -> list[Any]:
    """The label's line that each drafted line stands for: of the same SKU, alike in most; None where there is none."""
    free = list(wanted)
    partners: list[Any] = [None] * len(drafted)
    pairs = sorted(
        ((_alike(line, other), index, at) for index, line in enumerate(drafted) for at, other in enumerate(wanted)),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    taken: set[int] = set()
    for alike, index, at in pairs:
        if alike and partners[index] is None and at not in taken:
            partners[index] = free[at]
            taken.add(at)
    return partners


def _alike(line: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    if spelled(line["sku"]) != spelled(other["sku"]):
        return 0
    return 1 + sum(_same(name, line[name], other[name]) for name in ("quantity", "lot", "serials", "reason_code"))


def _same(name: str, drafted: Any, wanted: Any) -> bool:
    match name:
        case "quantity":
            return drafted is not None and wanted is not None and Decimal(drafted) == Decimal(wanted)
        case "reason_code":
            return drafted in wanted
        case "serials":
            return {spelled(each) for each in drafted} == {spelled(each) for each in wanted}
        case _:
            return spelled(drafted) == spelled(wanted)
