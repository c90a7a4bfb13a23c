"""Traces of model calls: LangSmith by its own variables, OpenTelemetry as one span a call; neither unless asked for.

A span has the names of OpenTelemetry's conventions for generative AI and holds no word of a prompt or an answer. It
goes where the process's tracer provider sends it; where none is set up, to the collector that the standard variables
name (OTEL_EXPORTER_OTLP_ENDPOINT), if the exporter is installed.
"""

from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from assistant.domain.redaction import redacted_values

if TYPE_CHECKING:
    from langchain_core.callbacks import BaseCallbackHandler
    from langsmith import Client


@cache
def langsmith() -> "Client":
    """LangSmith's client by its own variables; what leaves holds no address, number or secret."""
    from langsmith import Client

    return Client(anonymizer=redacted_values)


@cache
def spans(model: str, provider: str) -> "BaseCallbackHandler":
    """A langchain callback that makes the spans."""
    from langchain_core.callbacks import BaseCallbackHandler
    from opentelemetry import trace

    _set_up()

    class Spans(BaseCallbackHandler):
        def __init__(self) -> None:
            self._open: dict[UUID, Any] = {}

        def on_chat_model_start(self, *_: Any, run_id: UUID, **__: Any) -> None:
            span = trace.get_tracer("backhaul").start_span(f"chat {model}", kind=trace.SpanKind.CLIENT)
            span.set_attribute("gen_ai.operation.name", "chat")
            span.set_attribute("gen_ai.provider.name", provider)
            span.set_attribute("gen_ai.request.model", model)
            self._open[run_id] = span

        def on_llm_end(self, response: Any, *, run_id: UUID, **_: Any) -> None:
            span = self._open.pop(run_id, None)
            if span is None:
                return
            message = getattr(next(iter(next(iter(response.generations), [])), None), "message", None)
            usage = getattr(message, "usage_metadata", None) or {}
            span.set_attribute("gen_ai.usage.input_tokens", usage.get("input_tokens", 0))
            span.set_attribute("gen_ai.usage.output_tokens", usage.get("output_tokens", 0))
            span.end()

        def on_llm_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
            span = self._open.pop(run_id, None)
            if span is not None:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(trace.Status(trace.StatusCode.ERROR))
                span.end()

    return Spans()


def _set_up() -> None:
    import os

    from opentelemetry import trace

    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or not isinstance(
        trace.get_tracer_provider(), trace.ProxyTracerProvider
    ):
        return
    try:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        return
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
