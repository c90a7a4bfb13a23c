"""Access tokens for a mailbox (RFC 6749, refresh token or client credentials), and showing one by XOAUTH2.

Google and Microsoft both speak XOAUTH2. A provider may hand out another refresh token with an access token; it is kept
in the data folder, so that a restart does not fall back to one that has ended.
"""

import hashlib
import imaplib
import json
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from assistant.channels.email.proof import Refused
from assistant.mail_settings import OAuth

_TIMEOUT_SECONDS = 20.0
_EARLY_SECONDS = 60.0
_SHORTEST_SECONDS = 30.0


@dataclass
class Tokens:
    """The access tokens of one account; threads of several folders share them. ``kept`` is the file of a new one."""

    settings: OAuth
    kept: Path
    _token: str = field(default="", repr=False)
    _good_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def access(self) -> str:
        """A token that is good for another minute. Raises Refused, or ConnectionError where nobody answers."""
        with self._lock:
            if not self._token or time.monotonic() >= self._good_until - _EARLY_SECONDS:
                self._ask()
            return self._token

    def forget(self, token: str) -> None:
        """The server did not take that one: the next is asked for anew."""
        with self._lock:
            if token == self._token:
                self._token = ""

    def _ask(self) -> None:
        import httpx2  # not at the start: most mailboxes are signed in to by a password

        asked = {"client_id": self.settings.client_id, "grant_type": "client_credentials"}
        if self.settings.client_secret:
            asked["client_secret"] = self.settings.client_secret
        if self.settings.scope:
            asked["scope"] = self.settings.scope
        if refresh := self._refresh_token():
            asked |= {"grant_type": "refresh_token", "refresh_token": refresh}
        where = self.settings.token_url
        try:
            with httpx2.Client(timeout=_TIMEOUT_SECONDS) as client:
                answer = client.post(where, data=asked)
            told = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise ConnectionError(f"{where} gave no token: {error}") from error
        if answer.status_code >= 500 or answer.status_code == 429:
            raise ConnectionError(f"{where} gave no token: status {answer.status_code}")
        token = told.get("access_token") if isinstance(told, dict) else None
        if not isinstance(token, str) or not token:
            raise Refused(f"{where} gave no token: {_fault(told)}")
        try:
            lasts = float(told.get("expires_in", 3600))
        except (TypeError, ValueError):
            lasts = 3600.0
        self._token, self._good_until = token, time.monotonic() + max(lasts, _EARLY_SECONDS + _SHORTEST_SECONDS)
        renewed = told.get("refresh_token")
        if refresh and isinstance(renewed, str) and renewed not in ("", refresh):
            self._keep(renewed)

    def _refresh_token(self) -> str:
        """The one handed out last, as long as it descends from the one that is set."""
        if not self.settings.refresh_token:
            return ""
        try:
            kept = json.loads(self.kept.read_text())
            if kept["descends_from"] == self._origin():
                return str(kept["refresh_token"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return self.settings.refresh_token

    def _keep(self, renewed: str) -> None:
        self.kept.parent.mkdir(parents=True, exist_ok=True)
        beside = self.kept.with_suffix(".new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({"descends_from": self._origin(), "refresh_token": renewed}, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.kept)

    def _origin(self) -> str:
        return hashlib.sha256(self.settings.refresh_token.encode()).hexdigest()


@dataclass(frozen=True)
class Bearer:
    """Shows an access token by XOAUTH2."""

    user: str
    tokens: Tokens

    def __call__(self, client: imaplib.IMAP4) -> None:
        token = self.tokens.access()
        said: list[bytes] = []

        def answer(challenge: bytes) -> bytes:
            if challenge:  # the reason of a refusal, which has to be answered with nothing
                said.append(challenge)
                return b""
            return f"user={self.user}\x01auth=Bearer {token}\x01\x01".encode()

        try:
            client.authenticate("XOAUTH2", answer)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            self.tokens.forget(token)
            reason = b" ".join(said).decode("utf-8", "replace") or str(error)
            raise Refused(f"the token was not taken: {reason[:200]}") from error


def _fault(told: object) -> str:
    """What the provider says is wrong (RFC 6749, 5.2); it never repeats a secret."""
    if not isinstance(told, dict):
        return "its answer is none we know"
    return " ".join(str(told[key]) for key in ("error", "error_description") if told.get(key))[:300] or "no reason"
