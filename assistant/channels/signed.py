"""DKIM (RFC 6376): letters signed with the company's key, so that receivers can tell them from forged ones."""

from collections.abc import Callable
from pathlib import Path

import dkim  # type: ignore[import-untyped] # it has no types

from assistant.domain.errors import OperatorMustAct
from assistant.settings import DkimSettings

Sign = Callable[[bytes], bytes]
_THREAD = ("message-id", "in-reply-to", "references", "auto-submitted")
_BODY = ("mime-version", "content-type", "content-transfer-encoding")
_HEADERS = tuple(name.encode() for name in ("from", "to", "reply-to", "subject", "date", *_THREAD, *_BODY))


def signer_for(settings: DkimSettings, sender: str) -> Sign:
    """Puts the signature before a mail's bytes (lines end in CRLF); leaves them alone where no key is set.

    Raises OperatorMustAct where the key can't be read or signs nothing: found at the start, not at the first letter.
    """
    if settings.key is None:
        return lambda mail: mail
    key = _read(settings.key)
    domain = (settings.domain or sender.rpartition("@")[2]).lower()

    def sign(mail: bytes) -> bytes:
        try:
            signature: bytes = dkim.sign(
                mail,
                settings.selector.encode(),
                domain.encode(),
                key,
                canonicalize=(b"relaxed", b"relaxed"),
                include_headers=[name for name in _HEADERS if _has(mail, name)],
            )
        except (dkim.DKIMException, ValueError) as error:
            raise OperatorMustAct(
                f"The letter could not be signed with {settings.key}: {error}. It is kept."
            ) from error
        return signature + mail

    sign(f"From: <{sender}>\r\nSubject: x\r\n\r\nx\r\n".encode())
    return sign


def _has(mail: bytes, name: bytes) -> bool:
    head = b"\r\n" + mail.split(b"\r\n\r\n", 1)[0].lower()
    return b"\r\n" + name + b":" in head


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise OperatorMustAct(f"The DKIM key {path} can't be read: {error.strerror}. Nothing was started.") from error
