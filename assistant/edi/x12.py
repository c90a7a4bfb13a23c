"""X12's envelopes and segments (X12.5, X12.6): interchange, groups, transactions; whatever is wrong is kept as a fault.

The codes of faults are those of the acknowledgements: TA105 for an interchange, AK905 for a group, AK502 for a
transaction set, AK304 and AK403 for segments and elements (X12 4010).
"""

from dataclasses import dataclass, replace

from assistant.domain.errors import SenderMustAct

_ISA_ELEMENTS = 16
_MOST_SEGMENTS, _MOST_TRANSACTIONS = 100_000, 1_000
_ENVELOPE = {"ISA", "GS", "ST", "SE", "GE", "IEA"}


@dataclass(frozen=True, slots=True)
class Segment:
    """``place`` counts from 1 in its transaction, ST being the first."""

    name: str
    elements: tuple[str, ...]
    place: int = 0

    def get(self, number: int) -> str:
        """Element ``number`` (from 1) without blanks around it; '' where there is none."""
        return self.elements[number - 1].strip() if number <= len(self.elements) else ""


@dataclass(frozen=True, slots=True)
class ElementFault:
    """``place`` from 1; ``reference`` is the number in X12's dictionary; ``value`` what stood there."""

    place: int
    reference: str
    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class SegmentFault:
    name: str
    place: int
    code: str = ""
    elements: tuple[ElementFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction set: ``kind`` is ST01 (180), ``control`` ST02. ``segments`` go from ST to SE."""

    kind: str
    control: str
    segments: tuple[Segment, ...] = ()
    faults: tuple[str, ...] = ()
    segment_faults: tuple[SegmentFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """``function`` is GS01 (AN for the 180); ``told`` how many transactions its trailer names."""

    function: str
    sender: str
    receiver: str
    control: str
    version: str
    transactions: tuple[Transaction, ...] = ()
    told: int = 0
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Interchange:
    """``sender`` and ``receiver`` are (qualifier, id). ``marks``: what parts elements and ends segments.

    ``answers`` are TA1 segments: what the sender says of interchanges of ours.
    """

    sender: tuple[str, str]
    receiver: tuple[str, str]
    control: str
    date: str
    time: str
    version: str
    test: bool
    marks: tuple[str, str]
    groups: tuple[Group, ...] = ()
    answers: tuple[Segment, ...] = ()
    faults: tuple[str, ...] = ()


class NoInterchange(SenderMustAct):
    """The bytes do not begin as an interchange does, so that nobody can be answered."""


def is_x12(data: bytes) -> bool:
    return data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"ISA")


def read(data: bytes) -> Interchange:
    """Raises NoInterchange where there is no readable ISA; whatever else is wrong is a fault of the part it is in."""
    text = data.decode("latin-1").removeprefix("\xef\xbb\xbf").lstrip(" \t\r\n")
    if not text.startswith("ISA") or len(text) < 20 or text[3].isalnum():
        raise NoInterchange("This is no X12 interchange: it does not begin with ISA. Nothing was kept.")
    element = text[3]
    parts = text.split(element, _ISA_ELEMENTS)
    if len(parts) <= _ISA_ELEMENTS or len(parts[_ISA_ELEMENTS]) < 2:
        raise NoInterchange("The ISA segment has not its 16 elements. Nothing was kept.")
    end = parts[_ISA_ELEMENTS][1]
    if end.isalnum() or end == element or end == " ":
        raise NoInterchange(f"{end!r} can't end a segment (ISA, after its 16th element). Nothing was kept.")
    told = [each.strip() for each in parts[1:_ISA_ELEMENTS]]
    found = Interchange(
        sender=(told[4], told[5]),
        receiver=(told[6], told[7]),
        date=told[8],
        time=told[9],
        version=told[11],
        control=told[12],
        test=told[14] == "T",
        marks=(element, end),
    )
    rest = parts[_ISA_ELEMENTS][2:].split(end, _MOST_SEGMENTS)
    if len(rest) > _MOST_SEGMENTS:
        return replace(found, faults=("022",))
    segments = []
    for held in rest:
        if stripped := held.strip("\r\n "):
            name, *elements = stripped.split(element)
            segments.append(Segment(name.strip(), tuple(elements)))
    parted = _parted(found, segments)
    if sum(len(group.transactions) for group in parted.groups) > _MOST_TRANSACTIONS:
        return replace(parted, groups=(), faults=("024",))
    return parted


def _parted(found: Interchange, segments: list[Segment]) -> Interchange:
    """The groups of an interchange, and what is wrong with how they are put together."""
    groups: list[Group] = []
    faults: list[str] = []
    at = 0
    while at < len(segments):
        segment = segments[at]
        if segment.name == "GS":
            group, at = _group(segments, at)
            groups.append(group)
        elif segment.name == "IEA":
            if segment.get(2) != found.control:
                faults.append("001")
            if segment.get(1).lstrip("0") != (str(len(groups)) if groups else ""):
                faults.append("021")
            if at + 1 < len(segments):
                faults.append("022")
            return replace(found, groups=tuple(groups), faults=tuple(dict.fromkeys(faults)))
        elif segment.name == "TA1":
            found = replace(found, answers=(*found.answers, segment))
            at += 1
        else:
            faults.append("022")
            at += 1
    return replace(found, groups=tuple(groups), faults=tuple(dict.fromkeys([*faults, "023"])))


def _group(segments: list[Segment], at: int) -> tuple[Group, int]:
    """The group that begins at ``at``, and where what follows it begins."""
    head = segments[at]
    group = Group(
        function=head.get(1), sender=head.get(2), receiver=head.get(3), control=head.get(6), version=head.get(8)
    )
    transactions: list[Transaction] = []
    faults: list[str] = []
    at += 1
    while at < len(segments):
        segment = segments[at]
        if segment.name == "ST":
            transaction, at = _transaction(segments, at)
            transactions.append(transaction)
        elif segment.name == "GE":
            told = int(segment.get(1)) if segment.get(1).isdigit() and len(segment.get(1)) < 7 else 0
            if segment.get(2) != group.control:
                faults.append("4")
            if told != len(transactions):
                faults.append("5")
            return replace(group, transactions=tuple(transactions), told=told, faults=tuple(faults)), at + 1
        elif segment.name in {"GS", "IEA"}:
            break
        else:
            faults.append("3")  # a segment between transactions: the group is not closed where it ends
            at += 1
    faults.append("3")
    return replace(
        group, transactions=tuple(transactions), told=len(transactions), faults=tuple(dict.fromkeys(faults))
    ), at


def _transaction(segments: list[Segment], at: int) -> tuple[Transaction, int]:
    head = segments[at]
    transaction = Transaction(head.get(1), head.get(2))
    held = [replace(head, place=1)]
    at += 1
    while at < len(segments):
        segment = replace(segments[at], place=len(held) + 1)
        if segment.name == "SE":
            held.append(segment)
            faults = []
            if segment.get(2) != transaction.control:
                faults.append("3")
            if segment.get(1).lstrip("0") != str(len(held)):
                faults.append("4")
            return replace(transaction, segments=tuple(held), faults=tuple(faults)), at + 1
        if segment.name in _ENVELOPE:
            break
        held.append(segment)
        at += 1
    return replace(transaction, segments=tuple(held), faults=("2",)), at
