"""Keys on the REST API: what they are let do, and that people alone decide."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from assistant import serve
from assistant.bootstrap import App
from assistant.demo import files
from assistant.demo.people import PASSWORD, PEOPLE
from assistant.domain.identity import KeyScope
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import program
from tests.worked import kept, worked

MAYA, RICK = PEOPLE[0].id, PEOPLE[1].id
SEEN = {"If-Match": '"1"'}


@pytest.fixture
def api(app: App) -> Iterator[TestClient]:
    with TestClient(serve.web(app, demo=False)) as client:
        yield client


def bearer(app: App, *scopes: KeyScope, person: str = RICK) -> dict[str, str]:
    _, words = app.keys.make("portal", person, scopes, 30, program("test"))
    return {"Authorization": f"Bearer {words}"}


def test_a_key_does_what_its_scopes_say_and_no_more(api: TestClient, app: App) -> None:
    raw = files.mailbox()[0].read_bytes()
    writes, reads = bearer(app, KeyScope.MESSAGES_WRITE), bearer(app, KeyScope.CASES_READ)
    mail = {"Content-Type": "message/rfc822"}
    assert api.post("/v1/messages", content=raw, headers=mail | writes).status_code == 202
    assert api.get("/v1/cases", headers=reads).status_code == 200
    for refused in (
        api.get("/v1/messages", headers=writes),
        api.get("/v1/cases", headers=writes),
        api.get("/v1/messages", headers=reads),
        api.post("/v1/messages", content=raw, headers=mail | reads),
    ):
        assert refused.status_code == 403
        assert "it needs" in refused.json()["detail"]


def test_no_key_decides_not_even_a_returns_approvers(api: TestClient, app: App) -> None:
    case = worked(app, files.mailbox()[0].read_bytes())
    seen = api.get(f"/v1/cases/{case.id}", headers=bearer(app, KeyScope.CASES_READ)).json()
    decision = {"verdict": "approved", "digests": [each["digest"] for each in seen["planned"]]}
    answer = api.post(f"/v1/cases/{case.id}/decisions", json=decision, headers=bearer(app, *KeyScope) | SEEN)
    assert (answer.status_code, "a key can't" in answer.json()["detail"]) == (403, True)
    assert kept(app, case.id).state is CaseState.IN_REVIEW
    assert (
        api.post(f"/v1/cases/{case.id}/decisions", json=decision, auth=(RICK, PASSWORD), headers=SEEN).status_code
        == 201
    )


@pytest.mark.parametrize("words", ["x", "bhk_1_2", "", "bhk__"])
def test_what_is_no_key_is_401_and_says_both_ways_in(api: TestClient, words: str) -> None:
    answer = api.get("/v1/cases", headers={"Authorization": f"Bearer {words}"})
    assert answer.status_code == 401
    assert "Basic" in answer.headers["www-authenticate"]
    assert "Bearer" in answer.headers["www-authenticate"]


def test_a_page_of_another_site_can_not_use_what_a_browser_remembers(api: TestClient) -> None:
    for site in ("cross-site", "same-site"):
        answer = api.get("/v1/cases", auth=(RICK, PASSWORD), headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403
    assert api.get("/v1/cases", auth=(RICK, PASSWORD), headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_the_description_names_both_ways_in(api: TestClient) -> None:
    schemes = api.get("/v1/openapi.json").json()["components"]["securitySchemes"]
    assert {scheme["scheme"] for scheme in schemes.values()} == {"basic", "bearer"}
