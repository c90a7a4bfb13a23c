"""What the XML of an XLSX workbook says beside its values: hidden rows and columns, number formats, comments."""

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from extractors.markup import RELATIONS, relations, repacked, tree, xml_parts
from extractors.pieces import one_line
from extractors.sheet.formats import BUILT_IN, is_shown

M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_THREADED = "{http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments}"
T = TypeVar("T")
_PICTURE_BYTES = 20_000
# A sheet's cells are laid out densely by the library: a cell at XFD1048576 would take all memory there is.
_MOST_AREA = 3_000_000
_NO_SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData></sheetData></worksheet>'
)

_FEW_STYLES = 8
_MERGED = re.compile(rb"<mergeCells\b[^>]*>.*?</mergeCells>", re.DOTALL)

# A reference right of ZZ or below row 9,999, however it is quoted.
_FAR = re.compile(rb"r\s*=\s*[\"'](?:[A-Za-z]{3,7}\d|[A-Za-z]{0,2}\d{5})")
_CELL_AT = re.compile(rb"([\"'])([A-Za-z]{1,7})(\d{1,9})\1")
_ROW_AT = re.compile(rb"(<(?:\w+:)?row\b[^>]*?\sr\s*=\s*[\"'])(\d{1,9})([\"'])")
_ROW_HIDDEN = re.compile(rb"<(?:\w+:)?row\b(?=[^>]*\shidden\s*=\s*[\"'](?:1|true))([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_NUMBER = re.compile(rb"\s(r|min|max)\s*=\s*[\"'](\d{1,9})[\"']")
_UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Z]{1,3}\d{1,7})[\"'][^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A comment on a cell, in (row, column) from 0."""

    row: int
    column: int
    author: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What one sheet says beside its values; rows and columns from 0, ``formats`` by column, then row.

    ``unseen`` cells print white on white or not at all; ``uncalculated`` names the cells whose formula has no value; a
    ``too_wide`` sheet is not read.
    """

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    formats: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    unseen: frozenset[tuple[int, int]] = frozenset()
    uncalculated: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    too_wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A workbook as safe bytes for the library, and what stands beside the values of each sheet, in order."""

    data: bytes
    asides: tuple[Aside, ...]
    pictures: bool


def parts_of(data: bytes) -> Parts:
    """Raises what zipfile and lxml raise on damage."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = [file for file in archive.infolist() if not file.is_dir()]
        pictures = any(f.filename.startswith("xl/media/") and f.file_size > _PICTURE_BYTES for f in files)
        held = xml_parts(archive)
    styles = _Styles(held.get("xl/styles.xml", b""))
    asides = []
    for name in _sheet_names(held):
        xml = held.get(name)
        if xml is None:
            asides.append(Aside())
            continue
        if _FAR.search(xml):
            xml = held[name] = drawn_together(xml)
        asides.append(_aside(xml, styles, tuple(_remarks(name, held))) if xml != _NO_SHEET else Aside(too_wide=True))
    skipped = ("xl/drawings", "docProps", "xl/media")
    wanted = ((name, _merged_first(xml)) for name, xml in held.items() if not name.startswith(skipped))
    return Parts(data=repacked(wanted), asides=tuple(asides), pictures=pictures)


def _merged_first(xml: bytes) -> bytes:
    """A sheet with its merged cells, or none, named before its cells; any other part as it is.

    For them the library reads the whole sheet a second time, up to where they are named.
    """
    end = xml.rfind(b"</sheetData>")
    start = xml.find(b">", xml.find(b"<worksheet")) + 1
    if end < 0 or not start:
        return xml
    merged = _MERGED.search(xml, end)
    if merged is None:
        return xml[:start] + b"<mergeCells></mergeCells>" + xml[start:]
    return xml[:start] + merged[0] + xml[start : merged.start()] + xml[merged.end() :]


def _sheet_names(held: dict[str, bytes]) -> Iterator[str]:
    """The part of each sheet, in the workbook's order; '' for what has none."""
    targets = dict(relations("xl/workbook.xml", held))
    for sheet in tree(held["xl/workbook.xml"]).iter(f"{M}sheet"):
        yield targets.get(str(sheet.get(f"{RELATIONS}id")), ("", ""))[1]


class _Styles:
    """Which cell styles change a number's look, and which print white on white or nothing at all."""

    def __init__(self, xml: bytes) -> None:
        self.formats: dict[int, str] = {}
        self.unseen: set[int] = set()
        if not xml:
            return
        root = tree(xml)
        codes = dict(BUILT_IN)
        for told in root.iter(f"{M}numFmt"):
            codes[_whole(told.get("numFmtId"))] = told.get("formatCode") or ""
        white = [
            any(
                str(told.get("rgb", "")).upper() in ("FFFFFFFF", "00FFFFFF") or told.get("theme") == "0"
                for told in font.iter(f"{M}color")
            )
            for font in root.iterfind(f"{M}fonts/{M}font")
        ]
        filled = [
            any(pattern.get("patternType") not in (None, "none") for pattern in fill.iter(f"{M}patternFill"))
            or fill.find(f"{M}gradientFill") is not None
            for fill in root.iterfind(f"{M}fills/{M}fill")
        ]
        for number, xf in enumerate(root.iterfind(f"{M}cellXfs/{M}xf")):
            code = codes.get(_whole(xf.get("numFmtId")), "")
            font, fill = _whole(xf.get("fontId")), _whole(xf.get("fillId"))
            if code.replace(" ", "") == ";;;" or (_at(white, font) and not _at(filled, fill)):
                self.unseen.add(number)
            elif is_shown(code) and code != "0":
                self.formats[number] = code


def _aside(xml: bytes, styles: _Styles, remarks: tuple[Remark, ...]) -> Aside:
    start = xml.find(b"sheetData")
    formats: defaultdict[int, dict[int, str]] = defaultdict(dict)
    unseen: set[tuple[int, int]] = set()
    column = cache(column_of)
    for letters, row, style in _styled(xml, {*styles.formats, *styles.unseen}):
        code = styles.formats.get(int(style))
        if code is None:
            unseen.add((int(row) - 1, column(letters)))
        else:
            formats[column(letters)][int(row) - 1] = code
    formulas = b"</f>" in xml or b"<sheetData" not in xml
    return Aside(
        hidden_rows=frozenset(_hidden_rows(xml)),
        hidden_columns=frozenset(_hidden_columns(xml[: max(start, 0)])),
        formats=formats,
        unseen=frozenset(unseen),
        uncalculated=tuple(told.group(1).decode() for told in _UNCALCULATED.finditer(xml)) if formulas else (),
        remarks=remarks,
    )


def _styled(xml: bytes, wanted: set[int]) -> Iterable[tuple[bytes, bytes, bytes]]:
    """(column, row, style) of the cells of those styles: found as text, which is many times quicker than as XML."""
    if len(wanted) > _FEW_STYLES:
        wanted = wanted & set(map(int, re.findall(rb" s=[\"'](\d{1,6})", xml)))
    marks = [b' s="%d"' % number for number in wanted]
    if b"'" in xml:
        marks += [mark.replace(b'"', b"'") for mark in marks]
    count = sum(map(xml.count, marks))
    if not count:
        return ()
    choice = b"|".join(b"%d" % number for number in sorted(wanted))
    usual: list[tuple[bytes, bytes, bytes]] = re.findall(rb'<c r="([A-Z]{1,3})(\d{1,7})" s="(%b)"' % choice, xml)
    return usual if len(usual) == count else _styled_otherwise(xml, choice)


def _styled_otherwise(xml: bytes, choice: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """The same where attributes stand in another order, or rows have such a style too."""
    for found in re.finditer(rb" s=[\"'](%b)[\"']" % choice, xml):
        # Only the cells that have such a style are looked at whole.
        start = xml.rfind(b"<", max(found.start() - 200, 0), found.start())
        place = _CELL_AT.search(xml, start, xml.find(b">", start))
        if place and xml[start + 1 : start + 2] != b"r":
            yield place[2], place[3], found[1]


def _hidden_rows(xml: bytes) -> Iterator[int]:
    if b"hidden" in xml:
        yield from (_numbers(told.group(1)).get("r", 1) - 1 for told in _ROW_HIDDEN.finditer(xml))


def _hidden_columns(head: bytes) -> Iterator[int]:
    for told in _COLUMN.finditer(head):
        if re.search(rb"\shidden\s*=\s*[\"'](?:1|true)|\swidth\s*=\s*[\"']0[\"']", told.group(1)):
            numbers = _numbers(told.group(1))
            yield from range(max(numbers.get("min", 1), 1) - 1, min(numbers.get("max", 0), 16_384))


def _numbers(attributes: bytes) -> dict[str, int]:
    return {name.decode(): int(value) for name, value in _NUMBER.findall(attributes)}


def column_of(letters: bytes) -> int:
    """A -> 0, Z -> 25, AA -> 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1


def letters_of(column: int) -> str:
    """0 -> A, 26 -> AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def drawn_together(xml: bytes) -> bytes:
    """The sheet with unused rows and columns left out but one between groups, where it is laid out too widely.

    An empty sheet where even so it would take too much room.
    """
    cells = _CELL_AT.findall(xml)
    rows = {int(row) for _, _, row in cells} | {int(found[1]) for found in _ROW_AT.findall(xml)}
    columns = {column_of(letters) for _, letters, _ in cells}
    if not rows or not columns or (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) <= _MOST_AREA:
        return xml
    row_at, column_at = _ranks(rows, 1), _ranks(columns, 0)
    if max(row_at.values()) * (max(column_at.values()) + 1) > _MOST_AREA:
        return _NO_SHEET

    def moved_cell(found: "re.Match[bytes]") -> bytes:
        place = f"{letters_of(column_at[column_of(found[2])])}{row_at[int(found[3])]}"
        return found[1] + place.encode() + found[1]

    def moved_row(found: "re.Match[bytes]") -> bytes:
        return found[1] + str(row_at[int(found[2])]).encode() + found[3]

    # Ranges (the sheet's dimension, merged cells) are dropped: they speak of the places before.
    plain = re.sub(rb"<(?:\w+:)?(?:dimension|mergeCell|cols?)\b[^>]*/>", b"", xml)
    return _ROW_AT.sub(moved_row, _CELL_AT.sub(moved_cell, plain))


def _ranks(used: set[int], first: int) -> dict[int, int]:
    ranks: dict[int, int] = {}
    place = first - 1
    before: int | None = None
    for number in sorted(used):
        place += 1 if before is None or number == before + 1 else 2
        ranks[number] = place
        before = number
    return ranks


def _remarks(sheet: str, held: dict[str, bytes]) -> Iterator[Remark]:
    """Comments of both kinds; where a thread stands, the old comment that repeats it for older programs does not."""
    parts = [told for _, told in relations(sheet, held) if told[1] in held]
    people = {
        str(person.get("id")): str(person.get("displayName") or "")
        for name, xml in held.items()
        if name.startswith("xl/persons/")
        for person in tree(xml).iter(f"{_THREADED}person")
    }
    threaded: set[str] = set()
    for kind, name in parts:
        if kind == "threadedComment":
            for told in tree(held[name]).iter(f"{_THREADED}threadedComment"):
                ref = str(told.get("ref") or "")
                threaded.add(ref)
                text = "".join(
                    str(words) for held_text in told.iter(f"{_THREADED}text") for words in held_text.itertext()
                )
                yield from _remark(ref, people.get(str(told.get("personId")), ""), text)
    for kind, name in parts:
        if kind == "comments":
            root = tree(held[name])
            authors = [author.text or "" for author in root.iter(f"{M}author")]
            for told in root.iter(f"{M}comment"):
                ref = str(told.get("ref") or "")
                text = "".join(words.text or "" for words in told.iter(f"{M}t"))
                if ref not in threaded:
                    yield from _remark(ref, _at(authors, _whole(told.get("authorId"))) or "", text)


def _remark(ref: str, author: str, text: str) -> Iterator[Remark]:
    place = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", ref)
    said, name = one_line(text), one_line(author)
    if said.startswith(f"{name}:"):
        said = said[len(name) + 1 :].strip()
    if place and said:
        yield Remark(row=int(place[2]) - 1, column=column_of(place[1].encode()), author=name, text=said)


def _at(held: list[T], number: int) -> T | None:
    return held[number] if 0 <= number < len(held) else None


def _whole(text: object) -> int:
    return int(str(text)) if str(text).isdigit() else 0
