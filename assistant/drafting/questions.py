"""Questions: what we would ask the sender, all of it once. They say nothing the sender did not say first."""

from collections.abc import Sequence

from assistant.domain.draft import CaseLine, Finding, FindingCode, Question
from assistant.domain.echo import echoable
from assistant.domain.evidence import Quoted
from assistant.drafting.candidates import Unknown

_FIELD = {
    FindingCode.MISSING_ORDER_REFERENCE: "order_no",
    FindingCode.MISSING_ITEM: "sku",
    FindingCode.MISSING_QUANTITY: "quantity",
    FindingCode.MISSING_LOT: "lot",
    FindingCode.MISSING_SERIAL: "serials",
    FindingCode.MISSING_PHOTOS: "photos",
    FindingCode.LOT_NOT_ON_SHIPMENT: "lot",
    FindingCode.SERIAL_NOT_ON_SHIPMENT: "serials",
    FindingCode.QTY_EXCEEDS_SHIPPED: "quantity",
    FindingCode.UNREADABLE_ATTACHMENT: "attachment",
}


def questions_of(
    findings: Sequence[Finding], lines: Sequence[CaseLine], unknown: Sequence[Unknown] = ()
) -> tuple[Question, ...]:
    """One a gap. A reference one character off the sender's own is suggested, none of anybody else's is named."""
    asked: list[Question] = []
    for reference in unknown if any(f.code is FindingCode.UNKNOWN_ORDER for f in findings) else ():
        meant = f" Do you mean {reference.near}?" if reference.near is not None else " Could you check the number?"
        named = reference.text if echoable(reference.text) else "the number you gave"
        asked.append(Question(field="order_no", text=f"We find no order under {named}.{meant}"))
    for finding in findings:
        if (field := _FIELD.get(finding.code)) is not None:
            line = lines[finding.line] if finding.line is not None else None
            asked.append(Question(field=field, text=_text(finding.code, _named(line), line), line=finding.line))
    return tuple(asked)


def _named(line: CaseLine | None) -> str:
    """The item as the sender wrote it."""
    words = line.evidence.get("sku", ()) if line is not None else ()
    return next((e.quote for e in words if isinstance(e, Quoted) and echoable(e.quote)), "the item")


def _text(code: FindingCode, item: str, line: CaseLine | None) -> str:
    lot = (line.lot if line is not None and echoable(line.lot or "") else None) or "you gave"
    serials = ", ".join(filter(echoable, line.serials if line is not None else ())) or "you gave"
    texts = {
        FindingCode.MISSING_ORDER_REFERENCE: "Which order is this about? Our order number, your PO or the invoice.",
        FindingCode.MISSING_ITEM: "Which items is this about, and how many of each?",
        FindingCode.MISSING_QUANTITY: f"How many of {item} is this about?",
        FindingCode.MISSING_LOT: f"Which lot number is on {item}?",
        FindingCode.MISSING_SERIAL: f"Which serial numbers are on {item}?",
        FindingCode.MISSING_PHOTOS: "Could you send us photos of the damage, of the goods and of the packaging?",
        FindingCode.LOT_NOT_ON_SHIPMENT: f"Lot {lot} was not on this delivery of {item}. Could you check the label?",
        FindingCode.SERIAL_NOT_ON_SHIPMENT: f"Serial {serials} was not on this delivery of {item}. Could you check it?",
        FindingCode.QTY_EXCEEDS_SHIPPED: f"That is more of {item} than we delivered. Could you count again?",
        FindingCode.UNREADABLE_ATTACHMENT: "We could not open one of your files. Could you send it again as a PDF?",
    }
    return texts[code]
