"""The parts of a mail, in order, whatever state its structure is in."""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Part
from email.parser import BytesHeaderParser
from email.policy import Compat32

from extractors.charset import decode
from extractors.document import Failure
from extractors.mail import headers

HEAD_BYTES = 200_000
_LOST_BOUNDARY = re.compile(rb"^--([^\r\n]{1,200}?)[ \t]*\r?\n(?:content-|mime-)", re.IGNORECASE | re.MULTILINE)


# The package takes a time that grows with the square of these fields' length.
_LONGEST_STRUCTURE = 3_000
_LONG_FIELD = re.compile(
    rb"^content-(?:type|disposition)[ \t]*:[^\r\n]{0,80}(?:[^\r\n]|\r?\n[ \t]){3000,}", re.IGNORECASE | re.MULTILINE
)


class _AsWritten(Compat32):
    """Fields as they stand: bytes outside ASCII stay what they are, no field is taken apart before it is asked for."""

    def _sanitize_header(self, name: str, value: str) -> str:  # noqa: ARG002 - the signature is the package's
        return value


_RULES = _AsWritten()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part that holds something; ``group`` is the same for the forms of one text, 0 for none."""

    part: Part
    kind: str
    group: int

    def data(self) -> bytes:
        """Its bytes with the transfer encoding taken off."""
        return payload_of(self.part)

    def text(self) -> str:
        """Its text, by the declared charset or the best guess."""
        return decode(self.data(), headers.parameters(self.part).get("charset", ""))


def parsed(raw: bytes) -> tuple[Part, tuple[Failure, ...]]:
    """The mail in ``raw``; where its structure defeats the parser only the head, and a failure that says so."""
    data = raw.lstrip(b"\xef\xbb\xbf\r\n")
    data = _LONG_FIELD.sub(lambda found: found.group()[:_LONGEST_STRUCTURE], data)
    try:
        return email.message_from_bytes(data, policy=_RULES), ()
    except Exception:  # noqa: BLE001, S110 - the email package raises many kinds
        pass
    message = "The mail's structure is broken; only its head was read."
    return head_of(data), (Failure(document="body", kind="corrupt", message=message),)


def head_of(raw: bytes) -> Part:
    """The header fields alone."""
    head = raw.split(b"\n\n", 1)[0] if b"\r\n\r\n" not in raw[:HEAD_BYTES] else raw.split(b"\r\n\r\n", 1)[0]
    return BytesHeaderParser(policy=_RULES).parsebytes(head[:HEAD_BYTES] + b"\n\n")


def leaves(part: Part, most: int) -> Iterator[Leaf]:
    """At most ``most`` parts that hold something; a multipart with a wrong boundary is split by the one it uses."""
    waiting = [(part, 0)]
    while waiting and most > 0:
        current, group = waiting.pop()
        kind = headers.kind_of(current)
        payload = current.get_payload()
        if kind.startswith("multipart/"):
            children = payload if isinstance(payload, list) else _rescued(current)
            if children or isinstance(payload, list):
                inner = id(current) if kind == "multipart/alternative" else group
                waiting.extend((child, inner) for child in reversed(children) if isinstance(child, Part))
                continue
            kind = "text/plain"
        most -= 1
        yield Leaf(current, kind, group)


def _rescued(part: Part) -> list[Part]:
    data = payload_of(part)
    boundary = _LOST_BOUNDARY.search(data)
    if boundary is None:
        return []
    head = b'Content-Type: multipart/mixed; boundary="' + boundary.group(1).replace(b'"', b"") + b'"\r\n\r\n'
    whole, failures = parsed(head + data[boundary.start() :])
    payload = whole.get_payload()
    if failures or not isinstance(payload, list):
        return []
    return [child for child in payload if isinstance(child, Part)]


def payload_of(part: Part) -> bytes:
    """The part's bytes with its transfer encoding taken off; b'' for one that holds other parts."""
    try:
        data = part.get_payload(decode=True)
    except Exception:  # noqa: BLE001 - broken transfer encodings fail in many ways
        data = None
    if isinstance(data, bytes):
        return data
    held = part.get_payload()
    return held.encode("utf-8", "surrogateescape") if isinstance(held, str) else b""


def enclosed_bytes(carrier: Part, enclosed: Part) -> bytes:
    """An enclosed mail that its carrier encodes as base64, which the standard forbids and some programs do."""
    encoded = Part()
    encoded["Content-Transfer-Encoding"] = headers.Fields(carrier).text("content-transfer-encoding") or "8bit"
    encoded.set_payload(str(enclosed.get_payload()))
    return payload_of(encoded)


def as_text(part: Part) -> str:
    """A part with its header fields as text, as delivery reports hold them; what can't be written is left out."""
    try:
        return str(part)
    except Exception:  # noqa: BLE001 - the email package raises many kinds on broken headers
        return "\n".join(f"{name}: {value}" for name, value in part.raw_items())
