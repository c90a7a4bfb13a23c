"""Simulate: cases of the past judged again, by the facts kept with them, under another policy."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from assistant.domain.policy import Judgement, LineJudgement, Policy
from assistant.steps.bench import judgement_of


@dataclass(frozen=True, slots=True)
class Change:
    """What a line (from 1; 0: the case) says now and would say, in words."""

    line: int
    what: str
    before: str
    after: str


def judged_again(said: Judgement, policy: Policy) -> Judgement:
    facts = {number: line.facts for number, line in said.lines.items()}
    return judgement_of(policy, said.counted_to, facts, said.lacking)


def changes(before: Judgement, after: Judgement) -> tuple[Change, ...]:
    """What would change, line by line, and the approvals of the whole case."""
    found = [
        change
        for number in before.lines
        for change in _of_line(number, before.lines[number], after.lines[number])
        if change.before != change.after
    ]
    steps = Change(0, "approvals", _steps(before), _steps(after))
    return (*found, steps) if steps.before != steps.after else tuple(found)


def _of_line(number: int, before: LineJudgement, after: LineJudgement) -> Iterator[Change]:
    for what, told in _TOLD.items():
        yield Change(number, what, told(before), told(after))


def _steps(said: Judgement) -> str:
    return ", ".join(f"{step.place} {step.role.value.replace('_', ' ')}" for step in said.steps) or "nobody"


def _verdict(line: LineJudgement) -> str:
    return "allowed" if line.allowed else "refused by " + ", ".join(row.id for row in line.refusals)


def _clocks(line: LineJudgement) -> str:
    return ", ".join(f"{c.name} {c.limit} {c.unit}{' (run out)' if c.run_out else ''}" for c in line.clocks) or "none"


_TOLD: Mapping[str, Callable[[LineJudgement], str]] = {
    "verdict": _verdict,
    "fault": lambda line: line.fault or "not known",
    "window": lambda line: f"{line.window_days} days, {line.days_late} late",
    "restocking fee": lambda line: f"{line.fee_minor} of {line.facts.amount_minor}",
    "freight": lambda line: line.freight or "not known",
    "documents": lambda line: ", ".join(sorted(f"{p.name} before {p.before}" for p in line.papers)) or "none",
    "RMA validity": lambda line: f"{line.rma_valid_days} days",
    "vendor authorisation": lambda line: "needed" if line.vendor_authorisation else "not needed",
    "core charge": lambda line: line.core or "not known",
    "clocks": _clocks,
    "credit": lambda line: line.credit_timing or "not known",
}
