"""One page of a PDF: what is printed, filled in, noted and hidden, as a reader goes through it."""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractors.document import Box
from extractors.pdf.drawn import Drawn, drawn
from extractors.pdf.fields import box_words, placed, shown_marks, told
from extractors.pdf.frame import Frame
from extractors.pdf.grid import grids_of, into_grids
from extractors.pdf.hidden import unseen
from extractors.pdf.lines import Line, Piece, Word, line_box, lines_of, lines_of_pieces, pieces_of
from extractors.pdf.marks import Mark
from extractors.pdf.pdfium import calls
from extractors.pdf.shown import Shown
from extractors.pdf.tables import Open, shown_of
from extractors.pdf.words import SLANTED, Printed

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
    words = Printed(text, frame, most)
    share = found.picture_share(frame)
    dark = unseen(page, text, words, found, layered=layered)
    # What is laid invisibly under (or over) the picture of a whole page is what a searchable scan says: its text.
    searchable = share >= _SCAN_SHARE and bool(dark) and len(dark) > 0.8 * len(words.words)
    hidden = [word for word in words.words if word[5] in dark] if dark and not searchable else []
    result: list[Shown] = []
    table, last = first_table, open_table
    upright: list[Line] = []
    for turn, lines in _lines(words, dark if hidden else set(), box_words(marks)):
        if turn == SLANTED:
            slanted = [piece for line in lines for piece in line]
            result.append(Shown("paragraph", " ".join(piece.text for piece in slanted), line_box(slanted)))
            continue
        upright = lines if turn == 0 else upright
        laid, table, last = _laid_out(text, lines, found, frame, turn, table, last)
        result += laid
    if marks:
        added = shown_marks(told(marks, upright), table)
        table = max((shown.table + 1 for shown in added if shown.table is not None), default=table)
        result = placed(result, added)
    result += [
        Shown("paragraph", " ".join(piece.text for piece in line), line_box(line), hidden=True)
        for line in (lines_of(hidden) if hidden else ())
    ]
    # Only pages with pictures are asked for their letters.
    letters = words.characters
    seen: tuple[Box, ...] = ()
    if share > 0:
        visible = [word for word in words.words if not hidden or word[5] not in dark]
        letters, seen = sum([len(word[4]) for word in visible]), tuple(word[:4] for word in visible)
    return Read(result, table, last, letters, words.characters, share, searchable, seen)


def _lines(words: Printed, dark: set[int], boxes: list[Word]) -> list[tuple[int, list[Line]]]:
    """Lines by how their words are turned, most words first; check boxes stand in upright ones."""
    if not words.turned and not words.frame.rotation:
        if not (dark or boxes):
            return [(0, lines_of_pieces(words.pieces, words.piece_sides))]
        pieces = words.pieces if not dark else pieces_of([word for word in words.words if word[5] not in dark])
        return [(0, lines_of_pieces([*pieces, *pieces_of(boxes)]))]
    by_turn = words.by_turn()
    if boxes:
        by_turn[0] = [*by_turn.get(0, []), *boxes]
    kept = {turn: [word for word in held if word[5] not in dark] for turn, held in by_turn.items()}
    ordered = sorted(kept, key=lambda turn: -len(kept[turn]))
    return [
        (turn, [pieces_of(kept[turn])] if turn == SLANTED else lines_of(kept[turn])) for turn in ordered if kept[turn]
    ]


def _laid_out(
    text: "PdfTextPage", lines: Sequence[Line], found: Drawn, frame: Frame, turn: int, table: int, last: Open | None
) -> tuple[list[Shown], int, Open | None]:
    pdfium = calls()
    handle = pdfium.handle(text)
    name, room, flags = ctypes.create_string_buffer(_NAME), ctypes.c_ulong(_NAME), ctypes.c_int()

    def is_bold(piece: Piece) -> bool:
        number = piece.words[0][5]
        size = pdfium.GetFontInfo(handle, max(number, 0), name, room, ctypes.byref(flags))
        return number >= 0 and size > 0 and b"bold" in name.value.lower()

    rules = [frame.turned(rule, -turn % 360) for rule in found.rules] if turn else found.rules
    grids = grids_of(rules)
    laid = shown_of(into_grids(lines, grids), grids, table, last, is_bold)
    if not turn:
        return laid.shown, laid.next_table, laid.open_table

    def back(box: Box) -> Box:
        return frame.turned_back(box, -turn % 360)

    shown = [
        one._replace(box=back(one.box), cells=[(text, name, box and back(box)) for text, name, box in one.cells])
        for one in laid.shown
    ]
    return shown, laid.next_table, laid.open_table
