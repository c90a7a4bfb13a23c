"""Opaque signed mail (S/MIME, RFC 8551 3.5.2): the mail inside the signature. The signature is not judged."""

import base64
import re
from collections.abc import Iterator

from extractors.document import Document
from extractors.kinds import MEDIA_TYPES
from extractors.limits import Limits
from extractors.pieces import refusal

_OCTETS, _OCTETS_IN_PARTS = 0x04, 0x24
_SIGNED = bytes.fromhex("2a864886f70d010702")
_ARMOUR = re.compile(rb"-----BEGIN PKCS7[^\n]*\n(.*?)-----END", re.DOTALL)
_DEEPEST = 30


class _Broken(Exception):
    """The encoding breaks the rules of X.690."""


def read_signed(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """What was signed, read as a mail: its body at ``path/body``."""
    from extractors.mail.reader import read_mail

    try:
        content = _content(data)
    except _Broken:
        message = f"{path} is signed mail whose sealed form is damaged. Ask for it again, unsigned."
        return (refusal(path, MEDIA_TYPES["signed"], "corrupt", message),)
    if not content:
        message = f"{path} is a signature alone; what it signs is not in it."
        return (refusal(path, MEDIA_TYPES["signed"], "unsupported", message),)
    return read_mail(content, path, limits)


def _content(data: bytes) -> bytes:
    armoured = _ARMOUR.search(data)
    if armoured:
        data = base64.b64decode(armoured[1])
    outer = _parts(data, 0, len(data))
    whole = list(_inside(data, next(outer, None)))
    if len(whole) < 2 or data[slice(*whole[0][1:])] != _SIGNED:
        raise _Broken
    signed = list(_inside(data, next(_inside(data, whole[1]), None)))
    if len(signed) < 3:
        raise _Broken
    enclosed = list(_inside(data, signed[2]))
    return b"".join(_octets(data, part, 0) for held in enclosed[1:2] for part in _inside(data, held))


def _octets(data: bytes, part: tuple[int, int, int], depth: int) -> bytes:
    tag, start, end = part
    if tag == _OCTETS:
        return data[start:end]
    if tag != _OCTETS_IN_PARTS or depth > _DEEPEST:
        raise _Broken
    return b"".join(_octets(data, inner, depth + 1) for inner in _parts(data, start, end))


def _inside(data: bytes, part: tuple[int, int, int] | None) -> Iterator[tuple[int, int, int]]:
    if part is None or not part[0] & 0x20:
        raise _Broken
    return _parts(data, part[1], part[2])


def _parts(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(tag, start, end of the content) of each value between two places."""
    while start < end:
        tag, content, stop, after = _value(data, start, end, 0)
        if tag == 0 and content == stop:
            return
        yield tag, content, stop
        start = after


def _value(data: bytes, place: int, end: int, depth: int) -> tuple[int, int, int, int]:
    """(tag, start and end of the content, where the next value starts)."""
    if place + 2 > end or depth > _DEEPEST:
        raise _Broken
    tag, size = data[place], data[place + 1]
    place += 2
    if tag & 0x1F == 0x1F:
        raise _Broken
    if size == 0x80:
        content = place
        while data[place : place + 2] != b"\x00\x00":
            *_, place = _value(data, place, end, depth + 1)
        return tag, content, place, place + 2
    if size > 0x80:
        count = size & 0x7F
        if count > 4 or place + count > end:
            raise _Broken
        size = int.from_bytes(data[place : place + count], "big")
        place += count
    if place + size > end:
        raise _Broken
    return tag, place, place + size, place + size
