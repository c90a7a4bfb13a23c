"""Sealed text: AES-256-GCM (NIST SP 800-38D) under a key in a file that only its owner reads."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from assistant.domain.errors import OperatorMustAct

_OWNER_ONLY = 0o600
_NONCE_BYTES = 12
_KEY_BYTES = 32


class Seal:
    """Implements assistant.domain.outside_ports.Sealer. The key is made when it is first needed.

    ``name`` belongs to what is sealed: it opens under no other.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def close(self, text: str, name: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        return urlsafe_b64encode(nonce + self._cipher().encrypt(nonce, text.encode(), name.encode())).decode()

    def open(self, sealed: str, name: str) -> str:
        """Raises OperatorMustAct where our key did not seal it."""
        try:
            data = urlsafe_b64decode(sealed)
            return self._cipher().decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], name.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise OperatorMustAct(
                f"What is kept of {name} can't be opened with the key {self._path}. Put the key back, or make it anew."
            ) from error

    def _cipher(self) -> AESGCM:
        try:
            if not self._path.exists():
                self._make()
            key = self._path.read_bytes()
        except OSError as error:
            raise OperatorMustAct(f"The key {self._path} can't be read: {error}. Nothing was changed.") from error
        if len(key) != _KEY_BYTES:
            raise OperatorMustAct(f"The key {self._path} is no key of {_KEY_BYTES} bytes. Nothing was changed.")
        return AESGCM(key)

    def _make(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(_KEY_BYTES))
        try:
            os.link(fresh, self._path)  # whole or not at all, and the first of two processes wins
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
