"""The REST API: signed in or refused, recorded once, and decisions as strong as the workbench's."""

import base64
from collections.abc import Iterator
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
from tests.worked import kept, worked

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


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/cases"), ("GET", "/v1/cases/BH-1001"), ("GET", "/v1/cases/BH-1001/story"),
        ("POST", "/v1/cases/BH-1001/decisions"), ("GET", "/v1/messages"), ("GET", "/v1/messages/m-1"),
        ("POST", "/v1/messages"),
    ],
)  # fmt: skip
def test_nothing_but_health_answers_without_a_sign_in(api: TestClient, method: str, path: str) -> None:
    body: Any = {"json": {"verdict": "approved", "revision": 1}} if path.endswith("decisions") else {}
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
    again = api.post("/v1/messages", json=request_in(text="sent again"), headers=key, auth=AGENT)
    other = api.post("/v1/messages", json=request_in(), headers={"Idempotency-Key": "portal-4712"}, auth=AGENT)
    assert (first.status_code, again.status_code, other.status_code) == (202, 200, 202)
    assert first.json()["id"] == again.json()["id"] != other.json()["id"]


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
    approval = {"verdict": "approved", "revision": 1, "digests": seen}
    assert problem(api.post(path, json=approval, auth=AGENT))[0] == 403
    assert problem(api.post(path, json={**approval, "revision": 2}, auth=APPROVER))[0] == 409
    assert problem(api.post(path, json={**approval, "digests": ["0" * 64]}, auth=APPROVER))[0] == 409
    assert problem(api.post(path, json={"verdict": "rejected", "revision": 1}, auth=APPROVER))[0] == 409
    assert kept(app, case.id).state is CaseState.IN_REVIEW
    decided = api.post(path, json=approval, auth=APPROVER)
    assert (decided.status_code, decided.json()["state"]) == (201, "approved")
    assert problem(api.post(path, json=approval, auth=APPROVER))[0] == 409


def test_what_is_not_there_is_a_404_in_words(api: TestClient) -> None:
    assert problem(api.get("/v1/cases/BH-9", auth=AGENT)) == (404, "There is no case BH-9.")
    assert problem(api.get("/v1/messages/m-9", auth=AGENT))[0] == 404
    assert problem(api.get("/v1/cases?limit=0", auth=AGENT))[0] == 422
