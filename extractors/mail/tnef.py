"""Outlook's enclosures (winmail.dat, [MS-OXTNEF]): turned into internet mail, and read as such.

Read here and not by tnefparse, which follows counts in the file four thousand million steps far.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from extractors.charset import decode
from extractors.document import Document
from extractors.limits import Limits
from extractors.mail import mime
from extractors.mail.msg import html_of_rich
from extractors.office.rtf_tokens import codepage

_SUBJECT, _BODY, _PROPERTIES, _CODEPAGE = 0x8004, 0x800C, 0x9003, 0x9007
_NEW_ATTACHMENT, _TITLE, _DATA, _ATTACHMENT = 0x9002, 0x8010, 0x800F, 0x9005
_SIZES = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = {0x1E, 0x1F, 0x0D, 0x0102}
# Before an enclosed message stands the name of its interface.
_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")
_MOST_ATTRIBUTES = 20_000
_MOST_VALUES = 2_000


@dataclass(slots=True)
class _Enclosure:
    title: str = ""
    data: bytes = b""
    content_id: str = ""


@dataclass(slots=True)
class _Reading:
    subject: str = ""
    plain: str = ""
    html: bytes | str = ""
    rich: bytes = b""
    encoding: str = "cp1252"
    enclosures: list[_Enclosure] = field(default_factory=list)


def read_tnef(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """The enclosed text at ``path/body``, the files below ``path/``."""
    from extractors.mail.reader import read_mail

    return read_mail(_as_mail(data, limits, limits.mail_depth + 1), path, limits)


def _as_mail(data: bytes, limits: Limits, depth: int) -> bytes:
    held = _read(data)
    parts = mime.body(held.plain, held.html or html_of_rich(held.rich, limits), depth)
    for told in held.enclosures[: limits.parts]:
        if told.data.startswith(_MESSAGE):
            mail = _as_mail(told.data[len(_MESSAGE) :], limits, depth - 1) if depth > 0 else b"\r\n"
            parts.append(mime.enclosed(mail, f"{told.title.removesuffix('.msg') or 'fwd'}.msg"))
        else:
            parts.append(mime.part("application/octet-stream", told.data, name=told.title, content_id=told.content_id))
    return mime.fields([("Subject", held.subject), ("MIME-Version", "1.0")]) + mime.several("mixed", parts, depth)


def _read(data: bytes) -> _Reading:
    held = _Reading()
    for name, value in _attributes(data):
        if name == _CODEPAGE and len(value) >= 4:
            held.encoding = codepage(struct.unpack_from("<I", value)[0])
        elif name == _SUBJECT:
            held.subject = _text(value, held.encoding)
        elif name == _BODY:
            held.plain = _text(value, held.encoding)
        elif name == _PROPERTIES:
            _take_body(held, value)
        elif name == _NEW_ATTACHMENT:
            held.enclosures.append(_Enclosure())
        elif held.enclosures and name in (_TITLE, _DATA, _ATTACHMENT):
            _take_enclosure(held.enclosures[-1], name, value, held.encoding)
    return held


def _take_body(held: _Reading, value: bytes) -> None:
    for number, kind, said in _properties(value):
        if number == 0x1000:
            held.plain = _said(kind, said, held.encoding) or held.plain
        elif number == 0x1013:
            held.html = said if kind == 0x0102 else _said(kind, said, held.encoding)
        elif number == 0x1009:
            held.rich = said
        elif number == 0x0037:
            held.subject = _said(kind, said, held.encoding) or held.subject


def _take_enclosure(told: _Enclosure, name: int, value: bytes, encoding: str) -> None:
    if name == _TITLE:
        told.title = told.title or _text(value, encoding)
    elif name == _DATA:
        told.data = value
    else:
        for number, kind, said in _properties(value):
            if number == 0x3707 or (number == 0x3001 and not told.title):
                told.title = _said(kind, said, encoding) or told.title
            elif number == 0x3701:
                told.data = said
            elif number == 0x3712:
                told.content_id = f"<{_said(kind, said, encoding)}>"


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(name, value) of each; what is cut off ends them."""
    place = 6
    for _ in range(_MOST_ATTRIBUTES):
        if place + 11 > len(data):
            return
        _, name, _, size = struct.unpack_from("<BHHI", data, place)
        yield name, data[place + 9 : place + 9 + size]
        place += 11 + size


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(number, kind, first value) of each property of a message or an attachment; damage ends them."""
    try:
        (count,) = struct.unpack_from("<I", data)
        place = 4
        for _ in range(min(count, _MOST_VALUES)):
            kind, number = struct.unpack_from("<HH", data, place)
            place += 4
            if number >= 0x8000:
                place = _past_name(data, place)
            several = bool(kind & 0x1000) or (kind & 0xFFF) in _VARIABLE
            kind &= 0xFFF
            values = 1
            if several:
                (values,) = struct.unpack_from("<I", data, place)
                place += 4
            first = b""
            for number_of_value in range(min(values, _MOST_VALUES)):
                size = _SIZES.get(kind, 0)
                if kind in _VARIABLE:
                    (size,) = struct.unpack_from("<I", data, place)
                    place += 4
                if number_of_value == 0:
                    first = data[place : place + size]
                place += (size + 3) // 4 * 4
            yield number, kind, first
    except struct.error:
        return


def _past_name(data: bytes, place: int) -> int:
    """Where a named property's value begins."""
    (kind,) = struct.unpack_from("<I", data, place + 16)
    (size,) = struct.unpack_from("<I", data, place + 20)
    return place + 24 + ((size + 3) // 4 * 4 if kind else 0)


def _text(value: bytes, encoding: str) -> str:
    return decode(value.rstrip(b"\x00"), encoding)


def _said(kind: int, value: bytes, encoding: str) -> str:
    if kind == 0x1F:
        return value.decode("utf-16-le", "replace").rstrip("\x00")
    # An object begins with the name of its interface; text never is one.
    return _text(value, encoding) if kind in (0x1E, 0x0102) else ""
