"""A model's answer against the request and the ERP: the draft of what holds, and what does not.

Who the customer is, what is a finding and what is asked back is worked out by rules alone, over the lines that hold.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.domain.draft import CaseLine, Draft, Finding, FindingCode, Identifiers, Intent, Question, Resolution
from assistant.domain.echo import echoable, links
from assistant.domain.evidence import Evidence
from assistant.domain.money import plain
from assistant.drafting.asked import Asked
from assistant.drafting.candidates import Code, Unknown
from assistant.drafting.findings import findings_of
from assistant.drafting.ground import Failed, Ground
from assistant.drafting.places import Place, Places, alike
from assistant.drafting.proved_lines import proved_lines
from assistant.drafting.questions import questions_of
from assistant.drafting.resolve import FoundOrder, orders_of
from assistant.drafting.turned import says_resolution
from tools.erp import ErpReader

_MOST_SUMMARY_CHARS, _MOST_REFS = 400, 60
_IDLE = frozenset({Intent.NOT_A_REQUEST, Intent.STATUS_INQUIRY})
_OURS = {"order_no": "order", "customer_po": "po", "invoice_no": "invoice", "tracking_no": "tracking"}
# Words of decisions, which are people's.
_DECIDED = re.compile(
    r"\b(?:approv\w*|authori[sz]ed|verified|confirmed|genehmigt|geprüft|approuvé\w*|aprobad\w*)", re.I
)
_KNOWN_KINDS = {"order", "po", "invoice", "tracking", "shipment"}


@dataclass(frozen=True, slots=True)
class Proved:
    """``kept`` counts the values that held, ``failed`` names the others."""

    draft: Draft
    kept: int
    failed: tuple[Failed, ...]


@dataclass(frozen=True, slots=True)
class _Ref:
    kind: str
    place: Place
    led: tuple[FoundOrder, ...]


def proved(data: Mapping[str, Any], asked: Asked, erp: ErpReader, *, again: bool = False) -> Proved:
    """``again``: this answer was looked at a second time, so what it says of the intent has been confirmed."""
    return _Answer(data, asked, erp, again).proved()


class _Answer:
    def __init__(self, data: Mapping[str, Any], asked: Asked, erp: ErpReader, again: bool) -> None:
        self.data = data
        self.asked = asked
        self.erp = erp
        self.again = again
        self.offline = asked.offline
        self.places = Places(asked.blocks)
        # Our own people also pass on what a customer asks for: then it is about an order.
        passed_on = data["intent"] in (Intent.RETURN_REQUEST, Intent.CREDIT_REQUEST) and bool(asked.found)
        self.ours = asked.sender.ours and not passed_on
        self.wary = asked.request.blanked
        self.failed: list[Failed] = []
        self.doubts: list[tuple[CaseLine, str]] = []
        self.kept = 0

    def proved(self) -> Proved:
        refs = self._refs()
        found = {each.order.order_no: each for each in (*(f for ref in refs for f in ref.led), *self.asked.found)}
        ground = Ground(
            places=self.places,
            erp=self.erp,
            customer_id=self.asked.customer_id,
            ours=self.ours,
            offline=self.offline,
            orders=tuple(found.values()),
            named=self.asked.shown.orders,
            wary=self.wary,
            astray=not found and bool(self._unknown(refs)),
        )
        lines = proved_lines(ground, self.data["lines"])
        self.failed += ground.failed
        self.kept += ground.kept
        self.doubts = ground.doubts
        if self.data["lines"] and not lines:
            lines = self.offline.lines
        intent = self._intent(lines)
        lines = () if intent in _IDLE else lines or self._unless_said(intent)
        order_nos = self._order_nos(intent, lines, refs)
        resolution, words = self._resolution()
        proofs = tuple(proof for no in order_nos if no in found for proof in found[no].evidence)
        evidence: dict[str, tuple[Evidence, ...]] = {**self.offline.evidence}
        evidence |= {"order_nos": proofs} if proofs else {}
        evidence |= {"resolution": (words.quoted,)} if words is not None else {}
        draft = replace(
            self.offline,
            intent=intent,
            summary=self._summary(),
            customer_id=self._customer(intent, order_nos),
            order_nos=order_nos,
            lines=lines,
            otherwise=self.offline if intent is Intent.NOT_A_REQUEST and self.offline.intent not in _IDLE else None,
            resolution=resolution,
            identifiers=self._identifiers(refs),
            evidence=evidence,
        )
        return Proved(self._with_findings(draft, refs), self.kept, tuple(self.failed))

    def _refs(self) -> tuple[_Ref, ...]:
        result: list[_Ref] = []
        for index, said in enumerate(self.data["refs"][:_MOST_REFS]):
            place = self.places.find(said["as"], said["in"])
            if place is None or not any(char.isalnum() for char in place.text):
                why = "these words do not stand in the block"
                self.failed.append(Failed(line=None, field=f"ref {index}", said=said["as"], block=said["in"], why=why))
                continue
            self.kept += 1
            led: tuple[FoundOrder, ...] = ()
            if said["kind"] in _KNOWN_KINDS and not self.ours:
                code = Code(place.text, place.block.passage, place.start, place.end, self.erp.find(place.text), ())
                led = orders_of([code], self.asked.customer_id, self.erp)
            result.append(_Ref(said["kind"], place, led))
        return tuple(result)

    def _intent(self, lines: Sequence[CaseLine]) -> Intent:
        """The model's word, but nobody talks a request for goods away, nor out of or into our own stock."""
        said = Intent(self.data["intent"])
        if self.asked.sender.ours and not self.ours:
            return said if lines else self.offline.intent
        if self.ours:
            stock = said is Intent.ADJUSTMENT and bool(lines)
            idle = said in _IDLE and not lines and not self.offline.lines
            return said if stock or idle else self.offline.intent
        if said is Intent.ADJUSTMENT:
            return self.offline.intent
        if said not in _IDLE or self.offline.intent in _IDLE:
            return said
        if (self.wary and self.offline.lines) or (lines and said is Intent.NOT_A_REQUEST):
            return self.offline.intent
        place = self.places.find(self.data["intent_as"], "")
        if (self.again or not self.offline.lines) and place is not None and place.block.kind == "said":
            return said
        why = "the rules read a request for goods; quote the words that say otherwise, or correct it"
        block = place.block.label if place is not None else "b1"
        self.failed.append(Failed(line=None, field="intent", said=said.value, block=block, why=why))
        return self.offline.intent

    def _unless_said(self, intent: Intent) -> tuple[CaseLine, ...]:
        """The rules' lines where the model saw none, but for a request that it read as one without any."""
        asks = Intent(self.data["intent"]) not in _IDLE and intent not in _IDLE
        return () if asks and self.again else self.offline.lines

    def _order_nos(self, intent: Intent, lines: Sequence[CaseLine], refs: Sequence[_Ref]) -> tuple[str, ...]:
        if self.ours and intent is Intent.ADJUSTMENT:
            return ()
        if self.ours or (self.data["intent"] == self.offline.intent == Intent.NOT_A_REQUEST):
            return self.offline.order_nos
        used = [line.order_no for line in lines if line.order_no is not None]
        led = [found.order for ref in refs for found in ref.led]
        untold = {line.sku for line in lines if line.order_no is None and line.sku is not None}
        perhaps = [order.order_no for order in led if not used or any(order.line_of(sku) for sku in untold)]
        named = tuple(dict.fromkeys([*used, *perhaps]))
        other = {line.sku for line in self.offline.lines} - {line.sku for line in lines}
        if lines and other and not self.asked.found:
            return named  # the rules told the order by the goods they read, some of which are none
        return named if named or self.data["intent"] == Intent.NOT_A_REQUEST else self.offline.order_nos

    def _customer(self, intent: Intent, order_nos: Sequence[str]) -> str | None:
        """The sender, else whose orders these are; our own stock is nobody's, and so are orders in no request."""
        if intent is Intent.NOT_A_REQUEST:
            return self.asked.customer_id
        if self.ours and intent is Intent.ADJUSTMENT:
            return None
        if self.offline.customer_id is not None:
            return self.offline.customer_id
        order = self.erp.order(order_nos[0]) if order_nos and not self.ours else None
        return None if order is None else order.customer_id

    def _resolution(self) -> tuple[Resolution, Place | None]:
        said = Resolution(self.data["resolution"])
        if said is Resolution.UNSPECIFIED:
            return (said, None) if self.data["lines"] else (self.offline.resolution, None)
        place = self.places.find(self.data["resolution_as"], "")
        if place is None:
            why = "these words do not stand in the block named before them"
            said_words = self.data["resolution_as"] or said.value
            self.failed.append(Failed(line=None, field="resolution", said=said_words, block="b1", why=why))
            return self.offline.resolution, None
        self.kept += 1
        before = self.offline.resolution
        if before not in (Resolution.UNSPECIFIED, said) and not says_resolution(place.text, said):
            return before, None
        return said, place

    def _summary(self) -> str:
        """Without links, and without numbers, codes or decisions that the request does not hold; else the rules'."""
        short = " ".join(self.data["summary"].split())
        if self.wary or links(short) or any(not self.places.said(word) for word in _DECIDED.findall(short)):
            return self.offline.summary
        known = " ".join([self.offline.summary, *(line.sku or "" for line in self.offline.lines)])
        for word in re.findall(r"[\w\-/.]*\d[\w\-/.]*", short):
            if not self.places.said(word) and word.casefold().strip(".") not in known.casefold():
                return self.offline.summary
        return short if 0 < len(short) <= _MOST_SUMMARY_CHARS else self.offline.summary

    def _identifiers(self, refs: Sequence[_Ref]) -> Identifiers:
        """The first of each kind; of what the ERP knows, its kind counts and not the model's."""

        def first(kind: str) -> str | None:
            return next((ref.place.text for ref in refs if self._kind(ref) == kind), None)

        rules = self.offline.identifiers
        return Identifiers(
            customer_po=first("po") or rules.customer_po,
            invoice_no=first("invoice") or rules.invoice_no,
            tracking_no=first("tracking") or rules.tracking_no,
            customer_ref=first("own") or rules.customer_ref,
        )

    def _kind(self, ref: _Ref) -> str:
        kinds = {hit.kind for hit in self.erp.find(ref.place.text)}
        known = [_OURS.get(kind, "other") for kind in kinds]
        return ref.kind if not known or ref.kind in known else known[0]

    def _with_findings(self, draft: Draft, refs: Sequence[_Ref]) -> Draft:
        orders = tuple(order for no in draft.order_nos if (order := self.erp.order(no)) is not None)
        unknown = () if draft.intent in _IDLE else self._unknown(refs)
        asked = self.asked
        findings = findings_of(asked.request, draft.intent, asked.sender, draft.lines, orders, unknown, self.erp)
        findings = (*findings, *_untold(draft))
        doubted = {
            index: name for index, line in enumerate(draft.lines) for doubtful, name in self.doubts if doubtful is line
        }
        questions = (*questions_of(findings, draft.lines, unknown), *confirmations(draft, doubted))
        return replace(draft, findings=findings, questions=questions)

    def _unknown(self, refs: Sequence[_Ref]) -> tuple[Unknown, ...]:
        """References that lead nowhere: by the rules' reading, and by the model's."""
        rules: tuple[Unknown, ...] = self.asked.unknown
        more = [
            Unknown(ref.place.text, ref.place.quoted, purchase=ref.kind == "po")
            for ref in refs
            if ref.kind in _KNOWN_KINDS and not ref.led and not self.erp.find(ref.place.text)
            if echoable(ref.place.text)  # a sentence is no reference
        ]
        return (*rules, *(each for each in more if not any(alike(each.text, other.text) for other in rules)))


def _untold(draft: Draft) -> tuple[Finding, ...]:
    said = "Which item this is can't be told from the request."
    return tuple(
        Finding(code=FindingCode.MISSING_ITEM, severity="blocking", message=said, line=index)
        for index, line in enumerate(draft.lines)
        if line.sku is None
    )


def confirmations(draft: Draft, doubted: Mapping[int, str]) -> tuple[Question, ...]:
    """What we would ask about values on which two readings differ: one question a line at most.

    ``doubted``: the field in doubt, by the line's index.
    """
    asked: list[Question] = []
    for index, name in doubted.items():
        line = draft.lines[index]
        words = next((proof.quote for proof in line.evidence.get("sku", ())), line.sku or "the item")
        words = words if echoable(words) else line.sku or "the item"
        if name == "quantity" and line.quantity is not None:
            text = f"Is it {plain(abs(line.quantity))} {line.uom or ''}".rstrip() + f" of “{words}”? Please confirm."
        elif name == "sku":
            text = f"Is “{words}” our item {line.sku}? Please confirm."
        else:
            text = f"Is “{words}” from our order {line.order_no}? Please confirm."
        asked.append(Question(field=name, line=index, text=text))
    return tuple(asked)
