"""Access tokens on loopback: given out for a refresh token; a mail server is told whose they are."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Provider:
    """``answers`` are given in turn, the last one for ever; ``asked`` is what clients sent."""

    user: str
    answers: list[tuple[int, Any]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    good: set[str] = field(default_factory=set)
    given: int = 0
    port: int = 0

    @property
    def token_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/token"

    def give(self, asked: dict[str, str]) -> tuple[int, Any]:
        self.asked.append(asked)
        if self.answers:
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.given += 1
        token = f"access-{self.given}"
        self.good.add(token)
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def tell(self, token: str) -> tuple[int, Any]:
        return 200, {"active": "true", "email": self.user} if token in self.good else {"active": "false"}


@contextmanager
def provider(user: str) -> Iterator[Provider]:
    stub = Provider(user)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._answer(*stub.give({name: values[0] for name, values in parse_qs(body).items()}))

        def do_GET(self) -> None:
            self._answer(*stub.tell(parse_qs(urlsplit(self.path).query).get("token", [""])[0]))

        def _answer(self, status: int, told: Any) -> None:
            body = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
