"""Word documents: paragraphs, tables and text boxes in document order, headers, footers and comments."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from extractors.document import Block, Document, assemble
from extractors.kinds import MEDIA_TYPES
from extractors.limits import Limits
from extractors.pieces import block, clean, one_line, refusal, row
from extractors.tables import header_rows, headings

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BOX = f"{W}txbxContent"
_PICTURE_BYTES = 20_000
_DEEPEST = 40


def read_docx(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """The text as printed (insertions in, deletions out); hidden runs are marked; comments are annotations."""
    import docx

    media_type = MEDIA_TYPES["docx"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = archive.infolist()
        if sum(file.file_size for file in files) > limits.bytes_unpacked:
            message = f"{path} unpacks to more than {limits.bytes_unpacked:,} bytes and was not read."
            return (refusal(path, media_type, "too_large", message),)
        pictures = any(f.filename.startswith("word/media/") and f.file_size > _PICTURE_BYTES for f in files)
    word = docx.Document(io.BytesIO(data))
    story = _Story()
    above, below = _margins(word)
    for element in above:
        story.add(element)
    story.add(word.element.body)
    for element in below:
        story.add(element)
    blocks = [*story.blocks, *_comments(word)]
    return (assemble(path, media_type, blocks, has_picture=pictures),)


def _margins(word: Any) -> tuple[list[Any], list[Any]]:
    """The elements of all headers and of all footers, each once."""
    above: dict[int, Any] = {}
    below: dict[int, Any] = {}
    for section in word.sections:
        for told, kept in (
            (section.first_page_header, above), (section.header, above),
            (section.first_page_footer, below), (section.footer, below),
        ):  # fmt: skip
            if not told.is_linked_to_previous:
                kept[id(told.part)] = told._element  # the only way to text boxes and content controls
    return list(above.values()), list(below.values())


def _comments(word: Any) -> Iterator[Block]:
    for comment in word.comments:
        text = clean(comment.text).strip()
        if text:
            yield block(text, kind="annotation", source="annotation", label=one_line(comment.author or ""))


class _Story:
    """Gathers blocks from the elements of a document in order."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._tables = 0

    def add(self, container: Any, depth: int = 0) -> None:
        """All that stands in a body, header, footer, cell, text box or content control."""
        if depth > _DEEPEST:
            return
        for child in container:
            if child.tag == f"{W}p":
                self._paragraph(child, depth)
            elif child.tag == f"{W}tbl":
                self._table(child, depth)
            elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml", f"{W}smartTag"):
                self.add(child, depth + 1)

    def _paragraph(self, element: Any, depth: int) -> None:
        seen, hidden = _texts(element)
        if seen.strip():
            style = element.find(f"{W}pPr/{W}pStyle")
            name = (style.get(f"{W}val") or "").lower() if style is not None else ""
            heading = name.startswith(("heading", "title", "berschrift", "titre", "titel"))
            self.blocks.append(block(seen.strip("\n").rstrip(), kind="heading" if heading else "paragraph"))
        if hidden.strip():
            self.blocks.append(block(one_line(hidden), hidden=True))
        for box in _boxes(element):
            self.add(box, depth + 1)

    def _table(self, table: Any, depth: int) -> None:
        grid: list[list[str]] = []
        secrets: list[str] = []
        marked = 0
        number = self._tables
        self._tables += 1
        for tr in _rows(table):
            texts, secret = _row_texts(tr)
            if marked == len(grid) and tr.find(f"{W}trPr/{W}tblHeader") is not None:
                marked += 1
            grid.append(texts)
            secrets.append(secret)
        count = marked if 0 < marked < len(grid) else header_rows(grid)
        named = headings(grid, count)
        for place, texts in enumerate(grid):
            if any(texts):
                self.blocks.append(row(texts, named if place >= count else (), table=number))
            if secrets[place]:
                self.blocks.append(block(secrets[place], hidden=True))
        for box in (box for p in table.iter(f"{W}p") for box in _boxes(p)):
            self.add(box, depth + 1)


def _rows(table: Any) -> Iterator[Any]:
    for child in table:
        if child.tag == f"{W}tr":
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins"):
            yield from _rows(child)


def _cells(tr: Any) -> Iterator[Any]:
    for child in tr:
        if child.tag == f"{W}tc":
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent"):
            yield from _cells(child)


def _row_texts(tr: Any) -> tuple[list[str], str]:
    """One text a grid column: a cell over several columns stands in the first of them; and the hidden words."""
    texts: list[str] = []
    secret = ""
    for tc in _cells(tr):
        parts = [_texts(p) for p in tc.iter(f"{W}p") if not _within_box(p, tc)]
        continued = tc.find(f"{W}tcPr/{W}vMerge")
        follows = continued is not None and continued.get(f"{W}val") != "restart"
        texts.append("" if follows else one_line(" ".join(seen for seen, _ in parts)))
        secret += " ".join(hidden for _, hidden in parts if hidden)
        span = tc.find(f"{W}tcPr/{W}gridSpan")
        wide = span.get(f"{W}val") if span is not None else "1"
        texts += [""] * (min(int(wide), 60) - 1 if (wide or "").isdigit() else 0)
    return texts, one_line(secret)


def _within_box(element: Any, top: Any) -> bool:
    parent = element.getparent()
    while parent is not None and parent is not top:
        if parent.tag in (_BOX, _FALLBACK):
            return True
        parent = parent.getparent()
    return False


def _boxes(paragraph: Any) -> Iterator[Any]:
    for box in paragraph.iter(_BOX):
        if not _within_box(box, paragraph):
            yield box


def _texts(paragraph: Any) -> tuple[str, str]:
    """(visible, hidden) text of a paragraph; text boxes in it are read apart."""
    seen: list[str] = []
    hidden: list[str] = []
    for run in paragraph.iter(f"{W}r"):
        if _within_box(run, paragraph):
            continue
        vanish = run.find(f"{W}rPr/{W}vanish")
        secret = vanish is not None and vanish.get(f"{W}val") not in ("0", "false", "off")
        (hidden if secret else seen).append("".join(_pieces(run)))
    return clean("".join(seen)), clean("".join(hidden))


def _pieces(run: Any) -> Iterator[str]:
    for child in run:
        if child.tag == f"{W}t":
            yield child.text or ""
        elif child.tag in (f"{W}tab", f"{W}ptab"):
            yield "\t"
        elif child.tag in (f"{W}br", f"{W}cr"):
            yield "\n"
        elif child.tag == f"{W}noBreakHyphen":
            yield "-"
        elif child.tag == f"{W}sym":
            yield _symbol(child.get(f"{W}char") or "")


def _symbol(code: str) -> str:
    """Ticks of the Wingdings font, which forms use for check boxes."""
    return {"F0FE": "☒", "F0FD": "☒", "F0FC": "✓", "F0A8": "☐", "F06F": "☐"}.get(code.upper(), "")
