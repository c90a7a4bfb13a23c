"""The returns policy: what a line is judged by, and what the judgement says. What no policy allows is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from assistant.domain.person import Role
from assistant.domain.working_time import WorkingTime

UNKNOWN_DAYS = 36_500  # how long ago something was that nobody knows of: never within a window


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """What the tables may ask about one line; each is known, in the direction that grants nothing where it is not.

    ``_minor``: money in the smallest unit of the order's currency. Days are counted to the day the customer asked.
    ``whole_units``: the quantity is a whole number of the order's unit. ``flagged``: the draft carries a finding that
    makes people look twice. ``credit_override``: a person asked for the credit before the goods are back.
    """

    kind: str
    reason: str
    resolution: str
    customer_id: str
    customer_tier: str
    branch: str
    category: str
    vendor_id: str
    carrier: str
    tracking: str
    returnable: bool
    special_order: bool
    hazmat: bool
    whole_units: bool
    has_core: bool
    in_warranty: bool
    delivered: bool
    sender_known: bool
    photos_missing: bool
    flagged: bool
    credit_override: bool
    days_since_delivery: int
    business_days_since_delivery: int
    agreed_window_days: int
    agreed_fee_basis_points: int
    core_charge_minor: int
    amount_minor: int
    case_amount_minor: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a decision table that matched: the table, the row's id in it, and what it says."""

    table: str
    id: str
    says: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One row's wish for an approval: the step's place in the order, and the role that gives it."""

    place: int
    role: Role
    row: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An approval the case needs. Steps are given in the order of ``place``; ``rows`` asked for it."""

    place: int
    role: Role
    rows: tuple[Row, ...]

    @property
    def name(self) -> str:
        return f"{self.place}:{self.role.value}"


@dataclass(frozen=True, slots=True)
class Paper:
    """A document the policy wants, and before what (``approval``, ``receipt``, ``credit``)."""

    name: str
    before: str


@dataclass(frozen=True, slots=True)
class ClaimClock:
    """A time limit of a claim against somebody (``carrier``, ``us``) and whether it had run out."""

    name: str
    against: str
    limit: int
    unit: str
    run_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LineJudgement:
    """What the policy says about one line. ``refusals`` are the rows that refuse it; empty where it is allowed.

    ``facts`` are kept, so that the same line can be judged again under another policy. The fee is in the smallest
    unit of the order's currency.
    """

    facts: LineFacts
    rows: tuple[Row, ...]
    refusals: tuple[Row, ...]
    asks: tuple[Asked, ...]
    fault: str = ""
    window_days: int = 0
    days_late: int = 0
    fee_minor: int = 0
    freight: str = ""
    papers: tuple[Paper, ...] = ()
    rma_valid_days: int = 0
    vendor_authorisation: bool = False
    core: str = ""
    clocks: tuple[ClaimClock, ...] = ()
    credit_timing: str = ""

    @property
    def allowed(self) -> bool:
        return not self.refusals


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A case under one policy: line numbers count from 1. ``lacking`` says what keeps a line from being judged.

    ``counted_to`` is the day the customer asked: what every window and clock was counted to.
    """

    policy_version: str
    policy_digest: str
    counted_to: date
    lines: Mapping[int, LineJudgement]
    lacking: Mapping[int, str] = field(default_factory=dict)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every approval some line asks for, in the order they are given."""
        rows: dict[tuple[int, Role], dict[Row, None]] = {}
        for line in self.lines.values():
            for asked in line.asks:
                rows.setdefault((asked.place, asked.role), {})[asked.row] = None
        ordered = sorted(rows, key=lambda key: (key[0], key[1].value))
        return tuple(Step(place=place, role=role, rows=tuple(rows[place, role])) for place, role in ordered)

    @property
    def rma_valid_days(self) -> int:
        """The shortest of the lines' days; 0 where none was judged."""
        return min((line.rma_valid_days for line in self.lines.values()), default=0)

    def refused_lines(self) -> Mapping[int, tuple[Row, ...]]:
        return {number: line.refusals for number, line in self.lines.items() if line.refusals}


class Policy(Protocol):
    """One version of the policy, validated."""

    @property
    def version(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def effective_from(self) -> date: ...
    @property
    def digest(self) -> str:
        """SHA-256 over all its files."""
        ...

    @property
    def working_time(self) -> WorkingTime: ...
    def judge_line(self, facts: LineFacts) -> LineJudgement:
        """Raises OurFault where a fact does not fit the declared schema."""
        ...


PolicyState = Literal["adopted", "proposed", "approved", "rejected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """A policy as the store keeps it: the files' text by name, who proposed it and who let it come into force."""

    version: str
    digest: str
    effective_from: date
    owner: str
    files: Mapping[str, str]
    state: PolicyState
    proposed_by: str
    why: str
    decided_by: str = ""
    reason: str = ""

    @property
    def holds(self) -> bool:
        return self.state in {"adopted", "approved"}
