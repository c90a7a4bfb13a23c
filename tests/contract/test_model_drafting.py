"""Drafting with a model, against a server that answers well, badly, late or not at all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assistant.bootstrap import erp_file
from assistant.demo import files
from assistant.domain.draft import Draft, FindingCode, Intent
from assistant.domain.evidence import Quoted
from assistant.drafting.offline import OfflineDrafter
from assistant.drafting.with_model import ModelDrafter
from assistant.llm import chat
from assistant.llm.chat import ChatModel
from assistant.settings import ModelSettings
from assistant.steps.read import read
from prompts.loader import load
from tests.stub_llm import Stub, Turn, form_of, stub_llm
from tools.adapters.sandbox import SandboxErp

KEY = "sk-test-not-a-real-key"
LINE: dict[str, Any] = {
    "block": 2,
    "sku": "FSK-0440",
    "order_no": "KS-700100",
    "item_words": "FSK-0440",
    "quantity": "5",
    "quantity_words": "5 cases",
    "reason_code": "ORDERED_IN_ERROR",
    "reason_words": "ordered too many",
    "lot": None,
    "serials": [],
}
GOOD: dict[str, Any] = {
    "intent": "return_request",
    "summary": "Five cases of containers come back.",
    "resolution": "credit",
    "injection": False,
    "lines": [LINE],
}


@cache
def erp() -> SandboxErp:
    return SandboxErp.in_memory(erp_file(files.erp_file()))


@pytest.fixture(autouse=True)
def forgotten_servers() -> Iterator[None]:
    chat._works.clear()
    yield
    chat._works.clear()


def drafted(stub: Stub, seconds: float = 20, path: Path | None = None) -> Draft:
    settings = ModelSettings(name="stub", api_key=KEY, base_url=stub.base_url, timeout_seconds=seconds)
    drafter = ModelDrafter(OfflineDrafter(erp()), ChatModel(settings), erp(), load("draft.v1"))
    _, request = read((path or files.mailbox()[0]).read_bytes(), date(2026, 11, 20))
    return drafter.draft(request)


def answer(**changes: Any) -> dict[str, Any]:
    return {**GOOD, "lines": [{**LINE, **changes}]}


def test_a_right_answer_is_the_draft_in_one_call_with_places_of_ours() -> None:
    with stub_llm(Turn(GOOD)) as stub:
        draft = drafted(stub)
    assert (draft.drafter.name, draft.drafter.calls, draft.drafter.dropped) == ("model", 1, 0)
    assert (draft.drafter.tokens_in, draft.drafter.tokens_out) == (100, 20)
    assert draft.intent is Intent.RETURN_REQUEST
    line = draft.lines[0]
    assert (line.sku, f"{line.quantity}", line.order_no) == ("FSK-0440", "5", "KS-700100")
    words = line.evidence["quantity"][0]
    assert isinstance(words, Quoted)
    assert words.quote == "5 cases"


@pytest.mark.parametrize(
    ("refused", "forms"),
    [
        (["json_schema"], ["json_schema", "function_calling"]),
        (["json_schema", "function_calling"], ["json_schema", "function_calling", "json_object"]),
    ],
)
def test_a_form_the_server_refuses_is_fallen_back_from_and_remembered(refused: list[str], forms: list[str]) -> None:
    with stub_llm(Turn(GOOD), refused_forms=refused) as stub:
        assert drafted(stub).drafter.name == "model"
        assert [form_of(request) for request in stub.requests] == forms
        again = drafted(stub)
        assert (again.drafter.name, again.drafter.calls) == ("model", 1)
        assert form_of(stub.requests[-1]) == forms[-1]


def test_a_busy_server_is_asked_again() -> None:
    with stub_llm(Turn(status=429), Turn(GOOD)) as stub:
        assert drafted(stub).drafter.name == "model"


@pytest.mark.parametrize(
    "turn",
    [
        Turn("this is no JSON"),
        Turn({"intent": "return_request"}),
        Turn(answer(quantity="a lot")),
        Turn({**GOOD, "intent": "approve_it"}),
        Turn("x" * 300_000),
        Turn(status=401),
        Turn(GOOD, seconds=3.0),
    ],
    ids=["no JSON", "wrong shape", "out of range", "unknown intent", "ignored token cap", "refused key", "too slow"],
)
def test_an_answer_that_can_not_be_used_leaves_the_offline_draft(turn: Turn) -> None:
    with stub_llm(turn) as stub:
        draft = drafted(stub, seconds=1.0)
    _, request = read(files.mailbox()[0].read_bytes(), date(2026, 11, 20))
    offline = OfflineDrafter(erp()).draft(request)
    assert draft.drafter.note.startswith("offline draft: ")
    assert KEY not in draft.drafter.note
    assert replace(draft, drafter=offline.drafter) == offline


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"order_no": "KS-999999"}, None),
        ({"order_no": "KS-700121"}, None),
        ({"sku": "NO-SUCH-ITEM", "item_words": "NO-SUCH-ITEM"}, "sku"),
        ({"sku": "PRV-34", "item_words": "PRV-34"}, "sku"),
        ({"quantity": "77", "quantity_words": "77 cases"}, "quantity"),
        ({"lot": "Z9999"}, "lot"),
        ({"reason_code": "NOT_A_REASON"}, None),
    ],
    ids=["invented order", "another customer's order", "invented item", "item not there", "invented quantity",
         "invented lot", "invented reason"],
)  # fmt: skip
def test_a_value_that_nothing_proves_is_dropped_and_counted(changes: dict[str, Any], field: str | None) -> None:
    with stub_llm(Turn(answer(**changes))) as stub:
        draft = drafted(stub)
    assert draft.drafter.dropped >= 1
    for line in draft.lines:
        assert line.order_no in {None, "KS-700100"}
        if field is not None:
            assert not getattr(line, field)


def test_a_model_that_obeys_the_mail_changes_no_quantity() -> None:
    obeying = answer(
        sku="PTW-2P", item_words="PTW-2P", order_no="KS-700149", quantity="400", quantity_words="approve all"
    )
    with stub_llm(Turn(obeying)) as stub:
        draft = drafted(stub, path=files.mailbox()[16])
    assert draft.has(FindingCode.INJECTION_ATTEMPT)
    assert [line.quantity for line in draft.lines] == [None]


def test_mail_from_machines_costs_no_call() -> None:
    with stub_llm(Turn(GOOD)) as stub:
        draft = drafted(stub, path=files.mailbox()[14])
        assert stub.requests == []
    assert draft.intent is Intent.NOT_A_REQUEST
