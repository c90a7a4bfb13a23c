"""EDI in X12: every segment a row whose cells say what they hold; what is said of an item stands in the item's row.

Delimiters are read from the ISA (X12.5).
"""

import re
from collections.abc import Iterator, Sequence

from extractors.charset import decode
from extractors.document import Block, Document, Failure, assemble
from extractors.edi.x12_names import CODES, QUALIFIERS, SEGMENTS, TRANSACTIONS
from extractors.kinds import MEDIA_TYPES
from extractors.limits import Limits
from extractors.pieces import block, one_line, row

_ENVELOPE = {"ISA", "GS", "GE", "IEA", "SE"}
_ISA_LENGTH = 105
_MOST_CELLS = 60  # of an item, before what else is said of it stands in rows of its own
# What these are is only told by their qualifier, which a reader of the text alone should see.
_ITEMS = {"BLI", "LIN", "IT1", "PO1"}
_OF_ITEM = {"QTY", "N9", "REF", "RDR", "PID", "SN1", "MSG", "NTE"}
_NAMED_BY_QUALIFIER = {"REF", "N9", "DTM", "QTY", "AMT"}


def read_x12(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """A heading for every transaction, then its segments as rows with the elements' names over them."""
    text = decode(data)[: limits.characters + 1].lstrip("\ufeff \t\r\n")
    element, end = text[3:4], text[_ISA_LENGTH : _ISA_LENGTH + 1]
    failures: tuple[Failure, ...] = ()
    if not end or end.isalnum() or end == element:
        # Some write no trailing sub-element mark, or pad wrongly: the segment's end stands before the first GS.
        found = re.search(r"(.)[\r\n]*GS" + re.escape(element), text, re.DOTALL)
        end = found[1] if found and not found[1].isalnum() else "\n"
    segments = [held.strip("\r\n ") for held in text.split(end)]
    segments = [held for held in segments if held]
    if len(segments) > limits.rows:
        message = f"Only the first {limits.rows:,} segments of {path} were read."
        failures = (Failure(document=path, kind="too_large", message=message),)
    blocks: list[Block] = []
    table = -1
    item: list[tuple[str, str]] = []  # the row of an item that is being read

    def close_item() -> None:
        if item:
            blocks.append(row([text for _, text in item], [head for head, _ in item], table=max(table, 0)))
            item.clear()

    for held in segments[: limits.rows]:
        name, *elements = [one_line(value) for value in held.split(element)]
        if item and name in _OF_ITEM and len(item) < _MOST_CELLS:
            item += [pair for pair in _named(name, elements) if pair[1]]
            continue
        close_item()
        if name in _ITEMS and any(elements):
            item += _with_title(name, elements)
            continue
        if name == "ST":
            table += 1
            kind = elements[0] if elements else ""
            blocks.append(block(f"{kind} {TRANSACTIONS.get(kind, 'EDI transaction')}", kind="heading"))
        if name not in _ENVELOPE and name != "ST" and any(elements):
            told = _with_title(name, elements)
            blocks.append(row([text for _, text in told], [head for head, _ in told], table=max(table, 0)))
        elif name == "ISA" and len(elements) >= 8:
            blocks.append(row(["Interchange", elements[5], elements[7]], ["Segment", "Sender", "Receiver"], table=None))
    close_item()
    return (assemble(path, MEDIA_TYPES["edi"], blocks, failures=failures),)


def _with_title(name: str, elements: Sequence[str]) -> list[tuple[str, str]]:
    """(heading, words) of each cell, the segment's own name first."""
    title = SEGMENTS.get(name, (name,))[0]
    pairs = [pair for pair in _named(name, elements) if pair[1]]
    if pairs and name in _NAMED_BY_QUALIFIER:
        title = pairs[0][0]
    return [("Segment", title), *pairs]


def _named(name: str, elements: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(what an element is, its words) in order."""
    layout = SEGMENTS.get(name, (name,))[1:]
    if not layout:
        yield from ((f"{name}{number:02d}", text) for number, text in enumerate(elements, start=1))
        return
    place = 0
    while place < len(elements):
        told = layout[place] if place < len(layout) else ""
        if told == "*":
            for at in range(place, len(elements) - 1, 2):
                yield _qualified("product", elements[at]), elements[at + 1]
            return
        if told == "?":
            if place + 1 < len(elements):
                kind = {"BLI": "product", "N9": "REF"}.get(name, name)
                yield _qualified(kind, elements[place]), _date(name, elements[place + 1])
            place += 2
            continue
        if told:
            yield told, CODES.get((name, told), {}).get(elements[place], _date(told, elements[place]))
        place += 1


def _qualified(kind: str, code: str) -> str:
    return QUALIFIERS.get(kind, {}).get(code) or f"Code {code}"


def _date(told: str, text: str) -> str:
    return re.sub(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", text) if "date" in told.lower() or told == "DTM" else text
