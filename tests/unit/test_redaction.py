"""What leaves the store in log lines, traces and printouts of settings: no person's address, no secret."""

import io
import logging
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from assistant.cli import main
from assistant.domain.redaction import redact_logs, redacted, redacted_values
from assistant.llm import traces
from assistant.settings import Settings, from_environment, shown

SECRET = "s3cr3t-Wort"
ENV = {
    "OPENAI_API_KEY": f"sk-{SECRET}",
    "BACKHAUL_OIDC_ISSUER": "https://idp.example",
    "BACKHAUL_OIDC_CLIENT_ID": "backhaul",
    "BACKHAUL_OIDC_CLIENT_SECRET": SECRET,
    "BACKHAUL_DATABASE_URL": f"postgresql+psycopg://backhaul:{SECRET}@db.example/backhaul?password={SECRET}",
}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("mail from Joe.O'Hara+x@fennimore-plumbing.example failed", "mail from (address) failed"),
        ("call +1 (555) 010-1234 or 555-010-1234", "call (number) or (number)"),
        ("Authorization: Bearer abcdefgh12345.x", "Authorization: Bearer (key)"),
        ("bhk_0011aabb_kfjw8-_3kfjKJKJ in the header", "(key) in the header"),
        ("password=hunter2hunter2&x=1", "password=(key)&x=1"),
        ("api_key: 'abc'", "api_key: '(key)'"),
        ("postgresql://backhaul:hunter2@db/x", "postgresql://backhaul:(key)@db/x"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0x.abc-_1", "(token)"),
        ("$argon2id$v=19$m=65536$abc$def", "(key)"),
    ],
)
def test_people_and_secrets_are_taken_out(text: str, left: str) -> None:
    assert redacted(text) == left


@pytest.mark.parametrize(
    "text",
    ["case BH-1001 at revision 2", "order KS-700121, 4 x PRV-34", "12.50 USD", "2026-11-24 22:19:21", "m-0a1b2c3d4e5f",
     "UPC 012345678905", "tracking 1Z999AA10123456784"],
)  # fmt: skip
def test_numbers_of_the_trade_stay(text: str) -> None:
    assert redacted(text) == text


def test_values_are_redacted_however_deep_they_stand() -> None:
    told = {"a": ["x@y.example", {"b": "call 555-010-1234"}], "n": 1}
    assert redacted_values(told) == {"a": ["(address)", {"b": "call (number)"}], "n": 1}


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    before = logging.getLogRecordFactory()
    redact_logs()
    redact_logs()  # once is enough
    logger, out = logging.getLogger("some.library"), io.StringIO()
    handler = logging.StreamHandler(out)
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, out
    logger.removeHandler(handler)
    logging.setLogRecordFactory(before)


def test_no_library_logs_a_person_or_a_secret(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, out = log
    logger.warning("refused %s from %s", "bhk_0011aabb_kfjw8-_3kfjKJKJ", "joe@fennimore.example")
    logger.warning("does not fit %d", "joe@fennimore.example")
    try:
        raise ValueError("joe@fennimore.example is nobody")
    except ValueError:
        logger.exception("it broke")
    assert "joe" not in out.getvalue()
    assert "kfjw8" not in out.getvalue()
    assert out.getvalue().count("(address)") == 4
    assert "Traceback" in out.getvalue()


def test_traces_leave_redacted(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[dict[str, Any]] = []

    def client(**given: Any) -> object:
        made.append(given)
        return object()

    monkeypatch.setattr("langsmith.Client", client)
    traces.langsmith.cache_clear()
    traces.langsmith()
    traces.langsmith.cache_clear()
    (given,) = made
    assert given["anonymizer"]({"text": ["from joe@fennimore.example"]}) == {"text": ["from (address)"]}


def every_name(kind: Any, prefix: str = "") -> Iterator[str]:
    for each in fields(kind):
        value = getattr(kind, each.name)
        if is_dataclass(value):
            yield from every_name(value, f"{prefix}{each.name}.")
        else:
            yield f"{prefix}{each.name}"


def test_settings_are_shown_whole_and_without_a_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = from_environment({**ENV, "BACKHAUL_DATA": str(tmp_path)})
    told = shown(settings)
    assert set(told) == set(every_name(settings))
    assert SECRET not in str(told)
    assert told["database_url"] == "postgresql+psycopg://backhaul:(set)@db.example/backhaul?(options)"
    assert told["model.api_key"] == told["sign_in.oidc.client_secret"] == "(set)"
    assert SECRET not in repr(settings)
    for name, value in ENV.items():
        monkeypatch.setenv(name, value)
    printed = CliRunner().invoke(main, ["settings"])
    assert printed.exit_code == 0
    assert "port: 8700" in printed.output
    assert SECRET not in printed.output


def test_every_setting_with_a_secrets_name_is_kept_out_of_printouts() -> None:
    def secrets(kind: Any) -> Iterator[tuple[str, bool]]:
        for each in fields(kind):
            inner = each.default_factory if callable(each.default_factory) else None
            if inner is not None and is_dataclass(inner):
                yield from secrets(inner)
            elif any(word in each.name for word in ("secret", "password_", "api_key", "token", "database_url")):
                yield each.name, each.repr

    found = {name: seen for name, seen in secrets(Settings) if not name.endswith("_tokens")}
    slack = {"bot_token": False, "app_token": False, "signing_secret": False}
    assert found == {"database_url": False, "api_key": False, "client_secret": False, **slack}
