"""Ed25519 (RFC 8032) signatures over heads of the audit log, with a key in a file that only its owner reads."""

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from assistant.domain.errors import OperatorMustAct

_OWNER_ONLY = 0o600


class FileKey:
    """Implements assistant.domain.audit.Signer."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.key = private.public_key().public_bytes_raw().hex()

    def sign(self, message: bytes) -> str:
        return self._private.sign(message).hex()


def key_at(path: Path) -> FileKey:
    """The key in this file (PEM, PKCS 8); a new one where there is none. Raises OperatorMustAct on what is no key."""
    try:
        return FileKey(_read(path) if path.exists() else _made(path))
    except OSError as error:
        raise OperatorMustAct(f"The audit key {path} can't be read: {error.strerror}. Nothing was signed.") from error


def is_signed(message: bytes, signature: str, key: str) -> bool:
    """Whether the holder of this public key signed it. Anything that is no key or signature has not."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), message)
    except (ValueError, InvalidSignature):
        return False
    return True


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise OperatorMustAct(f"The audit key {path} is no private key in PEM. Nothing was signed.") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise OperatorMustAct(f"The audit key {path} is no Ed25519 key. Nothing was signed.")
    return private


def _made(path: Path) -> Ed25519PrivateKey:
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    except FileExistsError:
        return _read(path)  # another process was quicker
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
    return private
