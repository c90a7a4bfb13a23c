"""The offline drafter: candidates, resolve, classify, compose, ground. Rules and ERP look-ups; no model, no network.

Confidence is a constant by way of derivation, a first estimate: 0.95 where the ERP proves a value the sender wrote,
0.8 where it was matched by words, 0.6 where it was taken from quoted text, 0.5 for a reason by likeness.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.domain.draft import CaseLine, Draft, DrafterRun, Identifiers, Intent, Reason
from assistant.domain.evidence import Evidence, Proven, Quoted
from assistant.domain.money import plain
from assistant.domain.request import Request
from assistant.drafting.candidates import Code, codes, unknown_references
from assistant.drafting.classify import intent_of, reason_of, resolution_of
from assistant.drafting.findings import findings_of
from assistant.drafting.likeness import reason_like
from assistant.drafting.lines import LineFound, lines_of
from assistant.drafting.questions import questions_of
from assistant.drafting.resolve import FoundOrder, Sender, orders_of, sender_of
from assistant.drafting.words import Passage, grounded, passages
from tools.erp import ErpReader, Order

_SURE, _MATCHED, _FROM_QUOTE, _BY_LIKENESS = 0.95, 0.8, 0.6, 0.5
_CUSTOMER_REF = re.compile(
    r"\b(?:our (?:ref(?:erence)?|claim|file|ncr)|rma request|claim|ncr|debit memo|reklamation)\b[\s:#.]*"
    r"(?:no\.?|number|nr\.?)?[\s:#.]*([A-Z]{1,6}-[\w\-]*\d[\w\-]*)",
    re.IGNORECASE,
)


class OfflineDrafter:
    """Implements assistant.domain.request.Drafter over an ERP's look-ups."""

    def __init__(self, erp: ErpReader) -> None:
        self._erp = erp

    def draft(self, request: Request) -> Draft:
        started = time.perf_counter()
        places = passages(request)
        sender = sender_of(request, self._erp)
        customer_id = sender.customer.id if sender.customer is not None else None
        known = codes(places, self._erp, customer_id)
        orders = () if sender.ours else orders_of(known, customer_id, self._erp)
        found = lines_of(places, known, orders, self._erp)
        reason = reason_of(places)
        unsure = reason is None and not sender.ours and bool(found) and not any(line.reason for line in found)
        like = reason_like(places) if unsure else None
        lines = tuple(_line(line, reason or like, ours=sender.ours, unsure=like is not None) for line in found)
        reasons = [line.reason_code for line in lines] or ([reason[0]] if reason else [])
        given = [r for r in reasons if r is not Reason.OTHER]
        machine = bool(request.machine_reason)
        intent = intent_of(places, machine=machine, ours=sender.ours, reasons=given, has_lines=bool(lines))
        draft = self._composed(request, intent, sender, places, known, orders, lines)
        return _ground(draft, request, time.perf_counter() - started)

    def _composed(
        self,
        request: Request,
        intent: Intent,
        sender: Sender,
        places: Sequence[Passage],
        known: Sequence[Code],
        found_orders: Sequence[FoundOrder],
        lines: tuple[CaseLine, ...],
    ) -> Draft:
        if intent in {Intent.NOT_A_REQUEST, Intent.STATUS_INQUIRY}:
            lines = ()
        orders = _orders_meant(found_orders, lines)
        unknown = unknown_references(places, known)
        findings = findings_of(request, intent, sender, lines, orders, unknown, self._erp)
        resolution, words = resolution_of(places)
        customer_id = sender.customer.id if sender.customer is not None else (orders[0].customer_id if orders else None)
        evidence: dict[str, tuple[Evidence, ...]] = {"resolution": (words,)} if words is not None else {}
        if found_orders:
            evidence["order_nos"] = tuple(e for found in found_orders for e in found.evidence)
        if customer_id is not None:
            evidence["customer_id"] = (Proven(record=f"customers/{customer_id}", quote=customer_id),)
        return Draft(
            intent=intent,
            summary=_summary(request, intent, sender, lines, places),
            customer_id=None if sender.ours else customer_id,
            order_nos=tuple(order.order_no for order in orders),
            lines=lines,
            resolution=resolution,
            identifiers=_identifiers(places, known),
            findings=findings,
            questions=questions_of(findings, lines),
            drafter=DrafterRun(name="offline"),
            evidence=evidence,
        )


def _line(found: LineFound, reason: tuple[Reason, Quoted] | None, *, ours: bool, unsure: bool) -> CaseLine:
    evidence = dict(found.evidence)
    code = found.reason or (reason[0] if reason else Reason.OTHER)
    if ours:
        code = Reason.OTHER
        evidence.pop("reason_code", None)
    elif found.reason is None and reason is not None:
        evidence["reason_code"] = (reason[1],)
    quoted_only = found.place.standing == "context"
    confidence = dict.fromkeys(evidence, _FROM_QUOTE if quoted_only else _MATCHED)
    if not quoted_only:
        confidence |= {name: _SURE for name in ("order_no", "lot", "serials") if name in evidence}
    if unsure and "reason_code" in evidence:
        confidence["reason_code"] = _BY_LIKENESS
    ordered = found.order.line_of(found.item.sku) if found.order is not None else None
    return CaseLine(
        sku=found.item.sku,
        quantity=found.quantity,
        uom=ordered.uom if ordered is not None else found.item.uom,
        reason_code=code,
        order_no=found.order.order_no if found.order is not None else None,
        lot=found.lot,
        serials=found.serials,
        confidence=confidence,
        evidence=evidence,
    )


def _orders_meant(found: Sequence[FoundOrder], lines: Sequence[CaseLine]) -> tuple[Order, ...]:
    """The orders the lines are on; all that were found where the lines name none."""
    used = {line.order_no for line in lines if line.order_no is not None}
    orders = tuple(f.order for f in found)
    return tuple(order for order in orders if order.order_no in used) or orders


def _identifiers(places: Sequence[Passage], known: Sequence[Code]) -> Identifiers:
    def first(kind: str) -> str | None:
        ranked = sorted(known, key=lambda code: not code.said)
        return next((code.text for code in ranked if any(hit.kind == kind for hit in code.found)), None)

    reference = next(
        (m[1] for place in places if place.standing == "said" and (m := _CUSTOMER_REF.search(place.text))), None
    )
    return Identifiers(
        customer_po=first("customer_po"),
        invoice_no=first("invoice_no"),
        tracking_no=first("tracking_no"),
        customer_ref=reference,
    )


def _summary(
    request: Request, intent: Intent, sender: Sender, lines: Sequence[CaseLine], places: Sequence[Passage]
) -> str:
    """One or two sentences: what is asked for, and the sender's own first words."""
    who = "Our own warehouse" if sender.ours else (sender.customer.name if sender.customer else request.sender_address)
    goods = ", ".join(f"{plain(line.quantity) if line.quantity is not None else '?'} {line.sku}" for line in lines[:5])
    more = f" and {len(lines) - 5} more lines" if len(lines) > 5 else ""
    spoken = (p.text for p in places if p.standing == "said" and p.block.kind == "paragraph")
    said = next((text for text in spoken if len(text.split()) > 4), request.subject)
    words = " ".join(said.split())
    short = words if len(words) <= 160 else words[:157].rsplit(" ", 1)[0] + " …"
    what = intent.value.replace("_", " ")
    return f"{who or 'Somebody'}: {what}{': ' + goods + more if goods else ''}. “{short}”"


def _ground(draft: Draft, request: Request, seconds: float) -> Draft:
    """Drop what its evidence does not hold: the last word before a draft leaves."""
    dropped = 0
    lines: list[CaseLine] = []
    for line in draft.lines:
        lost = {
            name
            for name, proofs in line.evidence.items()
            if not all(isinstance(proof, Proven) or grounded(proof, request) for proof in proofs)
        }
        dropped += len(lost)
        lines.append(_without(line, lost) if lost else line)
    run = replace(draft.drafter, seconds=round(seconds, 4), dropped=dropped)
    return replace(draft, lines=tuple(line for line in lines if line.sku or line.quantity is not None), drafter=run)


def _without(line: CaseLine, lost: set[str]) -> CaseLine:
    kept = {name: proofs for name, proofs in line.evidence.items() if name not in lost}
    quantity: Decimal | None = None if "quantity" in lost else line.quantity
    return replace(
        line,
        sku=None if "sku" in lost else line.sku,
        quantity=quantity,
        order_no=None if "order_no" in lost else line.order_no,
        reason_code=Reason.OTHER if "reason_code" in lost else line.reason_code,
        lot=None if "lot" in lost else line.lot,
        serials=() if "serials" in lost else line.serials,
        evidence=kept,
    )
