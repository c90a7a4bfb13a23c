"""Signing in with the company's provider: one way in, and everything that does not prove who somebody is."""

import base64
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jwk, jwt
from starlette.testclient import TestClient

from assistant import serve
from assistant.bootstrap import App
from assistant.domain.errors import OperatorMustAct
from assistant.domain.person import program
from assistant.settings import OidcSettings, SignInSettings, from_environment
from assistant.workbench.oidc import OidcDoor
from tests.stub_oidc import Provider, provider

RICK = "rick@kestrelsupply.example"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with provider() as made:
        yield made


@pytest.fixture
def company(running: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    fresh = Provider()
    fresh.key = running.key
    for name in ("named", "claims", "user", "header", "id_token"):
        setattr(running, name, getattr(fresh, name))
    running.published = [running.key]
    return running


@pytest.fixture
def browser(app: App, company: Provider) -> Iterator[TestClient]:
    oidc = OidcSettings(issuer=company.issuer, client_id="backhaul", client_secret="the-secret")
    site = serve.web(
        replace(app, settings=replace(app.settings, sign_in=SignInSettings(public_url="http://testserver", oidc=oidc))),
        demo=False,
    )
    with TestClient(site, follow_redirects=False) as client:
        yield client


def to_provider(browser: TestClient) -> str:
    answer = browser.get("/sign-in/oidc")
    assert answer.status_code == 303
    return str(answer.headers["location"])


def signed_in(browser: TestClient, company: Provider, query: str = "") -> tuple[int, str]:
    back = query or company.consent(to_provider(browser))
    answer = browser.get(f"/sign-in/oidc/back?{back}")
    return answer.status_code, answer.text


def is_in(browser: TestClient) -> bool:
    return browser.get("/").status_code == 200


def test_a_verified_address_links_a_person_once_and_the_subject_counts_from_then_on(
    app: App, browser: TestClient, company: Provider
) -> None:
    assert company.issuer.removeprefix("http://") in browser.get("/sign-in").text
    assert signed_in(browser, company)[0] == 303
    assert is_in(browser)
    with app.store.unit(program("test")) as unit:
        (link,) = unit.links.of(RICK)
        (session,) = unit.sessions.of(RICK)
    assert (link.value, session.way) == (f"{company.issuer} u-1", "oidc")
    company.claims = {"email": "renamed@kestrelsupply.example", "email_verified": False}
    assert signed_in(browser, company)[0] == 303
    assert "Rick Stahl" in browser.get("/").text


def test_an_address_may_come_from_userinfo_of_the_same_subject(browser: TestClient, company: Provider) -> None:
    company.claims = {"email": None, "email_verified": None}
    company.user = {"sub": "u-2", "email": RICK, "email_verified": True}
    assert signed_in(browser, company)[0] == 403
    company.user["sub"] = "u-1"
    assert signed_in(browser, company)[0] == 303


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": "nobody@kestrelsupply.example"},
        {"email": None},
        {"iss": "https://another.example"},
        {"aud": "another"},
        {"aud": ["backhaul", "another"]},
        {"aud": ["backhaul", "another"], "azp": "another"},
        {"azp": "another"},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "u" * 256},
        {"sub": ["u-1"]},
        {"nonce": "another"},
        {"nonce": None},
    ],
    ids=str,
)
def test_claims_that_prove_nobody_sign_nobody_in(
    browser: TestClient, company: Provider, claims: dict[str, Any]
) -> None:
    company.claims = claims
    status, page = signed_in(browser, company)
    assert status == 403
    assert 'role="alert"' in page
    assert not is_in(browser)


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(claims: dict[str, Any], alg: str = "none") -> str:
    return ".".join(encoded(json.dumps(each).encode()) for each in ({"alg": alg, "kid": "one"}, claims)) + "."


def confused(claims: dict[str, Any], public_key: bytes) -> str:
    """Signed with the provider's public key, as if it were a secret."""
    body = unsigned(claims, "HS256")
    return body + encoded(hmac.digest(public_key, body.rstrip(".").encode(), "sha256"))


def test_a_token_of_another_key_of_no_key_or_of_a_shared_secret_signs_nobody_in(
    browser: TestClient, company: Provider
) -> None:
    stranger = jwk.RSAKey.generate_key(2048, {"kid": "one"})
    shared = jwk.OctKey.import_key("the-secret-that-is-long-enough-for-hs256")
    claims = {"iss": company.issuer, "aud": "backhaul", "sub": "u-1", "email": RICK, "email_verified": True}
    for forged in (
        jwt.encode({"alg": "RS256", "kid": "one"}, claims, stranger),
        jwt.encode({"alg": "HS256"}, claims, shared),
        confused(claims, company.key.as_pem(private=False)),
        unsigned(claims),
        "no.token.atall",
        "x",
    ):
        company.id_token = forged
        status, _ = signed_in(browser, company)
        assert status == 403
    assert not is_in(browser)


def test_keys_that_the_provider_changed_are_read_again(browser: TestClient, company: Provider) -> None:
    assert signed_in(browser, company)[0] == 303
    old = company.key
    company.key = jwk.RSAKey.generate_key(2048, {"kid": "two"})
    company.header, company.published = {"alg": "RS256", "kid": "two"}, [company.key]
    try:
        assert signed_in(browser, company)[0] == 303
    finally:
        company.key = old


def test_what_comes_back_has_to_fit_what_this_browser_began(browser: TestClient, company: Provider) -> None:
    good = company.consent(to_provider(browser))
    browser.cookies.clear()  # another browser: a link somebody was sent
    assert signed_in(browser, company, good)[0] == 403
    state = dict(part.split("=") for part in company.consent(to_provider(browser)).split("&"))["state"]
    for answer in (
        "code=code-0&state=another",
        f"state={state}&code=code-0&iss=https://another.example",
        f"state={state}&error=access_denied",
    ):
        to_provider(browser)
        assert signed_in(browser, company, answer)[0] == 403
    good = company.consent(to_provider(browser))
    assert signed_in(browser, company, good)[0] == 303
    assert signed_in(browser, company, good)[0] == 403  # once


def test_a_second_account_with_a_persons_address_is_not_that_person(browser: TestClient, company: Provider) -> None:
    assert signed_in(browser, company)[0] == 303
    company.claims = {"sub": "u-9"}
    status, page = signed_in(browser, company)
    assert (status, "another account" in page) == (403, True)


def test_whoever_left_is_not_let_in(app: App, browser: TestClient, company: Provider) -> None:
    assert signed_in(browser, company)[0] == 303
    with app.store.unit(program("test")) as unit:
        unit.people.end(RICK, "left")
    assert not is_in(browser)
    assert signed_in(browser, company)[0] == 403


def test_a_provider_that_is_another_or_away_is_said(app: App, browser: TestClient, company: Provider) -> None:
    company.named = "https://another.example"
    answer = browser.get("/sign-in/oidc")
    assert (answer.status_code, "BACKHAUL_OIDC_ISSUER" in answer.text) == (503, True)
    with pytest.raises(OperatorMustAct, match="no https address"):
        OidcDoor(OidcSettings(issuer="http://idp.example", client_id="x"), "", app.store, app.clock)
    company.named = ""
    assert browser.get("/sign-in/oidc").status_code == 303


def test_settings_that_would_let_nobody_in_are_refused() -> None:
    for env in (
        {"BACKHAUL_PASSWORDS": "off"},
        {"BACKHAUL_PASSWORDS": "maybe"},
        {"BACKHAUL_OIDC_ISSUER": "https://idp.example"},
    ):
        with pytest.raises(OperatorMustAct):
            from_environment(env)
