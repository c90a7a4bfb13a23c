"""A model's lines, value by value: what the request says and the ERP bears out stays, the rest is named as failed.

A value is sure only with evidence and a second witness: the ERP for items, orders, lots and serials; the rules, which
read the request on their own, for quantities, reasons and all else. What is not sure stays a proposal. Each field is
settled in view of those before it: hence the length.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from assistant.domain.draft import CaseLine, Reason
from assistant.domain.evidence import Evidence, Proven, Quoted
from assistant.domain.money import plain
from assistant.drafting.described import ranked, tokens
from assistant.drafting.found import item_proof
from assistant.drafting.ground import AGREED, DISPUTED, SAID, SURE, WEAK, Failed, Ground
from assistant.drafting.meanings import decimal, differs, means, said_numbers
from assistant.drafting.places import Place, alike
from assistant.drafting.proved_marks import Mark, marked, order_told
from assistant.drafting.ranges import between
from assistant.drafting.turned import says_reason
from tools.erp import Item, Order

_MOST_LINES = 200
_REASONS = frozenset(Reason)
_BY_NAME = frozenset({"order_no", "customer_po", "invoice_no", "shipment_no", "tracking_no"})
_LEAST_LEAD = 0.3
_CAME_OTHERWISE = frozenset({Reason.WRONG_ITEM, Reason.OVER_SHIPMENT, Reason.DUPLICATE_SHIPMENT, Reason.OTHER})
_MOST_LOCATION_CHARS = 24
_BEFORE, _BEHIND = 140, 40  # characters
_MOST_TIMES = 2  # what was ordered, that somebody may claim in earnest


def proved_lines(ground: Ground, said: Sequence[Mapping[str, Any]]) -> tuple[CaseLine, ...]:
    """The lines that hold, one for each item, order, lot and reason."""
    kept: dict[tuple[object, ...], CaseLine] = {}
    for index, each in enumerate(said[:_MOST_LINES]):
        line = _OneLine(ground, index, each).proved()
        if line is None:
            continue
        key = (line.sku, line.order_no, line.lot, bool(line.serials), line.reason_code)
        kept[key] = line if key not in kept else _together(kept[key], line, ground)
    return (*kept.values(), *_unless_told(ground, kept.values()))


def _together(first: CaseLine, more: CaseLine, ground: Ground) -> CaseLine:
    """The same goods in another row of the same table are more of them; said again elsewhere they are said again.

    Pieces told by other serials are more of them wherever they stand.
    """
    if more.serials and not set(more.serials) & set(first.serials):
        return _joined(first, more, "quantity", "serials")
    rows = [ground.places.row_at(proof) for line in (first, more) for proof in line.evidence.get("quantity", ())[-1:]]
    places = [row for row in rows if row is not None]
    apart = len(places) == 2 and places[0][0] == places[1][0] and places[0] != places[1]
    if not apart or first.quantity is None or more.quantity is None:
        return first
    return _joined(first, more, "quantity")


def _joined(first: CaseLine, more: CaseLine, *fields: str) -> CaseLine:
    """One line of both; a quantity that only one of them has is none of both together."""
    evidence, confidence = dict(first.evidence), dict(first.confidence)
    for name in fields:
        evidence[name] = (*first.evidence.get(name, ()), *more.evidence.get(name, ()))
        confidence[name] = min(SAID, first.confidence.get(name, WEAK), more.confidence.get(name, WEAK))
    quantity = None if first.quantity is None or more.quantity is None else first.quantity + more.quantity
    serials = (*first.serials, *more.serials) if "serials" in fields else first.serials
    return replace(first, quantity=quantity, serials=serials, evidence=evidence, confidence=confidence)


def _unless_told(ground: Ground, kept: Iterable[CaseLine]) -> Iterator[CaseLine]:
    """Where a line of the model's fell away, the rules' line for the same goods must not fall with it."""
    told = {line.sku for line in kept}
    if any(each.field == "item" for each in ground.failed):
        yield from (line for line in ground.offline.lines if line.sku not in told)


def _around(place: Place) -> str:
    """The words about a number, in which a stock count has its book as well."""
    return place.block.passage.text[max(0, place.start - _BEFORE) : place.end + _BEHIND]


class _OneLine:
    """One line on its way: fields are settled in turn, each with its evidence and how sure it is."""

    def __init__(self, all_: Ground, index: int, said: Mapping[str, Any]) -> None:
        self.all = all_
        self.index = index
        self.said = said
        self.block = str(said["in"])
        self.evidence: dict[str, tuple[Evidence, ...]] = {}
        self.confidence: dict[str, float] = {}
        self.values: dict[str, Any] = {"reason_code": Reason.OTHER, "serials": ()}
        self.doubt = ""
        self.guessed = False
        self.before: CaseLine | None = None
        self.found: Order | None = None

    def proved(self) -> CaseLine | None:
        if self.said["sku"] is None:
            if (known := self._read_by_rules()) is not None:
                self.said = {**self.said, "sku": known}
            elif self.unknown_item():
                return self.built(None)
        item = self.item()
        if item is None:
            return None
        self.order(item)
        self.marks(item)
        self.quantity(item)
        if self.guessed and "quantity" not in self.values:
            return None  # neither do the words mean this item, nor is any quantity said of it
        self.reason()
        self.others()
        return self.built(item)

    def keep(self, name: str, value: object, proofs: Sequence[Evidence], confidence: float) -> None:
        self.values[name] = value
        self.evidence[name] = tuple(proofs)
        self.confidence[name] = confidence
        self.all.kept += 1

    def fail(self, name: str, said: object, why: str) -> None:
        self.all.failed.append(Failed(line=self.index, field=name, said=str(said)[:120], block=self.block, why=why))

    def from_before(self, name: str) -> None:
        """The rules' value, with their evidence."""
        if self.before is not None and name in self.before.evidence:
            self.values[name] = getattr(self.before, name)
            self.evidence[name] = self.before.evidence[name]
            self.confidence[name] = min(self.before.confidence.get(name, WEAK), DISPUTED)

    def place(self, name: str) -> Place | None:
        return self.all.places.find(self.said[name], self.block)

    def agrees(self, name: str, value: object) -> bool:
        return self.before is not None and name in self.before.evidence and getattr(self.before, name) == value

    def _read_by_rules(self) -> str | None:
        """The item that the rules read in the very words for which the model names none."""
        place = self.place("item")
        if place is None:
            return None
        at = place.quoted.at
        if self.all.ours:  # our own people's goods are on no order shown
            best = ranked(tokens(place.text), self.all.erp.items_like(place.text, 20))
            if best and best[0].score - (best[1].score if len(best) > 1 else 0.0) > _LEAST_LEAD:
                return best[0].item.sku
        skus = {
            line.sku
            for line in self.all.offline.lines
            for proof in line.evidence.get("sku", ())
            if isinstance(proof, Quoted) and proof.at.document == at.document
            if proof.at.start < at.end and at.start < proof.at.end
        }
        return skus.pop() if len(skus) == 1 else None

    def unknown_item(self) -> bool:
        """Goods that can't be told from others: a line where the words say how many, as digits and no more."""
        words, amount, value = self.place("item"), self.place("qty_as"), decimal(self.said["qty"])
        if words is None or amount is None or value is None or value < 0 or value not in said_numbers(amount.text):
            return False
        if len(self.all.erp.items_by_code(words.text, self.all.customer_id)) == 1:
            return False  # it can be told
        self.keep("quantity", value, (amount.quoted, words.quoted), WEAK)
        orders = self.all.orders if self.all.orders else ()
        if len(orders) == 1 or any(alike(found.order.order_no, self.said["order"]) for found in orders):
            found = next((f for f in orders if alike(f.order.order_no, self.said["order"])), orders[0])
            self.found = found.order
            self.keep("order_no", found.order.order_no, found.evidence, AGREED)
        self.reason()
        self.others()
        return True

    def item(self) -> Item | None:
        words, sku = self.place("item"), self.said["sku"]
        named = self._by_sku(sku)
        own = self.all.places.find(sku, self.block, elsewhere=False) if sku else None
        if own is not None and named is not None and words is None:
            words = own
        if words is None:
            self.fail("item", self.said["item"] or sku or "", "these words do not stand in the block")
            return None
        by_code = self.all.erp.items_by_code(words.text, self.all.customer_id)
        coded = by_code[0] if len(by_code) == 1 else None
        if coded is not None and (named is None or named == coded):
            return self._with_item(coded, words, AGREED if words.sure else SAID)
        if named is None:
            self.fail("item", self.said["item"], f"the sku {sku} is not on the orders shown, nor is this a code")
            return None
        if own is not None and (coded is None or self._on_order(named)):
            return self._with_item(named, own, AGREED if own.sure else SAID)
        if coded is not None and not (self.said["received"] and self._on_order(named)):
            self.fail("item", self.said["item"], f"this is the code of {coded.sku}, not of {named.sku}")
            return None
        return self._described(named, words)

    def _described(self, named: Item, words: Place) -> Item | None:
        """An item that words mean: no other item of the orders may fit them better."""
        if not self._on_order(named) and not self.all.ours:
            self.fail("item", self.said["item"], f"{named.sku} is not on the orders shown")
            return None
        scope = self.all.items() or list(self.all.erp.items_like(words.text, 20))
        best = ranked(tokens(words.text), scope)
        own = next((each.score for each in best if each.item == named), 0.0)
        if best and best[0].noun and best[0].score - own > _LEAST_LEAD and not self._by_rules(named, words):
            self.fail("item", self.said["item"], f"these words describe {best[0].item.sku} better than {named.sku}")
            return None
        sure = self._by_rules(named, words) and words.sure
        if not sure and (own <= 0 or self._otherwise(named, words)):
            self.doubt = "sku"
        self.guessed = not sure and own <= 0
        return self._with_item(named, words, AGREED if sure else SAID if own > 0 else WEAK)

    def _otherwise(self, named: Item, words: Place) -> bool:
        """Whether the rules read another item in these very words."""
        quoted = words.quoted.at
        return any(
            line.sku != named.sku
            and isinstance(proof, Quoted)
            and proof.at.document == quoted.document
            and proof.at.start < quoted.end
            and quoted.start < proof.at.end
            for line in self.all.offline.lines
            for proof in line.evidence.get("sku", ())
        )

    def _by_rules(self, named: Item, words: Place) -> bool:
        """Whether the rules read the same item in the same block."""
        at = words.block.passage.block.at
        return any(
            line.sku == named.sku and isinstance(proof, Quoted) and proof.at.document == at.document
            and at.start <= proof.at.start < at.end
            for line in self.all.offline.lines
            for proof in line.evidence.get("sku", ())
        )  # fmt: skip

    def _with_item(self, item: Item, words: Place, confidence: float) -> Item:
        self.before = self.all.before(item, self.said)
        self.keep("sku", item.sku, (words.quoted, item_proof(item)), confidence)
        return item

    def _by_sku(self, sku: str | None) -> Item | None:
        if not sku:
            return None
        found = self.all.erp.item(sku)
        by_code = self.all.erp.items_by_code(sku, self.all.customer_id) if found is None else ()
        return found or (by_code[0] if len(by_code) == 1 else None)

    def _on_order(self, item: Item) -> bool:
        return any(order.line_of(item.sku) is not None for order in self.all.scope())

    def order(self, item: Item) -> None:
        """An order that the request leads to and that has the item; one only shown is a proposal."""
        if self.all.ours:
            return
        wanted = self.said["order"]
        having = [found for found in self.all.orders if found.order.line_of(item.sku) is not None]
        named = [found for found in having if alike(found.order.order_no, wanted)]
        likely = [o for o in self.all.named if alike(o.order_no, wanted) and o.line_of(item.sku) is not None]
        numbers = (self.said["lot"], *self.said["serials"][:_MOST_LINES])
        told = order_told(self.all, numbers, self.block, item)
        if told is not None and not any(found.by in _BY_NAME for found in having):
            self.found, proofs = told
            self.keep("order_no", self.found.order_no, proofs, AGREED)
        elif wanted and named:
            self.found = named[0].order
            self.keep("order_no", self.found.order_no, named[0].evidence, AGREED)
        elif wanted and likely and self.all.astray:
            return
        elif wanted and likely:
            self.found = likely[0]
            proof = Proven(record=f"orders/{self.found.order_no}", quote=self.found.order_no)
            sure = self.agrees("order_no", self.found.order_no)
            self.doubt = self.doubt or ("" if sure else "order_no")
            self.keep("order_no", self.found.order_no, (self.evidence["sku"][0], proof), SURE if sure else SAID)
        else:
            if wanted:
                self.fail("order", wanted, f"no such order with {item.sku} is shown or named in the request")
            elif sum(found.by in _BY_NAME for found in having) > 1:
                return  # the sender names several, and which one these are from can't be told
            first = next((found for found in having if self.agrees("order_no", found.order.order_no)), None)
            first = first or (having[0] if len(having) == 1 else None)
            if first is not None:
                self.found = first.order
                self.keep("order_no", self.found.order_no, first.evidence, SAID if wanted else AGREED)

    def quantity(self, item: Item) -> None:
        said, words = self.said["qty"], self.said["qty_as"]
        if said is None:
            return
        value = decimal(said)
        place = self.place("qty_as")
        if place is None and words and not any(char.isalnum() for char in words):
            place = None
        if value is None:
            self.fail("qty", said, "this is no quantity")
        elif place is None:
            self.fail("qty", words, "these words do not stand in the block")
        elif value < 0 and not self.all.ours:
            self.fail("qty", said, "only a stock difference is negative")
        elif (
            not means(place.text, value, item, self.found, len(self.said["serials"]))
            and not (self.all.ours and differs(_around(place), value, item))
            and not self.all.places.rows_of(place, value)
        ):
            self.fail("qty", said, f"the words {place.text!r} do not mean {plain(value)}")
        else:
            agreed = self.agrees("quantity", value) and place.sure
            if not agreed and self._stands(place, value):
                self.from_before("quantity")
                return
            if self.before is not None and self.before.quantity not in (None, value):
                self.doubt = self.doubt or "quantity"
            self.keep("quantity", value, (place.quoted,), AGREED if agreed else SAID if place.sure else WEAK)
            return
        self.from_before("quantity")

    def reason(self) -> None:
        said = str(self.said["why"]).strip()
        if self.all.ours:
            return  # a difference of our own stock is nobody's return
        if said not in _REASONS:
            self.fail("why", said, "this is no reason code")
        elif Reason(said) is not Reason.OTHER:
            place = self.place("why_as")
            turned = place is not None and self._turned(place, Reason(said))
            if place is not None and not turned:
                agreed = self.agrees("reason_code", Reason(said))
                self.keep("reason_code", Reason(said), (place.quoted,), AGREED if agreed and place.sure else SAID)
                return
            if not turned:
                self.fail("why", self.said["why_as"] or said, "these words do not stand in the block")
        else:
            return
        self.from_before("reason_code")

    def _stands(self, place: Place, value: Decimal) -> bool:
        """Whether the rules' quantity stands against other words: those that count another line's goods, or more than

        was ordered; words apart from the goods where the rules read none; and any where the request directs a program.
        """
        if self.all.ours or self.before is None:
            return False
        if self.all.wary:
            return True
        if self.before.quantity is not None:
            return self._of_another(place) or self._never_shipped(place, value)
        return not (self._beside(place) or self.all.places.rows_of(place, value))

    def _never_shipped(self, place: Place, value: Decimal) -> bool:
        """More than was ordered, unless a little more is said in so many words: then it is a finding."""
        ordered = self.found.line_of(str(self.values["sku"])) if self.found is not None else None
        if ordered is None or value <= ordered.quantity:
            return False
        return value > _MOST_TIMES * ordered.quantity or value not in said_numbers(place.text)

    def _of_another(self, place: Place) -> bool:
        """Whether the rules read this number as that of other goods; `the same again` may count several."""
        at = place.quoted.at
        return bool(said_numbers(place.text)) and any(
            isinstance(proof, Quoted) and (proof.at.document, proof.at.start) == (at.document, at.start)
            for line in self.all.offline.lines
            if line is not self.before
            for proof in line.evidence.get("quantity", ())
        )

    def _beside(self, place: Place) -> bool:
        """Whether the words stand in the line's block or the next, in that of the goods' name, or of their marks."""
        block = place.block.passage.block.at
        if self.all.places.next_to(place.block.label, self.block):
            return True
        told = [
            next((each for each in self.evidence.get(name, ()) if isinstance(each, Quoted)), None)
            for name in ("sku", "lot", "serials")
        ]
        return told[0] is None or any(
            each is not None and block.document == each.at.document and block.start <= each.at.start < block.end
            for each in told
        )

    def _turned(self, place: Place, said: Reason) -> bool:
        """Whether a reason that the rules read would be dropped for words that say nothing of the kind."""
        if not self.all.wary or self.before is None or "reason_code" not in self.before.evidence:
            return False
        return self.before.reason_code is not said and not says_reason(place.text, said)

    def marks(self, item: Item) -> None:
        """Lots and serials as stated. Those the ERP has for the item are sure, others are a finding."""
        if self.said["lot"]:
            if (lot := self._mark("lot", self.said["lot"], item)) is not None:
                self.keep("lot", lot.text, lot.proofs, lot.confidence)
            else:
                self.from_before("lot")
        elif self.before is not None and self.before.quantity == decimal(self.said["qty"]):
            self.from_before("lot")  # printed in the row that a mark stands beside
        serials = [
            found for serial in self.said["serials"][:_MOST_LINES] if (found := self._mark("serials", serial, item))
        ]
        if serials:
            texts = tuple(dict.fromkeys(each.text for each in serials))
            texts = between(texts, decimal(self.said["qty"]), lambda each: self._has_serial(item, each)) or texts
            proofs = [proof for each in serials for proof in each.proofs]
            self.keep("serials", texts, proofs, min(each.confidence for each in serials))
        elif self.said["serials"]:
            self.from_before("serials")

    def _has_serial(self, item: Item, serial: str) -> bool:
        return any(hit.sku == item.sku for hit in self.all.erp.find(serial, ("serial",)))

    def _mark(self, name: str, said: str, item: Item) -> Mark | None:
        mark = marked(self.all, said, self.block, item, self.found)
        if isinstance(mark, str):
            self.fail(name, said, mark)
            return None
        return mark

    def others(self) -> None:
        for name, key in (("received", "received"), ("location", "place")):
            if not self.said[key]:
                continue
            place = self.place(key)
            if place is not None and self._beside_the_point(name, place):
                continue
            if place is None:
                self.fail(key, self.said[key], "these words do not stand in the block")
            else:
                agreed = self.agrees(name, place.text)
                self.keep(name, place.text, (place.quoted,), AGREED if agreed else SAID)

    def _beside_the_point(self, name: str, place: Place) -> bool:
        """What came instead is told only of what came wrong; a stock location is a few letters in the line's block."""
        if self.agrees(name, place.text):
            return False
        if name == "received":
            return self.values["reason_code"] not in _CAME_OTHERWISE
        return not place.sure or len(place.text) > _MOST_LOCATION_CHARS

    def built(self, item: Item | None) -> CaseLine:
        ordered = self.found.line_of(item.sku) if self.found is not None and item is not None else None
        quantity: Decimal | None = self.values.get("quantity")
        amount = None
        if self.before is not None and (self.before.quantity, self.before.order_no) == (
            quantity,
            self.values.get("order_no"),
        ):
            amount = self.before.amount  # money is worked out by the rules alone
            if amount is not None:
                self.evidence["amount"] = self.before.evidence["amount"]
                self.confidence["amount"] = self.before.confidence["amount"]
        line = CaseLine(
            sku=item.sku if item is not None else None,
            quantity=quantity,
            uom=ordered.uom if ordered is not None else item.uom if item is not None else None,
            reason_code=self.values["reason_code"],
            order_no=self.values.get("order_no"),
            received=self.values.get("received"),
            lot=self.values.get("lot"),
            serials=self.values["serials"],
            amount=amount,
            location=self.values.get("location"),
            confidence=self.confidence,
            evidence=self.evidence,
        )
        if self.doubt:
            self.all.doubts.append((line, self.doubt))
        return line
