"""Word documents: paragraphs, tables and text boxes in document order, with headers, footers, notes and comments.

python-docx opens the file and knows its sections, headers, footers, comments and styles. What it passes over (content
controls, tracked changes, text boxes, footnotes, hidden words) or raises for in damaged tables is walked here, on its
elements.
"""

import io
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

from extractors.document import Block, Document, assemble
from extractors.kinds import MEDIA_TYPES
from extractors.limits import Limits
from extractors.markup import tree, unpacked_bytes, xml_parts
from extractors.office.docx_package import plain_package
from extractors.office.docx_runs import BOX, Looks, W, Words, looks_of, within, words_of
from extractors.office.rtf import struck
from extractors.pieces import block, one_line, refusal, row
from extractors.tables import header_rows, headings

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.section import _Footer, _Header

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PICTURE_BYTES = 20_000
_DEEPEST = 40
_WIDEST = 60
_HOLDERS = {f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "customXml", "smartTag", "moveTo")}
_HEADING_STYLES = ("heading", "title", "berschrift", "titre", "titel", "titulo", "titolo", "kop")


def read_docx(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """The text as printed; hidden words are marked, and deleted ones with who struck them; comments are annotations."""
    media_type = MEDIA_TYPES["docx"]
    if unpacked_bytes(data) > limits.bytes_unpacked:
        message = f"{path} unpacks to more than {limits.bytes_unpacked:,} bytes and was not read."
        return (refusal(path, media_type, "too_large", message),)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = archive.infolist()
        pictures = any(f.filename.startswith("word/media/") and f.file_size > _PICTURE_BYTES for f in files)
        held = xml_parts(archive)
    import docx

    word = docx.Document(io.BytesIO(plain_package(held)))
    story = _Story(_notes(word), looks_of(word.styles.element))
    for element in (*_margins(word, "header"), word.element.body, *_margins(word, "footer")):
        story.add(element)
    return (assemble(path, media_type, [*story.blocks, *story.remaining()], has_picture=pictures),)


def _margins(word: "WordDocument", kind: Literal["header", "footer"]) -> list[Any]:
    """The elements of all headers, or of all footers, each once, in the order of their sections."""
    found: dict[str, Any] = {}
    for section in word.sections:
        margins: tuple[_Header | _Footer, ...] = (
            (section.header, section.first_page_header, section.even_page_header)
            if kind == "header"
            else (section.footer, section.first_page_footer, section.even_page_footer)
        )
        for margin in margins:
            # A reference that leads nowhere is passed over, as Word does.
            with suppress(KeyError):
                if not margin.is_linked_to_previous:
                    found.setdefault(margin.part.partname, margin.part.element)
    return list(found.values())


def _notes(word: "WordDocument") -> dict[tuple[str, str], Any]:
    """The elements of footnotes, endnotes and comments by kind and id."""
    from docx.opc.part import XmlPart

    found: dict[tuple[str, str], Any] = {}
    for relation in word.part.rels.values():
        kind = relation.reltype.rpartition("/")[2].removesuffix("s")
        if kind not in ("footnote", "endnote", "comment"):
            continue
        part = relation.target_part
        notes = part.element if isinstance(part, XmlPart) else tree(part.blob)
        for note in notes.iter(f"{W}{kind}"):
            if note.get(f"{W}type") in (None, "normal"):
                found[kind, str(note.get(f"{W}id"))] = note
    return found


class _Story:
    """Gathers blocks from the elements of a document in order."""

    def __init__(self, notes: dict[tuple[str, str], Any], looks: Looks) -> None:
        self.blocks: list[Block] = []
        self._notes = notes
        self._looks = looks
        self._tables = 0

    def add(self, container: Any, depth: int = 0, *, on_ground: bool = False) -> None:
        """All that stands in a body, header, footer, text box or content control; ``on_ground``: a coloured one."""
        if depth > _DEEPEST:
            return
        for child in container:
            if child.tag == f"{W}p":
                self._paragraph(child, depth, on_ground=on_ground)
            elif child.tag == f"{W}tbl":
                self._table(child, depth)
            elif child.tag in _HOLDERS:
                self.add(child, depth + 1, on_ground=on_ground)

    def remaining(self) -> Iterator[Block]:
        """Comments and notes that nothing in the text points at."""
        for place in list(self._notes):
            yield from self._note(place)

    def _paragraph(self, element: Any, depth: int, *, on_ground: bool) -> None:
        words = words_of(element, self._looks, on_ground=on_ground)
        if words.seen.strip():
            text = words.seen.strip("\n").rstrip()
            self.blocks.append(block(text, kind="heading" if _is_heading(element) else "paragraph"))
        self._asides(words)
        for box in _boxes(element):
            self.add(box, depth + 1, on_ground=_is_filled(box))

    def _asides(self, words: Words) -> None:
        """What stands beside the words of a paragraph or a row: hidden ones, struck ones, notes."""
        if words.hidden.strip():
            self.blocks.append(block(one_line(words.hidden), hidden=True))
        for author, gone in words.deleted.items():
            self.blocks.append(struck(one_line(gone), author))
        for place in words.notes:
            self.blocks += self._note(place)

    def _note(self, place: tuple[str, str]) -> Iterator[Block]:
        note = self._notes.pop(place, None)
        if note is None:
            return
        said = [words_of(p, self._looks).seen for p in note.iter(f"{W}p")]
        text = "\n".join(words.strip() for words in said if words.strip())
        if text and place[0] == "comment":
            author = one_line(note.get(f"{W}author") or "")
            yield block(text, kind="annotation", source="annotation", label=author)
        elif text:
            yield block(text)

    def _table(self, table: Any, depth: int) -> None:
        # A table style may print its first row white on a colour that only the style knows.
        style = table.find(f"{W}tblPr/{W}tblStyle")
        styled = style is not None and style.get(f"{W}val") not in ("TableGrid", "TableNormal")
        rows = [
            (tr, *_row_words(tr, self._looks, on_ground=styled and place == 0))
            for place, tr in enumerate(_children(table, f"{W}tr"))
        ]
        grid = [texts for _, texts, _, _ in rows]
        marked = 0
        while marked < len(rows) and rows[marked][0].find(f"{W}trPr/{W}tblHeader") is not None:
            marked += 1
        count = marked if 0 < marked < len(grid) else header_rows(grid)
        # A heading over several columns names each of them.
        named = headings([*(spread for _, _, spread, _ in rows[:count]), *grid[count:]], count)
        number = self._tables
        self._tables += 1
        for place, (tr, texts, _, words) in enumerate(rows):
            if any(texts):
                self.blocks.append(row(texts, named if place >= count else (), table=number))
            self._asides(words)
            for inner in _nested(tr):
                if inner.tag == BOX:
                    self.add(inner, depth + 1, on_ground=_is_filled(inner))
                elif depth < _DEEPEST:
                    self._table(inner, depth + 1)


def _is_filled(box: Any) -> bool:
    """Whether a text box has a colour of its own."""
    shape = next((above for above in box.iterancestors() if above.tag.endswith("}wsp") or above.get("fillcolor")), None)
    if shape is None:
        return False
    colours = [shape.get("fillcolor") or ""]
    for properties in shape.iterchildren("{*}spPr"):
        colours += [str(c.get("val") or "") for fill in properties.iterchildren("{*}solidFill") for c in fill]
    return any(colour.lower().lstrip("#") not in ("", "white", "ffffff", "bg1", "lt1") for colour in colours)


def _is_heading(paragraph: Any) -> bool:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    name = (style.get(f"{W}val") or "").lower() if style is not None else ""
    return name.startswith(_HEADING_STYLES) or paragraph.find(f"{W}pPr/{W}outlineLvl") is not None


def _children(container: Any, tag: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, also those in content controls and tracked insertions."""
    for child in container:
        if child.tag == tag:
            yield child
        elif child.tag in _HOLDERS:
            yield from _children(child, tag)


def _nested(tr: Any) -> Iterator[Any]:
    """The tables and text boxes in a row's cells, without those inside them."""
    for inner in tr.iter(f"{W}tbl", BOX):
        if not within(inner, tr, (f"{W}tbl", BOX, _FALLBACK)):
            yield inner


def _row_words(tr: Any, looks: Looks, *, on_ground: bool) -> tuple[list[str], list[str], Words]:
    """(one text a grid column, the same with wide cells repeated in each column they cover, all the row's words)."""
    texts: list[str] = []
    spread: list[str] = []
    whole = Words()
    skipped = [""] * _number(tr.find(f"{W}trPr/{W}gridBefore"), 0)
    texts += skipped
    spread += skipped
    for tc in _children(tr, f"{W}tc"):
        said = Words()
        ground = tc.find(f"{W}tcPr/{W}shd")
        shaded = ground is not None and (ground.get(f"{W}fill") or "auto").lower() not in ("auto", "ffffff")
        for p in tc.iter(f"{W}p"):
            if not within(p, tc, (BOX, _FALLBACK, f"{W}tbl")):
                said.add(words_of(p, looks, on_ground=on_ground or shaded))
        continued = tc.find(f"{W}tcPr/{W}vMerge")
        follows = continued is not None and continued.get(f"{W}val") != "restart"
        text = "" if follows else one_line(said.seen)
        wide = max(_number(tc.find(f"{W}tcPr/{W}gridSpan"), 1), 1)
        texts += [text, *[""] * (wide - 1)]
        spread += [text] * wide
        whole.add(said)
    return texts, spread, whole


def _number(told: Any, default: int) -> int:
    text = (told.get(f"{W}val") or "") if told is not None else ""
    return min(int(text), _WIDEST) if text.isdigit() and len(text) < 6 else default


def _boxes(paragraph: Any) -> Iterator[Any]:
    for box in paragraph.iter(BOX):
        if not within(box, paragraph, (BOX, _FALLBACK)):
            yield box
