"""The three ways to ask for JSON, best first, and what is known of which server takes which."""

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING, Any, assert_never

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel, LanguageModelInput
    from langchain_core.messages import AIMessage
    from langchain_core.runnables import Runnable


class Form(StrEnum):
    JSON_SCHEMA = "json_schema"
    FUNCTION_CALLING = "function_calling"
    JSON_OBJECT = "json_object"


_ORDER = tuple(Form)
_known: dict[tuple[str, str], Form] = {}
_lock = Lock()

_NAMES_A_FORM = re.compile(
    r"response_?format|json_?schema|json_?object|json mode|structured|schema|\btools?\b|tool_choice|function|strict"
    r"|grammar|guided",
    re.IGNORECASE,
)
_NAMES_SOMETHING_ELSE = re.compile(
    r"context|too long|max_\w*tokens|temperature|api key|quota|billing|\bmodel\b.{0,40}\b(?:exist|found|unknown)",
    re.IGNORECASE,
)


_ABOUT_PICTURES = re.compile(r"image|picture|vision|multimodal|content (?:must|should) be a string|content type", re.I)


def known(url: str, model: str) -> Form | None:
    """The form that has worked with this server and model in this process."""
    with _lock:
        return _known.get((url, model))


def remember(url: str, model: str, form: Form) -> None:
    with _lock:
        _known[url, model] = form


def forget(url: str, model: str) -> None:
    """The server changed under us: the next ask probes again."""
    with _lock:
        _known.pop((url, model), None)


def after(form: Form) -> Form | None:
    """The next thing to try; None after the last."""
    rest = _ORDER[_ORDER.index(form) + 1 :]
    return rest[0] if rest else None


def rejected(status: int, message: str) -> bool:
    """Whether a server's refusal is about the form asked for, so that a plainer one may do."""
    if status not in {400, 404, 422, 500}:
        return False
    if _NAMES_A_FORM.search(message):
        return True
    # Many compatible servers say no more than "Bad Request".
    return status in {400, 422} and not _NAMES_SOMETHING_ELSE.search(message)


def first(provider: str) -> Form:
    """What to begin with: only OpenAI's own way knows a schema for the answer."""
    return Form.JSON_SCHEMA if provider == "openai" else Form.FUNCTION_CALLING


def blind(status: int, message: str) -> bool:
    """Whether a refusal may be about the pictures sent along."""
    return status in {400, 404, 415, 422, 500} and bool(_ABOUT_PICTURES.search(message))


def bound(
    chat: "BaseChatModel", form: Form, schema: Mapping[str, Any], provider: str
) -> "Runnable[LanguageModelInput, AIMessage]":
    """The model, asked for an answer of that form."""
    title = str(schema["title"])
    match form:
        case Form.JSON_SCHEMA:
            asked = {"name": title, "schema": dict(schema), "strict": True}
            return chat.bind(response_format={"type": "json_schema", "json_schema": asked})
        case Form.FUNCTION_CALLING:
            described = {"name": title, "description": str(schema.get("description", title)), "parameters": schema}
            return chat.bind_tools([{"type": "function", "function": described}], tool_choice=title)
        case Form.JSON_OBJECT:
            if provider != "openai":
                return chat  # the system part asks for it in words
            return chat.bind(response_format={"type": "json_object"})
        case _:
            assert_never(form)


def instructed(system: str, form: Form, schema: Mapping[str, Any]) -> str:
    """The system part; it holds the schema where the request itself can't carry it."""
    if form is not Form.JSON_OBJECT:
        return system
    return f"{system}\n\nThe JSON object has to fit this JSON Schema:\n{json.dumps(schema, ensure_ascii=False)}"
