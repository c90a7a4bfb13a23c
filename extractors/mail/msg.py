"""Outlook messages (.msg, [MS-OXMSG]): turned into internet mail, and read as such.

Read here, over olefile: python-oxmsg 0.0.2 opens no enclosed messages, and has To, Cc and rich text as raw values only.
"""

import io
import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, formataddr
from typing import TYPE_CHECKING

from extractors.document import Document
from extractors.kinds import MEDIA_TYPES, kind_of
from extractors.limits import Limits
from extractors.mail import mime
from extractors.message import Message
from extractors.pieces import one_line, refusal

if TYPE_CHECKING:
    from olefile import OleFileIO

_PROPERTIES = "__properties_version1.0"
_EMBEDDED = "3701000D"
_OLE_OBJECT = b"\x00\x01an object of another program"
_FIELD_LINE = re.compile(r"^[A-Za-z][A-Za-z0-9-]*:")


def read_message_file(data: bytes, limits: Limits) -> Message:
    """A .msg file as the mail it is; never raises for what the bytes hold."""
    from extractors.mail.reader import read_message
    from extractors.registry import read

    if kind_of(data)[0] != "msg":
        return Message(documents=read(data, "body", "", limits))
    try:
        mail = as_mail(data, limits)
    except Exception as problem:  # noqa: BLE001 - olefile raises many kinds on damage
        message = f"The Outlook message is damaged and could not be read ({type(problem).__name__}). Ask for it again."
        whole = refusal("body", MEDIA_TYPES["msg"], "corrupt", message)
        return Message(documents=(whole,), failures=whole.failures)
    return read_message(mail, limits)


def read_msg(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """A .msg file in a mail: its body at ``path/body``, its attachments below ``path/``."""
    from extractors.mail.reader import read_mail

    return read_mail(as_mail(data, limits), path, limits)


def as_mail(data: bytes, limits: Limits) -> bytes:
    """The message in RFC 5322 form. Raises what olefile raises on damage."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        return _Folder(ole, (), 32).mail(limits, limits.mail_depth + 1)


@dataclass(frozen=True, slots=True)
class _Folder:
    """The properties below one storage; ``head`` is the size in bytes of what stands before its fixed properties."""

    ole: "OleFileIO[str]"
    path: tuple[str, ...]
    head: int

    def stream(self, name: str) -> bytes | None:
        place = [*self.path, name]
        if not self.ole.exists(place) or self.ole.get_type(place) != 2:
            return None
        return bytes(self.ole.openstream(place).read())

    def binary(self, number: int) -> bytes:
        return self.stream(f"__substg1.0_{number:04X}0102") or b""

    def text(self, *numbers: int) -> str:
        """The first of these properties that says something."""
        for number in numbers:
            wide = self.stream(f"__substg1.0_{number:04X}001F")
            if wide is not None:
                text = wide.decode("utf-16-le", "replace").rstrip("\x00")
            else:
                from extractors.charset import decode

                text = decode(self.stream(f"__substg1.0_{number:04X}001E") or b"", self._codec()).rstrip("\x00")
            if text.strip():
                return text
        return ""

    def _codec(self) -> str:
        number = self.fixed(0x3FFD) or _Folder(self.ole, (), 32).fixed(0x3FFD)
        return f"cp{number}" if number else ""

    def fixed(self, number: int) -> int:
        """A property of a fixed size as a whole number, 0 where there is none."""
        table = (self.stream(_PROPERTIES) or b"")[self.head :]
        for place in range(0, min(len(table), 64_000) - 15, 16):
            kind, found, _, value = struct.unpack_from("<HHIq", table, place)
            if found == number:
                return int(value if kind in (0x14, 0x40) else value & 0xFFFFFFFF)
        return 0

    def moment(self, *numbers: int) -> str:
        for number in numbers:
            ticks = self.fixed(number)
            if 0 < ticks < 2**61:
                return format_datetime(datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10))
        return ""

    def below(self, start: str) -> "list[_Folder]":
        depth = len(self.path)
        names = {
            held[depth]
            for held in self.ole.listdir(streams=True, storages=True)
            if tuple(held[:depth]) == self.path and len(held) > depth and held[depth].startswith(start)
        }
        return [_Folder(self.ole, (*self.path, name), 8) for name in sorted(names)]

    def mail(self, limits: Limits, depth: int) -> bytes:
        """This message and all it carries."""
        plain, html = self._texts(limits)
        parts = mime.body(plain, html, depth)
        for told in self.below("__attach_version1.0_")[: limits.parts]:
            parts.append(told.attachment(limits, depth))
        return self._fields() + mime.several("mixed", parts, depth)

    def _texts(self, limits: Limits) -> tuple[str, bytes | str]:
        """(plain text, HTML) of the body; rich text stands in where there is no HTML."""
        plain = self.text(0x1000)
        html: bytes | str = self.binary(0x1013) or self.text(0x1013)
        page = self.fixed(0x3FDE)
        if isinstance(html, bytes) and page and b"charset" not in html[:2_000].lower():
            from extractors.charset import decode

            html = decode(html, "utf-8" if page == 65001 else f"cp{page}")
        return plain, html or html_of_rich(self.binary(0x1009), limits)

    def _fields(self) -> bytes:
        lines = self.text(0x007D).replace("\r\n", "\n").split("\n")
        kept: list[str] = []
        dropping = False
        for line in lines:
            if line[:1] not in (" ", "\t"):
                dropping = not _FIELD_LINE.match(line) or line.lower().startswith(("content-", "mime-version:"))
            if line and not dropping:
                kept.append(line)
        known = {line.partition(":")[0].lower() for line in kept if line[:1] not in (" ", "\t")}
        ours = [pair for pair in self._told() if pair[0].lower() not in known]
        written = "".join(f"{line}\r\n" for line in kept).encode("utf-8", "replace")
        return written + mime.fields([*ours, ("MIME-Version", "1.0")])

    def _told(self) -> list[tuple[str, str]]:
        to: dict[int, list[str]] = {}
        for who in self.below("__recip_version1.0_"):
            address = who.text(0x39FE) or who.text(0x3003)
            to.setdefault(who.fixed(0x0C15), []).append(_mailbox(who.text(0x3001), address))
        return [
            ("From", _mailbox(self.text(0x0C1A, 0x0042), self.text(0x5D01, 0x5D02, 0x0C1F, 0x0065))),
            ("To", ", ".join(to.get(1, [])) or self.text(0x0E04)),
            ("Cc", ", ".join(to.get(2, [])) or self.text(0x0E03)),
            ("Subject", self.text(0x0037)),
            ("Date", self.moment(0x0039, 0x0E06)),
            ("Message-ID", self.text(0x1035)),
            ("In-Reply-To", self.text(0x1042)),
            ("References", self.text(0x1039)),
        ]

    def attachment(self, limits: Limits, depth: int) -> bytes:
        name = self.text(0x3707, 0x3704, 0x3001)
        inner = (*self.path, f"__substg1.0_{_EMBEDDED}")
        if self.ole.exists([*inner, _PROPERTIES]):
            title = one_line(name).removesuffix(".msg") or "fwd"
            mail = _Folder(self.ole, inner, 24).mail(limits, depth - 1) if depth > 0 else b"\r\n"
            return mime.enclosed(mail, f"{title}.msg")
        data = self.binary(0x3701) or (_OLE_OBJECT if self.ole.exists([*inner]) else b"")
        kind = self.text(0x370E)
        plain = (
            kind if re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind) and not kind.startswith(("multipart/", "message/")) else ""
        )
        content_id = self.text(0x3712)
        return mime.part(
            plain or "application/octet-stream", data, name=name, content_id=f"<{content_id}>" if content_id else ""
        )


def _mailbox(name: str, address: str) -> str:
    """An address field; the addresses that Exchange uses inside a company (/O=...) are none outside it."""
    plain = one_line(address)
    if "@" not in plain:
        return f'"{one_line(name)}"' if name else ""
    return formataddr((one_line(name) if name != address else "", plain), "utf-8") if plain.isascii() else plain


def html_of_rich(packed: bytes, limits: Limits) -> str:
    """The HTML in, or made of, the rich text that Outlook packs ([MS-OXRTFCP]); '' where there is none."""
    if len(packed) < 16:
        return ""
    import compressed_rtf  # type: ignore[import-untyped] # it ships no types

    from extractors.office.rtf import read_rtf
    from extractors.office.rtf_html import holds_html, html_of

    try:
        rich = bytes(compressed_rtf.decompress(packed))
    except Exception:  # noqa: BLE001 - raises bare exceptions on damage; the plain form is read then
        return ""
    if holds_html(rich):
        return html_of(rich, limits.characters * 8)
    return mime.html_of_blocks(read_rtf(rich, "body", limits)[0].blocks)
