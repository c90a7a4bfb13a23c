"""The answer that a reader who knows the label would give, in the blocks of the prompt: for proofs and for counting."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from assistant.domain.draft import CaseLine
from assistant.domain.evidence import Quoted
from assistant.drafting.asked import Asked
from assistant.drafting.described import ranked, tokens
from assistant.drafting.labelled import Labelled
from assistant.drafting.meanings import means
from assistant.drafting.numbers import numbers
from assistant.drafting.places import Places, alike
from tools.erp import ErpReader, Item, Order

_KINDS = {
    "order_no": "order",
    "customer_po": "po",
    "invoice_no": "invoice",
    "tracking_no": "tracking",
    "shipment_no": "shipment",
}
_GOLD_KINDS = {"customer_po": "po", "invoice_no": "invoice", "tracking_no": "tracking", "customer_ref": "own"}
_LONGEST = 80  # characters of words for an item
_WORD = re.compile(r"\S+")
_ALL = re.compile(
    r"\b(?:all|every|whole|entire|both|half|rest|alle\w?|tout\w*|todo\w*|same|gleiche\w?)\b", re.IGNORECASE
)


def perfect(asked: Asked, gold: Mapping[str, Any], erp: ErpReader) -> dict[str, Any]:
    return _Answer(asked, gold, erp).built()


class _Answer:
    def __init__(self, asked: Asked, gold: Mapping[str, Any], erp: ErpReader) -> None:
        self.asked = asked
        self.gold = gold
        self.erp = erp
        self.places = Places(asked.blocks)
        self.blocks = [each for kind in ("said", "quoted") for each in asked.blocks if each.kind == kind]
        self.orders = [order for no in gold["order_nos"] if (order := erp.order(no)) is not None]
        self.items = [item for order in self.orders for line in order.lines if (item := erp.item(line.sku)) is not None]
        self.used: set[tuple[str, int]] = set()

    def built(self) -> dict[str, Any]:
        gold = self.gold
        lines = [self._line(line) for line in gold["lines"]]
        resolution = gold["resolution"]
        words = self._quoted(self.asked.offline.evidence.get("resolution", ()))
        return {
            "intent": gold["intent"],
            "intent_as": self._opening(),
            "summary": "What the sender asks for is below.",
            "refs": list(self._refs()),
            "lines": lines,
            "resolution": resolution,
            "resolution_as": None if resolution == "unspecified" else (words or self._opening()),
        }

    def _opening(self) -> str:
        each = max(self.blocks, key=lambda block: (block.kind == "said", min(len(block.passage.text), 60)))
        return f"{each.label}: {_start(each.passage.text)}"

    def _refs(self) -> Iterator[dict[str, str]]:
        had: set[str] = set()
        labels = {id(each.passage.block): each.label for each in self.blocks}
        for code in self.asked.codes:
            kinds = [
                _KINDS[hit.kind] for hit in code.found if hit.kind in _KINDS and hit.order_no in self.gold["order_nos"]
            ]
            label = labels.get(id(code.passage.block))
            if kinds and label is not None and code.text not in had:
                had.add(code.text)
                yield {"kind": kinds[0], "in": label, "as": code.text}
        for name, kind in _GOLD_KINDS.items():
            value = self.gold["identifiers"][name]
            if value and value not in had and (at := self._at(value)) is not None:
                yield {"kind": kind, "in": at.label, "as": value}

    def _at(self, words: str, first: Labelled | None = None) -> Labelled | None:
        tried = [*([first] if first is not None else []), *self.blocks]
        return next((each for each in tried if self.places.find(words, each.label, elsewhere=False)), None)

    def _line(self, line: Mapping[str, Any]) -> dict[str, Any]:
        item = self.erp.item(line["sku"]) if line["sku"] else None
        before = next((b for b in self.asked.offline.lines if b.sku == line["sku"] and alike(b.lot, line["lot"])), None)
        before = before or next((b for b in self.asked.offline.lines if b.sku == line["sku"]), None)
        block, words = self._item(item, line, before)
        order = self._order(line)

        def named(text: str | None) -> str | None:
            at = self._at(text, block) if text else None
            return None if at is None else text if at is block else f"{at.label}: {text}"

        return {
            "in": block.label,
            "item": words,
            "sku": line["sku"],
            "order": order.order_no if order is not None else None,
            "qty": line["quantity"],
            "qty_as": self._quantity(line, item, order, block, before),
            "why": line["reason_code"][0],
            "why_as": self._reason(line, block, before),
            "lot": named(line["lot"]),
            "serials": [named(serial) or serial for serial in line["serials"]],
            "received": None,
            "place": None,
        }

    def _order(self, line: Mapping[str, Any]) -> Order | None:
        having = [order for order in self.orders if line["sku"] and order.line_of(line["sku"]) is not None]
        marks = [line["lot"], *line["serials"]]
        marked = [
            o
            for o in having
            if any(alike(m, k) for m in marks if m for k in (*o.lots(line["sku"]), *o.serials(line["sku"])))
        ]
        return next(iter(marked or having), None)

    def _item(self, item: Item | None, line: Mapping[str, Any], before: CaseLine | None) -> tuple[Labelled, str]:
        """The block that says most of the line, and its words for the item."""
        found: list[tuple[int, Labelled, str]] = []
        for at, each in enumerate(self.blocks):
            for words in self._names(each, item, before):
                said = sum(
                    self.places.find(mark, each.label, elsewhere=False) is not None
                    for mark in (line["lot"], *line["serials"])
                    if mark
                )
                count = (
                    line["quantity"] is not None
                    and item is not None
                    and Decimal(line["quantity"]) in {abs(n.value) for n in numbers(each.passage.text)}
                )
                fresh = (each.label, 0) not in self.used or each.passage.block.kind == "paragraph"
                found.append((-100 * fresh - 10 * said - 5 * count + (at > 0), each, words))
        if not found:
            each = self.blocks[0]
            return each, _start(each.passage.text)
        _, block, words = min(found, key=lambda one: one[0])
        self.used.add((block.label, 0))
        return block, words

    def _names(self, each: Labelled, item: Item | None, before: CaseLine | None) -> Iterator[str]:
        at = each.passage.block.at
        for proof in before.evidence.get("sku", ()) if before is not None else ():
            if isinstance(proof, Quoted) and proof.at.document == at.document and at.start <= proof.at.start < at.end:
                yield proof.quote
        if item is None:
            return
        for code in self.asked.codes:
            if code.passage.block is each.passage.block and list(code.items) == [item]:
                yield code.text
        best = ranked(tokens(each.passage.text), self.items)
        if best and best[0].item == item and best[0].noun and best[0].score > 0:
            words = _whole(each.passage.text, best[0].start, best[0].end)
            if len(words) <= _LONGEST and self.places.find(words, each.label, elsewhere=False) is not None:
                yield words

    def _quantity(
        self, line: Mapping[str, Any], item: Item | None, order: Order | None, block: Labelled, before: CaseLine | None
    ) -> str | None:
        if line["quantity"] is None:
            return None
        value = Decimal(line["quantity"])
        quoted = self._quoted(before.evidence.get("quantity", ())) if before is not None else None
        if quoted is not None and (item is None or means(quoted.partition(": ")[2], value, item, order)):
            return quoted.removeprefix(f"{block.label}: ")
        near = [
            block,
            *[b for b in self.asked.blocks if abs(int(b.label[1:]) - int(block.label[1:])) == 1],
            *self.blocks,
        ]
        for each in near:
            for words in _counts(each.passage.text):
                held = item is None or means(words, value, item, order, len(line["serials"]))
                if held and self.places.find(words, each.label, elsewhere=False) is not None:
                    return words if each is block else f"{each.label}: {words}"
        return _start(block.passage.text)

    def _reason(self, line: Mapping[str, Any], block: Labelled, before: CaseLine | None) -> str | None:
        if line["reason_code"][0] == "OTHER":
            return None
        quoted = self._quoted(before.evidence.get("reason_code", ())) if before is not None else None
        return quoted.removeprefix(f"{block.label}: ") if quoted else _start(block.passage.text)

    def _quoted(self, proofs: Sequence[Any]) -> str | None:
        for proof in proofs:
            for each in self.blocks if isinstance(proof, Quoted) else ():
                at = each.passage.block.at
                if at.document == proof.at.document and at.start <= proof.at.start < at.end:
                    return (
                        f"{each.label}: {_whole(each.passage.text, proof.at.start - at.start, proof.at.end - at.start)}"
                    )
        return None


def _whole(text: str, start: int, end: int) -> str:
    """The rules quote beginnings of words; a reader copies words."""
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return text[start:end]


def _start(text: str) -> str:
    return " ".join(_WORD.findall(text)[:6])


def _counts(text: str) -> Iterator[str]:
    """Stretches of a text that may say how many, shortest first."""
    words = list(_WORD.finditer(text))
    for match in words:
        if re.search(r"\d", match[0]) or numbers(match[0]):
            yield match[0].strip(".,;:()")
    for number in numbers(text):
        yield text[number.start : number.end]
    for match in _ALL.finditer(text):
        yield match[0]
    for size in (2, 3, 6, 12):
        for start in range(len(words) - size + 1):
            yield text[words[start].start() : words[start + size - 1].end()]
