"""One catalog, offered as REST, as an MCP server and as LangChain tools; every call goes through the gate."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from click.testing import CliRunner
from langchain_core.messages import AIMessage
from mcp import Client
from starlette.testclient import TestClient

from assistant import serve
from assistant.bootstrap import App
from assistant.channels.mcp import over_stdio
from assistant.cli import main
from assistant.demo.people import PEOPLE
from assistant.domain.errors import NotAllowedToYou, OurFault
from assistant.domain.identity import KeyScope
from assistant.domain.person import program
from assistant.llm.tools import answered, offered
from tools.permissions import POSTING, WORKER, assistant_of, model_for

GOODS = ["lookup_order", "lookup_customer", "item_status", "credit_eligibility"]
READS = [*GOODS, "case_status", "find_cases", "case_policy", "policy_passages"]
CUSTOMERS = [*GOODS, "case_status", "find_cases", "policy_passages"]  # how we decide is not for them
KEYS = [*GOODS, "policy_passages"]  # what a key sees that has no right to cases
RICK = PEOPLE[1].id
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def site(app: App) -> Iterator[TestClient]:
    with TestClient(serve.web(app, demo=False), base_url="http://127.0.0.1:8700") as client:
        yield client


def key(app: App, *scopes: KeyScope) -> str:
    return app.keys.make("assistant", RICK, scopes, 30, program("test"))[1]


def bearer(words: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {words}"}


def calls_written(app: App) -> list[tuple[str, str, str]]:
    with app.store.unit(program("test")) as unit:
        rows = unit.audit.rows("tools")
    return [(row.actor, row.event, str(row.details["tool"])) for row in rows]


def test_the_documentation_of_the_tools_is_the_catalogs() -> None:
    assert CliRunner().invoke(main, ["tools"]).output == (ROOT / "docs" / "tools.md").read_text()


def test_the_gate_offers_what_a_caller_may_use(app: App) -> None:
    gate = app.review.gate
    assert [tool.name for tool in gate.offered(model_for("K-304"))] == CUSTOMERS
    assert [tool.name for tool in gate.offered(assistant_of(RICK))] == READS
    assert [tool.name for tool in gate.offered(assistant_of(RICK, cases=False))] == KEYS
    assert len(gate.offered(WORKER)) == len(GOODS) + 4
    assert {tool.effect for tool in gate.offered(POSTING)} == {"commit"}


# -- REST


def test_rest_lists_and_calls_the_tools_under_a_key(app: App, site: TestClient) -> None:
    headers = bearer(key(app, KeyScope.TOOLS_READ))
    assert [tool["name"] for tool in site.get("/v1/tools", headers=headers).json()] == KEYS
    both = bearer(key(app, KeyScope.TOOLS_READ, KeyScope.CASES_READ))
    assert [tool["name"] for tool in site.get("/v1/tools", headers=both).json()] == READS
    asked = {"arguments": {"reference": "KS-700121"}}
    found = site.post("/v1/tools/lookup_order", json=asked, headers=headers).json()
    assert found["outcome"] == "completed"
    assert found["result"]["orders"][0]["order_no"] == "KS-700121"
    assert calls_written(app) == [
        (f"program:for {RICK}", "tool.called", "lookup_order"),
        (f"program:for {RICK}", "tool.ended", "lookup_order"),
    ]


@pytest.mark.parametrize("name", ["authorise_return", "save_draft", "ask_sender", "nothing", "Lookup_order"])
def test_rest_lets_nobody_use_what_is_not_offered(app: App, site: TestClient, name: str) -> None:
    answer = site.post(f"/v1/tools/{name}", json={}, headers=bearer(key(app, *KeyScope))).json()
    assert (answer["outcome"], answer["reason"]) in [("denied", "scope"), ("denied", "unknown_tool")]
    assert len(calls_written(app)) == 2


def test_rest_needs_the_tools_scope(app: App, site: TestClient) -> None:
    assert site.get("/v1/tools", headers=bearer(key(app, KeyScope.CASES_READ))).status_code == 403
    assert site.get("/v1/tools").status_code == 401


# -- MCP


def rpc(site: TestClient, method: str, params: dict[str, Any], headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    accept = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    answer = site.post("/mcp", json=body, headers=accept | headers)
    told = answer.json() if answer.headers.get("content-type", "").startswith("application/json") else {}
    return answer.status_code, told


def test_mcp_over_http_takes_a_key_with_the_tools_scope_and_nothing_else(app: App, site: TestClient) -> None:
    good = bearer(key(app, KeyScope.TOOLS_READ))
    status, told = rpc(site, "tools/list", {}, good)
    assert status == 200
    assert [tool["name"] for tool in told["result"]["tools"]] == KEYS
    _, told = rpc(site, "tools/list", {}, bearer(key(app, KeyScope.TOOLS_READ, KeyScope.CASES_READ)))
    assert [tool["name"] for tool in told["result"]["tools"]] == READS
    asked = {"name": "lookup_order", "arguments": {"reference": "KS-700121"}}
    _, told = rpc(site, "tools/call", asked, good)
    assert told["result"]["structuredContent"]["result"]["orders"][0]["order_no"] == "KS-700121"
    assert [row[0] for row in calls_written(app)] == [f"program:for {RICK}"] * 2
    for refused, status in (
        ({}, 401),
        (bearer("bhk_no_key"), 401),
        (bearer(key(app, KeyScope.CASES_READ)), 403),
        ({"Authorization": "Basic cmljazpy"}, 401),
    ):
        assert rpc(site, "tools/list", {}, refused)[0] == status
        assert rpc(site, "tools/call", asked, refused)[0] == status
    assert len(calls_written(app)) == 2


def test_mcp_over_http_answers_no_page_that_was_led_here_by_another_name(app: App, site: TestClient) -> None:
    good = bearer(key(app, KeyScope.TOOLS_READ))
    assert rpc(site, "tools/list", {}, good | {"Host": "evil.example"})[0] == 421
    assert rpc(site, "tools/list", {}, good | {"Origin": "https://evil.example"})[0] == 403


def test_what_is_not_there_is_not_mcps_to_answer(site: TestClient) -> None:
    for path in ("/nothing", "/mcp/more", "/v1/nothing"):
        assert site.get(path).json()["detail"] == "Not Found. Nothing was changed."
    assert site.get("/sign-out").status_code == 405


def test_mcp_denies_and_writes_down_what_is_not_offered(app: App, site: TestClient) -> None:
    good = bearer(key(app, *KeyScope))
    for name in ("authorise_return", "nothing"):
        _, told = rpc(site, "tools/call", {"name": name, "arguments": {}}, good)
        assert told["result"]["isError"] is True
        assert told["result"]["structuredContent"]["outcome"] == "denied"
    assert [row[2] for row in calls_written(app)] == ["authorise_return", "authorise_return", "nothing", "nothing"]


def test_mcp_over_stdio_runs_under_a_key_and_stops_with_it(app: App) -> None:
    words = key(app, KeyScope.TOOLS_READ)
    server = over_stdio(app.review.gate, app.keys, words)

    async def talk() -> tuple[list[str], Any, Any]:
        async with Client(server) as client:
            names = [tool.name for tool in (await client.list_tools()).tools]
            found = await client.call_tool("item_status", {"code": "PRV-34"})
            with app.store.unit(program("test")) as unit:
                unit.keys.end(words.split("_")[1])
            ended = await client.call_tool("item_status", {"code": "PRV-34"})
            return names, found, ended

    names, found, ended = anyio.run(talk)
    assert names == KEYS
    assert found.structured_content["outcome"] == "completed"
    assert ended.is_error
    for refused in ("", "bhk_x_y", words):
        with pytest.raises(NotAllowedToYou, match="no key that stands"):
            over_stdio(app.review.gate, app.keys, refused)


# -- LangChain


def test_langchain_tools_are_the_gates(app: App) -> None:
    ours = {tool.name: tool for tool in offered(app.review.gate, model_for("K-304"))}
    assert list(ours) == CUSTOMERS
    told = json.loads(ours["lookup_order"].invoke({"reference": "KS-700121"}))
    assert told["result"]["orders"][0]["customer_id"] == "K-304"
    wrong = json.loads(ours["lookup_order"].invoke({"reference": 7, "more": "x"}))
    assert (wrong["outcome"], wrong["reason"]) == ("denied", "bad_arguments")
    assert len(calls_written(app)) == 4


def test_whatever_a_model_calls_comes_to_the_gate(app: App) -> None:
    message = AIMessage(
        content="",
        tool_calls=[
            {"name": "item_status", "args": {"code": "PRV-34"}, "id": "1"},
            {"name": "authorise_return", "args": {"customer_id": "K-304"}, "id": "2"},
            {"name": "os.system", "args": {}, "id": "3"},
        ],
        invalid_tool_calls=[{"name": "lookup_order", "args": "{", "id": "4", "error": "no JSON"}],
    )
    told = [json.loads(str(each.content)) for each in answered(message, app.review.gate, model_for("K-304"))]
    assert [each.get("reason", each["outcome"]) for each in told] == [
        "completed",
        "scope",
        "unknown_tool",
        "bad_arguments",
    ]
    assert len(calls_written(app)) == 8


def test_nobody_writes_into_the_stream_of_heads_or_of_people_by_naming_it(app: App) -> None:
    from tools.contract import Binding, ToolCall

    for name in ("heads", "people", "BH-1001 ", "bh-1001"):
        app.review.gate.call(ToolCall("nothing", {}, Binding(case_id=name)), assistant_of(RICK))
    with app.store.unit(program("test")) as unit:
        assert unit.audit.rows("heads") == ()
        assert {row.event for row in unit.audit.rows("people")} == {"person.added"}
        with pytest.raises(OurFault, match="signed head"):
            unit.audit.append("heads", "forged", {})
    assert len(calls_written(app)) == 8
