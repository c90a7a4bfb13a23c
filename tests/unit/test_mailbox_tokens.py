"""Access tokens of a mailbox: asked for once, anew before they end, with the refresh token that was given last."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.channels.email.oauth import Tokens
from assistant.channels.email.proof import Refused
from assistant.mail_settings import OAuth
from tests.stub_tokens import Provider, provider


@pytest.fixture
def stub() -> Iterator[Provider]:
    with provider("returns@kestrelsupply.example") as running:
        yield running


def tokens(stub: Provider, folder: Path, **more: Any) -> Tokens:
    asked = {"client_id": "backhaul", "client_secret": "s3cret", "refresh_token": "first", **more}
    return Tokens(OAuth(token_url=stub.token_url, **asked), folder / "mailboxes" / "1.json")


def test_a_token_is_asked_for_once_and_kept_while_it_is_good(stub: Provider, tmp_path: Path) -> None:
    held = tokens(stub, tmp_path, scope="https://mail.example/")
    assert [held.access(), held.access()] == ["access-1", "access-1"]
    assert stub.asked == [
        {
            "client_id": "backhaul",
            "client_secret": "s3cret",
            "grant_type": "refresh_token",
            "refresh_token": "first",
            "scope": "https://mail.example/",
        }
    ]
    held.forget("access-1")
    assert held.access() == "access-2"


def test_one_that_ends_soon_is_asked_for_again(stub: Provider, tmp_path: Path) -> None:
    stub.answers = [(200, {"access_token": "short", "expires_in": 1}), (200, {"access_token": "long"})]
    held = tokens(stub, tmp_path)
    assert held.access() == "short"
    assert held.access() == "short"  # never asked for more often than every half minute
    held._good_until = 0
    assert held.access() == "long"


def test_a_renewed_refresh_token_outlives_a_restart(stub: Provider, tmp_path: Path) -> None:
    stub.answers = [(200, {"access_token": "a", "refresh_token": "second"}), (200, {"access_token": "b"})]
    held = tokens(stub, tmp_path)
    held.access()
    assert stat.S_IMODE(held.kept.stat().st_mode) == 0o600
    assert tokens(stub, tmp_path).access() == "b"
    assert [asked["refresh_token"] for asked in stub.asked] == ["first", "second"]
    tokens(stub, tmp_path, refresh_token="set anew").access()
    assert stub.asked[-1]["refresh_token"] == "set anew"


def test_without_a_refresh_token_the_client_asks_in_its_own_name(stub: Provider, tmp_path: Path) -> None:
    assert tokens(stub, tmp_path, refresh_token="").access() == "access-1"
    assert stub.asked[0]["grant_type"] == "client_credentials"


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ((400, {"error": "invalid_grant", "error_description": "Token has been revoked."}), Refused, "invalid_grant"),
        ((401, {"error": "invalid_client"}), Refused, "invalid_client"),
        ((200, {"token_type": "Bearer"}), Refused, "no reason"),
        ((200, ["access_token"]), Refused, "none we know"),
        ((200, {"access_token": 7}), Refused, "no reason"),
        ((200, b"<html>"), ConnectionError, "gave no token"),
        ((503, {}), ConnectionError, "503"),
        ((429, {}), ConnectionError, "429"),
    ],
)
def test_what_a_provider_says_instead(
    stub: Provider, tmp_path: Path, answer: tuple[int, Any], error: type[Exception], words: str
) -> None:
    stub.answers = [answer]
    with pytest.raises(error, match=words) as said:
        tokens(stub, tmp_path).access()
    assert "s3cret" not in str(said.value)
    assert "first" not in str(said.value)


def test_nobody_there_is_no_refusal(stub: Provider, tmp_path: Path) -> None:
    held = tokens(stub, tmp_path)
    object.__setattr__(held.settings, "token_url", "http://127.0.0.1:1/token")
    with pytest.raises(ConnectionError):
        held.access()
