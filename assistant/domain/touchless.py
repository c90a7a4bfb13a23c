"""Touchless drafts: every value is sure, proved and borne out. A person approves them all the same."""

from collections.abc import Iterator

from assistant.domain.case import Case
from assistant.domain.draft import CaseLine, Draft, Intent, Reason

_CASES = {Intent.RETURN_REQUEST, Intent.CREDIT_REQUEST, Intent.ADJUSTMENT}


def is_touchless(case: Case, threshold: float | None) -> bool:
    """Whether a reviewer need change nothing, as far as programs can tell; never of what a person has edited."""
    return threshold is not None and case.revision.by.kind == "program" and not doubts_of(case.draft, threshold)


def doubts_of(draft: Draft, threshold: float) -> tuple[str, ...]:
    """Why a draft is not touchless, for people to read; empty where it is. ``threshold``: a probability."""
    return tuple(_doubts(draft, threshold))


def _doubts(draft: Draft, threshold: float) -> Iterator[str]:
    if draft.intent not in _CASES or not draft.lines:
        yield "there is no line"
    if draft.questions:
        yield "something is asked of the sender"
    for finding in draft.findings:
        if finding.severity != "info":
            yield f"{finding.code.value.replace('_', ' ').lower()} was found"
    for number, line in enumerate(draft.lines, 1):
        for field in _fields(draft, line):
            if line.confidence.get(field, 0.0) < threshold:
                yield f"the {field} of line {number} is not sure enough"
            if not line.evidence.get(field):
                yield f"nothing proves the {field} of line {number}"
            if field not in line.checks:
                yield f"nothing else bears out the {field} of line {number}"


def _fields(draft: Draft, line: CaseLine) -> Iterator[str]:
    """What has to be sure: always item, quantity and reason, the order of sold goods, and what else is said."""
    yield from ("sku", "quantity")
    if draft.intent is not Intent.ADJUSTMENT:
        yield "order_no"
    if draft.intent is not Intent.ADJUSTMENT or line.reason_code is not Reason.OTHER:
        yield "reason_code"
    yield from (name for name in ("lot", "serials", "amount") if getattr(line, name))
