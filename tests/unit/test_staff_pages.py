"""The pages about people, their absences, and the policy's versions."""

import json
from collections.abc import Iterator
from datetime import date

import pytest
from starlette.testclient import TestClient

from assistant import serve
from assistant.bootstrap import App
from assistant.demo.people import PASSWORD
from assistant.domain.person import Person, Role, program
from tests.approving import FAY, JUNE, MAYA, RICK
from tests.passwords import quick
from tests.policies import shipped_files, with_head
from tests.unit.test_workbench import field

ADA = Person(id="ada@kestrelsupply.example", name="Ada", roles=frozenset({Role.ADMIN}))


@pytest.fixture
def browser(app: App) -> Iterator[TestClient]:
    with app.store.unit(program("test")) as unit:
        unit.people.add(ADA, quick(PASSWORD))
    with TestClient(serve.web(app, demo=False), follow_redirects=True) as client:
        yield client


def signed_in(browser: TestClient, person: Person) -> str:
    """The token of this session's forms."""
    page = browser.get("/sign-in").text
    browser.post("/sign-in", data={"token": field(page, "token"), "person": person.id, "password": PASSWORD})
    return str(field(browser.get("/absences").text, "token"))


def people(app: App) -> dict[str, frozenset[Role]]:
    with app.store.unit(program("test")) as unit:
        return {person.id: person.roles for person in unit.people.list()}


def test_an_administrator_adds_somebody_who_can_sign_in(browser: TestClient, app: App) -> None:
    token = signed_in(browser, ADA)
    new = {"name": "Nina Roth", "address": "Nina@Kestrelsupply.example", "password": "a long password"}
    assert browser.post("/people/add", data={"token": token, **new, "role-agent": "1"}).status_code == 200
    assert people(app)["nina@kestrelsupply.example"] == {Role.AGENT}
    assert app.doorman.sign_in("nina@kestrelsupply.example", "a long password", "") is not None
    with app.store.unit(program("test")) as unit:
        assert unit.audit.rows("people")[-1].actor == f"person:{ADA.id}"


def test_duties_that_exclude_each_other_are_refused_in_words(browser: TestClient, app: App) -> None:
    token = signed_in(browser, ADA)
    before = people(app)
    both = {"role-warehouse": "1", "role-finance_approver": "1"}
    answer = browser.post("/people/roles", data={"token": token, "person": FAY.id, **both})
    assert answer.status_code == 409
    assert "who has the goods in hand does not credit them" in answer.text
    added = {"token": token, "name": "N", "address": "n@x.example", "password": "", **both}
    assert browser.post("/people/add", data=added).status_code == 409
    assert people(app) == before


@pytest.mark.parametrize(
    ("action", "data", "told"),
    [
        ("roles", {"person": ADA.id, "role-agent": "1"}, "Another administrator"),
        ("end", {"person": ADA.id, "why": "bye"}, "Another administrator"),
        ("end", {"person": RICK.id, "why": " "}, "Say why they leave"),
        ("roles", {"person": RICK.id}, "is ended instead"),
        ("add", {"name": "X", "address": "nobody", "role-agent": "1"}, "is no email address"),
        ("add", {"name": "X", "address": RICK.id, "role-agent": "1"}, "is there already"),
        ("add", {"name": "X", "address": "x@x.example", "role-agent": "1", "password": "short"}, "12"),
        ("fly", {}, "There is no step fly"),
    ],
)
def test_what_an_administrator_may_not(
    browser: TestClient, app: App, action: str, data: dict[str, str], told: str
) -> None:
    token, before = signed_in(browser, ADA), people(app)
    answer = browser.post(f"/people/{action}", data={"token": token, **data})
    assert (answer.status_code, told in answer.text) == (409, True)
    assert people(app) == before


def test_who_leaves_is_signed_out_at_once(browser: TestClient, app: App) -> None:
    theirs = app.doorman.start(RICK, "password", "")
    token = signed_in(browser, ADA)
    browser.post("/people/end", data={"token": token, "person": RICK.id, "why": "left the company"})
    assert app.doorman.who(theirs) is None
    assert RICK.id not in people(app)
    assert "left" in browser.get("/people").text


@pytest.mark.parametrize("person", [MAYA, RICK, FAY])
def test_nobody_else_gives_out_roles(browser: TestClient, app: App, person: Person) -> None:
    token, before = signed_in(browser, person), people(app)
    assert browser.get("/people").status_code == 403
    data = {"token": token, "person": person.id, "role-admin": "1"}
    assert browser.post("/people/roles", data=data).status_code == 403
    assert people(app) == before


def test_one_says_when_one_is_away_and_takes_it_back(browser: TestClient, app: App) -> None:
    token = signed_in(browser, RICK)
    days = {"first": "2026-12-21", "last": "2026-12-31"}
    browser.post(
        "/absences/add", data={"token": token, **days, "stand_in": JUNE.id, "limit": "1,000", "note": "skiing"}
    )
    page = browser.get("/absences").text
    assert "June Park, up to 1,000.00" in page
    with app.store.unit(program("test")) as unit:
        (planned,) = unit.absences.ahead(date(2026, 11, 20))
    assert (planned.person, planned.limit_minor, planned.stand_in) == (RICK.id, 100_000, JUNE.id)
    browser.post("/absences/back", data={"token": token, "absence": str(planned.id)})
    with app.store.unit(program("test")) as unit:
        assert unit.absences.ahead(date(2026, 11, 20)) == ()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"first": "soon"}, "Days are written like"),
        ({"limit": "much"}, "a limit in whole units"),
        ({"stand_in": MAYA.id}, "it takes another approver"),
        ({"person": JUNE.id}, "for others an administrator does"),
        ({"last": "2026-01-01"}, "The last day comes after the first"),
    ],
)
def test_an_absence_that_does_not_fit_is_refused_in_words(
    browser: TestClient, app: App, changed: dict[str, str], told: str
) -> None:
    token = signed_in(browser, RICK)
    data = {"token": token, "first": "2026-12-21", "last": "2026-12-31", "stand_in": JUNE.id, **changed}
    answer = browser.post("/absences/add", data=data)
    assert (answer.status_code, told in answer.text) == (409, True)
    with app.store.unit(program("test")) as unit:
        assert unit.absences.ahead(date(2026, 11, 20)) == ()


def _uploads(version: str, **changed: str) -> list[tuple[str, tuple[str, bytes]]]:
    texts = {
        **with_head(shipped_files(), version=version, effective_from="2026-12-01", why="Two weeks more."),
        **changed,
    }
    return [("files", (name, text.encode())) for name, text in texts.items()]


def test_a_policy_is_proposed_on_the_page_and_let_in_by_another_person(browser: TestClient, app: App) -> None:
    token = signed_in(browser, RICK)
    page = browser.post("/policies/propose", data={"token": token}, files=_uploads("returns-2026.9")).text
    assert "What changes against returns-2026.2" in page
    assert "Two weeks more." in page
    assert "Let it come into force" not in page
    answer = browser.post("/policies/returns-2026.9/approve", data={"token": token, "digest": "0" * 64})
    assert (answer.status_code, "is decided by" in answer.text) == (409, True)
    browser.post("/sign-out", data={"token": token})
    token = signed_in(browser, FAY)
    page = browser.get("/policies/returns-2026.9").text
    wrong = browser.post("/policies/returns-2026.9/approve", data={"token": token, "digest": "0" * 64})
    assert "That is not the text" in wrong.text
    digest = field(page, "digest")
    assert browser.post("/policies/returns-2026.9/approve", data={"token": token, "digest": digest}).status_code == 200
    with app.store.unit(program("test")) as unit:
        assert unit.policies.get("returns-2026.9").state == "approved"


def test_a_policy_that_does_not_fit_is_named_by_file_row_and_cell(browser: TestClient, app: App) -> None:
    token = signed_in(browser, RICK)
    broken = json.loads(shipped_files()["freight.json"])
    broken["nodes"][1]["content"]["rules"][0]["in-reason"] = '"NO_SUCH_REASON"'
    uploads = _uploads("returns-2026.9", **{"freight.json": json.dumps(broken)})
    answer = browser.post("/policies/propose", data={"token": token}, files=uploads)
    assert answer.status_code == 409
    assert "freight.json" in answer.text
    assert "can&#39;t be used" in answer.text
    nothing = browser.post("/policies/propose", data={"token": token})
    assert (nothing.status_code, "Choose the policy" in nothing.text) == (409, True)
    assert browser.get("/policies/no-such").status_code == 404


def test_a_form_that_is_not_ours_changes_nothing(browser: TestClient, app: App) -> None:
    before = people(app)
    signed_in(browser, ADA)
    assert browser.post("/people/end", data={"token": "0" * 32, "person": RICK.id, "why": "x"}).status_code == 409
    assert (
        browser.post("/absences/add", data={"token": "", "first": "2026-12-21", "last": "2026-12-21"}).status_code
        == 409
    )
    assert people(app) == before


@pytest.mark.parametrize("path", ["/people", "/absences", "/policies", "/policies/returns-2026.2"])
def test_nobody_is_shown_anything_before_signing_in(browser: TestClient, path: str) -> None:
    assert browser.get(path, follow_redirects=False).status_code == 303
