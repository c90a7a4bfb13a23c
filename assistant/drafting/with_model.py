"""The drafter with a model: the offline draft first, then the model's answer, value by value, where it is proved.

A model's value enters only if its words stand in what the sender wrote (hidden text, quoted mail and signatures do not
count) and, for orders, items, lots and serials, if the ERP proves it. The place is found here by matching; a block the
model names only says which of several equal places is meant. Who the customer is, what is a finding and what is asked
back is worked out by code alone. Above 400 lines, because checking each field is one subject.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from assistant.domain.draft import CaseLine, Draft, FindingCode, Identifiers, Intent, Reason, Resolution
from assistant.domain.evidence import Evidence, Proven, Quoted
from assistant.domain.model import Model, ModelUnavailable, Reply
from assistant.domain.money import plain
from assistant.domain.request import Drafter, Request
from assistant.drafting.candidates import Code, codes, unknown_references
from assistant.drafting.findings import findings_of
from assistant.drafting.numbers import cell_number, numbers
from assistant.drafting.questions import questions_of
from assistant.drafting.resolve import FoundOrder, Sender, orders_of, sender_of
from assistant.drafting.words import Passage, passages
from prompts.loader import Prompt, load
from tools.erp import ErpReader, Item, Order, OrderLine

PROMPT = "draft.v1"
_MOST_DOCUMENT_CHARS = 60_000
_MOST_LINES = 200
_MOST_SUMMARY_CHARS = 400
_MOST = Decimal(1_000_000)
_AGREED, _PROVED, _SAID = 0.95, 0.9, 0.75
_WHOLE = re.compile(r"\b(?:all|whole|entire|everything|both|alle|ganze|todo|tout)", re.IGNORECASE)
_PIECES = re.compile(r"\s*(?:pcs?|pieces?|stk|stück|piezas|pièces|individual\w*)\.?\s*", re.IGNORECASE)


class ModelDrafter:
    """Implements assistant.domain.request.Drafter. Where the model is of no use the offline draft stands, marked so."""

    def __init__(self, offline: Drafter, model: Model, erp: ErpReader) -> None:
        self._offline = offline
        self._model = model
        self._erp = erp

    def draft(self, request: Request) -> Draft:
        offline = self._offline.draft(request)
        if request.machine_reason or not any(document.text.strip() for document in request.documents):
            return offline  # nothing that a model could add
        sender = sender_of(request, self._erp)
        customer_id = sender.customer.id if sender.customer is not None else None
        places = passages(request)
        known = codes(places, self._erp, customer_id)
        orders = () if sender.ours else orders_of(known, customer_id, self._erp)
        prompt = load(PROMPT)
        said = tuple(place for place in places if place.standing == "said")
        own = [f.order for f in orders if customer_id in {None, f.order.customer_id}]
        system, user = _asked(prompt, request, said, known, own, self._erp)
        try:
            reply = self._model.ask(system, user, prompt.schema)
        except ModelUnavailable as failure:
            run = offline.drafter
            note = f"Drafted without the model. {failure}"
            seconds = round(run.seconds + failure.seconds, 4)
            return replace(offline, drafter=replace(run, note=note, calls=failure.calls, seconds=seconds))
        check = _Check(said, self._erp, customer_id, offline)
        draft = check.adopted(reply.data, sender, orders)
        if check.dropped and not check.kept:
            note = f"Drafted without the model: none of the {check.dropped} values it gave is proved by the request."
            draft = replace(offline, drafter=replace(offline.drafter, note=note))
        else:
            draft = self._with_findings(draft, request, sender, places, known)
        return replace(draft, drafter=_run(draft, offline, reply, check, prompt))

    def _with_findings(
        self, draft: Draft, request: Request, sender: Sender, places: Sequence[Passage], known: Sequence[Code]
    ) -> Draft:
        orders = tuple(order for number in draft.order_nos if (order := self._erp.order(number)) is not None)
        unknown = unknown_references(places, known)
        findings = findings_of(request, draft.intent, sender, draft.lines, orders, unknown, self._erp)
        return replace(draft, findings=findings, questions=questions_of(findings, draft.lines))


def _run(draft: Draft, offline: Draft, reply: Reply, check: "_Check", prompt: Prompt) -> Any:
    return replace(
        draft.drafter,
        name="model" if not draft.drafter.note else offline.drafter.name,
        model=reply.model,
        prompt=prompt.id,
        calls=reply.calls,
        tokens_in=reply.tokens_in,
        tokens_out=reply.tokens_out,
        seconds=round(offline.drafter.seconds + reply.seconds, 4),
        dropped=offline.drafter.dropped + check.dropped,
    )


def _asked(
    prompt: Prompt,
    request: Request,
    said: Sequence[Passage],
    known: Sequence[Code],
    orders: Sequence[Order],
    erp: ErpReader,
) -> tuple[str, str]:
    """The prompt's two parts. Only what the sender wrote, and the ERP's lines of the orders that it names."""
    blocks: list[str] = []
    room = _MOST_DOCUMENT_CHARS
    for number, place in enumerate(said, 1):
        page = f" p{place.block.at.page}" if place.block.at.page is not None else ""
        block = f"[b{number} {place.document.path}{page}] {place.text}"
        room -= len(block)
        if room < 0:
            blocks.append("(The rest is left out here: the request is too long.)")
            break
        blocks.append(block)
    references = dict.fromkeys(f"{code.text}: {hit.kind}" for code in known if code.said for hit in code.found)
    lines = [_order_line(order, line, erp) for order in orders for line in order.lines[:_MOST_LINES]]
    return prompt.render(
        company=erp.company().name,
        today=request.asked_on.isoformat(),
        sender=f"{request.sender_name} {request.sender_address}".strip(),
        subject=request.subject,
        documents="\n".join(blocks),
        references="\n".join(list(references)[:100]) or "(none)",
        order_lines="\n".join(lines[:_MOST_LINES]) or "(none)",
    )


def _order_line(order: Order, line: OrderLine, erp: ErpReader) -> str:
    item = erp.item(line.sku)
    marks = ", ".join([*order.lots(line.sku), *order.serials(line.sku)][:20])
    described = item.description if item is not None else ""
    return f"{order.order_no} | {line.sku} | {described} | {plain(line.quantity)} {line.uom} | {marks or '-'}"


def _letters(text: str) -> tuple[str, list[int]]:
    """The text without case, space and punctuation, and where each character of it stands."""
    kept = [(folded, at) for at, char in enumerate(text) if char.isalnum() for folded in char.casefold()]
    return "".join(char for char, _ in kept), [at for _, at in kept]


@dataclass(slots=True)
class _Check:
    """Looks each value up in the request and the ERP; counts what it kept and what it dropped."""

    said: Sequence[Passage]
    erp: ErpReader
    customer_id: str | None
    offline: Draft
    kept: int = 0
    dropped: int = 0
    _letters: dict[int, tuple[str, list[int]]] = field(default_factory=dict)
    _used: list[CaseLine] = field(default_factory=list)

    def place(self, words: str | None, block: str = "") -> tuple[Passage, int, int] | None:
        """Where the words stand whole, in the block named or else in the first that has them."""
        wanted, _ = _letters(words or "")
        if not wanted:
            return None
        hint = re.match(r"\W*b?(\d+)", block)
        numbered = list(enumerate(self.said))
        if hint and 0 < int(hint[1][:6]) <= len(numbered):
            numbered.insert(0, numbered[int(hint[1][:6]) - 1])
        for number, passage in numbered:
            text, spots = self._letters.setdefault(number, _letters(passage.text))
            start = text.find(wanted)
            while start >= 0:
                first, last = spots[start], spots[start + len(wanted) - 1] + 1
                around = passage.text[max(first - 1, 0) : first], passage.text[last : last + 1]
                if not any(char.isalnum() for char in around):
                    return passage, first, last
                start = text.find(wanted, start + 1)
        return None

    def quoted(self, words: str | None, block: str = "") -> Quoted | None:
        """Evidence for words; a value that is given and not found counts as dropped."""
        if words is None or not words.strip():
            return None
        return self._count(self._found(words, block))

    def _found(self, words: str | None, block: str) -> Quoted | None:
        found = self.place(words, block)
        return None if found is None else found[0].quote(found[1], found[2])

    def _count(self, quoted: Quoted | None) -> Quoted | None:
        if quoted is None:
            self.dropped += 1
        else:
            self.kept += 1
        return quoted

    def adopted(self, data: Mapping[str, Any], sender: Sender, orders: Sequence[FoundOrder]) -> Draft:
        """The offline draft with every value of the answer that holds; findings are not worked out here."""
        offline = self.offline
        references = () if sender.ours else data["order_refs"][:_MOST_LINES]
        named = [found for reference in references for found in self.orders(reference)]
        candidates = tuple({found.order.order_no: found for found in (*named, *orders)}.values())
        lines = offline.lines if sender.ours else self.lines(data, candidates)
        intent = self.intent(Intent(data["intent"]), sender, lines)
        if intent in {Intent.NOT_A_REQUEST, Intent.STATUS_INQUIRY}:
            lines = ()
        used = {line.order_no for line in lines if line.order_no is not None}
        numbers_used = [f.order.order_no for f in candidates if f.order.order_no in used]
        order_nos = tuple(numbers_used or [f.order.order_no for f in named] or offline.order_nos)
        proofs = tuple(e for f in candidates if f.order.order_no in order_nos for e in f.evidence)
        evidence: dict[str, tuple[Evidence, ...]] = {**offline.evidence, **({"order_nos": proofs} if proofs else {})}
        resolution = Resolution(data["resolution"])
        words = self.quoted(data["resolution_words"]) if resolution is not Resolution.UNSPECIFIED else None
        if words is not None:
            evidence["resolution"] = (words,)
        return replace(
            offline,
            intent=intent,
            summary=self.summary(data["summary"]),
            customer_id=offline.customer_id or (None if sender.ours else self._customer_of(order_nos)),
            order_nos=order_nos,
            lines=lines,
            resolution=offline.resolution if words is None else resolution,
            identifiers=self.identifiers(data),
            evidence=evidence,
        )

    def _customer_of(self, order_nos: Sequence[str]) -> str | None:
        order = self.erp.order(order_nos[0]) if order_nos else None
        return None if order is None else order.customer_id

    def intent(self, intent: Intent, sender: Sender, lines: Sequence[CaseLine]) -> Intent:
        """The model's word, where no rule speaks against it: a request that names goods is never talked away."""
        unsafe = intent in {Intent.NOT_A_REQUEST, Intent.STATUS_INQUIRY} and (
            bool(lines) or self.offline.has(FindingCode.INJECTION_ATTEMPT)
        )
        if unsafe or sender.ours or intent is Intent.ADJUSTMENT:
            return self.offline.intent
        return intent

    def summary(self, text: str) -> str:
        """Without a number or a code that the request does not hold; else the offline one."""
        short = " ".join(text.split())
        marked = [word for word in re.findall(r"[\w\-/.]*\d[\w\-/.]*", short) if _letters(word)[0]]
        values = _letters(" ".join([self.offline.summary, *(line.sku or "" for line in self.offline.lines)]))[0]
        if any(self.place(word) is None and _letters(word)[0] not in values for word in marked):
            self.dropped += 1
            return self.offline.summary
        return short if 0 < len(short) <= _MOST_SUMMARY_CHARS else self.offline.summary

    def identifiers(self, data: Mapping[str, Any]) -> Identifiers:
        def written(name: str) -> str | None:
            quoted = self.quoted(data[name])
            return quoted.quote if quoted is not None else getattr(self.offline.identifiers, name)

        names = ("customer_po", "invoice_no", "tracking_no", "customer_ref")
        return Identifiers(**{name: written(name) for name in names})

    def orders(self, reference: str | None) -> tuple[FoundOrder, ...]:
        """The order that a reference written in the request leads to in the ERP."""
        if reference is None or not reference.strip():
            return ()
        found = self.place(reference)
        if found is None:
            self.dropped += 1
            return ()
        passage, start, end = found
        text = passage.text[start:end]
        led = orders_of([Code(text, passage, start, end, self.erp.find(text), ())], self.customer_id, self.erp)
        self._count(passage.quote(start, end) if led else None)
        return led

    def lines(self, data: Mapping[str, Any], orders: Sequence[FoundOrder]) -> tuple[CaseLine, ...]:
        """The model's lines that hold; the offline ones where none does."""
        kept: dict[tuple[str | None, str | None, str | None, Reason], CaseLine] = {}
        for said in data["lines"][:_MOST_LINES]:
            line = self.line(said, orders)
            if line is not None:
                kept.setdefault((line.sku, line.order_no, line.lot, line.reason_code), line)
        return tuple(kept.values()) or self.offline.lines

    def line(self, said: Mapping[str, Any], orders: Sequence[FoundOrder]) -> CaseLine | None:
        block = said["block"]
        words = self._found(said["item_words"], block) or self._found(said["sku"], block)
        item = None if words is None else self.item(words.quote, said["sku"], orders)
        self._count(words if item is not None else None)
        if words is None or item is None:
            return None
        before = self._before(item, said["lot"])
        having = [f for f in (*self.orders(said["order_ref"]), *orders) if f.order.line_of(item.sku) is not None]
        found = having[0] if having else None
        ordered = found.order.line_of(item.sku) if found is not None else None
        evidence: dict[str, tuple[Evidence, ...]] = {
            "sku": (words, Proven(record=f"items/{item.sku}", quote=f"{item.sku} {item.description}"))
        }
        if found is not None:
            evidence["order_no"] = found.evidence
        reason = self._reason(said, before, evidence)
        lot, serials = self._marks(said, item, found.order if found is not None else None, evidence)
        quantity = self._quantity(said, item, found.order if found is not None else None, before, evidence)
        received = self.quoted(said["received"], block)
        if received is not None:
            evidence["received"] = (received,)
        confidence = {
            name: _AGREED if before is not None and name in before.evidence else _PROVED if len(proofs) > 1 else _SAID
            for name, proofs in evidence.items()
        }
        return CaseLine(
            sku=item.sku,
            quantity=quantity,
            uom=ordered.uom if ordered is not None else item.uom,
            reason_code=reason,
            order_no=found.order.order_no if found is not None else None,
            received=received.quote if received is not None else None,
            lot=lot,
            serials=serials,
            confidence=confidence,
            evidence=evidence,
        )

    def _before(self, item: Item, lot: str | None) -> CaseLine | None:
        """The offline line for the same goods; each backs one line of the model's only."""
        same = [line for line in self.offline.lines if line.sku == item.sku and line not in self._used]
        alike = [line for line in same if _letters(line.lot or "")[0] == _letters(lot or "")[0]]
        first = next(iter(alike or same), None)
        if first is not None:
            self._used.append(first)
        return first

    def item(self, words: str, sku: str | None, orders: Sequence[FoundOrder]) -> Item | None:
        """The item that the words are a code of; else the one named, if an order has it and the words describe it."""
        by_code = self.erp.items_by_code(words, self.customer_id)
        if len(by_code) == 1:
            return by_code[0]
        item = self.erp.item(sku) if sku else None
        if item is None or not any(found.order.line_of(item.sku) for found in orders):
            return None
        described = {word.rstrip("s") for word in re.findall(r"[^\W\d_]{3,}", item.description.casefold())}
        return item if described & {w.rstrip("s") for w in re.findall(r"[^\W\d_]{3,}", words.casefold())} else None

    def _reason(
        self, said: Mapping[str, Any], before: CaseLine | None, evidence: dict[str, tuple[Evidence, ...]]
    ) -> Reason:
        reason = Reason(said["reason_code"])
        quoted = self.quoted(said["reason_words"], said["block"]) if reason is not Reason.OTHER else None
        if quoted is not None:
            evidence["reason_code"] = (quoted,)
            return reason
        if before is None or "reason_code" not in before.evidence:
            return Reason.OTHER
        evidence["reason_code"] = before.evidence["reason_code"]
        return before.reason_code

    def _quantity(
        self,
        said: Mapping[str, Any],
        item: Item,
        order: Order | None,
        before: CaseLine | None,
        evidence: dict[str, tuple[Evidence, ...]],
    ) -> Decimal | None:
        """The number, where the words mean it; the offline one where they do not."""
        words = said["quantity_words"]
        quoted = self._found(words, said["block"]) if said["quantity"] is not None else None
        value = _decimal(said["quantity"])
        if quoted is not None and value is not None and self._means(quoted.quote, value, item, order):
            evidence["quantity"] = (self._count(quoted) or quoted,)
            pieces = item.pack_size and _PIECES.fullmatch(said["uom_words"] or "")
            return value / item.pack_size if pieces and item.pack_size and value % item.pack_size == 0 else value
        self.dropped += said["quantity"] is not None
        if before is None or before.quantity is None:
            return None
        evidence["quantity"] = before.evidence.get("quantity", ())
        return before.quantity

    def _means(self, words: str, value: Decimal, item: Item, order: Order | None) -> bool:
        if not 0 < value <= _MOST:
            return False
        if cell_number(words) == value or any(number.value == value for number in numbers(words)):
            return True
        return order is not None and bool(_WHOLE.search(words)) and value == order.shipped(item.sku)

    def _marks(
        self, said: Mapping[str, Any], item: Item, order: Order | None, evidence: dict[str, tuple[Evidence, ...]]
    ) -> tuple[str | None, tuple[str, ...]]:
        """Lot and serials that stand in the request and that the ERP has for this item on this order."""

        def proved(mark: str | None) -> Quoted | None:
            if mark is None or not mark.strip():
                return None
            quoted = self._found(mark, said["block"])
            hits = self.erp.find(quoted.quote, ("lot", "serial")) if quoted is not None else ()
            known = any(hit.sku == item.sku and (order is None or hit.order_no == order.order_no) for hit in hits)
            return self._count(quoted if known else None)

        lot = proved(said["lot"])
        serials = tuple(q for serial in said["serials"][:_MOST_LINES] if (q := proved(serial)) is not None)
        if lot is not None:
            evidence["lot"] = (lot,)
        if serials:
            evidence["serials"] = serials
        return (lot.quote if lot is not None else None), tuple(dict.fromkeys(q.quote for q in serials))


def _decimal(text: str | None) -> Decimal | None:
    try:
        value = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
