"""One page of a PDF: what is printed, filled in, noted and hidden, as a reader goes through it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractors.document import Box
from extractors.pdf_drawn import Drawn, drawn
from extractors.pdf_fields import box_words, placed, shown_marks, told
from extractors.pdf_frame import Frame, around
from extractors.pdf_grid import grids_of, into_grids
from extractors.pdf_hidden import unseen
from extractors.pdf_lines import Line, Piece, line_box, lines_of
from extractors.pdf_marks import Mark
from extractors.pdf_shown import Shown
from extractors.pdf_tables import Open, shown_of
from extractors.pdf_words import SLANTED, Word, printed
from extractors.pdfium import calls

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage  # type: ignore[import-untyped] # the package ships no types

_NAME = 120
# A page that pictures cover this far, and whose words nobody sees, is a scan with words laid under it.
_SCAN_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Read:
    """What a page holds; ``letters`` counts those that are seen, ``searchable`` tells a scan with words laid under."""

    shown: list[Shown]
    next_table: int
    open_table: Open | None
    letters: int
    characters: int
    picture_share: float
    searchable: bool
    seen: tuple[Box, ...]


def read_page(
    page: "PdfPage",
    text: "PdfTextPage",
    frame: Frame,
    marks: Sequence[Mark],
    *,
    most: int,
    layered: bool,
    first_table: int,
    open_table: Open | None,
) -> Read:
    """The page's blocks in reading order; hidden words come last and apart."""
    found = drawn(page, frame)
    words = printed(text, frame, most)
    by_turn, hidden = words.by_turn, []
    share = found.picture_share(frame)
    shown_words = _as_shown(by_turn, frame)
    dark = unseen(page, text, frame, shown_words, found, odd=words.odd, layered=layered)
    # What is laid invisibly under (or over) the picture of a whole page is what a searchable scan says: its text.
    searchable = share >= _SCAN_SHARE and len(dark) > 0.8 * len(shown_words)
    if dark and not searchable:
        hidden = [word for word in shown_words if word[5] in dark]
        by_turn = {turn: [word for word in held if word[5] not in dark] for turn, held in by_turn.items()}
        shown_words = [word for word in shown_words if word[5] not in dark]
    result: list[Shown] = []
    table, last = first_table, open_table
    all_lines: list[Line] = []
    boxes = box_words(marks)
    if boxes and not by_turn.get(0):
        by_turn = {**by_turn, 0: []}
    for turn in sorted(by_turn, key=lambda turn: -len(by_turn[turn])):
        held = [*by_turn[turn], *boxes] if turn == 0 else by_turn[turn]
        if not held:
            continue
        if turn == SLANTED:
            result.append(Shown("paragraph", " ".join(word[4] for word in held), around([word[:4] for word in held])))
            continue
        lines = lines_of(held)
        if marks and turn == 0:
            all_lines = lines
        laid = _laid_out(text, lines, found, frame, turn, table, last)
        result += laid[0]
        table, last = laid[1:]
    if marks:
        added = shown_marks(told(marks, all_lines), table)
        table = max((shown.table + 1 for shown in added if shown.table is not None), default=table)
        result = placed(result, added)
    result += [
        Shown("paragraph", " ".join(piece.text for piece in line), line_box(line), hidden=True)
        for line in (lines_of(hidden) if hidden else ())
    ]
    letters = sum([len(word[4]) for word in shown_words]) if share > 0 else words.characters
    seen = tuple(word[:4] for word in shown_words) if share >= _SCAN_SHARE else ()
    return Read(result, table, last, letters, words.characters, share, searchable, seen)


def _as_shown(by_turn: dict[int, list[Word]], frame: Frame) -> list[Word]:
    """All words, with their boxes on the page as shown."""
    if len(by_turn) == 1 and 0 in by_turn:
        return by_turn[0]
    return [
        (*frame.turned_back(word[:4], -turn % 360), word[4], word[5]) if turn > 0 else word
        for turn, held in by_turn.items()
        for word in held
    ]


def _laid_out(
    text: "PdfTextPage", lines: Sequence[Line], found: Drawn, frame: Frame, turn: int, table: int, last: Open | None
) -> tuple[list[Shown], int, Open | None]:
    pdfium = calls()
    handle = pdfium.handle(text)
    name, flags = pdfium.ffi.new("char[]", _NAME), pdfium.ffi.new("int*")

    def is_bold(piece: Piece) -> bool:
        number = piece.words[0][5]
        size = pdfium.GetFontInfo(handle, max(number, 0), name, _NAME, flags)
        return number >= 0 and b"bold" in pdfium.ffi.unpack(name, min(size, _NAME)).lower()

    rules = [frame.turned(rule, -turn % 360) for rule in found.rules] if turn else found.rules
    grids = grids_of(rules)
    laid = shown_of(into_grids(lines, grids), grids, table, last, is_bold)
    if not turn:
        return laid.shown, laid.next_table, laid.open_table

    def back(box: Box) -> Box:
        return frame.turned_back(box, -turn % 360)

    shown = [
        one._replace(
            box=back(one.box), cells=[(text, name, box and back(box)) for text, name, box in one.cells]
        )
        for one in laid.shown
    ]
    return shown, laid.next_table, laid.open_table
