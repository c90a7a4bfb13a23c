"""Paragraphs and headings out of lines, and columns of prose that stand side by side."""

from collections.abc import Callable, Sequence

from extractors.pdf.lines import EMPTY, TICKED, Line, Piece, line_box
from extractors.pdf.shown import Shown

_LEADING = 0.75
_SAME_HEIGHT = 0.12
_NARROWEST = 14.0
_SHORTEST_LINE = 14
_BIGGER = 1.18
_LONGEST_HEADING_WORDS = 14
_SIDE_LINES = 4
_SIDE_WORDS = 3.0


def paragraphs(lines: Sequence[Line], is_bold: Callable[[Piece], bool], usual: float) -> list[Shown]:
    """Lines of one piece each: a line broken for want of room goes on in the next, in one block.

    ``usual`` is the height of most lines of the page: higher ones are headings.
    """
    pieces = [line[0] for line in lines]
    shown: list[Shown] = []
    held: list[Piece] = []
    for piece in pieces:
        if held and not _goes_on(held, piece):
            shown.append(_block(held, usual, is_bold))
            held = []
        held.append(piece)
    if held:
        shown.append(_block(held, usual, is_bold))
    return shown


def _goes_on(held: Sequence[Piece], piece: Piece) -> bool:
    """Whether a line goes on with the paragraph: close, alike, and its first word had no room in the line above."""
    above = held[-1]
    height = above.y1 - above.y0
    if piece.y0 - above.y1 > _LEADING * height or abs(piece.y1 - piece.y0 - height) > _SAME_HEIGHT * height:
        return False
    if TICKED in piece.text or EMPTY in piece.text or TICKED in above.text or EMPTY in above.text:
        return False
    indent = piece.x0 - above.x0
    hangs = len(held) == 1 and -0.5 * height < indent < 4 * height
    if not (abs(indent) < 0.5 * height or hangs or (len(held) == 1 and -4 * height < indent < 0)):
        return False
    if len(above.text) < _SHORTEST_LINE:
        return False
    first = piece.words[0]
    # Where no blanks stand between words, a line breaks after any letter.
    wide = first[2] - first[0] if " " in above.text else height
    right = max(max(line.x1 for line in held), piece.x1)
    if right - above.x0 < _NARROWEST * height:
        return False  # an address, a list
    return above.x1 + wide + 0.2 * height > right - 0.1 * height


def _block(held: Sequence[Piece], usual: float, is_bold: Callable[[Piece], bool]) -> Shown:
    if len(held) == 1:
        piece = held[0]
        return Shown("heading" if _is_heading(piece, usual, is_bold) else "paragraph", piece.text, piece.box)
    return Shown("paragraph", "\n".join(piece.text for piece in held), line_box(held))


def _is_heading(piece: Piece, usual: float, is_bold: Callable[[Piece], bool]) -> bool:
    if len(piece.words) > _LONGEST_HEADING_WORDS or piece.text.endswith((".", ",", ";")):
        return False
    if not any(map(str.isalpha, piece.text)) or TICKED in piece.text or EMPTY in piece.text:
        return False
    return piece.y1 - piece.y0 > _BIGGER * usual or is_bold(piece)


def beside(lines: Sequence[Line], start: int) -> tuple[list[Line], list[Line], int] | None:
    """(left lines, right lines, line after both) where two columns of prose stand side by side from here."""
    if len(lines[start]) != 2 or len(lines[start][0].words) < _SIDE_WORDS or len(lines[start][1].words) < _SIDE_WORDS:
        return None
    edge = lines[start][1].x0
    begin = lines[start][0].x0
    left: list[Line] = []
    right: list[Line] = []
    both = 0
    end = start
    while end < len(lines):
        line = lines[end]
        if end > start and line[0].y0 - line_box(lines[end - 1])[3] > 4 * (line[0].y1 - line[0].y0):
            break
        near = [piece for piece in line if piece.x1 < edge - 2]
        far = [piece for piece in line if piece.x0 > edge - 3]
        if len(near) + len(far) != len(line) or len(near) > 1 or len(far) > 1:
            break
        if any(piece.x0 < begin - 3 for piece in near) or any(piece.x0 > edge + 30 for piece in far):
            break
        both += bool(near and far)
        left += [near] if near else []
        right += [far] if far else []
        end += 1
    if both < _SIDE_LINES or min(_words(left), _words(right)) < _SIDE_WORDS:
        return None
    return left, right, end


def _words(lines: Sequence[Line]) -> float:
    """Words a line: prose has several."""
    return sum(len(line[0].words) for line in lines) / len(lines) if lines else 0.0
