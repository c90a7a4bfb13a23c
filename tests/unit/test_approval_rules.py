"""What holds of any decisions: a call is covered only by every step, by different people, on exactly it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.bootstrap import erp_file
from assistant.demo import files
from assistant.domain.approval import Decision, covered, given_steps, next_steps, open_steps, rejected_lines
from assistant.domain.case import Case, Revision
from assistant.domain.draft import CaseLine, Draft, DrafterRun, Identifiers, Intent, Reason, Resolution
from assistant.domain.lifecycle import CaseState
from assistant.domain.money import from_minor, minor
from assistant.domain.party import Party
from assistant.domain.person import Role, program
from assistant.domain.policy import UNKNOWN_DAYS, LineFacts
from assistant.steps.facts import _months_after, facts_of
from tests.policies import judgement
from tests.unit.test_reminders import WEEK
from tools.adapters.file_erp import FileErp

AT = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
STEPS = ((1, Role.RETURNS_APPROVER), (2, Role.FINANCE_APPROVER), (3, Role.FINANCE_APPROVER))
NAMES = ("1:returns_approver", "2:finance_approver", "3:finance_approver", "")

decisions = st.builds(
    Decision,
    case_id=st.just("BH-1001"),
    revision=st.sampled_from([1, 2]),
    verdict=st.sampled_from(["approved", "approved", "approved", "rejected", "line_rejected", "early_credit"]),
    by=st.sampled_from(["a", "b", "c"]),
    at=st.just(AT),
    policy_version=st.sampled_from(["p1", "p1", "p2"]),
    digests=st.sampled_from([("d1",), ("d1", "d2"), ("d2",), ()]),
    step=st.sampled_from(NAMES),
    stands_in_for=st.sampled_from(["", "", "z"]),
    lines=st.sampled_from([(), (1,), (2, 3)]),
)


@settings(max_examples=400)
@given(st.lists(decisions, max_size=6), st.integers(1, 3))
def test_what_is_covered_was_approved_step_by_step_by_different_people(made: list[Decision], steps: int) -> None:
    said = judgement(*STEPS[:steps])
    if not covered(said, made, 1, "d1"):
        return
    of_revision = [d for d in made if d.revision == 1]
    assert all(d.verdict != "rejected" for d in of_revision)
    fitting = [d for d in of_revision if d.verdict == "approved" and d.policy_version == "p1" and "d1" in d.digests]
    for step in said.steps:
        assert any(d.step == step.name for d in fitting)
    assert len({d.by for d in fitting if d.step in {s.name for s in said.steps}}) >= steps


@given(st.lists(decisions, max_size=6))
def test_a_later_rejection_always_uncovers(made: list[Decision]) -> None:
    refusal = Decision(case_id="BH-1001", revision=1, verdict="rejected", by="x", at=AT, policy_version="p9")
    assert not covered(judgement(), [*made, refusal], 1, "d1")


@given(st.lists(decisions, max_size=6))
def test_steps_are_given_or_open_and_the_next_come_first(made: list[Decision]) -> None:
    said = judgement(*STEPS)
    standing = given_steps(made, 1, "p1", ("d1",))
    left = open_steps(said, standing)
    assert {step.name for step in left} | (set(standing) & set(NAMES)) >= {step.name for step in said.steps}
    assert all(step.place <= other.place for step in next_steps(said, standing) for other in left)
    assert set(rejected_lines(made, 1)) <= {1, 2, 3}


@given(st.decimals(0, 10**9, places=2), st.sampled_from(["USD", "CAD"]))
def test_money_goes_to_minor_units_and_back(amount: Decimal, currency: str) -> None:
    assert from_minor(minor(amount, currency), currency) == amount


def test_currencies_without_cents_have_none() -> None:
    assert (minor(Decimal("1500"), "JPY"), minor(Decimal("1.2345"), "KWD")) == (1500, 1235)
    assert minor(Decimal("0.005"), "USD") == 1


# -- the facts a line is judged by

ERP = FileErp(erp_file(files.erp_file()))


def a_case(lines: Sequence[CaseLine], customer_id: str = "K-304") -> Case:
    drafted = Draft(
        intent=Intent.RETURN_REQUEST,
        summary="",
        customer_id=customer_id,
        order_nos=(),
        lines=tuple(lines),
        resolution=Resolution.CREDIT,
        identifiers=Identifiers(),
        findings=(),
        questions=(),
        drafter=DrafterRun(name="test"),
    )
    return Case(
        id="BH-1001",
        kind="return",
        state=CaseState.IN_REVIEW,
        party=Party(name="", address=""),
        message_id="m",
        subject="",
        revision=Revision(number=1, draft=drafted, by=program("test"), at=AT),
        opened_at=AT,
        changed_at=AT,
    )


VALVE = CaseLine(sku="PRV-34", quantity=Decimal(3), uom="EA", reason_code=Reason.NO_LONGER_NEEDED, order_no="KS-700121")


def facts(line: CaseLine, day: date = date(2026, 11, 20), customer_id: str = "K-304") -> LineFacts:
    found, lacking = facts_of(a_case([line], customer_id), ERP, day, WEEK, {}, early=False)
    assert lacking == {}
    return found[1]


def test_facts_come_from_the_order_the_item_and_the_customer() -> None:
    known = facts(VALVE)
    assert (known.amount_minor, known.case_amount_minor) == (28_140, 28_140)
    assert (known.days_since_delivery, known.business_days_since_delivery) == (23, 17)
    assert (known.customer_tier, known.agreed_window_days, known.agreed_fee_basis_points) == ("gold", 30, 1500)
    assert (known.branch, known.category, known.returnable, known.whole_units) == ("TOL", "plumbing", True, True)
    assert not facts(replace(VALVE, quantity=Decimal("2.5"))).whole_units


def test_a_case_is_worth_its_lines_without_the_rejected_ones() -> None:
    lines = [VALVE, replace(VALVE, sku="TPV-12", quantity=Decimal(10))]
    both, _ = facts_of(a_case(lines), ERP, date(2026, 11, 20), WEEK, {}, early=False)
    one, _ = facts_of(a_case(lines), ERP, date(2026, 11, 20), WEEK, {2: "used"}, early=False)
    assert [both[n].case_amount_minor for n in (1, 2)] == [40_740, 40_740]
    assert {n: f.case_amount_minor for n, f in one.items()} == {1: 28_140}


def test_what_lacks_a_value_is_not_judged_and_said() -> None:
    lines = [
        replace(VALVE, sku=None),
        replace(VALVE, quantity=None),
        replace(VALVE, sku="NONE"),
        replace(VALVE, order_no=None),
        replace(VALVE, sku="IMX-5KW"),
    ]
    found, lacking = facts_of(a_case(lines), ERP, date(2026, 11, 20), WEEK, {}, early=False)
    assert found == {}
    assert [lacking[n].split()[:2] for n in range(1, 6)] == [
        ["has", "no"],
        ["has", "no"],
        ["names", "an"],
        ["has", "no"],
        ["IMX-5KW", "is"],
    ]


def test_the_warranty_runs_to_the_day() -> None:
    line = CaseLine(sku="IMX-5KW", quantity=Decimal(1), uom="EA", reason_code=Reason.WARRANTY_FAILURE)
    line = replace(line, order_no="KS-699314")  # delivered on 16 July 2026, 24 months
    assert facts(line, date(2028, 7, 16), "K-307").in_warranty
    assert not facts(line, date(2028, 7, 17), "K-307").in_warranty
    assert not facts(VALVE).in_warranty


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 31), 6, date(2026, 9, 30)),
        (date(2026, 3, 31), 0, date.min),
    ],
)
def test_months_end_where_a_month_ends(day: date, months: int, last: date) -> None:
    assert _months_after(day, months) == last


def test_nothing_delivered_was_delivered_never() -> None:
    erp = FileErp({**erp_file(files.erp_file()), "shipments": []})
    found, _ = facts_of(a_case([VALVE]), erp, date(2026, 11, 20), WEEK, {}, early=False)
    assert (found[1].delivered, found[1].days_since_delivery) == (False, UNKNOWN_DAYS)
    assert not found[1].in_warranty
