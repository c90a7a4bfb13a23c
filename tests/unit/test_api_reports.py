"""Reports in and exports out."""

import csv
import io
import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from assistant import serve
from assistant.bootstrap import App
from assistant.demo.people import PASSWORD, PEOPLE
from assistant.domain.identity import KeyScope
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import Person, Role, program
from assistant.domain.report import REPORTS
from assistant.domain.worklist import Verified
from tests.passwords import quick
from tests.worked import back, kept, submitted

AGENT = next(each for each in PEOPLE if Role.AGENT in each.roles)
AUDREY = Person(id="audrey.audit@kestrelsupply.example", name="Audrey", roles=frozenset({Role.AUDITOR}))
RECEIVED = {
    "type": "warehouse.received", "at": "2026-11-20T09:30:00Z", "reference": "RCV-118",
    "goods": [{"sku": "PRV-34", "quantity": "2.50", "uom": "EA", "lot": "L1", "condition": "damaged"}],
}  # fmt: skip


@pytest.fixture
def api(app: App) -> TestClient:
    return TestClient(serve.web(app, demo=False))


def key(app: App, *scopes: KeyScope, person: str = AGENT.id) -> dict[str, str]:
    _, words = app.keys.make("wms", person, scopes, 1, program("test"))
    return {"Authorization": f"Bearer {words}", "Idempotency-Key": "wms-1"}


def test_a_report_stands_in_the_story_once_and_moves_nothing(app: App, api: TestClient) -> None:
    case = submitted(app, back())
    writes = key(app, KeyScope.EVENTS_WRITE)
    path = f"/v1/cases/{case.id}/reports"
    first, again = api.post(path, json=RECEIVED, headers=writes), api.post(path, json=RECEIVED, headers=writes)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["event"] == "report.warehouse.received"
    assert first.json()["details"]["goods"] == [
        {"sku": "PRV-34", "quantity": "2.5", "uom": "EA", "lot": "L1", "serials": [], "condition": "damaged"}
    ]
    other = api.post(path, json={**RECEIVED, "reference": "RCV-119"}, headers=writes)
    assert (other.status_code, "for another request" in other.json()["detail"]) == (422, True)
    assert kept(app, case.id).state is CaseState.IN_REVIEW
    with app.store.unit(program("test")) as unit:
        assert [row.event for row in unit.audit.rows(case.id)].count("report.warehouse.received") == 1
        assert isinstance(unit.audit.verify(), Verified)


@pytest.mark.parametrize(
    "more",
    [
        {"type": "warehouse.vanished"}, {"at": "2026-11-20T09:30:00"}, {"reference": "call Joe: +1 555"},
        {"goods": [{"sku": "PRV-34", "quantity": "-1", "uom": "EA"}]}, {"note": "Joe was rude"},
        {"goods": [{"sku": "PRV-34", "quantity": "NaN", "uom": "EA"}]},
    ],
)  # fmt: skip
def test_what_is_no_report_is_refused(app: App, api: TestClient, more: dict[str, Any]) -> None:
    case = submitted(app, back())
    writes = key(app, KeyScope.EVENTS_WRITE)
    assert api.post(f"/v1/cases/{case.id}/reports", json={**RECEIVED, **more}, headers=writes).status_code == 422


def test_who_reports_says_so_and_names_the_report(app: App, api: TestClient) -> None:
    case = submitted(app, back())
    path = f"/v1/cases/{case.id}/reports"
    writes = key(app, KeyScope.EVENTS_WRITE)
    unnamed = {"Authorization": writes["Authorization"]}
    assert api.post(path, json=RECEIVED, headers=unnamed).status_code == 422
    assert api.post(path, json=RECEIVED, headers=key(app, KeyScope.EVENTS_READ)).status_code == 403
    assert api.post("/v1/cases/BH-9/reports", json=RECEIVED, headers=writes).status_code == 404
    for kind in REPORTS:
        named = {**unnamed, "Idempotency-Key": kind}
        assert api.post(path, json={**RECEIVED, "type": kind}, headers=named).status_code == 201


def test_cases_are_exported_line_by_line_without_a_name(app: App, api: TestClient) -> None:
    first = submitted(app, back(), back("TPV-12", 5))
    second = submitted(app, back("=cmd()", 1))
    reads = key(app, KeyScope.EXPORTS_READ)
    answer = api.get("/v1/exports/cases?form=jsonl", headers=reads)
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [(line["case_id"], line["line"], line["sku"], line["quantity"]) for line in lines] == [
        (second.id, 1, "=cmd()", "1"), (first.id, 1, "PRV-34", "3"), (first.id, 2, "TPV-12", "5"),
    ]  # fmt: skip
    assert "joe" not in answer.text.lower()
    table = list(csv.DictReader(io.StringIO(api.get("/v1/exports/cases?form=csv", headers=reads).text)))
    assert [row["sku"] for row in table] == ["'=cmd()", "PRV-34", "TPV-12"]
    assert api.get("/v1/exports/cases?since=2090-01-01T00:00:00Z", headers=reads).text == ""
    assert api.get("/v1/exports/cases", headers=key(app, KeyScope.CASES_READ)).status_code == 403


def test_the_log_is_exported_for_auditors(app: App, api: TestClient) -> None:
    case = submitted(app, back())
    with app.store.unit(program("test")) as unit:
        unit.people.add(AUDREY, quick(PASSWORD))
    reads = key(app, KeyScope.EXPORTS_READ, person=AUDREY.id)
    rows = [
        json.loads(line) for line in api.get(f"/v1/exports/audit?stream={case.id}", headers=reads).text.splitlines()
    ]
    assert [row["sequence"] for row in rows] == list(range(1, len(rows) + 1))
    assert {row["stream"] for row in rows} == {case.id}
    whole = api.get("/v1/exports/audit?form=csv", headers=reads)
    assert (whole.headers["content-type"].split(";")[0], whole.text[:6]) == ("text/csv", "stream")
    assert api.get("/v1/exports/audit", headers=key(app, KeyScope.EXPORTS_READ)).status_code == 403
