"""`backhaul people` and `backhaul key`."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assistant.cli import main
from assistant.commands.keys import SCOPES
from assistant.commands.people import ROLES
from assistant.domain.identity import KeyScope
from assistant.domain.person import Role

Command = Callable[..., Result]
LEE = "lee@house.example"


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("BACKHAUL_DATA", str(tmp_path))
    monkeypatch.delenv("BACKHAUL_DATABASE_URL", raising=False)

    def run(*words: str, stdin: str = "") -> Result:
        return CliRunner().invoke(main, list(words), input=stdin)

    return run


def added(command: Command) -> Result:
    words = ("people", "add", " Lee@House.example", "--name", "Lee", "--role", "agent", "--password-stdin")
    return command(*words, stdin="four words of lee\n")


def test_the_choices_are_those_of_the_application() -> None:
    assert set(ROLES) == {role.value for role in Role}
    assert set(SCOPES) == {scope.value for scope in KeyScope}


def test_a_persons_life(command: Command) -> None:
    assert added(command).output == f"{LEE} can sign in as agent.\n"
    again = added(command)
    assert (again.exit_code, "is there already" in again.output) == (1, True)
    assert (
        command("people", "roles", LEE, "--role", "warehouse", "--role", "agent").output
        == f"{LEE} is agent, warehouse.\n"
    )
    refused = command("people", "roles", LEE, "--role", "warehouse", "--role", "finance_approver")
    assert (refused.exit_code, "has the goods in hand" in refused.output) == (1, True)
    assert command("people", "list").output == f"{LEE}\tLee\tagent, warehouse\t0 sessions\n"
    assert (
        "every session" in command("people", "password", LEE, "--password-stdin", stdin="another one of lee\n").output
    )
    assert command("people", "sign-out", LEE).output == "0 sessions ended.\n"
    assert command("people", "end", LEE, "--why", "left").exit_code == 0
    assert command("people", "list").output == ""
    assert "\tleft 20" in command("people", "list", "--all").output
    assert command("audit", "verify").exit_code == 0
    assert command("people", "end", LEE, "--why", "left").exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("people", "add", "lee", "--name", "Lee", "--role", "agent", "--no-password"),
        ("people", "add", LEE, "--name", "Lee", "--role", "agent", "--password-stdin"),
        ("people", "add", LEE, "--name", "Lee", "--role", "auditor", "--role", "agent", "--no-password"),
        ("people", "roles", LEE, "--role", "agent"),
        ("people", "password", LEE, "--password-stdin"),
        ("people", "unlink", "slack", "T1/U1"),
        ("key", "make", "portal", "--person", LEE, "--scope", "cases.read"),
        ("key", "end", "none"),
    ],
)
def test_what_is_refused_is_said_and_changes_nothing(command: Command, words: tuple[str, ...]) -> None:
    answer = command(*words, stdin="short\n")
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ")
    assert command("people", "list", "--all").output == ""


def test_a_keys_life(command: Command) -> None:
    added(command)
    made = command("key", "make", "portal", "--person", LEE, "--scope", "cases.read", "--days", "7")
    words = made.stdout.strip()
    assert words.startswith("bhk_")
    listed = command("key", "list").output
    key_id = listed.split("\t")[0]
    assert key_id in words
    assert words not in listed
    assert "never used" in listed
    assert command("key", "end", key_id).exit_code == 0
    assert "\tended\t" in command("key", "list").output
