"""A draft as plain values: the form that `backhaul draft --json` prints."""

from typing import Any, assert_never

from assistant.domain.draft import CaseLine, Draft, EvidenceByField
from assistant.domain.evidence import Evidence, Proven, Quoted
from assistant.domain.money import plain


def as_json(draft: Draft, source: str) -> dict[str, Any]:
    """Quantities and money are strings of decimal digits; an unknown value is null."""
    run = draft.drafter
    return {
        "source": source,
        "intent": draft.intent.value,
        "summary": draft.summary,
        "customer_id": draft.customer_id,
        "order_nos": list(draft.order_nos),
        "lines": [_line(line) for line in draft.lines],
        "resolution": draft.resolution.value,
        "identifiers": {
            name: getattr(draft.identifiers, name)
            for name in ("customer_po", "invoice_no", "tracking_no", "customer_ref")
        },
        "findings": [
            {"code": f.code.value, "severity": f.severity, "line": f.line, "message": f.message} for f in draft.findings
        ],
        "questions": [{"field": q.field, "line": q.line, "text": q.text} for q in draft.questions],
        "drafter": {
            "name": run.name,
            "model": run.model,
            "prompt": run.prompt,
            "calls": run.calls,
            "tokens_in": run.tokens_in,
            "tokens_out": run.tokens_out,
            "seconds": run.seconds,
            "dropped": run.dropped,
            "note": run.note,
        },
        "evidence": _evidence(draft.evidence),
    }


def _line(line: CaseLine) -> dict[str, Any]:
    claim = line.amount
    return {
        "sku": line.sku,
        "received": line.received,
        "order_no": line.order_no,
        "quantity": None if line.quantity is None else plain(line.quantity),
        "uom": line.uom,
        "reason_code": line.reason_code.value,
        "reason_alternatives": [reason.value for reason in line.reason_alternatives],
        "lot": line.lot,
        "serials": list(line.serials),
        "amount": None
        if claim is None
        else {"value": plain(claim.money.amount), "currency": claim.money.currency, "basis": claim.basis},
        "location": line.location,
        "confidence": dict(line.confidence),
        "checks": dict(line.checks),
        "evidence": _evidence(line.evidence),
    }


def _evidence(by_field: EvidenceByField) -> dict[str, list[dict[str, Any]]]:
    return {name: [_proof(proof) for proof in proofs] for name, proofs in by_field.items()}


def _proof(proof: Evidence) -> dict[str, Any]:
    match proof:
        case Quoted(quote=quote, at=at):
            return {
                "document": at.document,
                "page": at.page,
                "start": at.start,
                "end": at.end,
                "quote": quote,
                "box": None if at.box is None else [round(side, 2) for side in at.box],
                "source": at.source,
            }
        case Proven(record=record, quote=quote):
            place = {"document": f"erp:{record}", "page": None, "start": None, "end": None}
            return {**place, "quote": quote, "box": None, "source": "erp"}
        case _:
            assert_never(proof)
