"""Questions: what we would ask the sender, all of it once. They say nothing the sender did not say first."""

from collections.abc import Sequence

from assistant.domain.draft import CaseLine, Finding, FindingCode, Question
from assistant.domain.evidence import Quoted

_FIELD = {
    FindingCode.MISSING_ORDER_REFERENCE: "order_no",
    FindingCode.MISSING_ITEM: "sku",
    FindingCode.MISSING_QUANTITY: "quantity",
    FindingCode.MISSING_LOT: "lot",
    FindingCode.MISSING_SERIAL: "serials",
    FindingCode.MISSING_PHOTOS: "photos",
}


def questions_of(findings: Sequence[Finding], lines: Sequence[CaseLine]) -> tuple[Question, ...]:
    asked: list[Question] = []
    for finding in findings:
        if (field := _FIELD.get(finding.code)) is not None:
            line = lines[finding.line] if finding.line is not None else None
            asked.append(Question(field=field, text=_text(finding.code, _named(line)), line=finding.line))
    return tuple(asked)


def _named(line: CaseLine | None) -> str:
    """The item as the sender wrote it."""
    words = line.evidence.get("sku", ()) if line is not None else ()
    return next((e.quote for e in words if isinstance(e, Quoted)), "the item")


def _text(code: FindingCode, item: str) -> str:
    texts = {
        FindingCode.MISSING_ORDER_REFERENCE: "Which order is this about? Our order number, your PO or the invoice.",
        FindingCode.MISSING_ITEM: "Which items is this about, and how many of each?",
        FindingCode.MISSING_QUANTITY: f"How many of {item} is this about?",
        FindingCode.MISSING_LOT: f"Which lot number is on {item}?",
        FindingCode.MISSING_SERIAL: f"Which serial numbers are on {item}?",
        FindingCode.MISSING_PHOTOS: "Could you send us photos of the damage, of the goods and of the packaging?",
    }
    return texts[code]
