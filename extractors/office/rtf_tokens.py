"""Rich text (RTF 1.9.1) as tokens, and what its heads say: encodings of fonts, colours, names of revisers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})"
    rb"|\\(\r\n|[^a-zA-Z'])|([{}])|([^\\{}\r\n\x00]+)|[\r\n\x00]|\\"
)
_CHARSETS = {
    77: "mac-roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_LONGEST_HEAD = 2_000


@dataclass(frozen=True, slots=True)
class Token:
    """``word`` with its number, a ``symbol``, ``bytes`` of text, or the ``open`` and ``close`` of a group."""

    kind: Literal["word", "symbol", "bytes", "open", "close"]
    word: str = ""
    number: int | None = None
    data: bytes = b""


def tokens(data: bytes) -> Iterator[Token]:
    """All tokens in order; binary data is passed over. Never raises."""
    place = 0
    while place < len(data):
        found = _TOKEN.match(data, place)
        if found is None:
            place += 1
            continue
        place = found.end()
        word, number, code, symbol, brace, text = found.groups()
        if word is not None:
            count = int(number) if number is not None else None
            if word == b"bin":
                place += max(count or 0, 0)
            else:
                yield Token("word", word.decode("ascii"), count)
        elif code is not None:
            yield Token("bytes", data=bytes([int(code, 16)]))
        elif symbol is not None:
            yield Token("symbol", symbol.decode("latin-1"))
        elif brace is not None:
            yield Token("open" if brace == b"{" else "close")
        elif text is not None:
            yield Token("bytes", data=text)


def codepage(number: int | None) -> str:
    """The codec of a Windows code page; cp1252 for what Python has none."""
    if number in (65001,):
        return "utf-8"
    name = f"cp{number}"
    try:
        "".encode(name)
    except LookupError:
        return "cp1252"
    return name


def characters(data: bytes, encoding: str) -> str:
    """The text of bytes in a font's encoding."""
    return data.decode(encoding, "replace") if encoding != "cp1252" else data.decode("cp1252", "ignore")


def point(number: int) -> str:
    """The character of ``\\u``; halves of a pair come one by one and are joined by ``joined``."""
    return chr(number & 0xFFFF)


def joined(text: str) -> str:
    """Surrogate pairs as the characters they stand for."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


@dataclass(slots=True)
class Heads:
    """What the tables at the start of the document say. ``white`` holds numbers of colours that show no ink."""

    encodings: dict[int, str] = field(default_factory=dict)
    white: set[int] = field(default_factory=set)
    revisers: list[str] = field(default_factory=list)
    _font: int = 0
    _colour: list[int] = field(default_factory=list)
    _colours: int = 0

    def take(self, table: str, token: Token, encoding: str) -> None:
        """One token of the table of that name."""
        if table == "fonttbl" and token.kind == "word":
            if token.word == "f" and token.number is not None:
                self._font = token.number
            elif token.word == "fcharset" and token.number in _CHARSETS:
                self.encodings[self._font] = _CHARSETS[token.number]
            elif token.word == "cpg":
                self.encodings[self._font] = codepage(token.number)
        elif table == "colortbl":
            if token.word in ("red", "green", "blue"):
                self._colour.append(token.number or 0)
            for _ in range(token.data.count(b";")):
                if self._colour == [255, 255, 255]:
                    self.white.add(self._colours)
                self._colours += 1
                self._colour = []
        elif table == "revtbl":
            if token.kind == "open":
                self.revisers.append("")
            elif token.kind == "bytes" and self.revisers and len(self.revisers[-1]) < _LONGEST_HEAD:
                self.revisers[-1] += characters(token.data, encoding).rstrip(";")
