"""The REST API: signed in or refused, recorded once, and decisions as strong as the workbench's."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from assistant import serve
from assistant.bootstrap import App
from assistant.demo import files
from assistant.demo.people import PASSWORD, PEOPLE
from assistant.domain.case import Case
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import Role, program
from assistant.settings import OutsideSettings
from tests.worked import back, kept, submitted, worked

SEEN = {"If-Match": '"1"'}
MAIL = {"Content-Type": "message/rfc822"}
PROBLEM = "application/problem+json"


@pytest.fixture
def api(app: App) -> Iterator[TestClient]:
    with TestClient(serve.web(app, demo=False)) as client:
        yield client


@pytest.fixture
def case(app: App) -> Case:
    return worked(app, files.mailbox()[0].read_bytes())


def person(role: Role) -> tuple[str, str]:
    return next(each.id for each in PEOPLE if role in each.roles), PASSWORD


AGENT, APPROVER = person(Role.AGENT), person(Role.RETURNS_APPROVER)


def problem(answer: httpx2.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["status"] == answer.status_code
    return answer.status_code, answer.json()["detail"]


def test_who_handed_a_request_in_is_written_down_and_a_mail_stays_a_mail(app: App, api: TestClient) -> None:
    parts = {"sender": "joe@fennimoreplumbing.example", "text": "3 PRV-34 from order KS-700121 come back."}
    told = api.post("/v1/messages", json=parts, auth=AGENT).json()
    mail = api.post("/v1/messages", content=files.mailbox()[0].read_bytes(), headers=MAIL, auth=AGENT).json()
    assert [told["channel"], mail["channel"]] == ["api", "email"]
    with app.store.unit(program("test")) as unit:
        for message in (told, mail):
            assert next(row.actor for row in unit.audit.rows(message["id"])) == f"person:{AGENT[0]}"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/cases"), ("GET", "/v1/cases/BH-1001"), ("GET", "/v1/cases/BH-1001/story"),
        ("POST", "/v1/cases/BH-1001/decisions"), ("GET", "/v1/messages"), ("GET", "/v1/messages/m-1"),
        ("POST", "/v1/messages"),
    ],
)  # fmt: skip
def test_nothing_but_health_answers_without_a_sign_in(api: TestClient, method: str, path: str) -> None:
    body: Any = {"json": {"verdict": "approved"}} if path.endswith("decisions") else {}
    tries: list[dict[str, Any]] = [{}, {"auth": ("nobody@kestrelsupply.example", "wrong")}]
    for credentials in tries:
        answer = api.request(method, path, **credentials, **body)
        assert problem(answer)[0] == 401
        assert answer.headers["www-authenticate"].startswith("Basic")
    assert api.get("/healthz").json()["status"] == "ok"


def test_a_mail_is_recorded_once_however_often_it_is_sent(api: TestClient) -> None:
    raw = files.mailbox()[0].read_bytes()
    first = api.post("/v1/messages", content=raw, headers=MAIL, auth=AGENT)
    again = api.post("/v1/messages", content=raw, headers=MAIL, auth=AGENT)
    assert (first.status_code, again.status_code) == (202, 200)
    assert (first.json()["new"], again.json()["new"]) == (True, False)
    assert first.json()["id"] == again.json()["id"]
    assert api.get(f"/v1/messages/{first.json()['id']}", auth=AGENT).json()["state"] == "recorded"
    assert [m["id"] for m in api.get("/v1/messages?state=recorded", auth=AGENT).json()] == [first.json()["id"]]


def request_in(**more: object) -> dict[str, object]:
    return {"sender": "joe@fennimoreplumbing.example", "subject": "valves", "text": "3 PRV-34 back, please.", **more}


def test_a_request_in_parts_becomes_a_mail_with_its_attachments(api: TestClient, app: App) -> None:
    slip = base64.b64encode(b"PRV-34 x 3, KS-700121").decode()
    parts = [{"name": "slip.txt", "media_type": "text/plain", "content": slip}]
    answer = api.post("/v1/messages", json=request_in(attachments=parts), auth=AGENT)
    assert answer.status_code == 202
    with app.store.unit(program("test")) as unit:
        raw = unit.messages.raw(answer.json()["id"])
    assert b"slip.txt" in raw
    assert b"3 PRV-34 back, please." in raw
    assert answer.json()["sender"] == "joe@fennimoreplumbing.example"


def test_the_same_idempotency_key_is_the_same_message(api: TestClient) -> None:
    key = {"Idempotency-Key": "portal-4711"}
    first = api.post("/v1/messages", json=request_in(), headers=key, auth=AGENT)
    again = api.post("/v1/messages", json=request_in(), headers=key, auth=AGENT)
    another = api.post("/v1/messages", json=request_in(text="not what was sent"), headers=key, auth=AGENT)
    other = api.post("/v1/messages", json=request_in(), headers={"Idempotency-Key": "portal-4712"}, auth=AGENT)
    assert (first.status_code, again.status_code, other.status_code) == (202, 200, 202)
    assert first.json()["id"] == again.json()["id"] != other.json()["id"]
    assert problem(another)[0] == 422
    theirs = api.post("/v1/messages", json=request_in(text="of somebody else"), headers=key, auth=APPROVER)
    assert (theirs.status_code, theirs.json()["id"] == first.json()["id"]) == (202, False)


def test_a_mail_that_is_sent_under_a_key_is_the_same_message_too(api: TestClient) -> None:
    headers = MAIL | {"Idempotency-Key": "gateway-1"}
    one, two = (path.read_bytes() for path in files.mailbox()[:2])
    first = api.post("/v1/messages", content=one, headers=headers, auth=AGENT)
    assert api.post("/v1/messages", content=one, headers=headers, auth=AGENT).json()["id"] == first.json()["id"]
    assert problem(api.post("/v1/messages", content=two, headers=headers, auth=AGENT))[0] == 422
    assert len(api.get("/v1/messages", auth=AGENT).json()) == 1


def test_long_lists_come_in_pieces_that_link_to_the_next(api: TestClient, app: App) -> None:
    made = [submitted(app, back(quantity=n)).id for n in (1, 2, 3, 4, 5)]
    for start, known in (("/v1/cases?state=in_review&limit=2", made[::-1]), ("/v1/messages?limit=2", None)):
        seen: list[str] = []
        sizes = []
        at: Any = start
        while at:
            answer = api.get(at, auth=AGENT)
            sizes.append(len(answer.json()))
            seen += [each["id"] for each in answer.json()]
            at = answer.links["next"]["url"] if "next" in answer.links else None
        assert sizes == [2, 2, 1]
        assert len(set(seen)) == 5
        assert known is None or seen == known


def test_who_calls_too_often_waits(api: TestClient, app: App) -> None:
    hasty = serve.web(
        replace(app, settings=replace(app.settings, outside=OutsideSettings(calls_per_minute=2))), demo=False
    )
    client = TestClient(hasty)  # asked without its lifespan: no MCP
    assert [client.get("/v1/cases", auth=AGENT).status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get("/v1/cases", auth=AGENT)
    assert problem(refused)[0] == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 62
    assert client.get("/v1/cases", auth=APPROVER).status_code == 200


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ({"content": b"hello", "headers": {"Content-Type": "text/plain"}}, {}, 415),
        ({"content": b"hello"}, {}, 415),
        ({"content": b" \n", "headers": MAIL}, {}, 422),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, {}, 422),
        ({"json": {"sender": "joe@x.example\nBcc: all@x.example"}}, {}, 422),
        ({"json": {"sender": "joe@x.example", "subject": "a\r\nBcc: all@x.example"}}, {}, 422),
        ({"json": {"sender": "joe@x.example", "attachments": [{"name": "a", "content": "no base64!"}]}}, {}, 422),
        ({"json": {"sender": "joe@x.example", "surprise": 1}}, {}, 422),
    ],
)
def test_what_can_not_be_a_request_is_said_and_not_kept(
    api: TestClient, body: dict[str, Any], headers: dict[str, str], status: int
) -> None:
    answer = api.post("/v1/messages", auth=AGENT, **body)
    assert problem(answer)[0] == status
    assert "Nothing was kept" in problem(answer)[1]
    assert api.get("/v1/messages", auth=AGENT).json() == []


def test_a_case_shows_its_draft_and_what_approving_would_write(api: TestClient, case: Case) -> None:
    answer = api.get(f"/v1/cases/{case.id}", auth=AGENT)
    shown = answer.json()
    assert answer.headers["etag"] == '"1"'
    assert shown["draft"]["lines"][0]["sku"] == "FSK-0440"
    assert [call["tool"] for call in shown["planned"]] == ["authorise_return"]
    assert shown["lacking"] == ""
    assert [each["id"] for each in api.get("/v1/cases?state=in_review", auth=AGENT).json()] == [case.id]
    story = api.get(f"/v1/cases/{case.id}/story", auth=AGENT).json()
    assert [step["sequence"] for step in story] == list(range(1, len(story) + 1))
    assert "case.opened" in [step["event"] for step in story]


def test_a_decision_is_of_what_was_seen_by_who_may(api: TestClient, app: App, case: Case) -> None:
    path = f"/v1/cases/{case.id}/decisions"
    seen = [call["digest"] for call in api.get(f"/v1/cases/{case.id}", auth=APPROVER).json()["planned"]]
    approval = {"verdict": "approved", "digests": seen}

    def refused(body: dict[str, Any], auth: tuple[str, str] = APPROVER, tag: str | None = '"1"') -> int:
        headers = {} if tag is None else {"If-Match": tag}
        return problem(api.post(path, json=body, auth=auth, headers=headers))[0]

    assert refused(approval, AGENT) == 403
    assert refused({**approval, "digests": ["0" * 64]}) == 409
    assert refused({"verdict": "rejected"}) == 409
    for nothing in (None, "", "*", '"1", "2"'):
        assert refused(approval, tag=nothing) == 428
    for other in ('"2"', 'W/"1"', '"one"', "1", '"0"'):
        assert refused(approval, tag=other) == 412
    assert kept(app, case.id).state is CaseState.IN_REVIEW
    named = SEEN | {"Idempotency-Key": "decision-1"}
    decided = api.post(path, json=approval, auth=APPROVER, headers=named)
    assert (decided.status_code, decided.json()["state"], decided.headers["etag"]) == (201, "approved", '"1"')
    again = api.post(path, json=approval, auth=APPROVER, headers=named)
    assert (again.status_code, again.json()) == (200, decided.json())
    another = {**approval, "verdict": "rejected", "reason": "no"}
    assert problem(api.post(path, json=another, auth=APPROVER, headers=named))[0] == 422
    assert refused(approval) == 409


def test_steps_and_lines_are_decided_as_in_the_workbench(api: TestClient, app: App) -> None:
    case = submitted(app, back(quantity=27), back("TPV-12", 5))
    path = f"/v1/cases/{case.id}/decisions"

    def whole() -> Any:
        return api.get(f"/v1/cases/{case.id}", auth=AGENT).json()

    shown = whole()
    assert [(step["step"], step["given_by"]) for step in shown["steps"]] == [
        ("1:returns_approver", ""),
        ("2:finance_approver", ""),
    ]
    assert shown["policy_version"] == "returns-2026.2"
    assert any("approval_steps-02" in row for row in shown["steps"][1]["asked_by"])
    one_line = {"verdict": "rejected", "line": 2, "reason": "used"}
    assert problem(api.post(path, json={**one_line, "verdict": "approved"}, auth=APPROVER, headers=SEEN))[0] == 409
    assert api.post(path, json=one_line, auth=APPROVER, headers=SEEN).json()["rejected_lines"] == {"2": "used"}
    for auth, state in ((APPROVER, "in_review"), (person(Role.FINANCE_APPROVER), "approved")):
        digests = [call["digest"] for call in whole()["planned"]]
        decided = api.post(path, json={"verdict": "approved", "digests": digests}, auth=auth, headers=SEEN)
        assert (decided.status_code, decided.json()["state"]) == (201, state)


def test_every_call_says_how_it_can_be_refused(api: TestClient) -> None:
    described = api.get("/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    calls = [
        (path, method, call)
        for path, methods in described["paths"].items()
        for method, call in methods.items()
        if path.startswith("/v1")
    ]
    assert len(calls) >= 20
    for path, method, call in calls:
        assert {"401", "403", "422", "429"} <= set(call["responses"]), (path, method)
        assert call.get("description"), (path, method)
        for status, told in call["responses"].items():
            if int(status) >= 400:
                assert list(told["content"]) == [PROBLEM], (path, method, status)
    assert set(described["components"]["schemas"]["Problem"]["required"]) == {"type", "title", "status", "detail"}


def test_what_is_not_there_is_a_404_in_words(api: TestClient) -> None:
    assert problem(api.get("/v1/cases/BH-9", auth=AGENT)) == (404, "There is no case BH-9.")
    assert problem(api.get("/v1/messages/m-9", auth=AGENT))[0] == 404
    assert problem(api.get("/v1/cases?limit=0", auth=AGENT))[0] == 422
