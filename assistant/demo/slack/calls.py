"""Web API calls: who calls, may they, what is answered; and the log of all of it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.demo.slack.asked import Asked, arguments
from assistant.demo.slack.deliveries import MOST_KEPT
from assistant.demo.slack.methods import METHODS, TIERS, Method
from assistant.demo.slack.rates import Rates
from assistant.demo.slack.records import JSON
from assistant.demo.slack.refused import Limited, Refused
from assistant.demo.slack.workspace import Workspace

Check = Callable[[str, Mapping[str, Any]], list[str]]

# Answers that only a fault of the caller's program leads to.
_FAULTS = {
    "insecure_request",
    "invalid_arguments",
    "invalid_auth",
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_charset",
    "invalid_chunks",
    "invalid_json",
    "invalid_metadata_format",
    "invalid_post_type",
    "json_not_object",
    "markdown_text_conflict",
    "missing_post_type",
    "missing_scope",
    "msg_too_long",
    "no_text",
    "not_allowed_token_type",
    "not_authed",
    "push_limit_reached",
    "too_many_attachments",
    "unknown_method",
    "view_too_large",
}
_WANT_TEXT = {"chat.postMessage", "chat.postEphemeral", "chat.update"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call as it came and was answered. ``violations`` are what Slack, or its readers, would not put up with."""

    method: str
    arguments: JSON
    status: int
    answer: JSON
    violations: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Answered:
    """What goes back over HTTP."""

    status: int
    body: JSON
    headers: Mapping[str, str] = field(default_factory=dict)


class Counter:
    """Answers calls, one at a time, under the workspace's lock."""

    def __init__(self, place: Workspace, rates: Rates, check: Check | None = None) -> None:
        self._place = place
        self._rates = rates
        self._check = check
        self.log: list[Call] = []

    def call(self, verb: str, name: str, query: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        began = time.monotonic()
        told: JSON = {}
        with self._place.lock:
            try:
                method = METHODS.get(name)
                told = arguments(query, body, headers.get("content-type", ""), takes_json=method is None or method.json)
                answered = self._answer(verb, method, Asked(name, told, headers=headers), headers)
            except Limited as limited:
                wait = {"Retry-After": str(limited.seconds)}
                answered = Answered(429, {"ok": False, "error": "ratelimited"}, wait)
            except Refused as refused:
                answered = Answered(200, {"ok": False, "error": refused.code, **refused.more})
            kept = {key: value for key, value in told.items() if key not in {"token", "client_secret"}}
            if len(self.log) >= MOST_KEPT:
                del self.log[: MOST_KEPT // 2]
            self.log.append(
                Call(
                    method=name,
                    arguments=kept,
                    status=answered.status,
                    answer=answered.body,
                    violations=tuple(self._violations(name, told, answered.body)),
                    seconds=time.monotonic() - began,
                )
            )
        return answered

    def _answer(self, verb: str, method: Method | None, asked: Asked, headers: Mapping[str, str]) -> Answered:
        if method is None:
            raise Refused("unknown_method", req_method=asked.method)
        token = headers.get("authorization", "").removeprefix("Bearer ").strip() or asked.text("token")
        self._may(method, token)
        if method.by == "app" and verb != "POST":
            raise Refused("insecure_request")
        channel = asked.text("channel")
        self._rates.take(asked.method, TIERS.get(method.tier, 0), channel)
        answer = {"ok": True, **method.answer(self._place, asked)}
        return Answered(200, answer, {"X-OAuth-Scopes": ",".join(sorted(self._place.app.scopes))})

    def _may(self, method: Method, token: str) -> None:
        app = self._place.app
        if method.by == "anyone":
            return
        if not token:
            raise Refused("not_authed")
        if token not in {app.bot_token, app.app_token}:
            raise Refused("invalid_auth")
        if not self._place.installed:
            raise Refused("account_inactive")
        if (token == app.app_token) != (method.by == "app"):
            raise Refused("not_allowed_token_type")
        if method.scopes and not app.scopes.intersection(method.scopes):
            raise Refused("missing_scope", needed=method.scopes[0], provided=",".join(sorted(app.scopes)))

    def _violations(self, name: str, told: JSON, answer: JSON) -> list[str]:
        found = []
        if (error := answer.get("error")) in _FAULTS:
            why = answer.get("response_metadata", {}).get("messages", [])
            found.append(f"{name}: {error} {'; '.join(why)}".strip())
        if name in _WANT_TEXT and told.get("blocks") and not told.get("text"):
            found.append(f"{name}: blocks without text, which notifications and screen readers read")
        if self._check is not None:
            found += [f"{name}: {fault}" for fault in self._check(name, told)]
        return found
