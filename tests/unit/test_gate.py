"""The gate denies by default, and a commit runs only under an approval of exactly that call."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.bootstrap import erp_file
from assistant.demo import files
from tools.adapters.sandbox import SandboxErp
from tools.case_book import CaseBook
from tools.catalog import catalog
from tools.contract import (
    AwaitingApproval,
    Binding,
    Caller,
    Completed,
    Denied,
    Effect,
    Outcome,
    OutcomeUnknown,
    Tool,
    ToolCall,
    Unanswered,
)
from tools.erp import ErpSilent
from tools.gate import Gate
from tools.permissions import ERP_POST, ERP_READ, POSTING, WORKER, model_for

BINDING = Binding(case_id="BH-1001", revision=2, policy_version="p1")
RETURN = {
    "customer_id": "K-304",
    "lines": [{"order_no": "KS-700121", "sku": "PRV-34", "quantity": "2", "uom": "EA", "reason_code": "OTHER"}],
}


@dataclass
class Log:
    rows: list[str] = field(default_factory=list)

    def called(self, caller: Caller, call: ToolCall, digest: str) -> str:
        self.rows.append(f"called {call.tool}")
        return "1"

    def ended(self, call_id: str, caller: Caller, call: ToolCall, outcome: Outcome) -> None:
        self.rows.append(type(outcome).__name__)

    def looked(self, caller: Caller, call: ToolCall, digest: str, outcome: Outcome) -> None:
        self.rows += [f"called {call.tool}", type(outcome).__name__]


@dataclass
class Approved:
    digests: set[str] = field(default_factory=set)

    def covers(self, digest: str, binding: Binding) -> bool:
        return digest in self.digests


class NoDesk:
    def save_draft(self, message_id: str, draft: Mapping[str, Any]) -> tuple[str, int]:
        return "BH-1001", 1

    def update_draft(
        self, message_id: str, case_id: str, revision: int, draft: Mapping[str, Any], why: str
    ) -> tuple[str, int]:
        return case_id, revision + 1

    def submit(self, case_id: str, revision: int) -> str:
        return "in_review"

    def ask_sender(self, case_id: str, revision: int) -> str:
        return "needs_info"


NO_BOOK = cast(CaseBook, None)  # nothing here asks about cases


@pytest.fixture(scope="module")
def erp(tmp_path_factory: pytest.TempPathFactory) -> SandboxErp:
    sandbox = SandboxErp.at(tmp_path_factory.mktemp("erp") / "erp.sqlite")
    sandbox.load(erp_file(files.erp_file()))
    return sandbox


def gate(erp: SandboxErp, approved: Approved | None = None) -> tuple[Gate, Log]:
    log = Log()
    return Gate(catalog(erp, NoDesk(), NO_BOOK), log, approved or Approved()), log


def test_a_tool_that_is_not_in_the_catalog_is_denied_and_audited(erp: SandboxErp) -> None:
    door, log = gate(erp)
    assert door.call(ToolCall("drop_tables", {}), WORKER) == Denied("unknown_tool", "there is no tool 'drop_tables'")
    assert log.rows == ["called drop_tables", "Denied"]


def test_a_commit_without_approval_waits_and_writes_nothing(erp: SandboxErp) -> None:
    door, _ = gate(erp)
    outcome = door.call(ToolCall("authorise_return", RETURN, BINDING, "key-a"), POSTING)
    assert isinstance(outcome, AwaitingApproval)
    assert erp.posting("key-a") is None


@pytest.mark.parametrize(
    "changed",
    [
        {"binding": Binding(case_id="BH-1001", revision=3, policy_version="p1")},
        {"binding": Binding(case_id="BH-1002", revision=2, policy_version="p1")},
        {"binding": Binding(case_id="BH-1001", revision=2, policy_version="p2")},
        {"arguments": {**RETURN, "customer_id": "K-301"}},
        {"arguments": {**RETURN, "lines": [{**RETURN["lines"][0], "quantity": "3"}]}},  # type: ignore[dict-item] # JSON
    ],
)
def test_an_approval_covers_no_other_call(erp: SandboxErp, changed: dict[str, Any]) -> None:
    call = {"arguments": RETURN, "binding": BINDING}
    approved = Approved()
    door, _ = gate(erp, approved)
    approved.digests.add(door.digest_of(ToolCall("authorise_return", RETURN, BINDING)))
    other = {**call, **changed}
    outcome = door.call(ToolCall("authorise_return", other["arguments"], other["binding"], "key-b"), POSTING)
    assert isinstance(outcome, AwaitingApproval)


def test_an_approved_commit_runs_once_a_key(erp: SandboxErp) -> None:
    approved = Approved()
    door, _ = gate(erp, approved)
    call = ToolCall("authorise_return", RETURN, BINDING, "key-c")
    approved.digests.add(door.digest_of(call))
    first, second = door.call(call, POSTING), door.call(call, POSTING)
    assert isinstance(first, Completed)
    assert first == second


def test_a_scope_that_is_not_held_is_denied(erp: SandboxErp) -> None:
    door, _ = gate(erp)
    outcome = door.call(ToolCall("authorise_return", RETURN, BINDING, "key-d"), WORKER)
    assert isinstance(outcome, Denied)
    assert outcome.reason == "scope"


def test_a_model_sees_its_own_customers_orders_only(erp: SandboxErp) -> None:
    door, _ = gate(erp)
    for customer, seen in (("K-304", 1), ("K-301", 0)):
        outcome = door.call(ToolCall("lookup_order", {"reference": "KS-700121"}), model_for(customer))
        assert isinstance(outcome, Completed)
        assert len(outcome.result.model_dump()["orders"]) == seen


def test_an_erp_that_does_not_answer_leaves_the_outcome_unknown(erp: SandboxErp) -> None:
    def silent(*_: object) -> Any:
        raise Unanswered(str(ErpSilent("no answer in 30 s")))

    entry = catalog(erp, NoDesk(), NO_BOOK)["authorise_return"]
    tool = Tool(
        name="authorise_return",
        version="1",
        effect=Effect.READ,
        scope=ERP_READ,
        summary="",
        takes=entry.takes,
        gives=entry.gives,
        run=silent,
    )
    door = Gate({"authorise_return": tool}, Log(), Approved())
    outcome = door.call(ToolCall("authorise_return", RETURN, BINDING, "key-e"), WORKER)
    assert outcome == OutcomeUnknown("key-e", "no answer in 30 s")


def test_calls_beyond_the_rate_are_denied(erp: SandboxErp) -> None:
    now = [0.0]
    tools = {name: tool for name, tool in catalog(erp, NoDesk(), NO_BOOK).items() if name == "item_status"}
    door = Gate(tools, Log(), Approved(), clock=lambda: now[0])
    call = ToolCall("item_status", {"code": "PRV-34"})
    outcomes = [door.call(call, WORKER) for _ in range(tools["item_status"].max_calls_per_minute + 1)]
    assert isinstance(outcomes[-2], Completed)
    assert isinstance(outcomes[-1], Denied)
    now[0] = 61.0
    assert isinstance(door.call(call, WORKER), Completed)


def test_a_model_never_commits_whatever_scopes_it_holds_and_whatever_was_approved(erp: SandboxErp) -> None:
    approved = Approved()
    door, _ = gate(erp, approved)
    call = ToolCall("authorise_return", RETURN, BINDING, "key-m")
    approved.digests.add(door.digest_of(call))
    outcome = door.call(call, Caller(kind="model", id="model", scopes=frozenset({ERP_POST, ERP_READ})))
    assert isinstance(outcome, Denied)
    assert outcome.reason == "scope"
    assert erp.posting("key-m") is None


def test_a_caller_bound_to_a_customer_uses_only_tools_that_name_owners(erp: SandboxErp) -> None:
    door, _ = gate(erp)
    bound = replace(WORKER, customer_id="K-304")
    for name in ("save_draft", "submit_for_approval", "ask_sender"):
        outcome = door.call(ToolCall(name, {}), bound)
        assert isinstance(outcome, Denied)
        assert outcome.reason == "data_scope"


def test_what_a_tool_found_of_others_does_not_leave_even_where_the_tool_would_show_it(erp: SandboxErp) -> None:
    honest = catalog(erp, NoDesk(), NO_BOOK)["lookup_order"]
    careless = replace(honest, run=lambda asked, call, _caller: honest.run(asked, call, WORKER))
    door = Gate({"lookup_order": careless}, Log(), Approved())
    outcome = door.call(ToolCall("lookup_order", {"reference": "KS-700121"}), model_for("K-301"))
    assert isinstance(outcome, Denied)
    assert outcome.reason == "data_scope"
    assert isinstance(door.call(ToolCall("lookup_order", {"reference": "KS-700121"}), model_for("K-304")), Completed)


def test_results_that_are_too_large_do_not_leave(erp: SandboxErp) -> None:
    small = replace(catalog(erp, NoDesk(), NO_BOOK)["lookup_order"], max_result_bytes=100)
    outcome = Gate({"lookup_order": small}, Log(), Approved()).call(
        ToolCall("lookup_order", {"reference": "KS-700121"}), WORKER
    )
    assert isinstance(outcome, Denied)
    assert outcome.reason == "too_large"


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (ToolCall("Lookup_order", {}), "unknown_tool"),
        (ToolCall("lookup_order ", {}), "unknown_tool"),
        (ToolCall("lookup\u200b_order", {}), "unknown_tool"),
        (ToolCall(["lookup_order"], {}), "unknown_tool"),  # type: ignore[arg-type] # what a model may send
        (ToolCall("lookup_order", {"reference": "x"}, key="k" * 321), "too_large"),
        (ToolCall("lookup_order", {"reference": "x" * 2_000}), "too_large"),
        (ToolCall("lookup_order", "reference"), "bad_arguments"),  # type: ignore[arg-type] # what a model may send
        (ToolCall("lookup_order", None), "bad_arguments"),  # type: ignore[arg-type] # what a model may send
        (ToolCall("lookup_order", {"reference": "x", "customer_id": "K-301"}), "bad_arguments"),
        (ToolCall("lookup_order", {"reference": ["x"]}), "bad_arguments"),
    ],
)
def test_what_does_not_fit_is_denied_with_its_reason_and_audited(erp: SandboxErp, call: ToolCall, reason: str) -> None:
    door, log = gate(erp)
    outcome = door.call(call, WORKER)
    assert isinstance(outcome, Denied)
    assert outcome.reason == reason
    assert log.rows[-1] == "Denied"
    assert len(log.rows) == 2


def test_calls_that_do_not_fit_count_against_the_rate(erp: SandboxErp) -> None:
    door = Gate(catalog(erp, NoDesk(), NO_BOOK), Log(), Approved(), clock=lambda: 0.0)
    outcomes = [door.call(ToolCall("lookup_order", {}), WORKER) for _ in range(601)]
    assert isinstance(outcomes[-1], Denied)
    assert outcomes[-1].reason == "rate"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
TOOL_NAMES = ["authorise_return", "post_credit_memo", "post_adjustment", "lookup_order", "save_draft", "nothing"]


@given(
    st.sampled_from(TOOL_NAMES) | st.text(max_size=20),
    st.dictionaries(st.text(max_size=12), json_values, max_size=4),
    st.sampled_from([WORKER, POSTING, model_for("K-301")]),
)
def test_no_call_whatever_it_holds_commits_without_an_approval(
    erp: SandboxErp, name: str, arguments: dict[str, Any], caller: Caller
) -> None:
    door, log = gate(erp)
    outcome = door.call(ToolCall(name, arguments, BINDING, "key-f"), caller)
    assert erp.posting("key-f") is None
    assert len(log.rows) == 2
    assert not (isinstance(outcome, Completed) and name in TOOL_NAMES[:3])
