"""Drafting with a model: it is asked once, and each value it gives is adopted only where words and ERP prove it.

The offline draft is made first. It is what the model's values are checked against the same ERP with, and it stands
as it is where the model fails, is slow, or answers nonsense.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from assistant.domain.draft import CaseLine, Draft, DrafterRun, Intent, Reason, Resolution
from assistant.domain.evidence import Evidence, Proven, Quoted
from assistant.domain.model import Model, ModelUnavailable
from assistant.domain.money import plain
from assistant.domain.request import Drafter, Request
from assistant.drafting.candidates import Code, codes
from assistant.drafting.classify import ADDRESSES_A_PROGRAM
from assistant.drafting.findings import findings_of
from assistant.drafting.questions import questions_of
from assistant.drafting.resolve import orders_of, proof, sender_of
from assistant.drafting.words import Passage, passages
from prompts.loader import Prompt
from tools.erp import ErpReader, Order

_CONFIDENCE = 0.9
_MOST_CHARACTERS = 40_000


@dataclass(slots=True)
class _Adopting:
    """One answer's values on their way into a draft. ``dropped`` counts those that nothing proves."""

    places: Sequence[Passage]
    known: Sequence[Code]
    orders: Mapping[str, Order]
    erp: ErpReader
    dropped: int = 0
    evidence: dict[str, tuple[Evidence, ...]] = field(default_factory=dict)

    def words(self, text: object, near: int) -> Quoted | None:
        """Where the words stand among what the sender said, nearest to the block named; None where they don't."""
        if not isinstance(text, str) or not text.strip():
            return None
        pattern = re.compile(r"\s+".join(re.escape(word) for word in text.split()), re.IGNORECASE)
        order = sorted(range(len(self.places)), key=lambda n: abs(n - near))
        for number in order:
            place = self.places[number]
            if place.standing != "said" or ADDRESSES_A_PROGRAM.search(place.text):
                continue  # a model may have obeyed such words; they prove nothing
            if (quoted := place.first(pattern)) is not None:
                return quoted
        return None

    def line(self, given: Mapping[str, Any]) -> CaseLine | None:
        self.evidence = {}
        near = int(given["block"])
        order = self._order(given["order_no"])
        sku = self._sku(given, order, near)
        if order is None and sku is not None:
            having = [o for o in self.orders.values() if o.line_of(sku) is not None]
            order = having[0] if len(having) == 1 else None
        if order is not None:
            self.evidence["order_no"] = self._order_proof(order)
        quantity = self._quantity(given, near)
        if sku is None and quantity is None:
            return None
        reason = self._reason(given, near)
        lot = self._mark("lot", given["lot"], order, sku, near)
        serials = tuple(
            s for given_serial in given["serials"] if (s := self._mark("serials", given_serial, order, sku, near))
        )
        ordered = order.line_of(sku) if order is not None and sku is not None else None
        item = self.erp.item(sku) if sku is not None else None
        return CaseLine(
            sku=sku,
            quantity=quantity,
            uom=ordered.uom if ordered is not None else (item.uom if item is not None else None),
            reason_code=reason,
            order_no=order.order_no if order is not None else None,
            lot=lot,
            serials=serials,
            confidence=dict.fromkeys(self.evidence, _CONFIDENCE),
            evidence=dict(self.evidence),
        )

    def _order(self, given: object) -> Order | None:
        if given is None:
            return None
        order = next((o for o in self.orders.values() if o.order_no.lower() == str(given).strip().lower()), None)
        self.dropped += order is None
        return order

    def _order_proof(self, order: Order) -> tuple[Evidence, ...]:
        for code in self.known:
            for hit in code.found:
                if hit.order_no == order.order_no:
                    return (code.quoted, proof(hit))
        return (Proven(record=f"orders/{order.order_no}", quote=order.order_no),)

    def _sku(self, given: Mapping[str, Any], order: Order | None, near: int) -> str | None:
        """An item of the order, or one whose code the request spells; and the sender's words for it."""
        if given["sku"] is None:
            return None
        item = self.erp.item(str(given["sku"]))
        words = self.words(given["item_words"], near) or self.words(given["sku"], near)
        ordered = order is None or (item is not None and order.line_of(item.sku) is not None)
        if item is None or words is None or not ordered:
            self.dropped += 1
            return None
        self.evidence["sku"] = (words, Proven(record=f"items/{item.sku}", quote=item.sku))
        return item.sku

    def _quantity(self, given: Mapping[str, Any], near: int) -> Decimal | None:
        if given["quantity"] is None:
            return None
        words = self.words(given["quantity_words"], near)
        if words is None:
            words = self.words(given["quantity"], near)
        if words is None:
            self.dropped += 1
            return None
        self.evidence["quantity"] = (words,)
        return Decimal(given["quantity"])

    def _reason(self, given: Mapping[str, Any], near: int) -> Reason:
        try:
            reason = Reason(given["reason_code"])
        except ValueError:
            self.dropped += 1
            return Reason.OTHER
        if reason is Reason.OTHER:
            return reason
        words = self.words(given["reason_words"], near)
        if words is None:
            self.dropped += 1
            return Reason.OTHER
        self.evidence["reason_code"] = (words,)
        return reason

    def _mark(self, name: str, given: object, order: Order | None, sku: str | None, near: int) -> str | None:
        """A lot or serial that the request spells and, where the order is known, its shipments hold."""
        if given is None:
            return None
        words = self.words(given, near)
        shipped: tuple[str, ...] = ()
        if order is not None and sku is not None:
            shipped = order.lots(sku) if name == "lot" else order.serials(sku)
        if words is None or str(given).upper() not in {mark.upper() for mark in shipped}:
            self.dropped += 1
            return None
        self.evidence[name] = (*self.evidence.get(name, ()), words)
        return str(given)


class ModelDrafter:
    """Implements assistant.domain.request.Drafter: one call, checked; the offline draft where that fails."""

    def __init__(self, offline: Drafter, model: Model, erp: ErpReader, prompt: Prompt) -> None:
        self._offline = offline
        self._model = model
        self._erp = erp
        self._prompt = prompt

    def draft(self, request: Request) -> Draft:
        offline = self._offline.draft(request)
        if request.machine_reason:
            return offline
        places = passages(request)
        sender = sender_of(request, self._erp)
        customer_id = sender.customer.id if sender.customer is not None else None
        known = codes(places, self._erp, customer_id)
        found = {f.order.order_no: f.order for f in orders_of(known, customer_id, self._erp)}
        system, user = self._prompt.render(
            seller=self._erp.company().name,
            documents=_labelled(places),
            candidates="\n".join(sorted({f"{code.text}: {_kinds(code)}" for code in known})) or "none",
            orders="\n".join(_order_lines(found.values(), self._erp)) or "none",
        )
        try:
            reply = self._model.ask(system, user, self._prompt.schema)
        except ModelUnavailable as fault:
            run = replace(offline.drafter, calls=fault.calls, model=self._model.name, note=f"offline draft: {fault}")
            return replace(offline, drafter=run)
        adopting = _Adopting(places=places, known=known, orders=found, erp=self._erp)
        given = [line for entry in reply.data["lines"] if (line := adopting.line(entry)) is not None]
        if sender.ours:
            given = [replace(line, reason_code=Reason.OTHER) for line in given]
        run = DrafterRun(
            name="model",
            model=reply.model,
            prompt=self._prompt.name,
            calls=reply.calls,
            tokens_in=reply.tokens_in,
            tokens_out=reply.tokens_out,
            seconds=round(reply.seconds, 3),
            dropped=adopting.dropped,
        )
        return self._composed(request, offline, reply.data, tuple(given), found, run)

    def _composed(
        self,
        request: Request,
        offline: Draft,
        data: Mapping[str, Any],
        given: tuple[CaseLine, ...],
        found: Mapping[str, Order],
        run: DrafterRun,
    ) -> Draft:
        """Findings and questions are worked out by our rules from what was adopted, never taken from the model."""
        sender = sender_of(request, self._erp)
        intent = Intent(data["intent"])
        lines = () if intent in {Intent.STATUS_INQUIRY, Intent.NOT_A_REQUEST} else given
        used = {line.order_no for line in lines}
        orders = tuple(o for o in found.values() if o.order_no in used) or tuple(found.values())
        findings = findings_of(request, intent, sender, lines, orders, (), self._erp)
        resolution = Resolution(data["resolution"])
        evidence = dict(offline.evidence)
        if resolution is not offline.resolution:
            evidence.pop("resolution", None)
            resolution = offline.resolution if offline.resolution is not Resolution.UNSPECIFIED else resolution
        return replace(
            offline,
            intent=intent,
            summary=str(data["summary"]) or offline.summary,
            order_nos=tuple(order.order_no for order in orders),
            lines=lines,
            resolution=resolution,
            findings=findings,
            questions=questions_of(findings, lines),
            evidence=evidence,
            drafter=run,
        )


def _labelled(places: Sequence[Passage]) -> str:
    rows = [
        f"[{number}] {place.document.path} {place.block.kind} {place.standing}: {place.text}"
        for number, place in enumerate(places)
    ]
    return "\n".join(rows)[:_MOST_CHARACTERS].replace("</documents>", "")


def _kinds(code: Code) -> str:
    kinds = {hit.kind.replace("_", " ") + " of " + hit.order_no for hit in code.found}
    return ", ".join(sorted(kinds | {f"item {item.sku}" for item in code.items}))


def _order_lines(orders: Any, erp: ErpReader) -> list[str]:
    rows = []
    for order in orders:
        for line in order.lines:
            item = erp.item(line.sku)
            marks = ", ".join((*order.lots(line.sku), *order.serials(line.sku)))
            shipped = f"{plain(order.shipped(line.sku))} {line.uom}"
            rows.append(f"{order.order_no} | {line.sku} | {item.description if item else ''} | {shipped} | {marks}")
    return rows
