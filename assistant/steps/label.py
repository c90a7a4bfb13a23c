"""Label: what people made of a request, as a labelled request that the evals can grade, and what they corrected.

The label is the revision that was decided; corrections are its differences from the drafter's own, field by field. A
person looks at them before any becomes an example: here they are only written down.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.domain.case import Case, Revision
from assistant.domain.draft import CaseLine, Draft
from assistant.domain.lifecycle import CaseState
from assistant.domain.money import plain
from assistant.domain.person import program
from assistant.domain.ports import Store

ACTOR = program("label")
DECIDED = frozenset(
    {CaseState.APPROVED, CaseState.AUTHORISED, CaseState.RECEIVED, CaseState.INSPECTED}
    | {CaseState.SETTLED, CaseState.CLOSED}
)
_FIELDS = ("sku", "quantity", "order_no", "reason_code", "lot", "serials")
_MOST_CASES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One decided request: its mail as it came and its label, in the format of `docs/evals.md`."""

    case_id: str
    raw: bytes
    gold: dict[str, Any]


def labelled(store: Store) -> Iterator[Labelled]:
    """Every approved case whose mail is still kept, the oldest first; none whose customer said later what was decided:
    the mail alone does not hold it."""
    with store.unit(ACTOR) as unit:
        decided = unit.cases.list(DECIDED, limit=_MOST_CASES)
    for case in reversed(decided):
        with store.unit(ACTOR) as unit:
            raw, revisions = unit.messages.raw(case.message_id), unit.cases.revisions(case.id)
        told_later = any(revision.by.kind == "program" for revision in revisions[1:])
        if raw and not told_later:
            yield Labelled(case_id=case.id, raw=raw, gold=gold_of(case, revisions))


def gold_of(case: Case, revisions: Sequence[Revision]) -> dict[str, Any]:
    draft = case.draft
    why = "; ".join(revision.why for revision in revisions if revision.why)
    return {
        "id": case.id,
        "why": why or "decided as drafted",
        "intent": draft.intent.value,
        "customer_id": draft.customer_id,
        "order_nos": list(draft.order_nos),
        "lines": [_line(line) for line in draft.lines],
        "resolution": draft.resolution.value,
        "identifiers": {
            name: getattr(draft.identifiers, name)
            for name in ("customer_po", "invoice_no", "tracking_no", "customer_ref")
        },
        "problems": sorted({finding.code.value for finding in draft.findings}),
        "corrections": corrections(revisions[0].draft, draft),
    }


def corrections(drafted: Draft, decided: Draft) -> list[dict[str, Any]]:
    """What people changed: a line's number from 0 (None: the whole request), the field, before and after."""
    found: list[dict[str, Any]] = []
    for name in ("customer_id", "resolution"):
        before, after = _text(getattr(drafted, name)), _text(getattr(decided, name))
        if before != after:
            found.append({"line": None, "field": name, "before": before, "after": after})
    for index in range(max(len(drafted.lines), len(decided.lines))):
        one = drafted.lines[index] if index < len(drafted.lines) else None
        other = decided.lines[index] if index < len(decided.lines) else None
        for name in _FIELDS:
            before, after = _text(getattr(one, name, None)), _text(getattr(other, name, None))
            if before != after:
                found.append({"line": index, "field": name, "before": before, "after": after})
    return found


def write(found: Labelled, folder: Path) -> None:
    """``folder/CASE/message.eml`` and ``gold.json``."""
    import json

    place = folder / found.case_id
    place.mkdir(parents=True, exist_ok=True)
    (place / "message.eml").write_bytes(found.raw)
    (place / "gold.json").write_text(json.dumps(found.gold, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _line(line: CaseLine) -> dict[str, Any]:
    return {
        "sku": line.sku,
        "quantity": None if line.quantity is None else plain(line.quantity),
        "reason_code": [line.reason_code.value],
        "lot": line.lot,
        "serials": list(line.serials),
    }


def _text(value: Any) -> str | None:
    if value is None or value == ():
        return None
    if isinstance(value, tuple):
        return ", ".join(value)
    return value.value if hasattr(value, "value") else plain(value) if hasattr(value, "is_finite") else str(value)
