"""The arguments of one call, however they were sent: query, form or JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from assistant.demo.slack.records import JSON
from assistant.demo.slack.refused import Refused

_MISSING = "missing required field: {}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a method was asked, and by which app's token."""

    method: str
    arguments: Mapping[str, Any]
    token: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str, otherwise: str = "") -> str:
        value = self.arguments.get(name)
        return otherwise if value is None else str(value)

    def needed(self, name: str) -> str:
        if not (value := self.text(name)):
            raise Refused("invalid_arguments", _MISSING.format(name))
        return value

    def whole(self, name: str, otherwise: int) -> int:
        value = self.text(name)
        if not value:
            return otherwise
        if not value.lstrip("-").isdigit():
            raise Refused("invalid_arguments", f"{name} is not a whole number")
        return int(value)

    def yes(self, name: str) -> bool:
        return self.text(name).lower() in {"1", "true"}

    def data(self, name: str, otherwise: Any = None) -> Any:
        """An argument that holds JSON: a value in a JSON body, text in a form."""
        value = self.arguments.get(name)
        if value is None or value == "":
            return otherwise
        if isinstance(value, str):
            try:
                return json.loads(value)
            except ValueError:
                raise Refused("invalid_arguments", f"{name} is not JSON") from None
        return value


def arguments(query: str, body: bytes, content_type: str, *, takes_json: bool) -> JSON:
    """Raises Refused where the body does not fit its type. A method that takes no JSON does not see a JSON body."""
    told: JSON = dict(parse_qsl(query, keep_blank_values=True))
    kind = content_type.partition(";")[0].strip().lower()
    if not body:
        return told
    if kind == "application/json":
        if not takes_json:
            return told
        try:
            sent = json.loads(body)
        except ValueError:
            raise Refused("invalid_json") from None
        if not isinstance(sent, dict):
            raise Refused("json_not_object")
        return told | sent
    if kind == "application/x-www-form-urlencoded":
        try:
            return told | dict(parse_qsl(body.decode(), keep_blank_values=True))
        except UnicodeDecodeError:
            raise Refused("invalid_charset") from None
    raise Refused("invalid_post_type" if kind else "missing_post_type")
