"""The walk through an HTML tree that gathers its text as blocks in reading order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from extractors.document import Block
from extractors.hiding import Look, look_of
from extractors.pieces import block, clean, one_line, row
from extractors.tables import header_rows, headings

_SILENT = {
    "script", "style", "head", "title", "template", "noscript", "object", "svg", "select", "meta", "link", "xml",
    "button",
}  # fmt: skip
_BREAKING = {
    "address", "article", "aside", "body", "center", "dd", "div", "dt", "fieldset", "figure", "footer", "form",
    "header", "html", "li", "main", "nav", "section", "tbody", "td", "tfoot", "th", "thead", "tr",
}  # fmt: skip
_PARTING = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "hr", "pre", "dl"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_LONGEST_CELL = 300
# Long threads nest deeply; below this the words are taken without their structure.
_DEEPEST = 400


@dataclass(frozen=True, slots=True)
class Seen:
    """A block, and whether the page's own structure quotes it (a blockquote)."""

    block: Block
    inset: bool


@dataclass(frozen=True, slots=True)
class _Place:
    look: Look
    inset: bool = False
    kept: bool = False
    depth: int = 0


@dataclass(slots=True)
class Walk:
    """Gathers what it passes; ``seen`` holds the blocks, ``tables`` how many tables of data there were."""

    seen: list[Seen] = field(default_factory=list)
    tables: int = 0
    _lines: list[str] = field(default_factory=list)
    _line: str = ""
    _secret: list[str] = field(default_factory=list)

    def through(self, root: HtmlElement) -> list[Seen]:
        """All blocks below and in ``root``."""
        place = _Place(look=Look())
        self._visit(root, place)
        self._part(place)
        return self.seen

    def _visit(self, element: HtmlElement, around: _Place) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in _SILENT:
            return
        if around.depth > _DEEPEST:
            self._say(" ".join(str(text) for text in element.itertext()), around)
            return
        place = _Place(
            look=look_of(element, around.look),
            inset=around.inset or tag == "blockquote",
            kept=around.kept or tag == "pre" or "pre" in (element.get("style") or "").partition("white-space")[2][:12],
            depth=around.depth + 1,
        )
        if tag == "br":
            self._break(around, wanted=True)
            return
        self._before(tag, around)
        if tag == "table" and _is_data(element):
            self._table(element, place)
            return
        self._say(element.text, place)
        for child in element:
            self._visit(child, place)
            self._say(child.tail, place)
        if tag in _PARTING:
            self._part(place, heading=tag in _HEADINGS)
        elif tag in _BREAKING:
            self._break(place)

    def _before(self, tag: str, place: _Place) -> None:
        if tag in _PARTING:
            self._part(place)
        elif tag in _BREAKING:
            self._break(place)

    def _say(self, text: str | None, place: _Place) -> None:
        if not text:
            return
        if place.look.hidden:
            self._secret.append(text)
            return
        if place.kept:
            first, *others = text.replace("\r\n", "\n").split("\n")
            self._line += first
            for other in others:
                self._break(place, wanted=True)
                self._line = other
            return
        plain = re.sub(r"[ \t\r\n\f]+", " ", text)
        self._line += plain.lstrip(" ") if not self._line or self._line.endswith(" ") else plain

    def _break(self, place: _Place, *, wanted: bool = False) -> None:
        """End the line; an empty line that was asked for (a second ``br``) ends the paragraph."""
        line = clean(self._line).rstrip()
        self._line = ""
        if line.strip():
            self._lines.append(line)
        elif wanted:
            self._part(place)

    def _part(self, place: _Place, *, heading: bool = False) -> None:
        self._break(place)
        text = "\n".join(self._lines)
        self._lines = []
        if text.strip():
            self.seen.append(Seen(block(text, kind="heading" if heading else "paragraph"), place.inset))
        secret = one_line(" ".join(self._secret))
        self._secret = []
        if secret:
            self.seen.append(Seen(block(secret, hidden=True), place.inset))

    def _table(self, table: HtmlElement, place: _Place) -> None:
        rows = list(_rows(table))
        grid, secrets = [], []
        for tr in rows:
            look = look_of(tr, place.look)
            cells = [(cell, _cell_text(cell, look)) for cell in _cells(tr)]
            visible = _spread([(cell, text) for cell, (text, _) in cells])
            secrets.append(" ".join(hidden for _, (_, hidden) in cells if hidden))
            grid.append(visible)
        count = _marked_headings(rows) or header_rows(grid)
        named = headings(grid, count)
        for number, texts in enumerate(grid):
            if any(texts):
                made = row(texts, named if number >= count else (), table=self.tables)
                self.seen.append(Seen(made, place.inset))
            if secrets[number]:
                self.seen.append(Seen(block(secrets[number], hidden=True), place.inset))
        self.tables += 1


def _rows(table: HtmlElement) -> Iterator[HtmlElement]:
    yield from table.iter("tr")


def _cells(tr: HtmlElement) -> list[HtmlElement]:
    return [cell for cell in tr if cell.tag in ("td", "th")]


def _is_data(table: HtmlElement) -> bool:
    """A table that holds data, and not the layout of a page: cells side by side, short, no tables inside."""
    if any(inner is not table for inner in table.iter("table")):
        return False
    beside = False
    for tr in table.iter("tr"):
        texts = [" ".join(cell.text_content().split()) for cell in _cells(tr)]
        if any(len(text) > _LONGEST_CELL for text in texts):
            return False
        beside = beside or sum(bool(text) for text in texts) >= 2
    return beside


def _cell_text(cell: HtmlElement, look: Look) -> tuple[str, str]:
    """(visible text, hidden text) of a cell, each on one line."""
    walk = Walk()
    place = _Place(look=look)
    walk._visit(cell, place)
    walk._part(place)
    visible = " ".join(item.block.text for item in walk.seen if not item.block.hidden)
    hidden = " ".join(item.block.text for item in walk.seen if item.block.hidden)
    return one_line(visible), one_line(hidden)


def _spread(cells: list[tuple[HtmlElement, str]]) -> list[str]:
    """One text a column: a heading over several columns names each of them, other cells stand in their first."""
    texts: list[str] = []
    for cell, text in cells:
        wide = cell.get("colspan") or "1"
        span = min(int(wide), 50) if wide.isdigit() else 1
        texts += [text] + [text if cell.tag == "th" else ""] * (max(span, 1) - 1)
    return texts


def _marked_headings(rows: list[HtmlElement]) -> int:
    """Leading rows that are all ``th`` or stand in a ``thead``."""
    count = 0
    for tr in rows:
        cells = _cells(tr)
        parent = tr.getparent()
        if not cells or not (all(c.tag == "th" for c in cells) or (parent is not None and parent.tag == "thead")):
            break
        count += 1
    return count if count < len(rows) else 0
