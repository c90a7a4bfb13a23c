"""A receiver of webhooks on this machine, that answers as it is told and keeps what it got."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """``answers`` are the statuses of the next requests; 200 when there are no more. ``got``: (headers, body)."""

    url: str
    answers: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    drip_seconds: float = 0.0


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """On loopback; with ``tls`` as ``localhost``, over TLS."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            known.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = known.answers.pop(0) if known.answers else 200
            if known.drip_seconds:
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                until = time.monotonic() + known.drip_seconds
                while time.monotonic() < until:
                    try:
                        self.wfile.write(b"X-Slow: 1\r\n")
                        self.wfile.flush()
                    except OSError:
                        return
                    time.sleep(0.05)
                return
            self.send_response(status)
            if status in {301, 302, 307}:
                self.send_header("Location", known.url + "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    known = Receiver(url=f"http://127.0.0.1:{server.server_port}/hooks")
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        known.url = f"https://localhost:{server.server_port}/hooks"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
