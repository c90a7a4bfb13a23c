"""Files that old mail programs write into the text itself: ``begin 644 slip.pdf``, lines of uuencoding, ``end``."""

import binascii
import re
from collections.abc import Iterator

_BEGIN = re.compile(r"^begin [0-7]{3,4} (\S.{0,159})$")
_FILES_MOST = 50


def encoded_files(text: str) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each file that stands in the text; what is damaged ends at its last good line."""
    lines = text.replace("\r\n", "\n").split("\n")
    for start, end in _places(lines):
        found = _BEGIN.match(lines[start])
        name = found.group(1).strip() if found else ""
        yield name.replace("\\", "/").rsplit("/", 1)[-1], b"".join(map(_decoded, lines[start + 1 : end]))


def without_encoded(text: str) -> str:
    """The text with each such file as its name in brackets."""
    if "begin " not in text:
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    kept: list[str] = []
    done = 0
    for start, end in _places(lines):
        kept += [*lines[done:start], f"[{lines[start][6:].strip()}]"]
        done = end + 1
    return "\n".join([*kept, *lines[done:]])


def _places(lines: list[str]) -> Iterator[tuple[int, int]]:
    """(line of ``begin``, line of ``end``) of each file; a ``begin`` whose next line is no code is somebody's word."""
    place = found = 0
    while place < len(lines) and found < _FILES_MOST:
        if not _BEGIN.match(lines[place]) or place + 1 >= len(lines) or not _is_code(lines[place + 1]):
            place += 1
            continue
        end = place + 1
        while end < len(lines) and lines[end].strip() != "end" and (_is_code(lines[end]) or lines[end] in ("", "`")):
            end += 1
        if end < len(lines) and lines[end].strip() == "end":
            found += 1
            yield place, end
        place = end + 1


def _is_code(line: str) -> bool:
    if not 2 <= len(line) <= 70 or not all(" " <= letter <= "`" for letter in line):
        return False
    held = (ord(line[0]) - 32) & 63
    needed = (held + 2) // 3 * 4
    # Blanks at a line's end are lost on the way.
    return held > 0 and needed - 8 <= len(line) - 1 <= needed + 2


def _decoded(line: str) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        try:
            return binascii.a2b_uu(line[: (((ord(line[0]) - 32) & 63) * 4 + 5) // 3])
        except (binascii.Error, IndexError):
            return b""
