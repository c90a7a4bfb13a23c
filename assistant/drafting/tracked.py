"""Lots and serials of a line: those the ERP shipped of its item, and those the sender states that it did not."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.domain.evidence import Quoted
from assistant.drafting.candidates import Code
from assistant.drafting.found import LineFound
from assistant.drafting.records import entries
from assistant.drafting.vocabulary_lines import CLAIMED, KEPT, column_of
from assistant.drafting.words import Passage

_CODE = r"(?P<code>(?=[\w\-/]*\d)[A-Z0-9][\w\-/]{3,})"
_LOT = re.compile(
    rf"\b(?:lots?|batch(?:es)?|charge(?:n)?|lotes?|lotto|partij|heat)\b[\s:#.\-]*(?:(?:no|nr|num|n°|number"
    rf"|nummer|code|is)\b\.?"
    rf"[\s:#.]*)*{_CODE}",
    re.IGNORECASE,
)
_LOT_LATER = re.compile(
    rf"\b(?:lot|batch|chargen?|lote?)[\s\-]?(?:number|no|nummer|num|code)?\b[^.;\n]{{0,40}}?\b(?:is|are|:|ist"
    rf"|est|es|reads?|says?)\s*{_CODE}",
    re.IGNORECASE,
)
_SERIAL = re.compile(
    rf"(?:\bs/?n\b|\bserials?\b|\bseriennummern?\b|\bserien-?nr\b|\bnúmero de serie\b|\bnuméro de série\b"
    rf"|\bn° de série\b"
    rf"|\bserienummer\b|\bmatricola\b)[\s:#.\-]*(?:(?:no|nr|number|numbers|is|are|nos)\b\.?[\s:#.]*)*{_CODE}",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[.;!?]\s|\n")


def with_marks(lines: Sequence[LineFound], places: Sequence[Passage], codes: Sequence[Code]) -> tuple[LineFound, ...]:
    """Each line with its lots and serials: from its own words first, else from anywhere where only it can have them."""
    tracked = [code for code in codes if any(hit.kind in ("lot", "serial") for hit in code.found)]
    wanted = [code for code in tracked if not _spared(code)]
    near = [_near(line, wanted) for line in lines]
    users: dict[tuple[str, str], set[int]] = {}
    for index, (line, found) in enumerate(zip(lines, near, strict=True)):
        for code in (*found["lot"], *found["serial"]):
            users.setdefault((line.item.sku, code.text.upper()), set()).add(index)
    result: list[LineFound] = []
    for index, (line, found) in enumerate(zip(lines, near, strict=True)):
        free = [code for code in wanted if not users.get((line.item.sku, code.text.upper()), set()) - {index}]
        result.append(_completed(line, found, lines, places, tracked, free))
    return tuple(result)


def _hits(code: Code, line: LineFound) -> set[str]:
    return {
        hit.kind
        for hit in code.found
        if hit.sku == line.item.sku
        and hit.kind in ("lot", "serial")
        and (line.order is None or hit.order_no == line.order.order_no)
    }


def _near(line: LineFound, codes: Sequence[Code]) -> dict[str, list[Code]]:
    """Known lots and serials in the line's own row or sentence."""
    found: dict[str, list[Code]] = {"lot": [], "serial": []}
    for code in codes:
        if code.passage.block is not line.place.block:
            continue
        if line.kind == "prose" and not line.near.start <= code.start < line.near.stop:
            continue
        for kind in _hits(code, line):
            found[kind].append(code)
    return found


def _spared(code: Code) -> bool:
    """Whether the code's clause says that nothing is the matter with it."""
    text = code.passage.text
    if _tail_kept(code):
        return True
    if code.passage.block.kind != "paragraph":
        return False
    begin = max((m.end() for m in _CLAUSE_END.finditer(text, 0, code.start)), default=0)
    stop = next((m.start() for m in _CLAUSE_END.finditer(text, code.end)), len(text))
    return bool(KEPT.search(text[begin:stop])) and not CLAIMED.search(text[begin:stop])


def _tail_kept(code: Code) -> bool:
    """`the 0320s are fine and stay`: a lot named by its last digits."""
    tail = re.sub(r"\D", "", code.text)[-4:]
    if len(tail) < 4 or code.passage.block.kind != "paragraph":
        return False
    for match in re.finditer(rf"(?<![\w-]){tail}s?\b", code.passage.text):
        stop = next((m.start() for m in _CLAUSE_END.finditer(code.passage.text, match.end())), len(code.passage.text))
        clause = code.passage.text[match.start() : stop]
        if KEPT.search(clause) and not CLAIMED.search(clause):
            return True
    return False


def _completed(
    line: LineFound,
    near: dict[str, list[Code]],
    lines: Sequence[LineFound],
    places: Sequence[Passage],
    codes: Sequence[Code],
    free: Sequence[Code],
) -> LineFound:
    tracking = line.item.tracking
    alike = [other for other in lines if other.item.sku == line.item.sku]
    lots, serials = near["lot"], near["serial"]
    if not lots and not serials and (line.kind in ("prose", "record", "mark") or len(alike) == 1):
        ranked = [code for code in free if code.said] or free
        lots = [code for code in ranked if "lot" in _hits(code, line)]
        serials = [code for code in ranked if "serial" in _hits(code, line)]
        if len({code.text.upper() for code in lots}) > 1 and line.kind != "record":
            lots = []
    evidence = dict(line.evidence)
    quantity = line.quantity
    lot: str | None = None
    numbers: tuple[str, ...] = ()
    if lots:
        lot, evidence["lot"] = lots[0].text, (lots[0].quoted,)
    elif tracking == "lot" and (strange := _strange(line, lines, codes)) is not None:
        lot, evidence["lot"] = strange.text, (strange.quoted,)
    elif tracking == "lot" and (stated := next(_stated(line, lines, places, _LOT, "lot"), None)) is not None:
        lot, evidence["lot"] = stated.quote, (stated,)
    if serials:
        once = {code.text.upper(): code for code in serials}
        numbers, evidence["serials"] = tuple(c.text for c in once.values()), tuple(c.quoted for c in once.values())
    elif tracking == "serial" and (said := {q.quote: q for q in _stated(line, lines, places, _SERIAL, "serial")}):
        numbers, evidence["serials"] = tuple(said), tuple(said.values())
    shipped = line.order.shipped(line.item.sku) if line.order is not None else Decimal(0)
    doubtful = line.rank >= 2 or (line.rank == 1 and quantity is not None and quantity > shipped > 0)
    if numbers and (quantity is None or doubtful) and not lot:
        quantity, evidence["quantity"] = Decimal(len(numbers)), evidence["serials"]
    return replace(line, lot=lot, serials=numbers, quantity=quantity, evidence=evidence)


def _strange(line: LineFound, lines: Sequence[LineFound], codes: Sequence[Code]) -> Code | None:
    """A lot that the ERP knows from elsewhere, where this is the only line that it can be said of."""
    if any(other is not line and other.item.tracking == "lot" for other in lines):
        return None
    own = {kind for code in codes for kind in _hits(code, line)}
    said = [code for code in codes if code.said and not code.items and {hit.kind for hit in code.found} == {"lot"}]
    return said[0] if len({code.text.upper() for code in said}) == 1 and "lot" not in own else None


def _stated(
    line: LineFound, lines: Sequence[LineFound], places: Sequence[Passage], pattern: re.Pattern[str], role: str
) -> Iterator[Quoted]:
    """Lots or serials called so beside the line; anywhere, where this is the only line of a tracked item."""
    block = line.place.block
    if block.kind == "row":
        base = block.at.start
        for cell in block.cells:
            if column_of(cell.header) == role and re.fullmatch(r"(?=.*\d)[\w\-/]{4,}", cell.text.strip()):
                yield line.place.quote(cell.start - base, cell.end - base)
    for match in pattern.finditer(line.place.text, line.near.start, line.near.stop):
        yield line.place.quote(*match.span("code"))
    rivals = [other for other in lines if other is not line and other.item.tracking == line.item.tracking]
    if rivals:
        return
    patterns = (pattern, _LOT_LATER) if role == "lot" else (pattern,)
    for place in places:
        if place.standing != "said":
            continue
        for each in patterns:
            for match in each.finditer(place.text):
                yield place.quote(*match.span("code"))
    for entry in entries([place for place in places if place.standing == "said"]):
        if entry.role == role and re.fullmatch(r"(?=.*\d)[\w\-/]{4,}", entry.text.strip()):
            yield entry.quoted
