"""Writes a letter as the receiving server handed it over. Line breaks of headers are ours, not a library's, so that
every Python writes the same bytes."""

from base64 import encodebytes
from dataclasses import dataclass
from quopri import encodestring

from assistant.demo.catalog import DOMAIN, INTAKE


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that came along; ``content_id`` where the mail's HTML shows it."""

    name: str
    media_type: str
    data: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail. ``sender`` and ``subject`` stand as the headers hold them; ``sent`` is an RFC 5322 date.

    ``headers`` are whole further header lines. A letter has text, HTML or both; ``charset`` is the text's.
    """

    name: str
    sender: str
    sent: str
    subject: str
    message_id: str
    relay: str
    text: str = ""
    html: str = ""
    charset: str = "utf-8"
    to: str = f"Kestrel Returns <{INTAKE}>"
    headers: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    returned_to: str | None = None
    boundary: str = "----=_NextPart_000_01"


def as_bytes(letter: Letter) -> bytes:
    """The mail, with the trace and the verdict of the distributor's own server on top."""
    address = letter.sender.rpartition("<")[2].rstrip(">")
    domain = address.partition("@")[2]
    returned_to = address if letter.returned_to is None else letter.returned_to
    head = [
        f"Return-Path: <{returned_to}>",
        f"Received: from {letter.relay}",
        f" by mx.{DOMAIN} with ESMTPS; {letter.sent}",
        f"Authentication-Results: mx.{DOMAIN};",
        f" spf=pass smtp.mailfrom={returned_to.partition('@')[2] or domain};",
        f" dkim=pass header.d={domain}; dmarc=pass header.from={domain}",
        f"Date: {letter.sent}",
        f"From: {letter.sender}",
        f"To: {letter.to}",
        f"Subject: {letter.subject}",
        f"Message-ID: {letter.message_id}",
        *letter.headers,
        "MIME-Version: 1.0",
    ]
    return "\n".join(head).encode("ascii") + b"\n" + _body(letter)


def _body(letter: Letter) -> bytes:
    text = _text("plain", letter.charset, letter.text) if letter.text else b""
    html = _text("html", "utf-8", letter.html) if letter.html else b""
    words = _several("alternative", f"{letter.boundary}a", [text, html]) if text and html else text or html
    shown = [_file(enclosure) for enclosure in letter.enclosures if enclosure.content_id]
    attached = [_file(enclosure) for enclosure in letter.enclosures if not enclosure.content_id]
    words = _several("related", f"{letter.boundary}r", [words, *shown]) if shown else words
    return _several("mixed", letter.boundary, [words, *attached]) if attached else words


def _text(kind: str, charset: str, text: str) -> bytes:
    raw = text.encode(charset)
    plain = raw.isascii() and all(len(line) < 200 for line in raw.splitlines())
    encoding = "7bit" if plain else "quoted-printable"
    head = f'Content-Type: text/{kind}; charset="{charset}"\nContent-Transfer-Encoding: {encoding}\n\n'
    return head.encode() + (raw if plain else encodestring(raw))


def _file(enclosure: Enclosure) -> bytes:
    kind = "inline" if enclosure.content_id else "attachment"
    head = [
        f'Content-Type: {enclosure.media_type}; name="{enclosure.name}"',
        "Content-Transfer-Encoding: base64",
        f'Content-Disposition: {kind}; filename="{enclosure.name}"',
        *([f"Content-ID: <{enclosure.content_id}>"] if enclosure.content_id else []),
    ]
    return "\n".join(head).encode() + b"\n\n" + encodebytes(enclosure.data)


def _several(kind: str, boundary: str, parts: list[bytes]) -> bytes:
    mark = f"--{boundary}".encode()
    head = f'Content-Type: multipart/{kind};\n boundary="{boundary}"\n\n'.encode()
    return head + b"".join(mark + b"\n" + part + b"\n" for part in parts) + mark + b"--\n"
