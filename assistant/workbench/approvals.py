"""What a reviewer sees of the policy: what it says by line, which rows ask for which approval, and who can give it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.domain.errors import NotAllowedToYou
from assistant.domain.money import from_minor
from assistant.domain.papers import MissingPaper
from assistant.domain.person import Person
from assistant.domain.policy import LineJudgement, Row, Step
from assistant.domain.posting import PlannedCall
from assistant.steps.standing import Staff, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShown:
    """``by`` gave it, '' while it is open; ``could`` are those who can. ``rows`` asked for it."""

    name: str
    by: str
    could: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShown:
    """What the policy says of a line, in words; ``refused`` are the rows against it; ``rejected`` a person's reason."""

    said: tuple[str, ...] = ()
    refused: tuple[Row, ...] = ()
    rows: tuple[Row, ...] = ()
    rejected: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A case in review before one person. ``yours`` is the step they would give, '' with ``not_yours`` why not."""

    policy_version: str = ""
    steps: tuple[StepShown, ...] = ()
    lines: Mapping[int, LineShown]
    calls: tuple[PlannedCall, ...] = ()
    digests: tuple[str, ...] = ()
    lacking: str = ""
    papers: tuple[MissingPaper, ...] = ()
    yours: str = ""
    not_yours: str = ""

    @classmethod
    def unjudged(cls, lacking: str) -> "Before":
        return cls(lines={}, lacking=lacking)

    @classmethod
    def of(cls, standing: Standing, person: Person, staff: Staff) -> "Before":
        yours = not_yours = ""
        try:
            power = standing.power_of(person, staff)
            stand_in = f" for {power.stands_in_for}" if power.stands_in_for else ""
            yours = step_name(power.step) + stand_in
        except NotAllowedToYou as refusal:
            not_yours = str(refusal)
        return cls(
            policy_version=standing.judgement.policy_version,
            steps=tuple(_step(step, standing, staff) for step in standing.judgement.steps),
            lines=dict(_lines(standing)),
            calls=standing.calls,
            digests=standing.digests,
            lacking=standing.lacking,
            papers=standing.papers,
            yours=yours,
            not_yours=not_yours,
        )


def step_name(step: Step) -> str:
    return f"step {step.place}, {step.role.value.replace('_', ' ')}"


def _step(step: Step, standing: Standing, staff: Staff) -> StepShown:
    given = standing.given.get(step.name)
    by = ""
    if given is not None:
        by = f"{given.by} for {given.stands_in_for}" if given.stands_in_for else given.by
    could = () if given is not None else tuple(p.name for p in standing.could_give(step, staff))
    return StepShown(name=step_name(step), by=by, could=could, rows=step.rows)


def _lines(standing: Standing) -> Iterator[tuple[int, LineShown]]:
    for number, reason in standing.rejected.items():
        yield number, LineShown(rejected=reason)
    for number, what in standing.judgement.lacking.items():
        yield number, LineShown(said=(f"Can't be judged: it {what}.",))
    for number, line in standing.judgement.lines.items():
        yield number, LineShown(said=tuple(said_of(line)), refused=line.refusals, rows=line.rows)


def said_of(line: LineJudgement, currency: str = "") -> Sequence[str]:
    """What a line's judgement means, a phrase each."""
    told = [f"fault: {line.fault}"] if line.fault else []
    if line.days_late:
        told.append(f"{line.days_late} days past its window of {line.window_days}")
    if line.fee_minor:
        told.append(f"restocking fee {from_minor(line.fee_minor, currency):,.2f}")
    told.append(f"freight: {line.freight}")
    told += [f"{paper.name} before {paper.before}" for paper in line.papers]
    for clock in line.clocks:
        state = "run out" if clock.run_out else "in time"
        told.append(f"{clock.name} clock against {clock.against}: {clock.limit} {clock.unit}, {state}")
    if line.vendor_authorisation:
        told.append("the vendor authorises first")
    if line.core not in {"", "none"}:
        told.append(f"core charge: {line.core}")
    told.append(f"credit: {line.credit_timing}")
    return told
