"""A small OpenID provider on loopback, that tells whatever a test wants it to."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwk, jwt


class Provider:
    """``claims`` go over those of an honest token; None takes one away. ``user`` is what userinfo tells."""

    def __init__(self) -> None:
        self.issuer = ""
        self.named = ""  # what discovery names as its issuer, where that is another
        self.key = jwk.RSAKey.generate_key(2048, {"kid": "one"})
        self.published = [self.key]
        self.claims: dict[str, Any] = {}
        self.user: dict[str, Any] = {}
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "one"}
        self.id_token: str | None = None
        self.verifies_pkce = True
        self._begun: dict[str, dict[str, str]] = {}

    def consent(self, url: str) -> str:
        """What the provider sends the browser back with."""
        asked = dict(parse_qsl(urlsplit(url).query))
        code = f"code-{len(self._begun)}"
        self._begun[code] = asked
        return urlencode({"code": code, "state": asked["state"], "iss": self.issuer})

    def _token(self, form: dict[str, list[str]], authorization: str) -> tuple[int, dict[str, Any]]:
        begun = self._begun.pop(form.get("code", [""])[0], None)
        secret = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        if begun is None or secret != "backhaul:the-secret":
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if begun["code_challenge"] != challenge or begun["code_challenge_method"] != "S256":
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        told = {"iss": self.issuer, "aud": "backhaul", "sub": "u-1", "iat": now, "exp": now + 300}
        told |= {"nonce": begun["nonce"], "email": "rick@kestrelsupply.example", "email_verified": True} | self.claims
        claims = {name: value for name, value in told.items() if value is not None}
        token = self.id_token or jwt.encode(self.header, claims, self.key)
        return 200, {"access_token": "at", "token_type": "Bearer", "id_token": token}

    def answer(self, path: str, form: dict[str, list[str]], authorization: str) -> tuple[int, dict[str, Any]]:
        if path == "/.well-known/openid-configuration":
            ends = {f"{n}_endpoint": f"{self.issuer}/{n}" for n in ("authorization", "token", "userinfo")}
            return 200, {"issuer": self.named or self.issuer, "jwks_uri": f"{self.issuer}/keys", **ends}
        if path == "/keys":
            return 200, {"keys": [key.as_dict(private=False) for key in self.published]}
        if path == "/token":
            return self._token(form, authorization)
        if path == "/userinfo" and authorization == "Bearer at":
            return 200, self.user
        return 404, {}


@contextmanager
def provider() -> Iterator[Provider]:
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            form = parse_qs(self.rfile.read(length).decode())
            status, body = made.answer(self.path, form, self.headers.get("authorization", ""))
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = _answer  # noqa: N815 - the base class names them so

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
