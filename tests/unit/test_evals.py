"""The figures of the evals: what counts as right, what a confidence is worth, what a report and a comparison show."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from evals import compare, report, run
from evals.calibration import accuracy, calibration_error, curve, interval, right_at
from evals.fields import FieldDecision, decisions

VOLT = Path(run.__file__).parent / "sets" / "volt" / "tune"


def _decided(confidence: float, right: bool, request: str = "r1") -> FieldDecision:
    return FieldDecision(request=request, line=0, field="sku", value="A", confidence=confidence, right=right)


DECIDED = st.lists(st.builds(_decided, st.floats(0, 1), st.booleans(), st.sampled_from("abcdef")), min_size=1)


@given(DECIDED)
def test_shares_lie_between_none_and_all_and_full_coverage_is_the_share_right(decided: list[FieldDecision]) -> None:
    assert 0 <= calibration_error(decided) <= 1
    assert all(-1e-9 <= share <= 1 + 1e-9 for _, share in curve(decided))
    assert right_at(decided, 1.0) == pytest.approx(accuracy(decided))


@given(DECIDED)
def test_the_order_of_decisions_changes_nothing(decided: list[FieldDecision]) -> None:
    assert right_at(decided, 0.6) == pytest.approx(right_at(list(reversed(decided)), 0.6))


def test_who_promises_what_comes_true_has_no_error_and_who_is_sure_and_wrong_has_a_whole_one() -> None:
    honest = [_decided(0.75, right=index % 4 != 0) for index in range(400)]

    assert calibration_error(honest, bins=1) == pytest.approx(0.0)
    assert calibration_error([_decided(1.0, right=False)] * 20) == pytest.approx(1.0)


def test_the_surest_are_looked_at_first() -> None:
    decided = [_decided(0.9, right=True)] * 8 + [_decided(0.2, right=False)] * 2

    assert right_at(decided, 0.8) == 1.0
    assert right_at(decided, 1.0) == pytest.approx(0.8)


def test_an_interval_holds_its_figure_and_is_wider_where_fewer_requests_stand_behind_it() -> None:
    few = [_decided(0.5, right=index % 2 == 0, request=str(index)) for index in range(10)]
    many = [_decided(0.5, right=index % 2 == 0, request=str(index)) for index in range(400)]

    narrow, wide = interval(many, accuracy), interval(few, accuracy)

    assert narrow.low <= narrow.value <= narrow.high
    assert wide.high - wide.low > narrow.high - narrow.low


def _line(**changes: Any) -> dict[str, Any]:
    line: dict[str, Any] = {
        "sku": "A-1",
        "order_no": "SO-1",
        "quantity": "2",
        "reason_code": "OTHER",
        "lot": None,
        "serials": [],
        "confidence": {"sku": 0.9, "quantity": 0.4},
    }
    return line | changes


def _gold(*lines: dict[str, Any]) -> dict[str, Any]:
    return {"id": "r1", "order_nos": ["SO-1"], "lines": list(lines)}


def test_each_value_on_a_line_is_decided_against_the_label_s_line_of_the_same_goods() -> None:
    gold = _gold({"sku": "a1", "quantity": "3", "reason_code": ["OTHER"], "lot": None, "serials": []})

    found = {each.field: each for each in decisions({"lines": [_line()]}, gold)}

    assert {name: each.right for name, each in found.items()} == {
        "sku": True,
        "order_no": True,
        "quantity": False,
        "reason_code": True,
    }
    assert found["quantity"].confidence == 0.4


def test_a_line_that_the_label_does_not_have_is_wrong_in_every_field() -> None:
    assert not any(each.right for each in decisions({"lines": [_line()]}, _gold()))


def test_of_two_lines_of_the_same_goods_each_meets_its_own() -> None:
    gold = _gold(
        {"sku": "A-1", "quantity": "2", "reason_code": ["OTHER"], "lot": "L1", "serials": []},
        {"sku": "A-1", "quantity": "5", "reason_code": ["OTHER"], "lot": "L2", "serials": []},
    )
    drafted = {"lines": [_line(quantity="5", lot="L2"), _line(quantity="2", lot="L1")]}

    assert all(each.right for each in decisions(drafted, gold))


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    kept = tmp_path_factory.mktemp("evals") / "volt.jsonl"
    answer = CliRunner().invoke(
        run.main, [str(VOLT / "e01"), str(VOLT / "e03"), "--today", "2026-11-20", "--keep", str(kept)]
    )
    assert answer.exit_code == 0, answer.output
    return answer.output, kept


def test_a_run_prints_its_figures_and_keeps_results_that_come_back_the_same(graded: tuple[str, Path]) -> None:
    output, kept = graded
    results = run.kept(kept)

    assert [result.name for result in results] == ["volt/tune/e01", "volt/tune/e03"]
    assert f"{'zero_edit':16} {sum(r.grade.zero_edit for r in results) / 2:.3f}" in output
    assert all(result.ungrounded == 0 for result in results)


def test_a_report_shows_a_miss_beside_its_source(graded: tuple[str, Path]) -> None:
    first, *rest = run.kept(graded[1])
    missed = replace(first, grade=replace(first.grade, misses=("extra <A-1> x 2",)))

    page = report.page("Two requests", [missed, *rest])

    assert "extra &lt;A-1&gt; x 2" in page
    assert "@" in page.split("<pre>")[1]


def test_a_comparison_counts_what_only_one_of_two_got_right(graded: tuple[str, Path], tmp_path: Path) -> None:
    results = run.kept(graded[1])
    worse = [replace(results[0], grade=replace(results[0].grade, intent=False)), *results[1:]]
    run.keep(worse, tmp_path / "worse.jsonl")

    answer = CliRunner().invoke(compare.main, [str(tmp_path / "worse.jsonl"), str(graded[1])])

    assert "only the other needs no edit: 1  volt/tune/e01" in answer.output
    assert "only the first needs no edit: 0" in answer.output


def test_two_files_without_a_common_request_can_not_be_compared(graded: tuple[str, Path], tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_text("")

    answer = CliRunner().invoke(compare.main, [str(graded[1]), str(tmp_path / "none.jsonl")])

    assert answer.exit_code == 1
    assert "no request in common" in answer.output
