"""A model's message becomes a JSON object of the schema asked for, or a reason why it does not."""

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage

_FENCED = re.compile(r"\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*", re.DOTALL | re.IGNORECASE)
_CHARS_A_TOKEN = 8  # more than any tokenizer packs into a token of JSON on average


class NotTheForm(Exception):
    """What the model answered can't be used; the text says why, and holds none of the answer."""


def read(message: "AIMessage", schema: Mapping[str, Any], max_tokens: int) -> Mapping[str, Any]:
    """The object. Strict: an answer that was cut off is not completed, one that is nearly right is not repaired.

    Raises NotTheForm.
    """
    if message.response_metadata.get("finish_reason") == "length":
        raise NotTheForm(f"its answer was cut off at {max_tokens} tokens")
    if message.additional_kwargs.get("refusal"):
        raise NotTheForm("it declined to answer")
    usage = message.usage_metadata
    if usage is not None and usage["output_tokens"] > max_tokens:
        raise NotTheForm(f"its answer took {usage['output_tokens']} tokens where {max_tokens} are allowed")
    data = _object(message, str(schema["title"]), max_tokens * _CHARS_A_TOKEN)
    _validate(data, schema)
    return data


def _object(message: "AIMessage", title: str, max_chars: int) -> dict[str, Any]:
    calls = [call for call in message.tool_calls if call["name"] == title]
    if calls:
        data: object = calls[0]["args"]
        if len(json.dumps(data)) > max_chars:
            raise NotTheForm(f"its answer is longer than {max_chars} characters")
    else:
        text = str(message.text)
        if len(text) > max_chars:
            raise NotTheForm(f"its answer is longer than {max_chars} characters")
        fenced = _FENCED.fullmatch(text)
        try:
            data = json.loads(fenced[1] if fenced else text)
        except (ValueError, RecursionError):
            raise NotTheForm("its answer is no JSON" if text.strip() else "its answer is empty") from None
    if not isinstance(data, dict):
        raise NotTheForm("its answer is no JSON object")
    return data


def _validate(data: dict[str, Any], schema: Mapping[str, Any]) -> None:
    import jsonschema  # type: ignore[import-untyped]  # it ships no types

    try:
        jsonschema.Draft202012Validator(schema).validate(data)
    except jsonschema.ValidationError as error:
        where = ".".join(str(step) for step in error.absolute_path) or "the object"
        raise NotTheForm(f"its answer does not fit the form: {where} breaks '{error.validator}'") from None
    except RecursionError:
        raise NotTheForm("its answer is nested too deep") from None
