"""Answered: a short answer to what a draft still lacks ("3", "lot 26G2199", two serials), in the words that say it.

Only where one reading is possible: one line that lacks it, one number said. The ERP's record of the order bears it out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.domain.draft import CaseLine, Draft, Finding, FindingCode
from assistant.domain.evidence import Proven, Quoted
from assistant.domain.money import plain
from assistant.steps.eligible import mark
from extractors.document import Document, Locator
from tools.erp import ErpReader, Order

_WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_NUMBER = re.compile(rf"(?<![\w.,#/-])(?:\d{{1,6}}(?:\.\d{{1,3}})?|{'|'.join(_WORDS)})(?![\w/-]|[.,]\d)", re.IGNORECASE)
_BESIDE = frozenset(
    re.findall(
        r"\w+",
        """a about all are back ea each exactly for in is it item items just of only pc pcs pieces piece please quantity
        qty returned return said sorry that them there they thing total units unit was were yes""",
    )
)  # what may stand beside a number that is how many; any other word may make it something else
_MARK = re.compile(r"[\w][\w./-]{2,39}")
_SURE = 0.9
_LACKING = {
    FindingCode.MISSING_QUANTITY: "quantity",
    FindingCode.MISSING_LOT: "lot",
    FindingCode.MISSING_SERIAL: "serials",
}


def answered(draft: Draft, said: Sequence[str], body: Document, erp: ErpReader) -> Draft:
    """The draft with what the newest words (``said``, each standing in ``body``) answer."""
    places = [(start, text.strip()) for text in said if text.strip() and (start := body.text.rfind(text.strip())) >= 0]
    for start, text in places:
        for code, field in _LACKING.items():
            lacking = [f.line for f in draft.findings if f.code is code and f.line is not None]
            if len(lacking) == 1:
                draft = _filled(draft, lacking[0], field, code, text, start, body, erp)
    return draft


def _filled(
    draft: Draft, at: int, field: str, code: FindingCode, text: str, start: int, body: Document, erp: ErpReader
) -> Draft:
    line = draft.lines[at]
    order = erp.order(line.order_no) if line.order_no else None
    if order is None or line.sku is None:
        return draft
    if field == "quantity":
        found = _number(text)
        value: object = None if found is None else _value(found[0])
        spans = [] if found is None else [found]
    else:
        known = order.lots(line.sku) if field == "lot" else order.serials(line.sku)
        by_mark = {mark(each): each for each in known}
        spans = [m for m in _MARK.finditer(text) if mark(m[0]) in by_mark]
        named = tuple(dict.fromkeys(by_mark[mark(m[0])] for m in spans))
        value = (named[0] if len(named) == 1 else None) if field == "lot" else (named or None)
    if value is None:
        return draft
    quotes = tuple(_quoted(match, start, body) for match in spans)
    record = Proven(record=f"orders/{order.order_no}", quote=order.order_no)
    proofs: tuple[Quoted | Proven, ...] = quotes if field == "quantity" else (*quotes, record)
    filled = _with(line, field, value, proofs)
    lines = (*draft.lines[:at], filled, *draft.lines[at + 1 :])
    findings = (
        *(f for f in draft.findings if not (f.code is code and f.line == at)),
        *_too_many(filled, at, order),
    )
    questions = tuple(q for q in draft.questions if not (q.field == field and q.line == at))
    return replace(draft, lines=lines, findings=findings, questions=questions)


def _with(line: CaseLine, field: str, value: object, proofs: tuple[Quoted | Proven, ...]) -> CaseLine:
    changed: dict[str, object] = {field: value}
    return replace(
        line,
        **changed,  # type: ignore[arg-type] # the names are CaseLine's own
        evidence={**line.evidence, field: proofs},
        confidence={**line.confidence, field: _SURE},
    )


def _number(text: str) -> re.Match[str] | None:
    numbers = list(_NUMBER.finditer(text))
    beside = {word.lower() for word in re.findall(r"[^\W\d_]+", _NUMBER.sub(" ", text))}
    return numbers[0] if len(numbers) == 1 and beside <= _BESIDE else None


def _value(found: str) -> Decimal | None:
    word = found.lower()
    value = Decimal(_WORDS.index(word) + 1) if word in _WORDS else Decimal(found)
    return value if value > 0 else None


def _quoted(match: re.Match[str], start: int, body: Document) -> Quoted:
    at = Locator(body.path, start + match.start(), start + match.end())
    return Quoted(quote=body.text[at.start : at.end], at=at)


def _too_many(line: CaseLine, at: int, order: Order) -> Iterator[Finding]:
    shipped = order.shipped(line.sku or "")
    if line.quantity is not None and line.quantity > shipped:
        said = f"{plain(line.quantity)} of {line.sku} asked for, {plain(shipped)} shipped on {order.order_no}."
        yield Finding(code=FindingCode.QTY_EXCEEDS_SHIPPED, severity="blocking", message=said, line=at)
