"""The rules of the shipped policy, and what holds of every line whatever its facts are."""

import json
from dataclasses import fields, replace
from typing import Any

import pytest
import zen
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.domain.errors import OurFault
from assistant.domain.money import share
from assistant.domain.person import Role
from assistant.domain.policy import UNKNOWN_DAYS, LineFacts, LineJudgement
from assistant.judging.book import book_of
from assistant.judging.schema import FACTS, TABLES
from tests.policies import PLAIN, facts, rules, shipped_files, with_cell, with_rules

FILES = shipped_files()
BOOK = book_of(FILES)
RETURNS = Role.RETURNS_APPROVER


def judged(**changed: Any) -> LineJudgement:
    return BOOK.judge_line(facts(**changed))


def steps(line: LineJudgement) -> list[tuple[int, Role]]:
    return sorted({(asked.place, asked.role) for asked in line.asks}, key=lambda step: step[0])


def asked_by(line: LineJudgement, place: int) -> set[str]:
    return {asked.row.table for asked in line.asks if asked.place == place}


def test_a_plain_return_is_allowed_at_the_agreed_terms() -> None:
    line = judged()
    assert line.allowed
    assert (line.fault, line.freight, line.fee_minor) == ("customer", "customer", 1500)
    assert (line.window_days, line.days_late, line.rma_valid_days) == (30, 0, 30)
    assert (line.credit_timing, line.core, line.papers, line.clocks) == ("after inspection", "none", (), ())
    assert steps(line) == [(1, RETURNS)]
    assert {row.table for row in line.rows} == {shape.name for shape in TABLES}


@pytest.mark.parametrize(
    ("changed", "refused_by"),
    [
        ({"returnable": False}, "returnable"),
        ({"category": "safety", "whole_units": False}, "full_cases"),
        ({"category": "chemicals", "days_since_delivery": 31}, "return_window"),
        ({"branch": "FWA", "days_since_delivery": 31}, "return_window"),
    ],
)
def test_what_the_rows_refuse(changed: dict[str, Any], refused_by: str) -> None:
    assert [row.table for row in judged(**changed).refusals] == [refused_by]


@pytest.mark.parametrize(
    ("changed", "place", "tables"),
    [
        ({"days_since_delivery": 31}, 2, {"return_window"}),
        ({"delivered": False, "days_since_delivery": UNKNOWN_DAYS}, 2, {"return_window"}),
        ({"reason": "WARRANTY_FAILURE", "in_warranty": False}, 2, {"return_window"}),
        ({"special_order": True}, 2, {"returnable"}),
        ({"hazmat": True}, 2, {"returnable"}),
        ({"whole_units": False}, 2, {"full_cases"}),
        ({"reason": "CONCEALED_DAMAGE", "business_days_since_delivery": 6}, 2, {"claim_clocks"}),
        ({"reason": "WRONG_ITEM", "days_since_delivery": 11}, 2, {"claim_clocks"}),
        ({"case_amount_minor": 250_001}, 2, {"approval_steps"}),
        ({"customer_tier": "standard", "case_amount_minor": 50_001}, 2, {"approval_steps"}),
        ({"category": "chemicals", "case_amount_minor": 50_001}, 2, {"approval_steps"}),
        ({"flagged": True}, 2, {"approval_steps"}),
        ({"credit_override": True}, 2, {"approval_steps"}),
        ({"kind": "credit", "reason": "PRICING_ERROR", "case_amount_minor": 100_001}, 2, {"approval_steps"}),
        ({"kind": "adjustment", "reason": "OTHER", "case_amount_minor": 100_001}, 2, {"approval_steps"}),
        ({"case_amount_minor": 2_500_001}, 3, {"approval_steps"}),
    ],
)
def test_what_needs_another_approval_and_which_table_says_so(
    changed: dict[str, Any], place: int, tables: set[str]
) -> None:
    line = judged(**changed)
    assert line.allowed
    assert asked_by(line, place) == tables
    assert (1, RETURNS) in steps(line)


@pytest.mark.parametrize(
    ("changed", "fee"),
    [
        ({"reason": "DAMAGED_IN_TRANSIT"}, 0),
        ({"reason": "WRONG_ITEM"}, 0),
        ({"reason": "DEFECTIVE_ON_ARRIVAL"}, 0),
        ({"reason": "CORE_RETURN", "has_core": True}, 0),
        ({"customer_id": "K-311"}, 0),
        ({"special_order": True}, 5_000),
        ({"category": "chemicals"}, 2_500),
        ({"branch": "FWA"}, 2_000),
        ({"agreed_fee_basis_points": 1_000}, 1_000),
    ],
)
def test_the_restocking_fee(changed: dict[str, Any], fee: int) -> None:
    assert judged(**changed).fee_minor == fee


def test_a_fixed_fee_never_exceeds_the_line() -> None:
    last = len(rules(FILES, "restocking_fee")) - 2
    changed = rules(FILES, "restocking_fee")
    changed[last] |= {"out-fee": '"fixed"', "out-basis_points": "null", "out-amount_minor": "2500"}
    book = book_of(with_rules(FILES, "restocking_fee", changed))
    assert book.judge_line(facts()).fee_minor == 2_500
    assert book.judge_line(facts(amount_minor=900)).fee_minor == 900


@pytest.mark.parametrize(
    ("changed", "payer"),
    [
        ({"reason": "WRONG_ITEM"}, "us"),
        ({"reason": "CONCEALED_DAMAGE"}, "carrier"),
        ({"reason": "WARRANTY_FAILURE", "in_warranty": True}, "vendor"),
        ({"reason": "SHORT_SHIPMENT"}, "nobody"),
    ],
)
def test_who_pays_the_freight(changed: dict[str, Any], payer: str) -> None:
    assert judged(**changed).freight == payer


@pytest.mark.parametrize(
    ("changed", "papers"),
    [
        ({"reason": "CONCEALED_DAMAGE"}, {"photos", "carrier inspection report"}),
        ({"reason": "QUALITY_NONCONFORMANCE"}, {"NCR"}),
        ({"hazmat": True, "tracking": "lot"}, {"SDS", "lot and expiry"}),
        ({"reason": "WARRANTY_FAILURE"}, {"proof of purchase"}),
        ({}, set()),
    ],
)
def test_which_papers_are_wanted(changed: dict[str, Any], papers: set[str]) -> None:
    assert {paper.name for paper in judged(**changed).papers} == papers


@pytest.mark.parametrize(
    ("changed", "clock", "run_out"),
    [
        ({"reason": "CONCEALED_DAMAGE", "business_days_since_delivery": 5}, "concealed damage", False),
        ({"reason": "CONCEALED_DAMAGE", "business_days_since_delivery": 6}, "concealed damage", True),
        ({"reason": "SHORT_SHIPMENT", "days_since_delivery": 10}, "shortage", False),
        ({"reason": "SHORT_SHIPMENT", "days_since_delivery": 11}, "shortage", True),
        ({"reason": "LATE_DELIVERY", "days_since_delivery": 270}, "carrier claim", False),
        ({"reason": "LATE_DELIVERY", "days_since_delivery": 271}, "carrier claim", True),
    ],
)
def test_the_clocks_of_claims(changed: dict[str, Any], clock: str, run_out: bool) -> None:
    found = {each.name: each.run_out for each in judged(**changed).clocks}
    assert found[clock] is run_out


def test_a_carrier_claim_that_ran_out_asks_nobody_and_the_rows_cite_their_source() -> None:
    assert 2 not in dict(steps(judged(reason="LATE_DELIVERY", days_since_delivery=300)))
    said = " ".join(rule["_description"] for rule in rules(FILES, "claim_clocks"))
    assert "NMFC item 300135" in said
    assert "49 USC 14706(e)(1)" in said


@pytest.mark.parametrize(
    ("changed", "timing"),
    [
        ({"credit_override": True}, "before receipt"),
        ({"reason": "WRONG_ITEM"}, "on receipt"),
        ({"reason": "WRONG_ITEM", "amount_minor": 25_001}, "after inspection"),
        ({"kind": "credit", "reason": "PRICING_ERROR"}, "at approval"),
        ({"kind": "adjustment", "reason": "OTHER"}, "no credit"),
    ],
)
def test_when_the_customer_is_credited(changed: dict[str, Any], timing: str) -> None:
    assert judged(**changed).credit_timing == timing


def test_other_rows_of_the_small_tables() -> None:
    assert judged(category="chemicals").rma_valid_days == 14
    assert judged(reason="DEFECTIVE_ON_ARRIVAL").vendor_authorisation
    assert judged(reason="CORE_RETURN", has_core=True).core == "credited with the core"
    assert judged(reason="RECALL", hazmat=True, returnable=False, days_since_delivery=900).allowed


# -- what holds of every line

_WORDS = {"category": ["plumbing", "chemicals", "safety"], "branch": ["TOL", "FWA", ""], "customer_tier": ["gold", "x"]}


def _values(name: str) -> st.SearchStrategy[Any]:
    field = FACTS[name]
    if field.kind == "flag":
        return st.booleans()
    if field.kind == "whole":
        return st.integers(0, UNKNOWN_DAYS) if "days" in name else st.integers(0, 10**12)
    return st.sampled_from(sorted(field.words) if field.words is not None else _WORDS.get(name, ["K-311", "zz"]))


any_facts = st.builds(LineFacts, **{f.name: _values(f.name) for f in fields(LineFacts)})


@settings(max_examples=300, deadline=None)
@given(any_facts)
def test_an_allowed_line_always_asks_a_person_and_never_charges_more_than_it_is_worth(known: LineFacts) -> None:
    line = BOOK.judge_line(known)
    assert line.allowed == (not line.refusals)
    if line.allowed:
        assert any(asked.place == 1 for asked in line.asks)
        assert line.rma_valid_days > 0
        assert line.credit_timing
        assert line.freight
        assert line.fault
    capped = replace(known, agreed_fee_basis_points=min(known.agreed_fee_basis_points, 10_000))
    assert 0 <= BOOK.judge_line(capped).fee_minor <= capped.amount_minor
    if line.fault in {"ours", "carrier", "vendor"}:
        assert line.fee_minor == 0
    assert line == BOOK.judge_line(known)


@settings(max_examples=150, deadline=None)
@given(any_facts, st.integers(0, 10**6))
def test_a_larger_case_never_needs_fewer_approvals(known: LineFacts, more: int) -> None:
    larger = replace(known, case_amount_minor=known.case_amount_minor + more)
    assert set(steps(BOOK.judge_line(known))) <= set(steps(BOOK.judge_line(larger)))


@settings(max_examples=150, deadline=None)
@given(any_facts, st.integers(0, 400))
def test_a_later_request_is_never_judged_more_kindly(known: LineFacts, days: int) -> None:
    later = replace(known, days_since_delivery=known.days_since_delivery + days)
    before, after = BOOK.judge_line(known), BOOK.judge_line(later)
    assert set(before.refusals) <= set(after.refusals)
    assert set(steps(before)) <= set(steps(after))


@given(st.integers(0, 10**9), st.integers(0, 10_000))
def test_a_share_is_exact_to_half_a_unit(units: int, basis_points: int) -> None:
    assert abs(share(units, basis_points) * 10_000 - units * basis_points) * 2 <= 10_000


# -- what does not fit refuses


@pytest.mark.parametrize(
    "changed",
    [
        {"amount_minor": 10.0},
        {"amount_minor": "10"},
        {"amount_minor": True},
        {"amount_minor": 2**53 + 1},
        {"returnable": 1},
        {"reason": "NO_REASON"},
        {"customer_tier": None},
    ],
)
def test_a_fact_of_another_type_is_never_judged(changed: dict[str, Any]) -> None:
    with pytest.raises(OurFault, match="nothing was judged"):
        judged(**changed)


def test_no_matching_row_refuses_also_where_the_last_row_is_gone() -> None:
    class Silent:
        """An engine that answers nothing, or nonsense."""

        def __init__(self, answer: object) -> None:
            self.answer = answer

        def evaluate(self, _key: str, _asked: object) -> dict[str, object]:
            return {"result": self.answer}

    book = book_of(FILES)
    odd = {"row": "freight-01", "verdict": "allow", "payer": 7}
    unknown = {"row": "freight-99", "verdict": "allow", "payer": "us"}
    odd_answers: tuple[object, ...] = (
        None,
        [],
        {},
        {"answered_freight": odd},
        {"answered_freight": unknown},
        {"answered_freight": []},
    )
    for answer in odd_answers:
        book._engine = Silent(answer)  # type: ignore[assignment]
        line = book.judge_line(facts())
        assert not line.allowed
        assert {row.table for row in line.refusals} == {shape.name for shape in TABLES}


def test_a_table_that_takes_nothing_refuses_the_line() -> None:
    for table in ("freight", "documents", "approval_steps"):
        only_last = rules(FILES, table)[-1:]
        line = book_of(with_rules(FILES, table, only_last)).judge_line(facts())
        assert [row.table for row in line.refusals] == [table]


def test_zen_itself_passes_over_what_loading_finds() -> None:
    """The reason for all of this: were it to raise one day, loading could be simpler."""
    graph = BOOK.tables["freight"].node() | {"id": "freight"}
    graph["content"]["rules"] = [
        {**graph["content"]["rules"][0], "in-kind": '> "x" y'},
        {**graph["content"]["rules"][-1]},
    ]
    ends = [{"id": i, "name": i, "type": f"{i}putNode", "position": {"x": 0, "y": 0}} for i in ("in", "out")]
    edges = [("in", "freight"), ("freight", "out")]
    whole = {
        "nodes": [*ends, graph],
        "edges": [{"id": f"{a}{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in edges],
    }
    decision = zen.ZenEngine().create_decision(json.dumps(whole))
    decision.validate()
    answered = decision.evaluate({"kind": "credit"})["result"]["answered_freight"]
    assert answered["verdict"] == "refuse"


def test_branches_differ_by_rows() -> None:
    by_branch = {branch: judged(branch=branch).fee_minor for branch in ("TOL", "FWA")}
    assert by_branch == {"TOL": 1_500, "FWA": 2_000}
    assert PLAIN.branch == "TOL"
    assert with_cell(FILES, "freight", 0, "_description", "x") != FILES
