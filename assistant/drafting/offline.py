"""The offline drafter: candidates, resolve, classify, compose, ground. Rules and ERP look-ups; no model, no network."""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from assistant.domain.draft import (
    CaseLine,
    Draft,
    DrafterRun,
    EvidenceByField,
    Intent,
    Question,
    Reason,
    Resolution,
)
from assistant.domain.echo import echoable, without_links
from assistant.domain.evidence import Evidence, Proven, Quoted
from assistant.domain.money import plain
from assistant.domain.request import Request
from assistant.drafting.amounts import billed_wrong, with_amounts
from assistant.drafting.candidates import Code, Unknown, codes, unknown_references
from assistant.drafting.classify import (
    cause_of,
    goes_back,
    next_reasons,
    only_shows,
    plainly,
    reason_of,
    reason_of_line,
    resolution_of,
    same_again,
    ticked,
    wanted_back,
)
from assistant.drafting.confidence import FIELDS, Sure, signs_of, weighed
from assistant.drafting.directed import undirected
from assistant.drafting.faults import fault_of, whose_wrong
from assistant.drafting.findings import findings_of
from assistant.drafting.found import LineFound
from assistant.drafting.identifiers import identifiers_of
from assistant.drafting.instead import came_instead, swapped
from assistant.drafting.intent import cancelling, intent_of, passed_on
from assistant.drafting.legends import part_of
from assistant.drafting.lines import lines_of
from assistant.drafting.questions import questions_of
from assistant.drafting.records import entries
from assistant.drafting.resolve import FoundOrder, Sender, by_reference, only_order_with, orders_of, sender_of
from assistant.drafting.witnesses import witnessed
from assistant.drafting.words import Passage, grounded, passages, without, written_by_us
from tools.erp import ErpReader, Order

_MOST_ORDERS = 50  # of a customer's, newest first, where the request names none


class OfflineDrafter:
    """Implements assistant.domain.request.Drafter over an ERP's look-ups."""

    def __init__(self, erp: ErpReader, sure: Sure = weighed) -> None:
        self._erp = erp
        self._sure = sure

    def draft(self, request: Request) -> Draft:
        started = time.perf_counter()
        request = undirected(request)
        places = passages(request)
        sender = sender_of(request, self._erp)
        customer_id = sender.customer.id if sender.customer is not None else None
        known = codes(places, self._erp, customer_id)
        history = self._erp.orders_of(customer_id, _MOST_ORDERS) if customer_id is not None else ()
        by_us = written_by_us(places, self._erp.company())
        theirs = [place for place in places if place not in by_us]
        if sender.ours and passed_on(theirs) and (named := by_reference(orders_of(known, None, self._erp))):
            sender = replace(sender, ours=False, customer=self._erp.customer(named[0].order.customer_id))
            customer_id = named[0].order.customer_id
        orders = () if sender.ours else orders_of(known, customer_id, self._erp)
        unknown = unknown_references(places, known, history)
        read = lines_of(theirs, known, orders, self._erp, ours=sender.ours, history=history)
        found = read.lines
        if not orders and not unknown and not sender.ours:
            words = [line.evidence["sku"][0] for line in found if not line.among]
            orders = only_order_with([line.item.sku for line in found if not line.among], words, history)
            if orders:
                read = lines_of(theirs, known, orders, self._erp, history=history)
                found = read.lines
        heard = without(theirs, read.aside)
        lines = self._with_reasons(found, heard, orders, known, request.asked_on, ours=sender.ours)
        given = [line.reason_code for line in lines if line.reason_code is not Reason.OTHER]
        overall = reason_of(theirs, faint=True)
        intent = intent_of(
            theirs,
            machine=bool(request.machine_reason),
            ours=sender.ours,
            reasons=given or ([overall[0]] if overall else []),
            has_lines=bool(lines),
            counted=any(line.quantity is not None and (line.rank < 3 or line.serials) for line in found),
            told_now=any(line.quantity is not None and line.place.standing == "said" for line in found),
            known=sender.customer is not None,
            shipped=any(f.order.shipments for f in orders) or not orders,
            marked=any(code.said and any(hit.kind in ("lot", "serial") for hit in code.found) for code in known),
        )
        lines = with_amounts(lines, found, theirs, money_only=intent is Intent.CREDIT_REQUEST)
        doubted = [
            line for line, each in zip(lines, found, strict=True) if not sender.ours and _rather_asked(line, each)
        ]
        doubted = doubted if len(doubted) < len(lines) else []
        lines = tuple(line for line in lines if not any(line is each for each in doubted))
        draft = self._composed(request, intent, sender, theirs, known, orders, lines, unknown)
        if draft.lines:
            draft = replace(draft, questions=(*draft.questions, *(_asked_of(line) for line in doubted)))
        return witnessed(_ground(draft, request, time.perf_counter() - started), self._erp)

    def _with_reasons(
        self,
        found: Sequence[LineFound],
        places: Sequence[Passage],
        orders: Sequence[FoundOrder],
        known: Sequence[Code],
        asked_on: date,
        *,
        ours: bool,
    ) -> tuple[CaseLine, ...]:
        """Each line with the reason that its own words give, else the request's, else a likely one."""
        chosen = None if ours else next(iter([reason_of([p]) for p in places if any(ticked([p]))]), None)
        own = [None if ours else chosen or reason_of_line(line, found) or swapped(line, known) for line in found]
        cause = None if ours or chosen else cause_of(places)
        own = [  # what a code or a note says of a row stands
            None if not line.words and only_shows(mine, cause) else mine for line, mine in zip(found, own, strict=True)
        ]
        if len(found) == 1 and not ours and goes_back(places):  # nobody sends back what never came
            own = [None if mine is not None and mine[0].keeps_goods else mine for mine in own]
        resolution, asking = resolution_of(places)
        mend = resolution in {Resolution.REPAIR, Resolution.REPLACEMENT}

        def of_all(told: Sequence[Passage]) -> tuple[Reason, Quoted] | None:
            """What the whole request gives, else what is asked for says."""
            overall = reason_of(_called_reason(told), faint=True, mend=mend) or reason_of(told, faint=True, mend=mend)
            if overall is None and (asked := asking if mend else wanted_back(told)) is not None:
                return Reason.DEFECTIVE_ON_ARRIVAL if mend else Reason.NO_LONGER_NEEDED, asked
            return overall

        spoken_for = [line for line, mine in zip(found, own, strict=True) if not chosen and _of_its_own(line, mine)]
        shared = of_all(places) if not ours else None
        overall = of_all(without(places, spoken_for)) if not ours and 0 < len(spoken_for) < len(found) else shared
        back = not ours and goes_back(places)
        said = " ".join(place.text for place in places)
        in_use = Reason.WARRANTY_FAILURE in plainly(places)
        near = () if ours or chosen else next_reasons(places)
        lines: list[CaseLine] = []
        for line, mine in zip(found, own, strict=True):
            told = line.reason
            if back and line.kind == "prose" and told in _BY_COUNT and (mine or shared) is not None:
                told = None  # what goes back is not short, and why it does the words say
            reason, by = told or Reason.OTHER, "its numbers" if told else "nothing"
            evidence = dict(line.evidence)
            if told is None and not back and (prices := billed_wrong(line, places)) is not None:
                reason, evidence["reason_code"], by = Reason.PRICING_ERROR, prices, "its numbers"
            elif told is None and (words := mine or (shared if same_again(line) else overall)) is not None:
                reason, evidence["reason_code"] = words[0], (words[1],)
                by = "a tick" if chosen else "its own words" if mine else "the request"
            reason = whose_wrong(reason, said)
            if not line.among:
                reason = fault_of(reason, said, line.item, line.order, asked_on, in_use=in_use)
            other = came_instead(line, known, beside=False) if reason is Reason.WRONG_ITEM else None
            if other is not None:
                evidence["received"] = (other.quoted,)
            why = next((proof.quote for proof in evidence.get("reason_code", ()) if isinstance(proof, Quoted)), "")
            signs = signs_of(line, found, orders, reason, by, why)
            confidence = {name: round(self._sure(name, signs[name]), 3) for name in FIELDS if name in evidence}
            likely = tuple(each for each in near if each is not reason and told is None)
            drafted = _line(line, reason, evidence, confidence, received=other.text if other is not None else None)
            lines.append(replace(drafted, reason_alternatives=likely[:2]))
        return tuple(lines)

    def _composed(
        self,
        request: Request,
        intent: Intent,
        sender: Sender,
        places: Sequence[Passage],
        known: Sequence[Code],
        found_orders: Sequence[FoundOrder],
        lines: tuple[CaseLine, ...],
        unknown: Sequence[Unknown],
    ) -> Draft:
        idle = intent in {Intent.NOT_A_REQUEST, Intent.STATUS_INQUIRY}
        if idle:
            lines = ()
        if intent is Intent.CREDIT_REQUEST:
            lines = tuple(_of_no_lot(line) if line.reason_code is Reason.SHORT_SHIPMENT else line for line in lines)
        if intent is Intent.NOT_A_REQUEST:
            cancels = cancelling(places)
            found_orders, known = _said_by_a_customer(request, sender, found_orders, known) if cancels else ((), ())
            unknown = ()
        if intent is Intent.STATUS_INQUIRY:
            found_orders = [found for found in found_orders if found.by != "items"]
        orders = _orders_meant(found_orders, lines)
        weak = not by_reference(found_orders)
        findings = findings_of(request, intent, sender, lines, orders, unknown, self._erp, weak=weak)
        of_stock = idle or intent is Intent.ADJUSTMENT
        resolution, words = (Resolution.UNSPECIFIED, None) if of_stock else resolution_of(places)
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
            identifiers=identifiers_of(() if idle and not known else places, known, unknown),
            findings=findings,
            questions=questions_of(findings, lines, unknown),
            drafter=DrafterRun(name="offline"),
            evidence=evidence,
        )


def _called_reason(places: Sequence[Passage]) -> list[Passage]:
    """`Why: typed double`: what a form or a letter itself calls the reason."""
    said = [place for place in places if place.standing == "said"]
    return [part_of(each.place, each.start, each.end) for each in entries(said) if _WHY.search(each.label)]


_WHY = re.compile(
    r"\b(?:why|reasons?|grund|warum|motivo|raz[oó]n|motif|raison|pourquoi|reden)\b(?! ?codes?)", re.IGNORECASE
)


def _rather_asked(line: CaseLine, found: LineFound) -> bool:
    """Goods only described in running text that are likelier no line, or in another number, than right: beside surer
    lines they are asked about, not guessed."""
    sure = min(line.confidence.get("sku", 1.0), line.confidence.get("quantity", 1.0))
    return found.kind == "prose" and not found.firm and line.quantity is not None and sure < _LIKELY


def _asked_of(line: CaseLine) -> Question:
    words = next((proof.quote for proof in line.evidence.get("sku", ()) if isinstance(proof, Quoted)), "")
    named = f"“{words}”" if words and echoable(words) else "the other goods you mention"
    return Question(field="sku", text=f"Is {named} part of this request too, and how many?")


_LIKELY = 0.5


def _of_its_own(line: LineFound, mine: tuple[Reason, Quoted] | None) -> bool:
    """Whether a reason is a line's alone: what a row says, or a fault of goods; that a job fell through is all's."""
    return mine is not None and (line.structured or mine[0] not in _OF_ALL)


_BY_COUNT = frozenset({Reason.SHORT_SHIPMENT, Reason.OVER_SHIPMENT})
_OF_ALL = frozenset({Reason.NO_LONGER_NEEDED, Reason.ORDERED_IN_ERROR, Reason.LATE_DELIVERY})


def _line(
    found: LineFound,
    reason: Reason,
    evidence: EvidenceByField,
    confidence: Mapping[str, float],
    *,
    received: str | None = None,
) -> CaseLine:
    ordered = found.order.line_of(found.item.sku) if found.order is not None else None
    if found.among:
        evidence = {name: proofs for name, proofs in evidence.items() if name not in ("sku", "order_no")}
    return CaseLine(
        sku=None if found.among else found.item.sku,
        quantity=found.quantity,
        uom=ordered.uom if ordered is not None else found.item.uom if not found.among else None,
        reason_code=reason,
        order_no=found.order.order_no if found.order is not None else None,
        received=received or found.received,
        lot=found.lot,
        location=found.location,
        serials=found.serials,
        confidence=confidence,
        evidence=evidence,
    )


def _said_by_a_customer(
    request: Request, sender: Sender, orders: Sequence[FoundOrder], known: Sequence[Code]
) -> tuple[Sequence[FoundOrder], Sequence[Code]]:
    """What is no request names orders only where a person of a customer does so in the newest words."""
    if request.machine_reason or sender.customer is None:
        return (), ()
    said = [code for code in known if code.said]
    spoken = {code.quoted for code in said}
    return [f for f in orders if f.by != "items" and any(words in spoken for words in f.evidence)], said


def _orders_meant(found: Sequence[FoundOrder], lines: Sequence[CaseLine]) -> tuple[Order, ...]:
    """The orders the lines are on; all that were found where the lines name none."""
    used = {line.order_no for line in lines if line.order_no is not None}
    orders = tuple(f.order for f in found)
    return tuple(order for order in orders if order.order_no in used) or orders


def _of_no_lot(line: CaseLine) -> CaseLine:
    """What never came, and for which only money is asked, is of no lot, whatever the packing list printed."""
    evidence = {name: proofs for name, proofs in line.evidence.items() if name != "lot"}
    confidence = {name: share for name, share in line.confidence.items() if name != "lot"}
    return replace(line, lot=None, evidence=evidence, confidence=confidence)


def _summary(
    request: Request, intent: Intent, sender: Sender, lines: Sequence[CaseLine], places: Sequence[Passage]
) -> str:
    """One or two sentences: what is asked for, and the sender's own first words."""
    who = "Our own warehouse" if sender.ours else (sender.customer.name if sender.customer else request.sender_address)
    goods = ", ".join(f"{plain(line.quantity) if line.quantity is not None else '?'} {line.sku}" for line in lines[:5])
    more = f" and {len(lines) - 5} more lines" if len(lines) > 5 else ""
    spoken = (p.text for p in places if p.standing == "said" and p.block.kind == "paragraph")
    said = next((text for text in spoken if len(text.split()) > 4), request.subject)
    words = " ".join(without_links(said).split())
    short = words if len(words) <= 160 else words[:157].rsplit(" ", 1)[0] + " …"
    what = intent.value.replace("_", " ")
    told = f"{who or 'Somebody'}: {what}{': ' + goods + more if goods else ''}."
    return told if request.blanked else f"{told} “{short}”"  # what stands around an order to a program is not quoted


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
        amount=None if "amount" in lost else line.amount,
        evidence=kept,
    )
