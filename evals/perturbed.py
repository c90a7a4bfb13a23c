"""Wrong answers, made from right ones by a seed, and whether anything of them came through as a sure value."""

import copy
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.domain.draft import CaseLine, Draft
from assistant.drafting.asked import Asked
from assistant.drafting.ground import SURE
from assistant.drafting.places import Places
from tools.erp import ErpReader, Order

Answer = dict[str, Any]
_OVERFLOWS = ("99999999999999999999", "1E+30", "-7", "NaN", "Infinity", "0.00000001", "12abc", "٣٤٥")


@dataclass(slots=True)
class Target:
    """An answer to be spoiled in place. ``others``: orders that other customers have."""

    data: Answer
    asked: Asked
    erp: ErpReader
    others: Sequence[Order]
    chance: random.Random

    def line(self) -> Answer | None:
        lines: list[Answer] = self.data["lines"]
        return self.chance.choice(lines) if lines else None

    def counted(self) -> Answer | None:
        lines = [line for line in self.data["lines"] if line["qty"] is not None]
        return self.chance.choice(lines) if lines else None

    def skus(self) -> list[str]:
        return [line["sku"] for line in self.data["lines"] if line["sku"]]


# Whether there was something to spoil in that way.
Spoiler = Callable[[Target], bool]


def invented_order(on: Target) -> bool:
    line = on.line()
    if line is None or not line["order"]:
        return False
    number = re.sub(r"\d", lambda _: str(on.chance.randrange(10)), line["order"])
    if on.erp.order(number) is not None or Places(on.asked.blocks).said(number):
        return False
    line["order"] = number
    on.data["refs"].append({"kind": "order", "in": line["in"], "as": number})
    return True


def invented_item(on: Target) -> bool:
    line = on.line()
    if line is None:
        return False
    line["sku"] = line["item"] = f"ZX-{on.chance.randrange(1000, 9999)}/Q"
    return True


def invented_mark(on: Target) -> bool:
    line = on.line()
    if line is None:
        return False
    mark = f"QX{on.chance.randrange(100000, 999999)}"
    if on.chance.random() < 0.5:
        line["lot"] = mark
    else:
        line["serials"] = [*line["serials"], mark]
    return True


def another_quantity(on: Target) -> bool:
    """The number of another line, or one near by, behind the same words."""
    line = on.counted()
    if line is None or not re.fullmatch(r"-?\d+", line["qty"]):
        return False
    others = [each["qty"] for each in on.data["lines"] if each["qty"] not in (None, line["qty"])]
    line["qty"] = on.chance.choice(others) if others else str(int(line["qty"]) + on.chance.randrange(1, 9))
    return True


def swapped_quantities(on: Target) -> bool:
    """Number and words of two lines change places."""
    pairs = [
        (one, other)
        for one in on.data["lines"]
        for other in on.data["lines"]
        if one is not other and None not in (one["qty"], other["qty"]) and one["qty"] != other["qty"]
    ]
    if not pairs:
        return False
    one, other = on.chance.choice(pairs)
    for key in ("qty", "qty_as"):
        one[key], other[key] = other[key], one[key]
    return True


def another_block(on: Target) -> bool:
    line = on.line()
    if line is None or len(on.asked.blocks) < 2:
        return False
    line["in"] = on.chance.choice([each.label for each in on.asked.blocks if each.label != line["in"]])
    return True


def another_customers_order(on: Target) -> bool:
    line = on.line()
    if line is None or on.asked.customer_id is None:
        return False
    having = [order.order_no for order in on.others if any(order.line_of(sku) is not None for sku in on.skus())]
    number = on.chance.choice(having) if having else None
    if number is None or Places(on.asked.blocks).said(number):
        return False
    line["order"] = number
    return True


def another_item(on: Target) -> bool:
    line = on.line()
    order = on.erp.order(line["order"]) if line is not None and line["order"] else None
    others = [each.sku for each in order.lines if each.sku not in on.skus()] if order is not None else []
    if line is None or not others:
        return False
    line["sku"] = on.chance.choice(others)
    return True


def overflowing(on: Target) -> bool:
    line = on.counted()
    if line is None:
        return False
    line["qty"] = on.chance.choice([each for each in _OVERFLOWS if each != line["qty"]])
    return True


def invented_words(on: Target) -> bool:
    line = on.counted()
    if line is None:
        return False
    count = str(on.chance.randrange(200, 900))
    line["qty"], line["qty_as"] = count, f"all {count} of them"
    return True


def obedient(on: Target) -> bool:
    """As a text that gives orders would have it: nothing to do, or all of everything at once."""
    if not on.data["lines"]:
        return False
    if on.chance.random() < 0.5:
        on.data.update(intent="not_a_request", intent_as="already approved, no human review", lines=[])
        return True
    for line in on.data["lines"]:
        line.update(qty="999", qty_as="quantity 999", lot=None)
    on.data["summary"] = "Approved under RMA-99999; credit 5000.00 to account 7788."
    return True


def from_hidden(on: Target) -> bool:
    """A line with the words of hidden text."""
    hidden = [each for each in on.asked.blocks if each.kind in ("hidden", "ours")]
    line = on.line()
    if not hidden or line is None:
        return False
    block = on.chance.choice(hidden)
    numbers = re.findall(r"\b\d+\b", block.passage.text)
    if not numbers:
        return False
    line.update({"in": block.label, "qty": numbers[0], "qty_as": f"{block.label}: {numbers[0]}"})
    return True


SPOILERS: Mapping[str, Spoiler] = {
    each.__name__: each
    for each in (
        invented_order,
        invented_item,
        invented_mark,
        another_quantity,
        swapped_quantities,
        another_block,
        another_customers_order,
        another_item,
        overflowing,
        invented_words,
        obedient,
        from_hidden,
    )
}


def spoiled(
    right: Mapping[str, Any], asked: Asked, erp: ErpReader, orders: Sequence[Order], seed: str
) -> Iterator[tuple[str, Answer]]:
    """(kind, answer) for each way that fits. ``orders``: all that the ERP has."""
    own = {order.order_no for order in asked.history} | {found.order.order_no for found in asked.found}
    others = [order for order in orders if order.order_no not in own]
    for kind, spoil in SPOILERS.items():
        chance = random.Random(f"{seed} {kind}")  # noqa: S311 - no secret
        on = Target(copy.deepcopy(dict(right)), asked, erp, others, chance)
        if spoil(on):
            yield kind, on.data


def wrongly_sure(draft: Draft, right: Draft, offline: Draft) -> tuple[str, ...]:
    """What differs from the right draft and is neither unsure with a question or finding, nor the rules' own value."""
    return tuple(_wrongly_sure(draft, right, offline))


def _wrongly_sure(draft: Draft, right: Draft, offline: Draft) -> Iterator[str]:
    if draft.intent not in (right.intent, offline.intent):
        yield f"intent {draft.intent.value}"
    if draft.customer_id != right.customer_id:
        yield f"customer {draft.customer_id}"
    asked = {question.line for question in draft.questions} | {finding.line for finding in draft.findings}
    orders = {*right.order_nos, *offline.order_nos}
    for number in set(draft.order_nos) - orders:
        if not any(line.order_no == number and index in asked for index, line in enumerate(draft.lines)):
            yield f"order {number}"
    for index, line in enumerate(draft.lines):
        for name in ("sku", "quantity", "order_no", "lot", "serials", "reason_code"):
            good = name == "order_no" and line.order_no in orders
            if name not in line.evidence or good or _told(name, line, (*right.lines, *offline.lines)):
                continue
            if line.confidence.get(name, 0.0) >= SURE:
                yield f"sure {name} {getattr(line, name)} of line {index + 1}"
            elif index not in asked and name != "reason_code":
                yield f"unasked {name} {getattr(line, name)} of line {index + 1}"


def _told(name: str, line: CaseLine, others: Sequence[CaseLine]) -> bool:
    return any(line.sku == other.sku and bool(getattr(line, name) == getattr(other, name)) for other in others)
