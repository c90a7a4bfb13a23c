"""An OpenAI-compatible chat server on loopback that answers by script, and can misbehave."""

import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer: a status, the text or object given, how long it takes. ``refuses`` forms get status 500 first."""

    answer: Any = None
    status: int = 200
    seconds: float = 0.0


@dataclass
class Stub:
    """``turns`` are given in order, the last one for ever; ``refused_forms`` get 500 whatever the turn."""

    turns: Sequence[Turn]
    refused_forms: frozenset[str] = frozenset()
    requests: list[Mapping[str, Any]] = field(default_factory=list)
    base_url: str = ""

    def turn(self, body: Mapping[str, Any]) -> Turn:
        self.requests.append(body)
        if form_of(body) in self.refused_forms:
            return Turn(status=500)
        given = sum(form_of(request) not in self.refused_forms for request in self.requests)
        return self.turns[min(given, len(self.turns)) - 1]


def form_of(body: Mapping[str, Any]) -> str:
    if body.get("tools"):
        return "function_calling"
    return str((body.get("response_format") or {}).get("type", "text"))


@contextmanager
def stub_llm(*turns: Turn, refused_forms: Sequence[str] = ()) -> Iterator[Stub]:
    stub = Stub(turns, frozenset(refused_forms))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            turn = stub.turn(body)
            time.sleep(turn.seconds)
            payload = json.dumps(
                _completion(body, turn) if turn.status == 200 else {"error": {"message": "no"}}
            ).encode()
            try:
                self.send_response(turn.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)
            except OSError:
                pass  # the client gave up waiting

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    stub.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def _completion(body: Mapping[str, Any], turn: Turn) -> Mapping[str, Any]:
    text = turn.answer if isinstance(turn.answer, str) else json.dumps(turn.answer)
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if form_of(body) == "function_calling":
        name = body["tools"][0]["function"]["name"]
        call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": text}}
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
    return {
        "id": "stub",
        "object": "chat.completion",
        "created": 1,
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
    }
