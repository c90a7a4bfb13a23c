"""How sure a value is: a logistic curve over the signs of how it was found.

The weights are data, fitted by `python -m evals.fit` on labelled requests: `confidence.json` for the rules, on requests
that they were not written for, and `confidence_model.json` for a model's values that were checked. A sign that has no
weight there says nothing. A value without a sign of its field has the field's own share of right ones.
"""

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from importlib import resources
from math import exp

from assistant.domain.draft import Reason
from assistant.domain.evidence import Quoted
from assistant.drafting.found import LineFound
from assistant.drafting.resolve import FoundOrder
from tools.erp import spelled

# A field's name and the signs of one value of it; answers 0..1.
Sure = Callable[[str, frozenset[str]], float]

_A_PHRASE = 6  # words; longer ones are a sentence that was only like a reason's examples
FIELDS = ("sku", "order_no", "quantity", "reason_code", "lot", "serials")


def weighed(field: str, signs: frozenset[str]) -> float:
    """Of a value that the rules read."""
    return _by("confidence.json", field, signs)


def weighed_of_model(field: str, signs: frozenset[str]) -> float:
    """Of a value that a model gave."""
    return _by("confidence_model.json", field, signs)


def _by(file: str, field: str, signs: frozenset[str]) -> float:
    weights = _weights(file).get(field, {})
    return 1 / (1 + exp(-weights.get("", 0.0) - sum(weights.get(sign, 0.0) for sign in signs)))


@cache
def _weights(file: str) -> dict[str, dict[str, float]]:
    """By field and sign; the sign '' is the field's own."""
    data: dict[str, dict[str, float]] = json.loads(
        resources.files("assistant.drafting").joinpath(file).read_text("utf-8")
    )
    return data


def signs_of(
    line: LineFound,
    lines: Sequence[LineFound],
    orders: Sequence[FoundOrder],
    reason: Reason,
    reason_by: str,
    reason_words: str = "",
) -> dict[str, frozenset[str]]:
    """The signs of each value of a line. ``reason_by``: how its reason was come by, from which words."""
    told = "by a sentence" if len(reason_words.split()) > _A_PHRASE else "by a phrase" if reason_words else "unsaid"
    common = {f"a {line.kind}", f"read by {line.place.block.at.source}"}
    common |= {"quoted mail"} if line.place.standing == "context" else set()
    common |= {"body" if line.place.document.path == "body" else "attachment"}
    common |= {"one line" if len(lines) == 1 else "few lines" if len(lines) < 6 else "many lines"}
    common |= {f"order by {by}" for by in _order_by(line, orders)}
    return {
        "sku": frozenset(common | _of_item(line)),
        "order_no": frozenset(common | ({"one order"} if len(orders) == 1 else {"several orders"})),
        "quantity": frozenset(common | _of_item(line) | _of_quantity(line)),
        "reason_code": frozenset(common | {f"is {reason.value}", f"reason by {reason_by}", f"reason told {told}"}),
        "lot": frozenset(common | _of_mark(line, "lot")),
        "serials": frozenset(common | _of_mark(line, "serials")),
    }


def _order_by(line: LineFound, orders: Sequence[FoundOrder]) -> set[str]:
    if line.order is None:
        return {"nothing"}
    return {found.by for found in orders if found.order.order_no == line.order.order_no}


def _of_item(line: LineFound) -> set[str]:
    return {"named by code" if line.firm else "named by mark" if line.by_mark else "named by words"}


def _of_quantity(line: LineFound) -> set[str]:
    said = [proof.quote for proof in line.evidence.get("quantity", ()) if isinstance(proof, Quoted)]
    signs = {f"rank {line.rank}", "in digits" if any(any(c.isdigit() for c in quote) for quote in said) else "in words"}
    shipped = line.order.shipped(line.item.sku) if line.order is not None else Decimal(0)
    if line.quantity is not None and shipped:
        apart = abs(line.quantity) - shipped
        signs.add(
            "all that was shipped" if not apart else "more than shipped" if apart > 0 else "part of what was shipped"
        )
    if line.serials and line.quantity is not None:
        signs.add("as many as serials" if line.quantity == len(line.serials) else "not as many as serials")
    return signs


def _of_mark(line: LineFound, name: str) -> set[str]:
    proofs = [proof for proof in line.evidence.get(name, ()) if isinstance(proof, Quoted)]
    shipped = (
        (line.order.lots if name == "lot" else line.order.serials)(line.item.sku) if line.order is not None else ()
    )
    values = [line.lot or ""] if name == "lot" else list(line.serials)
    known = {spelled(each) for each in shipped}
    beside = all(proof.at.document == line.place.document.path and _within(proof, line) for proof in proofs)
    return {
        "on the shipment" if all(spelled(value) in known for value in values) else "not on the shipment",
        "beside the item" if beside else "elsewhere",
    }


def _within(proof: Quoted, line: LineFound) -> bool:
    return line.place.block.at.start <= proof.at.start < line.place.block.at.end
