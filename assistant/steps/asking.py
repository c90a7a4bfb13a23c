"""Asking: of a draft's questions, which the customer is asked and which a reviewer looks at first.

A customer is asked for what is missing in the request, or does not fit our records: such a question stands beside a
finding. Where two readings of the same words merely differ, the words are there; that doubt is ours to look at.
"""

from collections.abc import Mapping

from assistant.domain.draft import Draft, FindingCode, Question

FIELD_OF: Mapping[FindingCode, str] = {
    FindingCode.UNKNOWN_ORDER: "order_no",
    FindingCode.MISSING_ORDER_REFERENCE: "order_no",
    FindingCode.MISSING_ITEM: "sku",
    FindingCode.MISSING_QUANTITY: "quantity",
    FindingCode.MISSING_LOT: "lot",
    FindingCode.MISSING_SERIAL: "serials",
    FindingCode.MISSING_PHOTOS: "photos",
    FindingCode.MISSING_DOCUMENT: "document",
    FindingCode.LOT_NOT_ON_SHIPMENT: "lot",
    FindingCode.SERIAL_NOT_ON_SHIPMENT: "serials",
    FindingCode.QTY_EXCEEDS_SHIPPED: "quantity",
    FindingCode.UNREADABLE_ATTACHMENT: "attachment",
}


def to_ask(draft: Draft) -> tuple[Question, ...]:
    """One question a gap at most; a gap's own question stands before any doubt about the same value."""
    gaps = [(FIELD_OF[finding.code], finding.line) for finding in draft.findings if finding.code in FIELD_OF]
    asked: list[Question] = []
    for question in draft.questions:
        at = question.field, question.line
        if at in gaps:
            gaps.remove(at)
            asked.append(question)
    return tuple(asked)


def doubts(draft: Draft) -> tuple[Question, ...]:
    """What a reviewer looks at first."""
    asked = to_ask(draft)
    return tuple(question for question in draft.questions if question not in asked)
