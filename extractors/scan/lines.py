"""Words read off a picture into lines, and lines with columns into rows of tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from msgspec.structs import replace

from extractors.document import Block, Box, Word
from extractors.pieces import block, row
from extractors.scan.boxes import EMPTY, TICKED
from extractors.tables import header_rows, headings, is_heading_row

# In units of a word's height: the white between columns, and between rows of one table.
_COLUMN_GAP = 0.9
_CAPTION_GAP = 2.0
_BOXES = (TICKED, EMPTY)
_ROW_DISTANCE = 3.0
# Words share a line where this part of the lower one's height overlaps.
_LEVEL = 0.5


@dataclass(frozen=True, slots=True)
class Seen:
    """A word; ``level`` is its box on the page laid straight, ``box`` its place on the page as given, in points."""

    text: str
    level: Box
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Piece:
    """Words with no more than blanks between them."""

    words: tuple[Seen, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def level(self) -> Box:
        return around([word.level for word in self.words])


Line = tuple[Piece, ...]


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds them all."""
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


def blocks_of(words: Sequence[Seen], page: int | None, first_table: int) -> list[Block]:
    """A block for each line from top to bottom; lines with columns become rows, tables counted from ``first_table``."""
    lines = lines_of(words)
    blocks: list[Block] = []
    table, place = first_table, 0
    while place < len(lines):
        end = _table_end(lines, place)
        if end > place:
            blocks += _table(lines[place:end], page, table)
            table, place = table + 1, end
        else:
            blocks.append(_paragraph(lines[place], page))
            place += 1
    return blocks


def lines_of(words: Sequence[Seen]) -> list[Line]:
    """Lines from top to bottom, each of pieces from left to right."""
    rows: list[list[Seen]] = []
    for word in sorted(words, key=lambda w: (_middle(w.level), w.level[0])):
        home = next((held for held in reversed(rows[-4:]) if _stands_on(held, word)), None)
        if home is None:
            rows.append([word])
        else:
            home.append(word)
    rows.sort(key=lambda held: sum(_middle(word.level) for word in held) / len(held))
    return [_pieces(sorted(held, key=lambda w: w.level[0])) for held in rows]


def _middle(box: Box) -> float:
    return (box[1] + box[3]) / 2


def _height(box: Box) -> float:
    return max(box[3] - box[1], 1e-6)


def _stands_on(held: Sequence[Seen], word: Seen) -> bool:
    """Whether a word is level with its nearest neighbour of a line and lies over none of the line's words."""
    nearest = min(held, key=lambda w: max(w.level[0] - word.level[2], word.level[0] - w.level[2]))
    shared = min(nearest.level[3], word.level[3]) - max(nearest.level[1], word.level[1])
    if shared < _LEVEL * min(_height(nearest.level), _height(word.level)):
        return False
    width = word.level[2] - word.level[0]
    return all(
        min(w.level[2], word.level[2]) - max(w.level[0], word.level[0]) < 0.5 * min(w.level[2] - w.level[0], width)
        for w in held
    )


def _pieces(words: Sequence[Seen]) -> Line:
    pieces: list[Piece] = []
    held: list[Seen] = []
    for word in words:
        gap = _CAPTION_GAP if held and held[-1].text in _BOXES else _COLUMN_GAP
        reach = gap * min(_height(held[-1].level), _height(word.level)) if held else 0.0
        if held and (word.level[0] - held[-1].level[2] > reach or word.text in _BOXES):
            pieces.append(Piece(tuple(held)))
            held = []
        held.append(word)
    return (*pieces, Piece(tuple(held)))


def _box(line: Line) -> Box:
    return around([piece.level for piece in line])


def _reads_as_heading(line: Line) -> bool:
    return len(line) >= 2 and not _has_box(line) and is_heading_row([piece.text for piece in line])


def _has_box(line: Line) -> bool:
    return any(word.text in _BOXES for piece in line for word in piece.words)


def _table_end(lines: Sequence[Line], start: int) -> int:
    """The line after the table that starts here, ``start`` for none; a heading row begins another table."""
    if len(lines[start]) < 2:
        return start
    form = _is_form(lines[start:])
    headed = not form and _reads_as_heading(lines[start])
    end = last = start + 1
    while end < len(lines):
        above, line = _box(lines[end - 1]), lines[end]
        if _box(line)[1] - above[3] > _ROW_DISTANCE * _height(above):
            break
        if (_reads_as_heading(line) and not _is_form(lines[end:])) or (form and len(line) > 2):
            break
        if headed and _spans(line, lines[start]):
            break
        if len(line) >= 2:
            last = end + 1
        elif not _continues(line, lines[start:end]):
            break
        end += 1
    return last


def _is_form(lines: Sequence[Line]) -> bool:
    """Lines of a caption and what was filled in: the captions themselves read like headings, one above the other."""
    if len(lines[0]) != 2 or (len(lines) > 1 and len(lines[1]) > 2):
        return False
    pairs = [line for line in takewhile(lambda line: len(line) <= 2, lines) if len(line) == 2]
    captions = [line[0].text.rstrip(": ") for line in pairs]
    return len(captions) == 1 or is_heading_row(captions[:12])


def _spans(line: Line, heads: Line) -> bool:
    """Whether a piece runs through two columns: no row of the table, but a line below it."""
    return any(
        sum(
            min(piece.level[2], head.level[2]) - max(piece.level[0], head.level[0])
            > 0.5 * (head.level[2] - head.level[0])
            for head in heads
        )
        > 1
        for piece in line
    )


def _continues(line: Line, above: Sequence[Line]) -> bool:
    """A lone piece close under a row, within one of the table's columns: the rest of a cell."""
    own = line[0].level
    close = own[1] - _box(above[-1])[3] < 0.8 * _height(own)
    columns = [piece.level for row in above for piece in row]
    return close and any(abs(own[0] - c[0]) < _height(own) and own[2] - own[0] < 1.5 * (c[2] - c[0]) for c in columns)


def _table(lines: Sequence[Line], page: int | None, table: int) -> list[Block]:
    texts = [[piece.text for piece in line] for line in lines]
    if _is_form(lines) or _has_box(lines[0]) or not (_reads_as_heading(lines[0]) or header_rows(texts)):
        return [_row([(piece,) for piece in line], (), page, table) for line in lines]
    heads = lines[0]
    names = headings([texts[0]], 1)
    blocks = [_row([(piece,) for piece in heads], (), page, table)]
    for line in lines[1:]:
        under: list[list[Piece]] = [[] for _ in heads]
        for piece in line:
            under[_column(piece.level, heads)].append(piece)
        blocks.append(_row(under, names, page, table))
    return blocks


def _column(box: Box, heads: Line) -> int:
    """The heading that a box stands under: most overlap, else the least distance of edges or middles."""
    overlaps = [min(box[2], head.level[2]) - max(box[0], head.level[0]) for head in heads]
    best = max(range(len(heads)), key=lambda n: overlaps[n])
    if overlaps[best] > 0:
        return best

    def distance(number: int) -> float:
        head = heads[number].level
        return min(abs(box[0] - head[0]), abs(box[2] - head[2]), abs(box[0] + box[2] - head[0] - head[2]) / 2)

    return min(range(len(heads)), key=distance)


def _paragraph(line: Line, page: int | None) -> Block:
    words = [word for piece in line for word in piece.words]
    text = " ".join(word.text for word in words)
    bare = block(text, source="ocr", page=page, box=around([word.box for word in words]))
    return replace(bare, words=_placed(words, 0))


def _row(cells: Sequence[Sequence[Piece]], names: Sequence[str], page: int | None, table: int) -> Block:
    held = [[word for piece in cell for word in piece.words] for cell in cells]
    texts = [" ".join(word.text for word in words) for words in held]
    boxes = [around([word.box for word in words]) if words else None for words in held]
    whole = around([box for box in boxes if box is not None])
    bare = row(texts, names, table=table, boxes=boxes, source="ocr", page=page, box=whole)
    words = [word for cell, told in zip(bare.cells, held, strict=True) for word in _placed(told, cell.start)]
    return replace(bare, words=tuple(words))


def _placed(words: Sequence[Seen], start: int) -> tuple[Word, ...]:
    """The words with their spans in a text that holds them a blank apart from ``start``."""
    placed: list[Word] = []
    for word in words:
        placed.append(Word(start=start, end=start + len(word.text), box=word.box, confidence=word.confidence))
        start += len(word.text) + 1
    return tuple(placed)
