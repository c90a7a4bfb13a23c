"""What ChatModel promises: one validated answer, or ModelUnavailable in words for an operator, in bounded time."""

import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

import pytest

from assistant.domain.model import ModelUnavailable, Reply
from assistant.llm import ChatModel, LlmSettings
from tests.stub_llm import Behaviour, Said, StubServer, answers, busy, dribbles, fails, hangs, only, text

KEY = "sk-a-very-secret-key"
SCHEMA: Mapping[str, Any] = {
    "title": "greeting",
    "type": "object",
    "additionalProperties": False,
    "required": ["word", "count"],
    "properties": {"word": {"type": "string"}, "count": {"type": ["integer", "null"]}},
}
GOOD = {"word": "hello", "count": None}


def model(server: StubServer, **more: Any) -> ChatModel:
    settings: dict[str, Any] = {
        "model": "small",
        "base_url": server.url,
        "api_key": KEY,
        "timeout_seconds": 5,
        "total_seconds": 20,
        "max_tokens": 400,
    }
    return ChatModel(LlmSettings(**{**settings, **more}))


def ask(server: StubServer, **more: Any) -> Reply:
    return model(server, **more).ask("Be brief.", "Say hello.", SCHEMA)


def refused(*behaviours: Behaviour, **more: Any) -> ModelUnavailable:
    with StubServer(*behaviours) as server, pytest.raises(ModelUnavailable) as caught:
        ask(server, **more)
    return caught.value


def test_an_answer_comes_with_what_it_took() -> None:
    with StubServer(answers(GOOD)) as server:
        reply = ask(server)
    assert reply.data == GOOD
    assert (reply.calls, reply.tokens_in, reply.tokens_out) == (1, 900, 120)
    assert reply.model == "small-as-served"
    assert 0 < reply.seconds < 5
    body = server.bodies[0]
    assert body["response_format"]["json_schema"] == {"name": "greeting", "schema": SCHEMA, "strict": True}
    assert body["max_completion_tokens"] == 400
    assert [m["content"] for m in body["messages"]] == ["Be brief.", "Say hello."]


@pytest.mark.parametrize("status", [400, 404, 422, 500])
@pytest.mark.parametrize("can", ["function_calling", "json_object"])
def test_a_server_without_json_schema_is_asked_in_a_plainer_form_and_remembered(status: int, can: str) -> None:
    with StubServer(only([can], answers(GOOD), status, "response_format json_schema or tools not supported")) as server:
        assert ask(server).data == GOOD
        assert server.forms[-1] == can
        probes = len(server.forms)
        assert ask(server).data == GOOD  # another ChatModel in the same process
        assert server.forms[probes:] == [can]


def test_an_internal_error_on_json_schema_that_says_nothing_leads_to_a_plainer_form() -> None:
    with StubServer(only(["function_calling"], answers(GOOD), 500, "Internal Server Error")) as server:
        assert ask(server, attempts=1).data == GOOD
    assert server.forms == ["json_schema", "function_calling"]


def test_a_json_object_carries_the_schema_in_words() -> None:
    with StubServer(only(["json_object"], answers(GOOD), 400, "unsupported")) as server:
        ask(server)
    assert '"additionalProperties": false' in server.bodies[-1]["messages"][0]["content"]


def test_a_form_that_stops_working_is_probed_again() -> None:
    behaviours = [answers(GOOD), only(["json_object"], answers(GOOD), 400, "json_schema and tools are gone")]
    with StubServer(*behaviours) as server:
        ask(server)
        assert ask(server).data == GOOD
    assert server.forms == ["json_schema", "json_schema", "function_calling", "json_object"]


def test_an_unknown_model_is_told_to_the_operator_and_no_other_form_is_tried() -> None:
    with StubServer(fails(404, "The model `small` does not exist")) as server:
        with pytest.raises(ModelUnavailable, match=r"HTTP 404.*does not exist.*BACKHAUL_MODEL"):
            ask(server)
        assert len(server.bodies) == 1


def test_a_rate_limit_is_waited_for_as_long_as_the_server_asks() -> None:
    with StubServer(busy("1"), answers(GOOD)) as server:
        started = time.monotonic()
        reply = ask(server)
    assert reply.calls == 2
    assert time.monotonic() - started >= 1


def test_a_wait_that_is_too_long_is_not_waited_for() -> None:
    failure = refused(busy("3600"))
    assert failure.calls == 1
    assert "429" in str(failure)


def test_retries_are_capped_in_attempts() -> None:
    assert refused(busy("0"), attempts=3).calls == 3


def test_an_outage_is_retried_and_passes() -> None:
    with StubServer(fails(503, "overloaded"), answers(GOOD)) as server:
        assert ask(server).calls == 2


def test_a_server_that_hangs_is_left_in_time() -> None:
    failure = refused(hangs(30), timeout_seconds=0.4, total_seconds=1, attempts=2)
    assert "no answer within" in str(failure)
    assert failure.seconds < 4
    assert 1 <= failure.calls <= 2


def test_a_server_that_dribbles_is_left_in_time() -> None:
    failure = refused(dribbles(GOOD, 0.05), timeout_seconds=0.5, total_seconds=2, attempts=1)
    assert failure.seconds < 4


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (text("I would love to help!"), "no JSON"),
        (text(""), "empty"),
        (text('{"word": "hel'), "no JSON"),
        (text("[" * 100_000), "longer than"),
        (text('{"word": ' * 300), "no JSON"),
        (text('["hello"]'), "no JSON object"),
        (text('{"word": "hello"}'), "required"),
        (text('{"word": "hello", "count": "two"}'), "count breaks 'type'"),
        (text('{"word": "hello", "count": 1, "more": 1}'), "additionalProperties"),
        (text('{"word": "hello", "count": null}', finish="length"), "cut off"),
        (text('{"word": "hello", "count": null}', tokens=5_000), "5000 tokens"),
        (text('{"word": "' + "x" * 4_000 + '", "count": null}'), "longer than"),
    ],
)
def test_an_answer_that_is_not_the_form_asked_for_is_refused(behaviour: Behaviour, why: str) -> None:
    assert why in str(refused(behaviour))


def test_a_cut_off_function_call_is_refused_not_completed() -> None:
    refused(only(["function_calling"], text('{"word": "hello", "count": 1'), 400, "no json_schema"))


def test_an_endless_answer_is_not_read_to_its_end() -> None:
    failure = refused(lambda _body: Said(body=b'{"x": "' + b"x" * 20_000_000), attempts=1)
    assert failure.seconds < 4


@pytest.mark.parametrize("body", [b"<html>gateway</html>", b"", b"[]", b'{"choices": []}', b'{"choices": null}'])
def test_an_answer_that_is_no_completion_is_refused(body: bytes) -> None:
    refused(lambda _body: Said(body=body), attempts=1)


def test_no_server_at_all_is_told_to_the_operator() -> None:
    with StubServer(answers(GOOD)) as server:
        gone = server.url
    chat = ChatModel(LlmSettings(model="small", base_url=gone, api_key=KEY, attempts=1))
    with pytest.raises(ModelUnavailable, match="no connection"):
        chat.ask("s", "u", SCHEMA)


def test_the_key_shows_nowhere() -> None:
    failure = refused(fails(401, f"Incorrect API key provided: {KEY}"))
    assert KEY not in str(failure)
    assert "OPENAI_API_KEY" in str(failure)
    assert failure.__cause__ is None
    settings = LlmSettings(model="small", api_key=KEY)
    assert KEY not in repr(settings)
    assert KEY not in repr(ChatModel(settings))


def test_ambient_variables_do_not_send_the_key_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_BASE", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert LlmSettings(model="small").url == "https://api.openai.com/v1"
    with StubServer(answers(GOOD)) as server:
        assert ask(server).data == GOOD


def test_ambient_variables_alone_trace_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import langchain_openai
    from langsmith import utils

    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setenv("LANGCHAIN_TRACING_V2", "true")
    utils.get_env_var.cache_clear()  # type: ignore[attr-defined]  # an lru_cache under overloads
    assert utils.tracing_is_enabled()  # to langchain alone, the variables are enough
    seen: list[object] = []
    plain = langchain_openai.ChatOpenAI._generate

    def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
        seen.append(utils.tracing_is_enabled())
        return plain(self, *args, **kwargs)

    monkeypatch.setattr(langchain_openai.ChatOpenAI, "_generate", watched)
    with StubServer(answers(GOOD)) as collector, StubServer(answers(GOOD)) as server:
        monkeypatch.setenv("LANGSMITH_ENDPOINT", collector.url)
        monkeypatch.setenv("LANGSMITH_API_KEY", "a-key")
        ask(server)
        utils.get_env_var.cache_clear()  # type: ignore[attr-defined]  # an lru_cache under overloads
        assert collector.paths == []
    assert seen == [False]


def test_importing_the_room_loads_no_langchain() -> None:
    heavy = {"langchain_openai", "langchain_core", "openai", "httpx", "jsonschema", "stamina"}
    code = f"import sys, assistant.llm; print([m for m in sys.modules if m.split('.')[0] in {heavy!r}])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_nothing_fetches_tokenizer_files(monkeypatch: pytest.MonkeyPatch) -> None:
    import tiktoken

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("a tokenizer was asked for")

    monkeypatch.setattr(tiktoken, "get_encoding", never)
    monkeypatch.setattr(tiktoken, "encoding_for_model", never)
    with StubServer(answers(GOOD)) as server:
        assert ask(server).data == GOOD
