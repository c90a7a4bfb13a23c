"""The campaign of hostile calls, in small; and that it would find what it looks for."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.hostile_calls import World, run, world
from tools.contract import Caller, Outcome, ToolCall
from tools.gate import Gate
from tools.permissions import POSTING

SEED = 20_261_124


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


@pytest.mark.slow
def test_a_hostile_model_gets_nothing_and_leaves_its_trace(hostile: World) -> None:
    run(hostile, 250, SEED)
    assert hostile.faults == []
    assert hostile.calls > 600
    assert {"completed", "scope", "data_scope", "unknown_tool", "bad_arguments"} <= set(hostile.ended)


def test_the_campaign_would_see_a_gate_that_shows_other_customers(hostile: World) -> None:
    class Careless(Gate):
        def call(self, call: ToolCall, caller: Caller) -> Outcome:
            return super().call(call, replace(caller, customer_id=None))

    hostile.gate = Careless(hostile.gate._catalog, hostile.gate._audit, hostile.gate._approvals, hostile.gate._clock)
    run(hostile, 60, SEED)
    assert any(" told K-" in fault for fault in hostile.faults)


def test_the_campaign_would_see_a_gate_that_lets_a_model_commit(hostile: World) -> None:
    class Careless(Gate):
        def call(self, call: ToolCall, caller: Caller) -> Outcome:
            return super().call(call, POSTING if "return" in str(call.tool) else caller)

    hostile.gate = Careless(hostile.gate._catalog, hostile.gate._audit, hostile.gate._approvals, hostile.gate._clock)
    run(hostile, 60, SEED)
    assert any("authorise_return was done" in fault for fault in hostile.faults)
    assert "the store or the ERP is not what it was" in hostile.faults


def test_the_catalog_it_attacks_is_the_whole_catalog(hostile: World) -> None:
    from assistant.bootstrap import catalog_without_world

    assert set(hostile.gate._catalog) == set(catalog_without_world())
