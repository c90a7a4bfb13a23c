"""Socket Mode: the app connects to us, gets envelopes, and acknowledges each within three seconds.

Source: docs.slack.dev/apis/events-api/using-socket-mode.
"""

import json
import secrets
import threading
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from assistant.demo.slack.lines import ACK_SECONDS, Acknowledged, Envelope, Retry
from assistant.demo.slack.records import JSON, SlackApp

MOST_CONNECTIONS = 10
_SECONDS_OPEN = 18_060  # what hello says of how long a connection lives


@dataclass(slots=True)
class _Waiting:
    done: threading.Event = field(default_factory=threading.Event)
    payload: Any = None


class SocketLine:
    """A websocket server on loopback, and the line to the app over its newest connection."""

    def __init__(self, app: SlackApp, ack_seconds: float = ACK_SECONDS) -> None:
        self._app = app
        self.ack_seconds = ack_seconds
        self._tickets: set[str] = set()
        self._connections: list[ServerConnection] = []
        self._leaving: list[ServerConnection] = []
        self._waiting: dict[str, _Waiting] = {}
        self._state = threading.Condition()
        self._server: Server = serve(self._connected, "127.0.0.1", 0, compression=None, close_timeout=1)
        self._thread = threading.Thread(target=self._server.serve_forever, name="slack-sockets", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.socket.getsockname()[1])

    def new_link(self) -> str:
        """An address for one connection, as apps.connections.open gives it."""
        ticket = secrets.token_urlsafe(24)
        self._tickets.add(ticket)
        return f"ws://127.0.0.1:{self.port}/link/?ticket={ticket}&app_id={self._app.id}"

    def connected(self, seconds: float = 10.0, count: int = 1) -> bool:
        """Whether so many connections are there within so many seconds."""
        with self._state:
            return self._state.wait_for(lambda: len(self._connections) >= count, seconds)

    def send(self, kind: Envelope, payload: JSON, retry: Retry | None = None) -> Acknowledged:
        envelope: JSON = {
            "type": kind,
            "envelope_id": str(uuid.uuid4()),
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {
                "retry_attempt": retry.number if retry else 0,
                "retry_reason": _REASONS.get(retry.reason, retry.reason) if retry else "",
            }
        waiting = self._waiting[envelope["envelope_id"]] = _Waiting()
        try:
            with self._state:
                connection = self._connections[-1] if self._connections else None
            if connection is None:
                return Acknowledged(ok=False, reason="connection_failed")
            try:
                connection.send(json.dumps(envelope))
            except ConnectionClosed:
                return Acknowledged(ok=False, reason="connection_failed")
            if not waiting.done.wait(self.ack_seconds):
                return Acknowledged(ok=False, reason="http_timeout")
            return Acknowledged(ok=True, payload=waiting.payload)
        finally:
            self._waiting.pop(envelope["envelope_id"], None)

    def ask_to_refresh(self, reason: str = "refresh_requested") -> None:
        """Tell every connection that it is about to be closed: warning, refresh_requested or link_disabled.

        It is once there is another one; after a mere warning it stays.
        """
        told = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-stand-in"}}
        with self._state:
            connections = list(self._connections)
            if reason != "warning":
                self._leaving += connections
        for connection in connections:
            with suppress(ConnectionClosed):  # gone by itself, it needs not be told
                connection.send(json.dumps(told))

    def drop(self) -> None:
        """Close every connection without a word; nothing is sent over them from now on."""
        with self._state:
            connections, self._connections = self._connections, []
        for connection in connections:
            connection.close_socket()

    def close(self) -> None:
        with self._state:
            connections = list(self._connections)
        for connection in connections:
            connection.close()
        self._server.shutdown()
        self._thread.join(5)

    def _connected(self, connection: ServerConnection) -> None:
        ticket = _ticket(connection)
        with self._state:
            welcome = ticket in self._tickets and len(self._connections) < MOST_CONNECTIONS
            self._tickets.discard(ticket)
            if welcome:
                self._connections.append(connection)
        if not welcome:
            connection.close(1008, "this ticket opens nothing")
            return
        try:
            connection.send(json.dumps(self._hello()))
            with self._state:
                leaving, self._leaving = self._leaving, []
                self._state.notify_all()
            for old in leaving:
                old.close_socket()
            for said in connection:
                self._hear(said)
        except ConnectionClosed:
            pass
        finally:
            with self._state:
                if connection in self._connections:
                    self._connections.remove(connection)
                self._state.notify_all()

    def _hello(self) -> JSON:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "debug_info": {
                "host": "applink-stand-in",
                "build_number": 1,
                "approximate_connection_time": _SECONDS_OPEN,
            },
            "connection_info": {"app_id": self._app.id},
        }

    def _hear(self, said: str | bytes) -> None:
        told = json.loads(said)
        waiting = self._waiting.get(told.get("envelope_id", ""))
        if waiting is None:
            return
        waiting.payload = told.get("payload") or None
        waiting.done.set()


_REASONS = {"http_timeout": "timeout", "connection_failed": "connection_failed", "http_error": "http_error"}


def _ticket(connection: ServerConnection) -> str:
    path = connection.request.path if connection.request else ""
    return path.partition("ticket=")[2].partition("&")[0]
