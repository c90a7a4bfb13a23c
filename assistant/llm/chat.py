"""A chat model behind langchain, asked for one structured answer. OpenAI's, or any server that speaks its API.

Servers differ in how they can be held to a form. The first call tries json_schema, then function_calling, then
json_object; what worked is remembered for the process. Nothing is fetched but the answer; tracing is off unless
BACKHAUL_LANGSMITH is 1. The key shows in no message.
"""

import json
import os
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import stamina

from assistant.domain.model import ModelUnavailable, Reply
from assistant.settings import ModelSettings

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

METHODS = ("json_schema", "function_calling", "json_mode")
_ATTEMPTS = 3
_LONGEST_ANSWER = 200_000
_works: dict[tuple[str, str], str] = {}
_lock = threading.Lock()


class ChatModel:
    """Implements assistant.domain.model.Model."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        self._chat: ChatOpenAI | None = None

    @property
    def name(self) -> str:
        return self._settings.name

    def ask(self, system: str, user: str, schema: Mapping[str, Any]) -> Reply:
        started = time.monotonic()
        key = (self._settings.base_url, self._settings.name)
        known = _works.get(key)
        calls, fault = 0, "it was not asked"
        for method in (known,) if known is not None else METHODS:
            calls += 1
            try:
                data, tokens_in, tokens_out = self._asked(method, system, user, schema)
            except _WrongForm as wrong:
                fault = str(wrong)
                continue
            except Exception as error:  # noqa: BLE001 - whatever a client library raises, the offline draft stands
                if time.monotonic() - started > self._settings.timeout_seconds or not _refuses_form(error):
                    raise ModelUnavailable(_words(error), calls=calls, seconds=time.monotonic() - started) from None
                fault = _words(error)
                continue
            with _lock:
                _works[key] = method
            return Reply(
                data=data,
                model=self._settings.name,
                calls=calls,
                tokens_in=tokens_in,
                tokens_out=tokens_out,
                seconds=time.monotonic() - started,
            )
        raise ModelUnavailable(fault, calls=calls, seconds=time.monotonic() - started)

    def _asked(
        self, method: str, system: str, user: str, schema: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], int, int]:
        import openai

        passing = (openai.RateLimitError, openai.APIConnectionError)
        limit = self._settings.timeout_seconds
        for attempt in stamina.retry_context(on=passing, attempts=_ATTEMPTS, timeout=limit, wait_initial=0.2):
            with attempt:
                message = self._form(method, schema).invoke([("system", _told(system, method, schema)), ("user", user)])
        usage = message.usage_metadata or {}
        data = _object_in(message)
        _require_form(data, schema)
        return data, int(usage.get("input_tokens", 0)), int(usage.get("output_tokens", 0))

    def _form(self, method: str, schema: Mapping[str, Any]) -> Any:
        chat = self._client()
        if method == "json_schema":
            wanted = {"name": schema["title"], "schema": schema, "strict": True}
            return chat.bind(response_format={"type": "json_schema", "json_schema": wanted})
        if method == "function_calling":
            return chat.bind_tools([dict(schema)], tool_choice=schema["title"])
        return chat.bind(response_format={"type": "json_object"})

    def _client(self) -> "ChatOpenAI":
        if self._chat is None:
            if os.environ.get("BACKHAUL_LANGSMITH") != "1":  # ambient variables alone don't send customers' mail away
                os.environ["LANGSMITH_TRACING"] = os.environ["LANGCHAIN_TRACING_V2"] = "false"
            from langchain_openai import ChatOpenAI
            from pydantic import SecretStr

            self._chat = ChatOpenAI(
                model=self._settings.name,
                api_key=SecretStr(self._settings.api_key or "none"),
                base_url=self._settings.base_url or None,
                timeout=self._settings.timeout_seconds,
                max_completion_tokens=self._settings.max_tokens,
                max_retries=0,
                temperature=0,
            )
        return self._chat


class _WrongForm(Exception):
    """The server answered, and not in the form asked for."""


def _object_in(message: Any) -> Mapping[str, Any]:
    """The JSON object a message holds. Long nonsense is refused before anything tries to parse it."""
    if message.tool_calls:
        arguments: Mapping[str, Any] = message.tool_calls[0]["args"]
        return arguments
    text = str(message.content)
    if len(text) > _LONGEST_ANSWER:
        raise _WrongForm("its answer is too long")
    try:
        data = json.loads(text)
    except ValueError:
        raise _WrongForm("its answer is not JSON") from None
    if not isinstance(data, dict):
        raise _WrongForm("its answer is not the form asked for")
    return data


def _require_form(data: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    import jsonschema  # type: ignore[import-untyped] # ships no types

    try:
        jsonschema.validate(data, dict(schema))
    except jsonschema.ValidationError as error:
        raise _WrongForm(f"its answer does not fit the form: {error.message[:120]}") from None


def _told(system: str, method: str, schema: Mapping[str, Any]) -> str:
    if method != "json_mode":
        return system
    return f"{system}\n\nAnswer with one JSON object of this schema, and nothing else:\n{json.dumps(schema)}"


def _refuses_form(error: Exception) -> bool:
    """Whether another way to ask may help: the server knows the call, and not this form."""
    return getattr(error, "status_code", None) in {400, 404, 422, 500, 501}


def _words(error: Exception) -> str:
    status = getattr(error, "status_code", None)
    return f"the model did not answer ({type(error).__name__}{f', status {status}' if status else ''})"
