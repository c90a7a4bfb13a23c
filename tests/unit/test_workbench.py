"""The reviewers' pages: what an edit makes of a draft, what is shown beside a value, and whom the pages refuse."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from starlette.testclient import TestClient

from assistant import serve
from assistant.bootstrap import App
from assistant.demo import files
from assistant.demo.people import PASSWORD, PEOPLE
from assistant.domain.case import Case
from assistant.domain.draft import (
    CaseLine,
    Draft,
    DrafterRun,
    Finding,
    FindingCode,
    Identifiers,
    Intent,
    Question,
    Reason,
    Resolution,
)
from assistant.domain.errors import ReviewerMustAct
from assistant.domain.evidence import Proven, Quoted
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import Role, program
from assistant.steps.edit import edited
from assistant.workbench import views
from extractors.document import Document, Failure, Locator
from tests.worked import kept, worked

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
BODY = Document(path="body", media_type="text/plain", text="Please take back 5 CS of AB-1 from order SO-1.")


def quoted(words: str, document: Document = BODY) -> Quoted:
    start = document.text.index(words)
    return Quoted(quote=words, at=Locator(document=document.path, start=start, end=start + len(words)))


def line(**fields: object) -> CaseLine:
    whole = CaseLine(
        sku="AB-1",
        quantity=Decimal(5),
        uom="CS",
        reason_code=Reason.NO_LONGER_NEEDED,
        order_no="SO-1",
        confidence={"sku": 0.9, "quantity": 0.8},
        evidence={"sku": (quoted("AB-1"),), "quantity": (quoted("5 CS"),), "order_no": (quoted("SO-1"),)},
    )
    return replace(whole, **fields)  # type: ignore[arg-type] # the names are CaseLine's own


def draft(*lines: CaseLine, findings: tuple[Finding, ...] = ()) -> Draft:
    return Draft(
        intent=Intent.RETURN_REQUEST,
        summary="Five cases come back.",
        customer_id="C-1",
        order_nos=("SO-1",),
        lines=lines or (line(),),
        resolution=Resolution.CREDIT,
        identifiers=Identifiers(),
        findings=findings,
        questions=(Question(field="lot", text="Which lot?"),),
        drafter=DrafterRun(name="offline"),
        evidence={"order_nos": (quoted("SO-1"),)},
    )


# -- editing


def test_a_form_that_changes_nothing_keeps_every_value_and_proof() -> None:
    assert edited(draft(), {}) == replace(draft(), questions=())


def test_a_changed_value_loses_its_words_and_the_others_keep_theirs() -> None:
    made = edited(draft(), {"quantity-0": "4", "sku-0": " AB-1 "}).lines[0]
    assert made.quantity == Decimal(4)
    assert set(made.evidence) == {"sku", "order_no"}
    assert set(made.confidence) == {"sku"}


def test_an_equal_quantity_written_otherwise_is_no_change() -> None:
    assert "quantity" in edited(draft(), {"quantity-0": "5.00"}).lines[0].evidence


def test_an_emptied_field_is_unknown_again() -> None:
    made = edited(draft(), {"quantity-0": " ", "order_no-0": ""}).lines[0]
    assert (made.quantity, made.order_no) == (None, None)


def test_serials_are_split_at_commas_and_blanks() -> None:
    assert edited(draft(), {"serials-0": "S1, S2,S3\n S4"}).lines[0].serials == ("S1", "S2", "S3", "S4")


def test_thousands_separators_are_read() -> None:
    assert edited(draft(), {"quantity-0": "1,200"}).lines[0].quantity == Decimal(1200)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("quantity-0", "five"),
        ("quantity-0", "NaN"),
        ("quantity-0", "Infinity"),
        ("reason_code-0", "BECAUSE"),
        ("resolution", "barter"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(field: str, text: str) -> None:
    with pytest.raises(ReviewerMustAct, match="Nothing was changed"):
        edited(draft(), {field: text})


def test_a_line_left_out_goes_and_another_line_comes_without_proof() -> None:
    form = {"drop-0": "1", "new-sku": "CD-2", "new-quantity": "2", "new-uom": "EA", "new-order_no": "SO-9"}
    made = edited(draft(), form)
    assert [(each.sku, each.quantity, each.uom) for each in made.lines] == [("CD-2", Decimal(2), "EA")]
    assert made.lines[0].evidence == {}
    assert made.order_nos == ("SO-9",)


def test_a_finding_is_settled_by_the_value_it_asks_for_and_by_no_other() -> None:
    missing = Finding(code=FindingCode.MISSING_LOT, severity="blocking", message="The lot is missing.", line=0)
    whole = Finding(code=FindingCode.UNKNOWN_SENDER, severity="warning", message="Who is this?")
    before = draft(findings=(missing, whole))
    assert edited(before, {"lot-0": "L7"}).findings == (whole,)
    assert edited(before, {"quantity-0": "4"}).findings == (missing, whole)


# -- showing


def test_every_value_stands_beside_its_words() -> None:
    shown = {value.name: value for value in views.values(line())}
    assert (shown["item"].text, shown["quantity"].text, shown["order"].text) == ("AB-1", "5 CS", "SO-1")
    assert [words.quote for words in shown["quantity"].words] == ["5 CS"]
    assert shown["item"].confidence == "90%"
    assert shown["reason"].words == ()


def test_unknown_values_are_shown_empty_and_a_zero_is_shown() -> None:
    shown = {value.name: value.text for value in views.values(line(sku=None, quantity=None))}
    assert (shown["item"], shown["quantity"]) == ("", "")
    assert "lot" not in shown
    assert {v.name: v.text for v in views.values(line(quantity=Decimal(0)))}["quantity"] == "0 CS"


def test_words_say_document_page_and_how_they_were_read() -> None:
    at = Locator(document="slip.pdf", start=3, end=7, page=2, source="form_field")
    assert views.words(Quoted(quote="AB-1", at=at)).where == "slip.pdf, page 2, form field"
    proof = views.words(Proven(record="orders/SO-1", quote="AB-1"))
    assert (proof.where, proof.anchor) == ("ERP orders/SO-1", "")


def test_the_document_is_shown_whole_with_each_quote_marked_under_its_anchor() -> None:
    (page,) = views.pages([BODY], draft())
    assert "".join(piece.text for piece in page.pieces) == BODY.text
    marked = {piece.anchor: piece.text for piece in page.pieces if piece.anchor}
    assert sorted(marked.values()) == ["5 CS", "AB-1", "SO-1"]
    assert all(marked[views.words(proof).anchor] == proof.quote for proof in (quoted("AB-1"), quoted("SO-1")))


def test_a_place_outside_the_text_or_inside_another_mark_loses_no_text() -> None:
    beyond = Quoted(quote="?", at=Locator(document="body", start=40, end=400))
    inside = line(evidence={"sku": (quoted("5 CS of AB-1"), quoted("AB-1"), beyond)})
    (page,) = views.pages([BODY], draft(inside))
    assert "".join(piece.text for piece in page.pieces) == BODY.text


def test_what_could_not_be_read_is_said_on_its_page() -> None:
    failed = Failure(document="a.pdf", kind="encrypted", message="It is locked.")
    broken = Document(path="a.pdf", media_type="application/pdf", text="", failures=(failed,))
    assert views.pages([broken], draft())[0].troubles == ("It is locked.",)


def test_moments_are_written_out() -> None:
    assert views.moment(datetime(2026, 11, 5, 14, 5, tzinfo=UTC)) == "5 Nov 2026, 14:05 UTC"


# -- the pages, over a real store


def hostile_mail() -> bytes:
    """The first sample request, whose sender also wrote markup wherever a sender can write."""
    sample = message_from_bytes(files.mailbox()[0].read_bytes(), policy=policy.default)
    assert isinstance(sample, EmailMessage)
    text = sample.get_content()
    subject = f"{sample['Subject']} {HOSTILE}"
    sample.replace_header("Subject", subject)
    sample.set_content(f"{text}\n{HOSTILE}\n")
    sample.add_attachment(HOSTILE, filename="<b>slip<b>.txt")
    return sample.as_bytes()


@pytest.fixture
def case(app: App) -> Case:
    """The hostile request, worked as far as review."""
    return worked(app, hostile_mail())


@pytest.fixture
def browser(app: App) -> Iterator[TestClient]:
    with TestClient(serve.web(app, demo=False), follow_redirects=True) as client:
        yield client


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, f"the page has no field {name}"
    return found[1]


def sign_in(browser: TestClient, role: Role = Role.RETURNS_APPROVER, password: str = PASSWORD) -> int:
    person = next(each.id for each in PEOPLE if role in each.roles)
    token = field(browser.get("/sign-in").text, "token")
    form = {"token": token, "person": person, "password": password}
    return browser.post("/sign-in", data=form).status_code


def test_nobody_sees_a_page_without_signing_in(browser: TestClient, case: Case) -> None:
    for path in ("/", f"/cases/{case.id}", "/messages", f"/messages/{case.message_id}", "/exceptions", "/inquiries"):
        answer = browser.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in"), path


def test_a_wrong_password_signs_nobody_in_and_the_sixth_try_waits(browser: TestClient) -> None:
    for _ in range(5):
        assert sign_in(browser, password="wrong") == 403
    assert sign_in(browser) == 403
    assert browser.get("/", follow_redirects=False).status_code == 303
    assert sign_in(browser, Role.FINANCE_APPROVER) == 200


def test_what_a_sender_wrote_is_never_markup(browser: TestClient, case: Case) -> None:
    assert sign_in(browser) == 200
    pages = ("/?state=all", f"/cases/{case.id}", "/messages", f"/messages/{case.message_id}")
    shown = {path: browser.get(path).text for path in pages}
    for path, page in shown.items():
        assert "&lt;script&gt;alert(1)" in page, f"{path} does not show the text at all"
        assert "<script" not in page, path
        assert "<img" not in page, path
        assert "<b>slip" not in page, path


def test_every_page_forbids_scripts_and_frames(browser: TestClient) -> None:
    headers = browser.get("/sign-in").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    cookie = headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_form_without_our_token_changes_nothing(browser: TestClient, app: App, case: Case) -> None:
    assert sign_in(browser) == 200
    page = browser.get(f"/cases/{case.id}").text
    form = {"revision": field(page, "revision"), "digests": field(page, "digests")}
    for token in ("", "0" * 32):
        answer = browser.post(f"/cases/{case.id}/approve", data={**form, "token": token})
        assert (answer.status_code, "not ours" in answer.text) == (409, True)
    assert kept(app, case.id).state is CaseState.IN_REVIEW


def test_a_form_sent_by_a_page_elsewhere_changes_nothing(browser: TestClient, app: App, case: Case) -> None:
    assert sign_in(browser) == 200
    page = browser.get(f"/cases/{case.id}").text
    form = {name: field(page, name) for name in ("token", "revision", "digests")}
    answer = browser.post(f"/cases/{case.id}/approve", data=form, headers={"Origin": "https://elsewhere.example"})
    assert (answer.status_code, kept(app, case.id).state) == (409, CaseState.IN_REVIEW)
    assert (
        browser.post(f"/cases/{case.id}/approve", data=form, headers={"Origin": "http://testserver"}).status_code == 200
    )


def test_a_cookie_kept_from_before_signing_out_is_worth_nothing(browser: TestClient, app: App) -> None:
    assert sign_in(browser) == 200
    stolen = browser.cookies["backhaul"]
    browser.post("/sign-out", data={"token": field(browser.get("/").text, "token")})
    browser.cookies.clear()
    browser.cookies.set("backhaul", stolen)
    assert browser.get("/", follow_redirects=False).headers["location"] == "/sign-in"


def test_a_session_ended_by_an_operator_ends_at_once(browser: TestClient, app: App) -> None:
    assert sign_in(browser) == 200
    person = next(each.id for each in PEOPLE if Role.RETURNS_APPROVER in each.roles)
    with app.store.unit(program("test")) as unit:
        assert unit.sessions.end_all(person, "test") == 1
    assert browser.get("/", follow_redirects=False).status_code == 303


def test_approving_takes_the_revision_and_the_digests_that_were_shown(
    browser: TestClient, app: App, case: Case
) -> None:
    assert sign_in(browser) == 200
    page = browser.get(f"/cases/{case.id}").text
    form = {"token": field(page, "token"), "revision": field(page, "revision"), "digests": field(page, "digests")}
    changed = browser.post(f"/cases/{case.id}/approve", data={**form, "digests": "0" * 64})
    assert (changed.status_code, "has changed since you looked" in changed.text) == (409, True)
    assert kept(app, case.id).state is CaseState.IN_REVIEW
    assert browser.post(f"/cases/{case.id}/approve", data=form).status_code == 200
    assert kept(app, case.id).state is not CaseState.IN_REVIEW


def test_an_edit_that_does_not_fit_shows_the_notice_and_what_was_typed(
    browser: TestClient, app: App, case: Case
) -> None:
    assert sign_in(browser) == 200
    page = browser.get(f"/cases/{case.id}").text
    form = {"token": field(page, "token"), "revision": field(page, "revision"), "why": '"><b>my reason'}
    typed = {"quantity-0": "a few", "reason_code-0": "RECALL", "resolution": "repair", "drop-0": ""}
    answer = browser.post(f"/cases/{case.id}/revise", data={**form, **typed})
    assert answer.status_code == 409
    assert "<option selected>RECALL" in answer.text
    assert "<option selected>repair" in answer.text
    assert "is no quantity. Nothing was changed." in answer.text
    assert 'name="quantity-0" inputmode="decimal" value="a few"' in answer.text
    assert "&gt;&lt;b&gt;my reason" in answer.text
    assert "<b>my reason" not in answer.text
    assert kept(app, case.id).revision.number == case.revision.number
