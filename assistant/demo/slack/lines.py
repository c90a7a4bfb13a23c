"""How Slack reaches the app: a signed request to its URL. (Socket Mode is the other way.)"""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Literal, Protocol
from urllib.parse import urlencode

import httpx2

from assistant.demo.slack.records import JSON

Envelope = Literal["events_api", "interactive", "slash_commands"]
ACK_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """The app's answer. ``payload`` is what it said with it: an object, a text, or nothing."""

    ok: bool
    status: int = 0
    reason: str = ""
    payload: JSON | str | None = None
    no_retry: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    """Which repetition this is, the first being 1, and why it is sent."""

    number: int
    reason: str


class Line(Protocol):
    """A way to the app."""

    def send(self, kind: Envelope, payload: JSON, retry: Retry | None = None) -> Acknowledged: ...

    def close(self) -> None: ...


class NoLine:
    """Nobody told where the app is yet."""

    def send(self, kind: Envelope, payload: JSON, retry: Retry | None = None) -> Acknowledged:  # noqa: ARG002 - a Line
        return Acknowledged(ok=False, reason="connection_failed")

    def close(self) -> None:
        """There is nothing to close."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's v0 signature. Source: docs.slack.dev/authentication/verifying-requests-from-slack."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


@dataclass(slots=True)
class HttpLine:
    """Posts to the app's request URL and waits three seconds for its 200. ``skew_seconds`` is a clock that is wrong."""

    url: str
    secret: str
    ack_seconds: float = ACK_SECONDS
    skew_seconds: int = 0
    _client: httpx2.Client = field(default_factory=lambda: httpx2.Client(trust_env=False))

    def close(self) -> None:
        self._client.close()

    def send(self, kind: Envelope, payload: JSON, retry: Retry | None = None) -> Acknowledged:
        match kind:
            case "events_api":
                body, content_type = json.dumps(payload).encode(), "application/json"
            case "interactive":
                body = urlencode({"payload": json.dumps(payload)}).encode()
                content_type = "application/x-www-form-urlencoded"
            case "slash_commands":
                body, content_type = urlencode(payload).encode(), "application/x-www-form-urlencoded"
        return self.post(body, content_type, retry)

    def post(self, body: bytes, content_type: str, retry: Retry | None = None) -> Acknowledged:
        timestamp = str(int(time.time()) + self.skew_seconds)
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.secret, timestamp, body),
        }
        if retry is not None:
            headers |= {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}
        try:
            answer = self._client.post(self.url, content=body, headers=headers, timeout=self.ack_seconds)
        except httpx2.TimeoutException:
            return Acknowledged(ok=False, reason="http_timeout")
        except httpx2.HTTPError:
            return Acknowledged(ok=False, reason="connection_failed")
        ok = answer.status_code == 200
        return Acknowledged(
            ok=ok,
            status=answer.status_code,
            reason="" if ok else "http_error",
            payload=_said(answer.content, answer.headers.get("content-type", "")) if ok else None,
            no_retry=answer.headers.get("x-slack-no-retry") == "1",
        )


def _said(content: bytes, content_type: str) -> JSON | str | None:
    if content_type.startswith("application/json"):
        try:
            said = json.loads(content)
        except ValueError:
            said = None
        if isinstance(said, dict):
            return said
    return content.decode(errors="replace") or None
