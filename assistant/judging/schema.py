"""The declared schema: which facts a table may ask about, and what each table answers, with types and vocabularies.

zen matches nothing, silently, where a field is unknown, a text stands for a number or a word is misspelled; so
everything a table says is held against this before it is ever evaluated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, get_type_hints

from assistant.domain.draft import Reason, Resolution
from assistant.domain.person import Role
from assistant.domain.policy import LineFacts

Kind = Literal["text", "whole", "flag"]
Hit = Literal["first", "collect"]

MOST = 2**53  # zen answers in floating point: beyond this, whole numbers are not exact
FAULT = "fault"  # answered by the first table, a fact to all others


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """``words`` are all that a text may be, None where any text may stand. ``empty``: null may stand for it."""

    name: str
    kind: Kind
    words: frozenset[str] | None = None
    empty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a table answers. ``first``: its first matching row; ``collect``: all of them."""

    name: str
    hit: Hit
    about: str
    outputs: tuple[Field, ...]

    def output(self, name: str) -> Field | None:
        return next((each for each in self.outputs if each.name == name), None)


_KINDS: Mapping[type, Kind] = {str: "text", int: "whole", bool: "flag"}
_WORDS: Mapping[str, frozenset[str]] = {
    "kind": frozenset({"return", "credit", "adjustment"}),
    "reason": frozenset(reason.value for reason in Reason),
    "resolution": frozenset(resolution.value for resolution in Resolution),
    "tracking": frozenset({"none", "lot", "serial"}),
    FAULT: frozenset({"ours", "carrier", "vendor", "customer", "nobody"}),
}


def _facts() -> Mapping[str, Field]:
    types = get_type_hints(LineFacts)
    known = {
        f.name: Field(name=f.name, kind=_KINDS[types[f.name]], words=_WORDS.get(f.name)) for f in fields(LineFacts)
    }
    return {**known, FAULT: Field(name=FAULT, kind="text", words=_WORDS[FAULT])}


FACTS = _facts()


def _word(name: str, *words: str, empty: bool = True) -> Field:
    return Field(name=name, kind="text", words=frozenset(words), empty=empty)


def _whole(name: str) -> Field:
    return Field(name=name, kind="whole", empty=True)


_PASS = _word("verdict", "allow", "refuse", empty=False)
_PASS_OR_ASK = _word("verdict", "allow", "exception", "refuse", empty=False)
# an exception, and every row of approval_steps, names who gives it and when in the order
_STEP = (_whole("step"), _word("role", *(role.value for role in Role)))

TABLES: tuple[Shape, ...] = (
    Shape(name=FAULT, hit="first", about="Whose fault it is", outputs=(_PASS, _word("fault", *_WORDS[FAULT] or ()))),
    Shape(
        name="return_window",
        hit="first",
        about="How many days after delivery goods may come back, and whether a late request may be allowed",
        outputs=(_PASS, _whole("days"), _word("late", "refuse", "exception"), *_STEP),
    ),
    Shape(
        name="returnable",
        hit="first",
        about="Special orders, goods that are never taken back, hazardous goods",
        outputs=(_PASS_OR_ASK, *_STEP),
    ),
    Shape(name="full_cases", hit="first", about="Full cases only", outputs=(_PASS_OR_ASK, *_STEP)),
    Shape(
        name="restocking_fee",
        hit="first",
        about="The restocking fee: none, basis points of the line, or an amount in minor units",
        outputs=(_PASS, _word("fee", "none", "percent", "fixed"), _whole("basis_points"), _whole("amount_minor")),
    ),
    Shape(
        name="freight",
        hit="first",
        about="Who pays the freight back",
        outputs=(_PASS, _word("payer", "us", "customer", "carrier", "vendor", "nobody")),
    ),
    Shape(
        name="documents",
        hit="collect",
        about="Which documents are required, and before what",
        outputs=(
            _PASS,
            _word(
                "document",
                "none",
                "photos",
                "carrier inspection report",
                "NCR",
                "SDS",
                "lot and expiry",
                "proof of purchase",
            ),
            _word("before", "approval", "receipt", "credit"),
        ),
    ),
    Shape(name="rma_validity", hit="first", about="How long an RMA is valid", outputs=(_PASS, _whole("days"))),
    Shape(
        name="vendor_authorisation",
        hit="first",
        about="Whether the vendor has to authorise first",
        outputs=(_PASS, Field(name="needed", kind="flag", empty=True)),
    ),
    Shape(
        name="core_charge",
        hit="first",
        about="What happens to a core charge",
        outputs=(_PASS, _word("core", "none", "credited with the core", "not credited")),
    ),
    Shape(
        name="claim_clocks",
        hit="collect",
        about="Time limits of claims, counted from delivery, and what a late claim means",
        outputs=(
            _PASS,
            _word("clock", "none", "concealed damage", "visible damage", "shortage", "wrong goods", "carrier claim"),
            _word("against", "us", "carrier"),
            _whole("limit"),
            _word("unit", "business days", "days"),
            _word("late", "note", "exception", "refuse"),
            *_STEP,
        ),
    ),
    Shape(
        name="credit_timing",
        hit="first",
        about="When the customer is credited",
        outputs=(
            _PASS,
            _word("timing", "before receipt", "on receipt", "after inspection", "at approval", "no credit"),
        ),
    ),
    Shape(name="approval_steps", hit="collect", about="Who has to approve, in which order", outputs=(_PASS, *_STEP)),
)
BY_NAME: Mapping[str, Shape] = {shape.name: shape for shape in TABLES}
