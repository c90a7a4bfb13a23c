"""Any chat model that langchain knows, by its provider's name; and traces where they are asked for, without a word."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from assistant.domain.model import ModelUnavailable
from assistant.llm import ChatModel, LlmSettings, traces
from assistant.settings import model_from
from tests.contract.test_model_budget import GOOD, SCHEMA
from tests.stub_llm import StubServer, answers, fails


@pytest.mark.parametrize(
    ("model", "base_url", "provider", "name"),
    [
        ("gpt-4.1-mini", "", "openai", "gpt-4.1-mini"),
        ("openai:gpt-4.1", "", "openai", "gpt-4.1"),
        ("anthropic:claude-x", "", "anthropic", "claude-x"),
        ("google_genai:gemini-x", "", "google_genai", "gemini-x"),
        ("llama3:8b", "http://127.0.0.1:1/v1", "openai", "llama3:8b"),
    ],
)
def test_the_provider_stands_before_the_name(model: str, base_url: str, provider: str, name: str) -> None:
    settings = LlmSettings(model=model, base_url=base_url)
    assert (settings.provider, settings.name) == (provider, name)


def test_a_model_of_another_provider_counts_as_configured() -> None:
    assert model_from({"BACKHAUL_MODEL": "anthropic:claude-x"}).name == "anthropic:claude-x"
    assert model_from({"BACKHAUL_MODEL": "gpt-4.1"}).name == ""


@pytest.mark.skipif("langchain_anthropic" in sys.modules, reason="the package is there")
@pytest.mark.parametrize(
    ("model", "why"),
    [
        ("anthropic:claude-x", "its package is missing.*langchain-anthropic"),
        ("nobody:x", "langchain knows no such model"),
    ],
)
def test_what_is_missing_for_a_provider_is_told_to_the_operator(model: str, why: str) -> None:
    chat = ChatModel(LlmSettings(model=model, api_key="a-secret-key"))
    with pytest.raises(ModelUnavailable, match=why) as caught:
        chat.ask("s", "u", SCHEMA)
    assert "a-secret-key" not in str(caught.value)


def test_another_provider_s_model_is_asked_by_a_tool_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever class langchain gives: here OpenAI's, as if it were another's."""
    from langchain_openai import ChatOpenAI

    with StubServer(answers(GOOD)) as server:
        given: dict[str, Any] = {}

        def init(name: str, *, model_provider: str, **more: Any) -> ChatOpenAI:
            given.update(name=name, provider=model_provider, **more)
            return ChatOpenAI(model=name, base_url=server.url, api_key="none", max_retries=0, use_responses_api=False)

        monkeypatch.setattr("langchain.chat_models.init_chat_model", init)
        assert ChatModel(LlmSettings(model="anthropic:claude-x", max_tokens=500)).ask("s", "u", SCHEMA).data == GOOD
        assert server.forms == ["function_calling"]
    assert (given["name"], given["provider"], given["max_tokens"]) == ("claude-x", "anthropic", 500)


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr("opentelemetry.trace.get_tracer", provider.get_tracer)
    traces.spans.cache_clear()
    yield kept
    traces.spans.cache_clear()
    provider.shutdown()


def test_a_span_tells_what_a_call_took_and_no_word_of_it(spans: InMemorySpanExporter) -> None:
    with StubServer(answers(GOOD)) as server:
        settings = LlmSettings(model="small", base_url=server.url, opentelemetry=True)
        ChatModel(settings).ask("a secret system", "a secret user", SCHEMA)
    (span,) = spans.get_finished_spans()
    said = dict(span.attributes or {})
    assert span.name == "chat small"
    assert (said["gen_ai.usage.input_tokens"], said["gen_ai.usage.output_tokens"]) == (900, 120)
    assert "secret" not in str(said)
    assert "hello" not in str(said)


def test_a_failed_call_is_a_span_with_its_error(spans: InMemorySpanExporter) -> None:
    with StubServer(fails(401, "no")) as server, pytest.raises(ModelUnavailable):
        ChatModel(LlmSettings(model="small", base_url=server.url, opentelemetry=True)).ask("s", "u", SCHEMA)
    (span,) = spans.get_finished_spans()
    assert str((span.attributes or {})["error.type"]).endswith("AuthenticationError")


def test_nothing_is_traced_unless_asked_for(spans: InMemorySpanExporter) -> None:
    with StubServer(answers(GOOD)) as server:
        ChatModel(LlmSettings(model="small", base_url=server.url)).ask("s", "u", SCHEMA)
    assert spans.get_finished_spans() == ()
