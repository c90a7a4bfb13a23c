"""Lots and serials of a line: those the ERP shipped of its item, and those the sender states that it did not."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from rapidfuzz.distance import OSA

from assistant.domain.draft import EvidenceByField
from assistant.domain.evidence import Evidence, Quoted
from assistant.drafting.candidates import Code
from assistant.drafting.found import LineFound
from assistant.drafting.quantities import clause
from assistant.drafting.ranges import between
from assistant.drafting.records import entries, marks_in
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
# A word with a digit, as codes are written.
_MARKED = re.compile(r"(?<![\w\-/.])(?=[\w\-/.]*\d)[A-Za-z0-9](?:[\w\-/.]{2,}\w)(?![\w\-])")
_ASIDE = re.compile(r"\([^()\n]{3,160}\)")
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
        result.append(_completed(line, found, lines, places, wanted, free, codes))
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
    if (aside := next((m for m in _ASIDE.finditer(text) if m.start() < code.start < m.end()), None)) is not None:
        begin, stop = aside.span()
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
    others: Sequence[Code],
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
    lot, numbers = line.lot, line.serials
    known = {code.text.upper() for code in (*codes, *others)}
    if lots:
        lot, evidence["lot"] = lots[0].text, (lots[0].quoted,)
    elif tracking == "lot" and (strange := _strange(line, lines, codes, "lot")):
        lot, evidence["lot"] = strange[0].text, (strange[0].quoted,)
    elif tracking == "lot" and (stated := next(_stated(line, lines, places, _LOT, "lot"), None)) is not None:
        lot, evidence["lot"] = stated.quote, (stated,)
    elif tracking == "lot" and lot is None and (out := dict(_dictated(line, places, "lot"))):
        lot, quoted = next(iter(out.items()))
        evidence["lot"] = (quoted,)
    elif tracking == "lot" and lot is None and (like := _like_its_own(line, lines, places, known, "lot")):
        lot, evidence["lot"] = like[0].quote, (like[0],)
    if serials:
        once = {code.text.upper(): code for code in serials}
        numbers, evidence["serials"] = tuple(c.text for c in once.values()), tuple(c.quoted for c in once.values())
    elif tracking == "serial" and (strange := _strange(line, lines, codes, "serial")):
        numbers, evidence["serials"] = tuple(c.text for c in strange), tuple(c.quoted for c in strange)
    elif tracking == "serial" and (said := {q.quote: q for q in _stated(line, lines, places, _SERIAL, "serial")}):
        numbers, evidence["serials"] = tuple(said), tuple(said.values())
    elif tracking == "serial" and not numbers and (out := dict(_dictated(line, places, "serial"))):
        numbers, evidence["serials"] = tuple(out), tuple(out.values())
    elif tracking == "serial" and not numbers and (like := _like_its_own(line, lines, places, known, "serial")):
        numbers, evidence["serials"] = tuple(each.quote for each in like), tuple(like)
    shipped = line.order.shipped(line.item.sku) if line.order is not None else Decimal(0)
    if 0 < len(numbers) < (quantity or 0) and (more := _with_strange(line, numbers, evidence, places, known)):
        numbers, evidence["serials"] = more
    if len(numbers) == 2 and line.order is not None:
        own = {each.upper() for each in line.order.serials(line.item.sku)}
        numbers = between(numbers, quantity, lambda each: each.upper() in own) or numbers
    if numbers and _as_many(line, quantity, len(numbers), shipped):
        quantity, evidence["quantity"] = Decimal(len(numbers)), evidence["serials"]
    doubtful = line.rank >= 1 or (quantity is not None and quantity > shipped > 0)
    if numbers and (quantity is None or doubtful) and not lot:
        quantity, evidence["quantity"] = Decimal(len(numbers)), evidence["serials"]
    return replace(line, lot=lot, serials=numbers, quantity=quantity, evidence=evidence)


def _as_many(line: LineFound, quantity: Decimal | None, listed: int, shipped: Decimal) -> bool:
    """Whether the serials tell how many, rather than a number that was read: another number said of the goods is
    theirs, or the one read is just all that was shipped and nothing is claimed of it."""
    if quantity is None or line.structured or quantity == listed or line.lot:
        return False
    said = [each for each in line.told if each.kind == "exact" and each.role != "kept"]
    if any(each.value == listed for each in said):
        return True
    words = [clause(line.place.text, each.start, each.end) for each in said if each.value == quantity]
    plainly = bool(words) and not any(CLAIMED.search(line.place.text, *span) for span in words)
    return quantity == shipped and plainly


def _with_strange(
    line: LineFound, numbers: tuple[str, ...], evidence: EvidenceByField, places: Sequence[Passage], known: set[str]
) -> tuple[tuple[str, ...], tuple[Evidence, ...]] | None:
    """The serials with those listed beside them that no record has, where together they are as many as are claimed."""
    order = line.order
    own = () if order is None else order.serials(line.item.sku)
    had = {number.upper() for number in numbers}
    quoted = [proof for proof in evidence.get("serials", ()) if isinstance(proof, Quoted)]
    for place in places:
        base = place.block.at.start
        here = [
            q for q in quoted if q.at.document == place.document.path and base <= q.at.start < base + len(place.text)
        ]
        if not here:
            continue
        strange = [
            place.quote(*match.span())
            for match in _MARKED.finditer(place.text)
            if match[0].upper() not in known | had and any(_resembles(match[0], each) for each in own)
        ]
        if strange and len(strange) + len(numbers) == line.quantity:
            told = sorted([*here, *strange], key=lambda each: each.at.start)
            return tuple(each.quote for each in told), tuple(told)
    return None


def _strange(line: LineFound, lines: Sequence[LineFound], codes: Sequence[Code], kind: str) -> list[Code]:
    """Lots or serials that the ERP knows from elsewhere: said beside the line, or where no other line can have them."""
    alone = not any(other is not line and other.item.tracking == kind for other in lines)
    if alone and any(kind in _hits(code, line) for code in codes):
        return []
    said = [code for code in codes if code.said and not code.items and {hit.kind for hit in code.found} == {kind}]
    here = [
        code
        for code in said
        if code.passage.block is line.place.block
        and (line.kind != "prose" or line.near.start <= code.start < line.near.stop)
    ]
    elsewhere = [code for code in said if line.kind != "row" or code.passage.block.kind != "row"]  # another row's own
    found = here or (elsewhere if alone else [])
    return found if kind == "serial" or len({code.text.upper() for code in found}) == 1 else []


def _stated(
    line: LineFound, lines: Sequence[LineFound], places: Sequence[Passage], pattern: re.Pattern[str], role: str
) -> Iterator[Quoted]:
    """Lots or serials called so beside the line; anywhere, where this is the only line of a tracked item."""
    block = line.place.block
    if block.kind == "row":
        base = block.at.start
        for cell in block.cells:
            if column_of(cell.header) in ("lot", "serial"):
                yield from marks_in(line.place, cell.start - base, cell.end - base)
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


def _like_its_own(
    line: LineFound, lines: Sequence[LineFound], places: Sequence[Passage], known: set[str], role: str
) -> list[Quoted]:
    """Codes that no record has and that look like the item's own lots or serials on the order: misread, mistyped, or
    another shipment's. Beside the line first; anywhere, where no other line can have them."""
    order = line.order
    own = () if order is None else order.lots(line.item.sku) if role == "lot" else order.serials(line.item.sku)
    if not own:
        return []

    def found(place: Passage, start: int, end: int) -> dict[str, Quoted]:
        return {
            match[0].upper(): place.quote(*match.span())
            for match in _MARKED.finditer(place.text, start, end)
            if match[0].upper() not in known and any(_resembles(match[0], each) for each in own)
        }

    here = found(line.place, line.near.start, line.near.stop)
    if not here and not any(other is not line and other.item.tracking == role for other in lines):
        for place in places:
            if place.standing == "said" and not (line.kind == "row" and place.block.kind == "row"):
                here |= found(place, 0, len(place.text))
    said = list(here.values())
    return said[:1] if role == "lot" else said


# `x as in xray 608 452`: a letter told by a word, digits in groups.
_AS_IN = re.compile(r"\b(?P<letter>[A-Za-z])(?: (?:as in|for|like|wie|comme|como|de)) [A-Za-z-]{3,}\b")


def _dictated(line: LineFound, places: Sequence[Passage], role: str) -> Iterator[tuple[str, Quoted]]:
    """The item's own marks, where they are dictated: letters by words, digits with gaps between; and the words."""
    order = line.order
    own = () if order is None else order.lots(line.item.sku) if role == "lot" else order.serials(line.item.sku)
    for place in places:
        if place.standing != "said" or place.block.kind != "paragraph":
            continue
        text = _AS_IN.sub(lambda found: found["letter"] + " " * (len(found[0]) - 1), place.text)
        for mark in own:
            pattern = r"[\s.\-]*".join(re.escape(char) for char in mark)
            match = re.search(rf"(?<![\w-]){pattern}(?![\w-])", text, re.IGNORECASE)
            if match is not None and " " in match[0]:
                yield mark, place.quote(*match.span())


def _resembles(text: str, mark: str) -> bool:
    """Of the same make, or a slip or two away; a plain number only where it is as long."""
    one, other = text.upper(), mark.upper()
    makes = [re.sub(r"[^\W\d_]", "A", re.sub(r"\d", "9", each)) for each in (one, other)]
    lettered = any(char.isalpha() for char in one)
    if makes[0] == makes[1] and len(one) >= (5 if lettered else 6):
        return lettered or one[:2] == other[:2]
    return len(one) >= 6 and lettered and OSA.distance(one, other, score_cutoff=2) <= 2
