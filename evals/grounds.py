"""Values of a draft that nothing proves: no evidence, or words that do not stand where the evidence says."""

from collections.abc import Iterator, Mapping
from typing import Any

from assistant.domain.draft import CaseLine, Draft, Reason
from assistant.domain.evidence import Evidence, Proven, Quoted
from assistant.domain.request import Request
from assistant.drafting.words import grounded
from tools.erp import ErpReader

_FIELDS = ("sku", "order_no", "quantity", "reason_code", "lot", "serials", "received", "location", "amount")


def ungrounded(draft: Draft, request: Request, erp: ErpReader) -> tuple[str, ...]:
    """Each as `field of line 1`; empty where every value is proved."""
    return tuple(_ungrounded(draft, request, erp))


def _ungrounded(draft: Draft, request: Request, erp: ErpReader) -> Iterator[str]:
    hidden = [
        (document.path, block.at.start, block.at.end)
        for document in request.documents
        for block in document.blocks
        if block.hidden
    ]

    def holds(proof: Evidence) -> bool:
        if isinstance(proof, Quoted):
            at = proof.at
            unseen = any(at.document == path and start <= at.start < end for path, start, end in hidden)
            return grounded(proof, request) and not unseen
        return _on_record(proof, erp)

    for index, line in enumerate(draft.lines, 1):
        for name in _FIELDS:
            if _empty(name, line):
                continue
            proofs = line.evidence.get(name, ())
            if not proofs or not all(holds(proof) for proof in proofs):
                yield f"{name} of line {index}"
    for name, proofs in draft.evidence.items():
        if not all(holds(proof) for proof in proofs):
            yield name
    for name, value in _identifiers(draft).items():
        if value is not None and not any(value.casefold() in d.text.casefold() for d in request.documents):
            yield name


def _on_record(proof: Proven, erp: ErpReader) -> bool:
    kind, _, key = proof.record.partition("/")
    looked = {"orders": erp.order, "items": erp.item, "customers": erp.customer}.get(kind)
    return looked is not None and looked(key) is not None


def _empty(name: str, line: CaseLine) -> bool:
    value = getattr(line, name)
    return value in (None, "", ()) or value is Reason.OTHER


def _identifiers(draft: Draft) -> Mapping[str, Any]:
    names = ("customer_po", "invoice_no", "tracking_no", "customer_ref")
    return {name: getattr(draft.identifiers, name) for name in names}
