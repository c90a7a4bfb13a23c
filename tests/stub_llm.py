"""A server that speaks OpenAI's chat completions on loopback, and can misbehave as real ones do.

Each request takes the next behaviour; the last one stays. A behaviour sees the request's body and gives a Said.
"""

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One HTTP answer. ``seconds`` is how long it hangs first; ``dribble`` sends it byte by byte with that pause."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    dribble: float = 0.0


Behaviour = Callable[[Mapping[str, Any]], Said]


def form_of(body: Mapping[str, Any]) -> str:
    """The way a request asks for JSON: json_schema, function_calling, json_object or none."""
    if body.get("tools"):
        return "function_calling"
    return str(body.get("response_format", {}).get("type", "none"))


def text(content: str, *, tokens: int = 120, finish: str = "stop") -> Behaviour:
    """Any text, in the place where the form asked for has it."""

    def behave(body: Mapping[str, Any]) -> Said:
        message: dict[str, Any] = {"role": "assistant", "content": content}
        if form_of(body) == "function_calling":
            call = {"name": body["tools"][0]["function"]["name"], "arguments": content}
            message = {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "call_1", "type": "function", "function": call}],
            }
        answer = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": f"{body['model']}-as-served",
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": {"prompt_tokens": 900, "completion_tokens": tokens, "total_tokens": 900 + tokens},
        }
        return Said(body=json.dumps(answer).encode())

    return behave


def answers(data: Mapping[str, Any]) -> Behaviour:
    return text(json.dumps(data))


def fails(status: int, message: str, *, headers: Mapping[str, str] | None = None) -> Behaviour:
    error = json.dumps({"error": {"message": message, "type": "error", "code": None}}).encode()
    return lambda _body: Said(status=status, body=error, headers=headers or {})


def busy(retry_after: str = "0") -> Behaviour:
    return fails(429, "Rate limit reached", headers={"Retry-After": retry_after})


def hangs(seconds: float) -> Behaviour:
    return lambda _body: Said(seconds=seconds)


def dribbles(data: Mapping[str, Any], pause_seconds: float) -> Behaviour:
    """Sends a good answer so slowly that no single read times out."""

    def behave(body: Mapping[str, Any]) -> Said:
        return Said(body=answers(data)(body).body, dribble=pause_seconds)

    return behave


def only(forms: Iterable[str], then: Behaviour, status: int, message: str) -> Behaviour:
    """Behaves for requests in one of those forms, and fails the others."""
    can = set(forms)
    return lambda body: then(body) if form_of(body) in can else fails(status, message)(body)


class StubServer:
    """``with StubServer(busy(), answers(..)) as server``: ``url`` is the base URL, ``bodies`` what was asked."""

    def __init__(self, *behaviours: Behaviour) -> None:
        self._behaviours = list(behaviours)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self.bodies: list[Mapping[str, Any]] = []
        self.paths: list[str] = []
        self.headers: list[Mapping[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def forms(self) -> list[str]:
        return [form_of(body) for body in self.bodies]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _take(self, path: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> Said:
        with self._lock:
            self.paths.append(path)
            self.headers.append(headers)
            self.bodies.append(body)
            behaviour = self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]
        return behaviour(body)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                said = stub._take(self.path, dict(self.headers), json.loads(raw or b"{}"))
                stub._stopping.wait(said.seconds) if said.seconds else None
                try:
                    self.send_response(said.status)
                    for name, value in {"Content-Type": "application/json", **said.headers}.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(said.body)))
                    self.end_headers()
                    if not said.dribble:
                        self.wfile.write(said.body)
                        return
                    for byte in said.body:
                        self.wfile.write(bytes([byte]))
                        if stub._stopping.wait(said.dribble):
                            return
                except (BrokenPipeError, ConnectionResetError):
                    pass  # the client gave up waiting: what these tests are about

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler
