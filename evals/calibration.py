"""Whether a confidence means what it says: calibration error, risk at a coverage, and how sure these figures are.

The calibration error (ECE) is that of Naeini et al. 2015, over bins that hold equally many decisions; intervals are
bootstrapped over requests, since the fields of one request are right or wrong together.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evals.fields import FieldDecision

_BINS = 10


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the bounds between which 95 of 100 resamples lie."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def calibration_error(decisions: Sequence[FieldDecision], bins: int = _BINS) -> float:
    """Mean distance between what the decisions of a bin promise and how many of them are right, 0 to 1."""
    ordered = sorted(decisions, key=lambda each: each.confidence)
    total, apart = len(ordered), 0.0
    for index in range(bins):
        part = ordered[index * total // bins : (index + 1) * total // bins]
        if part:
            promised = sum(each.confidence for each in part) / len(part)
            apart += abs(promised - accuracy(part)) * len(part) / total
    return apart


def accuracy(decisions: Sequence[FieldDecision]) -> float:
    return sum(each.right for each in decisions) / len(decisions) if decisions else 1.0


def right_at(decisions: Sequence[FieldDecision], coverage: float) -> float:
    """Share right among the surest ``coverage`` of the decisions. Of equally sure ones a proportional share counts."""
    ordered = sorted(decisions, key=lambda each: -each.confidence)
    wanted = coverage * len(ordered)
    if not wanted:
        return 1.0
    edge = ordered[min(len(ordered) - 1, max(0, round(wanted) - 1))].confidence
    above = [each for each in ordered if each.confidence > edge]
    level = [each for each in ordered if each.confidence == edge]
    return (sum(each.right for each in above) + (wanted - len(above)) * accuracy(level)) / wanted


def curve(decisions: Sequence[FieldDecision], steps: int = 20) -> list[tuple[float, float]]:
    """(coverage, share right) from the surest twentieth to all."""
    return [(step / steps, right_at(decisions, step / steps)) for step in range(1, steps + 1)]


def interval(
    decisions: Sequence[FieldDecision],
    figure: Callable[[Sequence[FieldDecision]], float],
    resamples: int = 1_000,
    seed: int = 7,
) -> Interval:
    """The figure with its bootstrap interval; whole requests are drawn, with replacement."""
    by_request: dict[str, list[FieldDecision]] = {}
    for each in decisions:
        by_request.setdefault(each.request, []).append(each)
    groups = list(by_request.values())
    chance = random.Random(seed)  # noqa: S311 - resampling, nothing secret
    drawn = sorted(
        figure([each for group in chance.choices(groups, k=len(groups)) for each in group]) for _ in range(resamples)
    )
    return Interval(figure(decisions), drawn[int(0.025 * resamples)], drawn[int(0.975 * resamples)])
