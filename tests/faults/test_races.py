"""A short form of the races (tests.faults.races runs 200 rounds a store)."""

import os
from collections.abc import Callable, Sequence

import pytest

from assistant.domain.approval import Power
from assistant.domain.case import Case
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import Person, program
from assistant.steps import holding, post, review, standing
from tests.faults.races import postgres_schema, racing, run

ROUNDS = 12


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [7])
def test_whoever_comes_first_nobody_wins_twice_on_sqlite(seed: int) -> None:
    with racing("", ROUNDS) as app:
        tally = run(app, ROUNDS, seed)
    assert tally.broken == []
    assert tally.ended["done"] > ROUNDS


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [7])
def test_whoever_comes_first_nobody_wins_twice_on_postgresql(seed: int) -> None:
    server = os.environ.get("BACKHAUL_TEST_DATABASE_URL")
    if not server:
        pytest.skip("BACKHAUL_TEST_DATABASE_URL is not set")
    with postgres_schema(server) as url, racing(url, ROUNDS) as app:
        tally = run(app, ROUNDS, seed)
    assert tally.broken == []
    assert tally.ended["done"] > ROUNDS


def _nothing_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (holding, post, review):
        monkeypatch.setattr(module, "require_left", lambda unit, erp, wanted: None)


def _whatever_stands_is_approved(monkeypatch: pytest.MonkeyPatch) -> None:
    careful = review.Review.approve

    def careless(self: review.Review, person: Person, case_id: str, revision: int, seen: Sequence[str]) -> Case:
        with self.store.unit(program("test")) as unit:
            case = unit.cases.get(case_id)
            digests = self.standing(unit, case).digests if case.state is CaseState.IN_REVIEW else ()
        return careful(self, person, case_id, case.revision.number, digests)

    monkeypatch.setattr(review.Review, "approve", careless)


def _anybody_gives_any_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "power_over", lambda person, case, steps, *others: Power(step=steps[0]))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (_nothing_is_counted, "held of 10 shipped"),
        (_whatever_stands_is_approved, "never approved revision"),
        (_anybody_gives_any_step, "gave"),
    ],
)
def test_the_races_find_a_rule_that_is_broken(
    monkeypatch: pytest.MonkeyPatch, broken: Callable[[pytest.MonkeyPatch], None], told: str
) -> None:
    broken(monkeypatch)
    with racing("", ROUNDS) as app:
        tally = run(app, ROUNDS, seed=5)
    assert any(told in fault for fault in tally.broken), tally.broken
