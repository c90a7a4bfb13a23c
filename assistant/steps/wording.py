"""Wording: a draft's question as the phrase that says it in any language; where none does, the question as it is."""

import re
from collections.abc import Mapping

from assistant.domain.draft import CaseLine, Draft, FindingCode, Question
from assistant.domain.evidence import Quoted
from assistant.letters.contents import Asked
from assistant.steps.asking import FIELD_OF

_C = FindingCode
_PHRASE: Mapping[FindingCode, str] = {
    _C.MISSING_ORDER_REFERENCE: "ask_order",
    _C.MISSING_QUANTITY: "ask_quantity",
    _C.MISSING_LOT: "ask_lot",
    _C.MISSING_SERIAL: "ask_serials",
    _C.MISSING_PHOTOS: "ask_photos",
    _C.UNREADABLE_ATTACHMENT: "ask_file",
    _C.LOT_NOT_ON_SHIPMENT: "check_lot",
    _C.SERIAL_NOT_ON_SHIPMENT: "check_serials",
    _C.QTY_EXCEEDS_SHIPPED: "check_quantity",
}
_OF_AN_ITEM = {"ask_quantity", "ask_lot", "ask_serials", "check_lot", "check_serials", "check_quantity"}
# The reference, and the paper that the policy wants, stand only in the question's own words.
_UNKNOWN_ORDER = re.compile(r"We find no order under (?P<reference>.+?)\.(?: Do you mean (?P<near>.+)\?| Could you .*)")
_DOCUMENT = re.compile(r"Could you send us the (?P<paper>.+) for (?P<item>.+)\?")


def asked_of(question: Question, draft: Draft) -> Asked:
    as_is = Asked("as_is", (("text", question.text),))
    if (match := _UNKNOWN_ORDER.fullmatch(question.text)) is not None:
        values = tuple((name, text) for name, text in match.groupdict().items() if text)
        return Asked("ask_unknown_order_near" if match["near"] else "ask_unknown_order", values)
    if question.field == "document" and (match := _DOCUMENT.fullmatch(question.text)) is not None:
        return Asked("ask_document", tuple(match.groupdict().items()))
    code = next(
        (f.code for f in draft.findings if f.line == question.line and FIELD_OF.get(f.code) == question.field), None
    )
    line = draft.lines[question.line] if question.line is not None and question.line < len(draft.lines) else None
    if code is _C.MISSING_ITEM:
        words = _words(line)
        return Asked("ask_item", (("item", words),)) if line is not None and words else Asked("ask_items")
    phrase = _PHRASE.get(code) if code is not None else None
    if phrase is None:
        return as_is
    if phrase not in _OF_AN_ITEM:
        return Asked(phrase)
    item = _words(line) or (line.sku if line is not None else None)
    if line is None or not item:
        return as_is
    values = (("item", item),)
    if phrase == "check_lot":
        return Asked(phrase, (("lot", line.lot), *values)) if line.lot else as_is
    if phrase == "check_serials":
        return Asked(phrase, (("serials", ", ".join(line.serials)), *values)) if line.serials else as_is
    return Asked(phrase, values)


def _words(line: CaseLine | None) -> str:
    """The item as the sender wrote it."""
    proofs = line.evidence.get("sku", ()) if line is not None else ()
    return next((" ".join(proof.quote.split()) for proof in proofs if isinstance(proof, Quoted)), "")
