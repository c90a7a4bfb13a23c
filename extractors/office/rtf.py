"""Rich text: paragraphs and table rows in order, with notes, hidden words and tracked deletions apart.

Read here and not by striprtf, which gives plain text: cells, hidden words and who struck what are lost in it.
"""

from dataclasses import dataclass, field, replace

from extractors.document import Block, Document, assemble
from extractors.kinds import MEDIA_TYPES
from extractors.limits import Limits
from extractors.office.rtf_tokens import Heads, Token, characters, codepage, joined, point, tokens
from extractors.pieces import block, clean, one_line, row
from extractors.tables import header_rows, headings

_HEADS = {"fonttbl", "colortbl", "revtbl"}
_SILENT = {
    "stylesheet", "info", "pict", "objdata", "fldinst", "themedata", "colorschememapping", "datastore", "listtable",
    "listoverridetable", "rsidtbl", "generator", "xmlnstbl", "latentstyles", "nonshppict", "sp", "bkmkstart", "bkmkend",
    "atnid", "atnref", "atntime", "atndate", "atnparent", "ftnsep", "ftnsepc", "aftnsep", "aftnsepc", "pgptbl",
    "filetbl",
    "mmathPr", "wgrffmtfilter", "listtext", "xe", "tc", "private", "template", "passwordhash", "ffname", "ffdeftext",
    "ffformat", "ffhelptext", "ffstattext", "ffentrymcr", "ffexitmcr", "pntxta", "pntxtb", "panose", "falt",
}  # fmt: skip
_SHOWN = {"shpinst", "shptxt", "annotation", "formfield", "footnote", "shprslt", "pnseclvl", "atnauthor"} | _HEADS
_NOTES = {"footnote", "annotation"}
_MARKS = {
    "tab": "\t", "line": "\n", "lbr": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ", "nestcell": " ", "nestrow": "\n",
}  # fmt: skip
_DEEPEST = 500


@dataclass(frozen=True, slots=True)
class _State:
    """What holds inside a group and ends with it."""

    table: str = ""
    silent: bool = False
    note: str = ""
    author: bool = False
    hidden: bool = False
    deleted: bool = False
    reviser: int = 0
    white: bool = False
    backed: bool = False
    heading: bool = False
    encoding: str = ""
    skipped: int = 1


def read_rtf(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """Never raises for what the bytes hold."""
    reading = _Reading(most=limits.characters + 1)
    for token in tokens(data):
        reading.take(token)
        if reading.said > reading.most:
            break
    reading.end_paragraph()
    reading.end_table()
    return (assemble(path, MEDIA_TYPES["rtf"], reading.blocks),)


@dataclass(slots=True)
class _Reading:
    """Takes tokens in order; ``blocks`` are complete after ``end_paragraph`` and ``end_table``."""

    most: int
    blocks: list[Block] = field(default_factory=list)
    said: int = 0
    _state: _State = field(default_factory=_State)
    _stack: list[_State] = field(default_factory=list)
    _heads: Heads = field(default_factory=Heads)
    _encoding: str = "cp1252"
    _starred: bool = False
    _skip: int = 0
    _raw: bytes = b""
    _text: str = ""
    _unseen: str = ""
    _struck: dict[int, str] = field(default_factory=dict)
    _notes: list[tuple[str, str, str]] = field(default_factory=list)
    _author: str = ""
    _in_table: bool = False
    _cells: list[str] = field(default_factory=list)
    _rows: list[tuple[list[str], list[Block]]] = field(default_factory=list)
    _tables: int = 0
    _box: list[int] = field(default_factory=list)

    def take(self, token: Token) -> None:
        if token.kind == "bytes":
            self._bytes(token)
            return
        self._flush()
        if token.kind == "open":
            if self._state.table:
                self._heads.take(self._state.table, token, self._encoding)
            if len(self._stack) < _DEEPEST:
                self._stack.append(self._state)
            self._skip = 0
        elif token.kind == "close":
            self._close()
        elif token.kind == "symbol":
            self._symbol(token.word)
        else:
            starred, self._starred = self._starred, False
            self._word(token, starred)

    def _close(self) -> None:
        before = self._state
        self._state = self._stack.pop() if self._stack else _State()
        self._skip = 0
        if before.note == "formfield" and self._state.note != "formfield":
            self._end_box()

    def _bytes(self, token: Token) -> None:
        data = token.data
        if self._skip:
            dropped = min(self._skip, len(data))
            self._skip -= dropped
            data = data[dropped:]
        if self._state.table:
            self._heads.take(self._state.table, token, self._encoding)
        elif not self._state.silent:
            self._raw += data

    def _flush(self) -> None:
        if self._raw:
            raw, self._raw = self._raw, b""
            self._say(characters(raw, self._state.encoding or self._encoding))

    def _symbol(self, symbol: str) -> None:
        if symbol == "*":
            self._starred = True
        elif symbol in ("\n", "\r", "\r\n"):
            self._word(Token("word", "par"), starred=False)
        else:
            self._say({"~": " ", "_": "-", "-": ""}.get(symbol, symbol if symbol in "{}\\" else ""))

    def _say(self, text: str) -> None:
        state = self._state
        if state.silent or state.table or not text:
            return
        self.said += len(text)
        if state.author:
            self._author += text
        elif state.note in _NOTES:
            kind, author, said = self._notes[-1]
            self._notes[-1] = (kind, author, said + text)
        elif state.deleted:
            self._struck[state.reviser] = self._struck.get(state.reviser, "") + text
        elif state.hidden or (state.white and not state.backed and not self._in_table):
            self._unseen += text
        elif state.note != "formfield":
            self._text += text

    def _word(self, token: Token, starred: bool) -> None:
        word, number = token.word, token.number
        state = self._state
        if state.table:
            self._heads.take(state.table, token, self._encoding)
        elif word in _SILENT or (starred and word not in _SHOWN):
            self._state = replace(state, silent=True)
        elif word in _HEADS:
            self._state = replace(state, table=word)
        elif word == "u" and number is not None:
            self._say(point(number))
            self._skip = state.skipped
        elif word == "formfield":
            self._box = [-1, -1, -1]
            self._state = replace(state, note="formfield")
        elif word in ("fftype", "ffres", "ffdefres") and self._box:
            self._box[("fftype", "ffres", "ffdefres").index(word)] = number if number is not None else 0
        elif state.silent:
            return
        elif word in _NOTES:
            self._notes.append((word, one_line(self._author) if word == "annotation" else "", ""))
            self._author = ""
            self._state = replace(state, note=word)
        elif word == "atnauthor":
            self._state = replace(state, author=True)
        elif word in _MARKS:
            self._say(_MARKS[word])
        elif word in ("par", "page", "sect", "cell", "row"):
            self._end(word)
        else:
            self._format(word, number)

    def _format(self, word: str, number: int | None) -> None:
        state = self._state
        on = number != 0
        if word == "plain":
            self._state = replace(state, hidden=False, deleted=False, white=False, backed=False, encoding="")
        elif word == "pard":
            self._in_table = False
            self._state = replace(state, heading=False)
        elif word == "intbl":
            self._in_table = True
        elif word == "outlinelevel":
            self._state = replace(state, heading=True)
        elif word == "v":
            self._state = replace(state, hidden=on)
        elif word == "deleted":
            self._state = replace(state, deleted=on)
        elif word == "revauthdel":
            self._state = replace(state, reviser=number or 0)
        elif word == "cf":
            self._state = replace(state, white=number in self._heads.white)
        elif word in ("cb", "highlight", "chcbpat", "cbpat", "chshdng"):
            self._state = replace(state, backed=on)
        elif word == "f":
            self._state = replace(state, encoding=self._heads.encodings.get(number or 0, ""))
        elif word == "ansicpg":
            self._encoding = codepage(number)
        elif word in ("mac", "pc", "pca"):
            self._encoding = {"mac": "mac-roman", "pc": "cp437", "pca": "cp850"}[word]
        elif word == "uc":
            self._state = replace(state, skipped=min(max(number or 0, 0), 8))

    def _end_box(self) -> None:
        """A check box stands where the form shows it."""
        kind, told, default = self._box or [-1, -1, -1]
        self._box = []
        if kind == 1:
            self._text += "☒ " if (told if told in (0, 1) else default) == 1 else "☐ "

    def _end(self, word: str) -> None:
        if self._state.note in _NOTES:
            self._say("\n")
        elif word == "cell":
            self._cells.append(one_line(joined(self._text)))
            self._text = ""
        elif word == "row":
            if self._cells:
                self._rows.append((self._cells, self._asides()))
                self._cells = []
        elif self._in_table:
            self._text += "\n"
        else:
            self.end_paragraph()

    def end_paragraph(self) -> None:
        """What was said since the last one becomes a paragraph, with what stands aside of it behind."""
        text = clean(joined(self._text)).strip("\n").rstrip()
        self._text = ""
        asides = self._asides() if not self._cells else []
        if text.strip():
            self.end_table()
            self.blocks.append(block(text, kind="heading" if self._state.heading else "paragraph"))
        self.blocks += asides

    def _asides(self) -> list[Block]:
        found: list[Block] = []
        unseen, self._unseen = one_line(joined(self._unseen)), ""
        if unseen:
            found.append(block(unseen, hidden=True))
        for reviser, words in self._struck.items():
            if one_line(joined(words)):
                found.append(struck(one_line(joined(words)), _at(self._heads.revisers, reviser)))
        self._struck = {}
        for kind, author, words in self._notes:
            said = one_line(joined(words))
            if said and kind == "annotation":
                found.append(block(said, kind="annotation", source="annotation", label=author))
            elif said:
                found.append(block(said))
        self._notes = []
        return found

    def end_table(self) -> None:
        """The rows since the last paragraph become rows of one table."""
        rows, self._rows = self._rows, []
        grid = [texts for texts, _ in rows]
        count = header_rows(grid)
        named = headings(grid, count)
        for place, (texts, asides) in enumerate(rows):
            if any(texts):
                self.blocks.append(row(texts, named if place >= count else (), table=self._tables))
            self.blocks += asides
        self._tables += bool(rows)


def struck(words: str, author: str) -> Block:
    """Words under a tracked deletion: a reader of the file sees them struck out; they are not said any more."""
    label = f"Deleted by {one_line(author)}" if author.strip() else "Deleted"
    return block(words, kind="annotation", source="annotation", label=label, hidden=True)


def _at(names: list[str], number: int) -> str:
    return names[number] if 0 <= number < len(names) else ""
