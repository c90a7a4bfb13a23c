"""A transaction set held to its segments' table: what is missing, too long, of another kind or out of place."""

import re
from dataclasses import replace
from datetime import datetime

from assistant.edi.segments import EARLY, ONLY, SEGMENTS, SUPPORTED, TAKEN, TOGETHER, Element
from assistant.edi.x12 import ElementFault, Group, Interchange, Segment, SegmentFault, Transaction

# AK304
UNKNOWN, UNEXPECTED, MISSING, HAS_ELEMENT_FAULTS = "1", "2", "3", "8"
# AK403
NO_MANDATORY, NO_CONDITIONAL, TOO_MANY, TOO_SHORT, TOO_LONG, BAD_CHARACTER, BAD_DATE, BAD_TIME = (
    "1", "2", "3", "4", "5", "6", "8", "9",
)  # fmt: skip
# AK502
NOT_SUPPORTED, SEGMENTS_AT_FAULT, NOT_UNIQUE = "1", "5", "23"
_REJECTING_SEGMENT = {MISSING}
_REJECTING_ELEMENT = {NO_MANDATORY, BAD_DATE}


def checked(interchange: Interchange) -> Interchange:
    """With the faults of every transaction set's segments."""
    return replace(interchange, groups=tuple(_group(group) for group in interchange.groups))


def is_rejected(transaction: Transaction) -> bool:
    """Whether it can't be worked. Lesser faults are told of and it is worked all the same."""
    return bool(set(transaction.faults) - {SEGMENTS_AT_FAULT}) or any(
        fault.code in _REJECTING_SEGMENT or any(each.code in _REJECTING_ELEMENT for each in fault.elements)
        for fault in transaction.segment_faults
    )


def _group(group: Group) -> Group:
    faults = list(group.faults)
    if not re.fullmatch(r"00[3-8]\d\d\d.*", group.version):
        faults.append("2")
    controls = [each.control for each in group.transactions]
    transactions = tuple(
        _transaction(each, group.function, repeated=each.control in controls[:place])
        for place, each in enumerate(group.transactions)
    )
    return replace(group, transactions=transactions, faults=tuple(faults))


def _transaction(transaction: Transaction, function: str, *, repeated: bool) -> Transaction:
    if repeated:
        return replace(transaction, faults=(NOT_UNIQUE, *transaction.faults))
    if SUPPORTED.get(transaction.kind) != function:
        return replace(transaction, faults=(NOT_SUPPORTED, *transaction.faults))
    found = [fault for segment in transaction.segments if (fault := _segment(segment, transaction.kind)) is not None]
    names = [segment.name for segment in transaction.segments]
    for place, name in enumerate(EARLY[transaction.kind], start=1):
        if names[place - 1 : place] != [name]:
            found.append(SegmentFault(name, place, MISSING))
    if not found:
        return transaction
    found.sort(key=lambda fault: fault.place)
    return replace(transaction, segment_faults=tuple(found), faults=(*transaction.faults, SEGMENTS_AT_FAULT))


def _segment(segment: Segment, kind: str) -> SegmentFault | None:
    if not re.fullmatch(r"[A-Z][A-Z0-9]{1,2}", segment.name):
        return SegmentFault(segment.name[:3] or "?", segment.place, UNKNOWN)
    others = any(segment.name in names for each, names in ONLY.items() if each != kind)
    table = None if others and segment.name not in ONLY[kind] else SEGMENTS.get(segment.name)
    if table is None:
        return None if segment.name in TAKEN else SegmentFault(segment.name, segment.place, UNEXPECTED)
    faults = [fault for place, element in enumerate(table, start=1) if (fault := _element(segment, place, element))]
    if len(segment.elements) > len(table):
        faults.append(ElementFault(len(table) + 1, "", TOO_MANY))
    for rule, one, other in TOGETHER.get(segment.name, ()):
        first, second = segment.get(one), segment.get(other)
        if (rule == "R" and not first and not second) or (rule == "P" and bool(first) != bool(second)):
            place = other if first else one
            faults.append(ElementFault(place, table[place - 1][0], NO_CONDITIONAL))
    if not faults:
        return None
    return SegmentFault(segment.name, segment.place, HAS_ELEMENT_FAULTS, tuple(sorted(faults, key=lambda f: f.place)))


def _element(segment: Segment, place: int, element: Element) -> ElementFault | None:
    reference, need, kind, shortest, longest = element
    value = segment.get(place)
    if not value:
        return ElementFault(place, reference, NO_MANDATORY) if need == "M" else None
    code = _wrong(value, kind, shortest, longest)
    return ElementFault(place, reference, code, value) if code else None


def _wrong(value: str, kind: str, shortest: int, longest: int) -> str:
    """'' where nothing is. A number's sign and point do not count for its length (X12.6)."""
    length = len(value.lstrip("-").replace(".", "")) if kind in {"R", "N"} else len(value)
    if kind == "DT":
        return "" if _is(value, "%Y%m%d") and length == shortest else BAD_DATE
    if kind == "TM":
        return "" if value.isascii() and value.isdigit() and _is(value[:4], "%H%M") else BAD_TIME
    pattern = {"R": r"-?\d*\.?\d+", "N": r"-?\d+", "ID": r"[A-Za-z0-9 ]+"}.get(kind, r"[^\x00-\x1f\x7f]+")
    if not re.fullmatch(pattern, value, re.ASCII if kind != "AN" else 0):
        return BAD_CHARACTER
    if length > longest:
        return TOO_LONG
    return TOO_SHORT if length < shortest else ""


def _is(value: str, form: str) -> bool:
    try:
        datetime.strptime(value, form)  # noqa: DTZ007 - only whether it is a date is asked
    except ValueError:
        return False
    return value.isdigit()
