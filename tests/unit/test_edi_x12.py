"""X12's envelopes and segments: what is read, what is at fault, and what the partner is told of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyx12.x12file import X12Reader  # type: ignore[import-untyped] # it carries no types

from assistant.edi import acknowledge, write
from assistant.edi.check import checked, is_rejected
from assistant.edi.returns import in_words
from assistant.edi.x12 import Group, NoInterchange, read
from tests.edi import ISA, RETURN, interchange, of_segments

ENDS = write.Ends(
    sender=("ZZ", "KESTREL"), receiver=("ZZ", "FENNIMORE"), group_sender="KESTREL", group_receiver="FENNIMORE"
)
AT = datetime(2026, 11, 20, 14, 3, tzinfo=UTC)


def group_of(raw: bytes) -> Group:
    (group,) = checked(read(raw)).groups
    return group


def told(raw: bytes) -> list[str]:
    return acknowledge.functional(group_of(raw))


def test_a_right_180_is_accepted() -> None:
    assert told(interchange()) == ["AK1*AN*17", "AK2*180*0001", "AK5*A", "AK9*A*1*1*1"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("BGN*13*RTN-4711*20261119", "BGN*13**20261119"), ["AK3*BGN*2**8", "AK4*2*127*1", "AK5*R*5"]),
        (("BGN*13*RTN-4711*20261119", "BGN*13*RTN-4711*20261319"), ["AK3*BGN*2**8", "AK4*3*373*8*20261319", "AK5*R*5"]),
        (("BGN*13*RTN-4711*20261119", "MSG*hello"), ["AK3*BGN*2**3", "AK5*R*5"]),
        (("RDR**EI", "RDR**EIX"), ["AK3*RDR*3**8", "AK4*2*1293*5*EIX", "AK5*E*5"]),
        (("RDR**EI", "XYZ*1"), ["AK3*XYZ*3**2", "AK5*E*5"]),
        (("RDR**EI", "x!*1"), ["AK3*x!*3**1", "AK5*E*5"]),
        (("BLI*VP*PRV-34*3*EA", "BLI*VP*PRV-34*three*EA"), ["AK3*BLI*6**8", "AK4*3*380*6*three", "AK5*E*5"]),
        (("BLI*VP*PRV-34*3*EA", "BLI*VP*PRV-34*3"), ["AK3*BLI*6**8", "AK4*4*355*2", "AK5*E*5"]),
        (("BLI*VP*PRV-34*3*EA", "BLI*VP**3*EA"), ["AK3*BLI*6**8", "AK4*2*234*1", "AK5*R*5"]),
        (("N9*CO*KS-700121", "N9*CO"), ["AK3*N9*7**8", "AK4*2*127*2", "AK5*E*5"]),
        (("SE*8*0001", "SE*9*0001"), ["AK5*R*4"]),
        (("SE*8*0001", "SE*8*0002"), ["AK5*R*3"]),
        (("ST*180*0001", "ST*850*0001"), ["AK5*R*1"]),
    ],
)
def test_each_fault_is_told_with_its_segment_and_element(change: tuple[str, str], expected: Sequence[str]) -> None:
    answer = told(interchange().replace(change[0].encode(), change[1].encode()))
    assert answer[2:-1] == list(expected)
    taken = int("AK5*R" not in expected[-1])
    assert answer[-1] == f"AK9*{'E' if taken else 'R'}*1*1*{taken}"


def test_a_missing_trailer_a_wrong_count_and_a_repeated_number_are_told() -> None:
    cut = of_segments(ISA, *RETURN[:-3], "GE*1*17", "IEA*1*000000017")
    assert told(cut)[-2:] == ["AK5*R*2", "AK9*R*1*1*0"]
    assert told(interchange().replace(b"GE*1*17", b"GE*2*17"))[-1] == "AK9*E*2*1*1*5"
    assert told(interchange().replace(b"GE*1*17", b"GE*1*18"))[-1] == "AK9*E*1*1*1*4"
    twice = of_segments(ISA, RETURN[0], *RETURN[1:-2], *RETURN[1:-2], "GE*2*17", "IEA*1*000000017")
    assert told(twice)[-3:] == ["AK2*180*0001", "AK5*R*23", "AK9*P*2*2*1"]
    assert told(interchange().replace(b"004010", b"EDIFACT"))[-1] == "AK9*R*1*1*0*2"


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ((b"IEA*1*000000017", b"IEA*1*000000018"), ("001",)),
        ((b"IEA*1*000000017", b"IEA*2*000000017"), ("021",)),
        ((b"IEA*1*000000017~\n", b""), ("023",)),
        ((b"IEA*1*000000017~\n", b"IEA*1*000000017~\nGS*AN~"), ("022",)),
        ((b"GS*AN", b"XX*AN"), ("022", "021")),
    ],
)
def test_an_interchange_that_does_not_hold_together_says_so(
    change: tuple[bytes, bytes], faults: tuple[str, ...]
) -> None:
    assert read(interchange().replace(*change)).faults == faults


@pytest.mark.parametrize(
    "raw", [b"", b"ISA", b"hello", b"ISA*00*", ISA.encode()[:90], b"ISAX" * 60, b"ISA" + b"*" * 30]
)
def test_what_begins_as_no_interchange_is_none(raw: bytes) -> None:
    with pytest.raises(NoInterchange, match="Nothing was kept"):
        read(raw)


@given(st.binary(max_size=300), st.integers(0, 500), st.integers(0, 500))
@example(b"ST~", interchange().index(b"ST*180"), interchange().index(b"BGN"))
@example(b"GS~", interchange().index(b"GS*AN"), interchange().index(b"ST*180"))
def test_whatever_stands_in_it_is_told_of_and_never_raises(noise: bytes, start: int, end: int) -> None:
    raw = interchange()
    try:
        found = checked(read(raw[:start] + noise + raw[max(start, end) :]))
    except NoInterchange:
        return
    for group in found.groups:
        answer = acknowledge.functional(group)
        assert answer[0].startswith("AK1")
        assert sum(line.startswith("AK5") for line in answer) == len(group.transactions)
        taken = sum(not is_rejected(each) for each in group.transactions)
        assert sum(line.startswith("AK5*R") for line in answer) >= len(group.transactions) - taken
        readable(write.interchange(ENDS, 1, AT, "FA", [write.transaction("997", 1, answer)]))


def readable(text: str) -> None:
    """Another reader of X12 (pyx12) counts and numbers as we do."""
    reader = X12Reader(StringIO(text))
    for _ in reader:
        pass
    assert reader.pop_errors() == []


@given(st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_no_value_breaks_out_of_its_element(values: list[str]) -> None:
    line = write.segment("MSG", "1", *values)
    assert line.count("*") <= len(values) + 1
    assert "~" not in line
    readable(write.interchange(ENDS, 7, AT, "AN", [write.transaction("180", 1, ["BGN*11*1*20261120", line])]))


def test_other_marks_and_line_ends_are_read() -> None:
    plain = interchange()
    for raw in (plain.replace(b"~\n", b"~"), plain.replace(b"~\n", b"\r\n"), plain.replace(b"*", b"|")):
        assert group_of(raw).transactions[0].faults == ()


def test_a_180_in_words_has_its_values_and_each_items_reason() -> None:
    (transaction,) = group_of(interchange()).transactions
    assert in_words(transaction).splitlines() == [
        "Return request RTN-4711",
        "PO Number: FP-5521",
        "Customer: Fennimore Plumbing",
        "",
        "Item: PRV-34",
        "Qty: 3 EA",
        "Order Number: KS-700121",
        "Reason: excess inventory, no longer needed",
    ]
