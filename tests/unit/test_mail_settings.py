"""The file of mailboxes: what it takes, what it refuses, and that no secret stands in it or is shown."""

from pathlib import Path

import pytest

from assistant.domain.errors import OperatorMustAct
from assistant.mail_settings import Mailbox, mailboxes_in
from assistant.settings import from_environment, shown

PLAIN = '[mailbox.returns]\nhost = "imap.example.com"\nuser = "returns@example.com"\npassword = "env:PW"\n'
OAUTH = """
[mailbox.credits]
host = "imap.gmail.com"
user = "credits@example.com"
folders = ["INBOX", "Credits"]
after = "flag"
[mailbox.credits.oauth]
token_url = "https://oauth2.googleapis.com/token"
client_id = "backhaul"
client_secret = "file:client"
refresh_token = "env:REFRESH"
"""
ENV = {"PW": "hunter2", "REFRESH": "long-lived"}


def read(folder: Path, text: str) -> tuple[Mailbox, ...]:
    path = folder / "mailboxes.toml"
    path.write_text(text)
    (folder / "client").write_text("client-secret\n")
    return mailboxes_in(path, ENV)


def test_mailboxes_are_read_with_their_secrets_from_elsewhere(tmp_path: Path) -> None:
    returns, credits = read(tmp_path, PLAIN + OAUTH)
    assert (returns.name, returns.port, returns.transport, returns.after, returns.done) == (
        "returns",
        993,
        "ssl",
        "move",
        "Recorded",
    )
    assert returns.password == "hunter2"
    assert credits.folders == ("INBOX", "Credits")
    assert credits.done == "$BackhaulRecorded"
    assert credits.oauth is not None
    assert (credits.oauth.client_secret, credits.oauth.refresh_token) == ("client-secret", "long-lived")


def test_no_secret_is_shown(tmp_path: Path) -> None:
    read(tmp_path, PLAIN + OAUTH)
    env = {"BACKHAUL_DATA": str(tmp_path), "BACKHAUL_MAILBOXES": str(tmp_path / "mailboxes.toml"), **ENV}
    told = shown(from_environment(env))
    assert told["mailboxes.returns.password"] == "(set)"
    assert told["mailboxes.credits.oauth.refresh_token"] == "(set)"
    everything = " ".join(told.values()) + repr(from_environment(env))
    assert not any(secret in everything for secret in ("hunter2", "long-lived", "client-secret"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[mailbox", "can't be read"),
        ("mailbox = 1", "something else"),
        ("[folder.a]", "something else"),
        (PLAIN.replace("env:PW", "hunter2"), "never the secret itself"),
        (PLAIN.replace("env:PW", "env:NO"), "NO that password names is not set"),
        (PLAIN.replace("env:PW", "file:none"), "can't be read"),
        (PLAIN.replace('"env:PW"', "7"), "password must be a text"),
        (PLAIN + 'prot = "imap"\n', "nobody knows prot"),
        (PLAIN + "port = 70000\n", "port must be a whole number from 1 to 65,535"),
        (PLAIN + "folders = []\n", "folders must be a list"),
        (PLAIN + 'tls = "none"\n', "would show the password"),
        (PLAIN + 'tls = "maybe"\n', "tls must be"),
        (PLAIN + 'after = "delete"\n', "after must be"),
        (PLAIN + 'folders = ["Recorded"]\n', "moved for ever"),
        (PLAIN.replace('password = "env:PW"\n', ""), "either a password or a table oauth"),
        (PLAIN + OAUTH.replace("[mailbox.credits]", "").replace("credits", "returns"), "Cannot overwrite"),
        (OAUTH.replace("https://", "http://"), "must begin with https://"),
        (
            OAUTH.replace('client_secret = "file:client"\nrefresh_token = "env:REFRESH"\n', ""),
            "it needs a refresh_token",
        ),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(OperatorMustAct, match=words) as refused:
        read(tmp_path, text)
    assert "Nothing was started" in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("BACKHAUL_SMTP_RELAYS", "10.0.0.0/99", "BACKHAUL_SMTP_RELAYS"),
        ("BACKHAUL_SMTP_TLS", "required", "beside BACKHAUL_SMTP_CERTIFICATE"),
        ("BACKHAUL_SMTP_KEY", "key.pem", "go together"),
        ("BACKHAUL_DNS", "maybe", "on or off"),
    ],
)
def test_settings_of_the_listener_that_do_not_fit_are_named(tmp_path: Path, name: str, value: str, words: str) -> None:
    with pytest.raises(OperatorMustAct, match=words):
        from_environment({"BACKHAUL_DATA": str(tmp_path), name: value})
