"""Slack's published description of its Web API (2021), as a check of calls. It stands beside the project, or not."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

SPEC = Path(__file__).parents[2] / "shared" / "fixtures" / "slack" / "slack_web_openapi_v2_without_examples.json"

# What Slack takes since: the description was archived in 2021.
_LATER = {
    "chat.postMessage": {"metadata", "markdown_text", "icon_emoji", "client_msg_id"},
    "chat.update": {"metadata", "markdown_text", "file_ids", "reply_broadcast"},
    "chat.postEphemeral": {"markdown_text"},
    "conversations.history": {"include_all_metadata"},
    "conversations.list": {"team_id"},
    "conversations.replies": {"include_all_metadata"},
    "conversations.open": {"prevent_creation"},
    "oauth.v2.access": {"grant_type", "refresh_token"},
    "users.list": {"team_id"},
    "views.open": {"interactivity_pointer"},
    "views.push": {"interactivity_pointer"},
}
_BOLT = ("team_id",)  # Bolt's client adds it to every call
# Needed by Slack as far as today's reference says, and not by the description of then.
_NO_LONGER_NEEDED = {"views.open": {"trigger_id"}, "views.push": {"trigger_id"}}


@cache
def _paths() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(SPEC.read_text())["paths"]
    return found


def _operation(method: str) -> Mapping[str, Any] | None:
    verbs = _paths().get(f"/{method}")
    return next(iter(verbs.values())) if verbs else None


def faults(method: str, arguments: Mapping[str, Any]) -> list[str]:
    """What of a call does not fit the description; nothing where the description does not know the method."""
    if (operation := _operation(method)) is None:
        return []
    known = {p["name"]: p for p in operation["parameters"]}
    found = [
        f"{name} is no argument of it" for name in arguments if name not in {*known, *_LATER.get(method, ()), *_BOLT}
    ]
    optional = {"token"} | _NO_LONGER_NEEDED.get(method, set())
    found += [
        f"{name} is missing"
        for name, each in known.items()
        if each.get("required") and name not in optional and not arguments.get(name)
    ]
    for name, value in arguments.items():
        if name in known and not _TYPES[known[name]["type"]](value):
            found.append(f"{name} is no {known[name]['type']}: {value!r}")
    return found


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, (str, list, dict)),  # what is JSON inside a form is itself in a JSON body
    "boolean": lambda value: str(value).lower() in {"true", "false", "0", "1"},
    "integer": lambda value: str(value).lstrip("-").isdigit(),
    "number": _is_number,
}


def needed_in_answers(method: str) -> frozenset[str]:
    """The fields that every successful answer has, by the description."""
    operation = _operation(method)
    schema = operation["responses"]["200"].get("schema", {}) if operation else {}
    return frozenset(schema.get("required", ())) - {"ok"}


def check() -> Callable[[str, Mapping[str, Any]], list[str]] | None:
    """For StandIn's ``check``: None where the description is not there."""
    return faults if SPEC.exists() else None
