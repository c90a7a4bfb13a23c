"""Interchanges out, in X12 4010: segments from values, in their envelopes, counted and numbered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

_ELEMENT, _COMPONENT, _END = "*", ">", "~"
_VERSION = "004010"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """From whom to whom: qualifier and id of the interchange, and the ids of the groups."""

    sender: tuple[str, str]
    receiver: tuple[str, str]
    group_sender: str
    group_receiver: str
    test: bool = False


def segment(name: str, *elements: str) -> str:
    """Without its end mark. What would read as a mark becomes a space; empty elements at the end are left out."""
    told = [_clean(each) for each in elements]
    while told and not told[-1]:
        told.pop()
    return _ELEMENT.join([name, *told])


def transaction(kind: str, control: int, body: Sequence[str]) -> list[str]:
    """A transaction set: its body between ST and SE."""
    number = f"{control:04d}"
    return [f"ST*{kind}*{number}", *body, f"SE*{len(body) + 2}*{number}"]


def interchange(ends: Ends, control: int, at: datetime, function: str, transactions: Sequence[Sequence[str]]) -> str:
    """One group of ``function`` (GS01) in an interchange; both carry the number ``control``."""
    head = [_isa(ends, control, at)]
    head.append(
        segment(
            "GS", function, ends.group_sender, ends.group_receiver, f"{at:%Y%m%d}", f"{at:%H%M}", str(control), "X",
            _VERSION,
        )
    )  # fmt: skip
    body = [each for one in transactions for each in one]
    tail = [f"GE*{len(transactions)}*{control}", f"IEA*1*{control:09d}"]
    return "".join(f"{each}{_END}\n" for each in (*head, *body, *tail))


def bare(ends: Ends, control: int, at: datetime, segments: Sequence[str]) -> str:
    """An interchange without a group: what a TA1 goes in."""
    return "".join(f"{each}{_END}\n" for each in (_isa(ends, control, at), *segments, f"IEA*0*{control:09d}"))


def _isa(ends: Ends, control: int, at: datetime) -> str:
    (sent_by, sender), (sent_to, receiver) = ends.sender, ends.receiver
    told = ["ISA", "00", " " * 10, "00", " " * 10, f"{sent_by:2.2}", f"{sender:15.15}", f"{sent_to:2.2}"]
    told += [f"{receiver:15.15}", f"{at:%y%m%d}", f"{at:%H%M}", "U", "00401", f"{control:09d}", "0"]
    return _ELEMENT.join([*told, "T" if ends.test else "P", _COMPONENT])


def _clean(value: str) -> str:
    kept = "".join(c if c.isascii() and c.isprintable() and c not in "*~>^" else " " for c in value)
    return " ".join(kept.split())
