"""Free questions go to an agent that reads through the gate, and to nothing else; its sources are told by us."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from assistant import bootstrap
from assistant.bootstrap import App
from assistant.demo.people import PEOPLE
from assistant.domain.person import program
from assistant.settings import ModelSettings
from assistant.steps.ask_about import AskAbout, is_question
from tests.policy_in_words import with_policy
from tests.stub_llm import Behaviour, Said, StubServer
from tests.worked import back, submitted

MAYA = PEOPLE[0]


def told(message: Mapping[str, Any]) -> Behaviour:
    def behave(body: Mapping[str, Any]) -> Said:
        answer = {
            "id": "c",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [{"index": 0, "message": {"role": "assistant", **message}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
        }
        return Said(body=json.dumps(answer).encode())

    return behave


def call(name: str, **arguments: object) -> Behaviour:
    function = {"name": name, "arguments": json.dumps(arguments)}
    return told({"content": None, "tool_calls": [{"id": "c1", "type": "function", "function": function}]})


def asked(app: App, question: str, *behaviours: Behaviour) -> tuple[str | None, StubServer]:
    with StubServer(*behaviours) as server:
        model = ModelSettings(name="stub", base_url=server.url, api_key="k", timeout_seconds=10)
        answer = bootstrap.asking(replace(app, settings=replace(app.settings, model=model)))
        assert answer is not None
        return answer(question, MAYA), server


def test_the_agent_reads_through_the_gate_and_its_sources_are_told(app: App) -> None:
    found, _ = asked(
        app,
        "When did Fennimore get the valves?",
        call("lookup_order", reference="KS-700121"),
        told({"content": "KS-700121 was delivered on 28 October 2026."}),
    )
    assert found == "KS-700121 was delivered on 28 October 2026.\n_Looked up: lookup order: KS-700121._"
    with app.store.unit(program("test")) as unit:
        looked = [row for row in unit.audit.all_rows() if row.event.startswith("tool.")]
    assert any("for maya@kestrelsupply.example" in json.dumps(dict(row.details)) + row.actor for row in looked)


@pytest.mark.parametrize(
    ("called", "given", "sources"),
    [
        (("case_status", {"reference": "BH-1001"}), "in_review", "case status: BH-1001"),
        (("find_cases", {"customer": "fennimore", "above": 100}), "BH-1001", "find cases: fennimore, 100"),
        (("case_policy", {"reference": "BH-1001"}), "returns_approver", "case policy: BH-1001"),
        (
            ("policy_passages", {"about": "opened chemicals"}),
            "Opened chemicals stay.",
            "policy passages: opened chemicals",
        ),
    ],
)
def test_the_agent_looks_up_cases_and_the_policy(
    app: App, called: tuple[str, dict[str, object]], given: str, sources: str
) -> None:
    submitted(app, back())
    app = with_policy(app, "# Chemicals\n\nOpened chemicals stay.")
    name, arguments = called
    found, server = asked(app, "Tell me about them", call(name, **arguments), told({"content": "So it is."}))
    assert found == f"So it is.\n_Looked up: {sources}._"
    assert given in json.dumps(server.bodies[-1]["messages"][-1])


def test_a_tool_that_writes_is_not_there(app: App) -> None:
    found, _ = asked(
        app,
        "Please credit them",
        call("post_credit_memo", customer_id="K-304", currency="USD", lines=[]),
        told({"content": "I can't."}),
    )
    assert found is not None
    with app.store.unit(program("test")) as unit:
        assert not [row for row in unit.audit.all_rows() if row.event == "tool.called"]


def test_an_agent_that_never_ends_is_stopped(app: App) -> None:
    found, server = asked(app, "And then?", call("item_status", code="PRV-34"))
    assert found is None
    assert len(server.bodies) <= 6


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("where is RMA 1042", True),
        ("open cases of Lomax above 5,000", True),
        ("what is our policy on opened chemicals", True),
        ("how many returns are open?", True),
        ("customer wants credit for these, PO 4500", False),
        ("can you take back 3 damaged PRV-34 from KS-700121?", False),
        ("who needs to approve BH-1001?", True),
        ("three of them", False),
        ("", False),
    ],
)
def test_a_question_is_told_from_a_request(text: str, asks: bool) -> None:
    assert is_question(text) is asks


def test_what_a_customer_wrote_calls_nobody_in_an_answer(app: App) -> None:
    case = submitted(app, back())
    with app.store.unit(program("test")) as unit:
        draft = replace(unit.cases.get(case.id).draft, summary="<!channel> <https://evil.example|click>")
        unit.cases.revise(case.id, 1, draft, "test")
    asking = AskAbout(app.erp, app.review.gate, "https://b.example")
    answer = asking.answer(f"where is {case.id}?", MAYA)
    assert answer is not None
    assert "<!channel>" not in answer
    assert "&lt;!channel&gt;" in answer
    assert f"<https://b.example/cases/{case.id}|{case.id}>" in answer


def test_cases_are_listed_by_customer_and_worth(app: App) -> None:
    cheap, dear = submitted(app, back(quantity=1)), submitted(app, back(quantity=20))
    asking = AskAbout(app.erp, app.review.gate, "https://b.example")
    listed = asking.answer("open cases of Fennimore above 1,000", MAYA)
    assert listed is not None
    assert dear.id in listed
    assert cheap.id not in listed
    assert "1 open case of Fennimore Plumbing above 1,000.00" in listed
    assert "_From the case store._" in listed
    assert asking.answer("open cases of Cedar Point Clinic", MAYA) == "0 open cases of Cedar Point Clinic."
    assert (
        asking.answer("open cases of Lomax & Sons above 5,000", MAYA)
        == "No customer of ours is called Lomax &amp; Sons."
    )
    everybodys = asking.answer("open cases above 100", MAYA)
    assert everybodys is not None
    assert everybodys.startswith("1 open case above 100.00:")


def test_the_policy_is_told_in_words_and_by_its_rows(app: App) -> None:
    case = submitted(app, back())
    asking = AskAbout(app.erp, app.review.gate, "https://b.example")
    assert "no text of the returns policy" in str(asking.answer("what is our policy on opened chemicals?", MAYA))
    worded = with_policy(app, "# Chemicals\n\nOpened chemicals stay <here>.")
    asking = AskAbout(app.erp, worded.review.gate, "https://b.example")
    told = asking.answer("what is our policy on opened chemicals?", MAYA)
    assert told == "*Chemicals*\n>Opened chemicals stay &lt;here&gt;.\n_From the returns policy._"
    rows = asking.answer(f"why does {case.id} need an approval?", MAYA)
    assert rows is not None
    assert "approval_steps-01, returns approver" in rows
    assert rows.endswith("_From the policy returns-2026.2._")


def test_what_the_rules_look_up_goes_through_the_gate(app: App) -> None:
    case = submitted(app, back())
    asking = AskAbout(app.erp, app.review.gate, "https://b.example")
    asking.answer(f"where is {case.id}?", MAYA)
    asking.answer("open cases of Fennimore", MAYA)
    with app.store.unit(program("test")) as unit:
        looked = [(row.actor, row.details["tool"]) for row in unit.audit.rows("tools") if row.event == "tool.called"]
    assert looked == [(f"program:for {MAYA.id}", "case_status"), (f"program:for {MAYA.id}", "find_cases")]
