"""The walk through an HTML tree that gathers its text as blocks in reading order."""

import re
from dataclasses import dataclass, field
from itertools import islice

from lxml.html import HtmlElement

from extractors.document import Block
from extractors.html.hiding import Look, look_of
from extractors.html.links import misleading_target
from extractors.html.styles import Styles, styles_of
from extractors.html.tables import cells_of, is_data, marked_headings, spread
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
_BULLET_MARK = "• "
_SIGNATURES = {
    "gmail_signature", "moz-signature", "applemailsignature", "ms-outlook-mobile-signature", "signature", "x_signature",
    "protonmail_signature_block-user", "yahoo_signature",
}  # fmt: skip
_LONGEST_ALTERNATIVE = 500
# Long threads nest deeply; below this the words are taken without their structure.
_DEEPEST = 400
_PIECES_OF_LINK = 20


@dataclass(frozen=True, slots=True)
class Seen:
    """A block, and whether the page's own structure quotes it (a blockquote) or marks it as a signature."""

    block: Block
    inset: bool
    signed: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    look: Look
    inset: bool = False
    signed: bool = False
    kept: bool = False
    depth: int = 0


@dataclass(slots=True)
class Walk:
    """Gathers what it passes; ``seen`` holds the blocks, ``tables`` how many tables of data there were."""

    seen: list[Seen] = field(default_factory=list)
    tables: int = 0
    styles: Styles = field(default_factory=Styles)
    _lines: list[str] = field(default_factory=list)
    _line: str = ""
    _mark: str = _BULLET_MARK
    _secret: list[str] = field(default_factory=list)
    _targets: list[str] = field(default_factory=list)

    def through(self, root: HtmlElement) -> list[Seen]:
        """All blocks below and in ``root``."""
        place = _Place(look=Look())
        self.styles = styles_of(root)
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
        look = look_of(element, around.look, self.styles)
        place = _Place(
            look=look,
            inset=around.inset or (tag == "blockquote" and not _only_indents(element)),
            signed=around.signed or _is_signature(element),
            kept=around.kept or tag == "pre" or "pre" in (element.get("style") or "").partition("white-space")[2][:12],
            depth=around.depth + 1,
        )
        if tag == "br":
            self._break(around, wanted=True)
            return
        if tag == "img":
            self._alternative(element)
            return
        if tag == "a":
            self._lead(element)
        self._before(tag, around)
        if tag == "li" and not place.look.hidden:
            self._line, self._mark = self._mark, _BULLET_MARK
        if tag == "table" and is_data(element):
            self._table(element, place)
            return
        self._say(element.text, place)
        entries = 0
        for child in element:
            if tag == "ol" and child.tag == "li":
                entries += 1
                self._mark = f"{entries}. "
            self._visit(child, place)
            self._say(child.tail, place)
        if tag in _PARTING:
            self._part(place, heading=tag in _HEADINGS)
        elif tag in _BREAKING:
            self._break(place)

    def _alternative(self, image: HtmlElement) -> None:
        """Words that stand for a picture: who sees the picture does not see them."""
        words = one_line((image.get("alt") or "")[:_LONGEST_ALTERNATIVE])
        if len(words.split()) > 1:
            self._secret.append(f" {words} ")

    def _lead(self, link: HtmlElement) -> None:
        target = misleading_target(link.get("href") or "", "".join(map(str, islice(link.itertext(), _PIECES_OF_LINK))))
        if target:
            self._targets.append(target)

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
        if line.strip() == _BULLET_MARK.strip():
            line = ""
        if line.strip():
            self._lines.append(line)
        elif wanted:
            self._part(place)

    def _part(self, place: _Place, *, heading: bool = False) -> None:
        self._break(place)
        text = "\n".join(self._lines)
        self._lines = []
        if text.strip():
            self._gather(block(text, kind="heading" if heading else "paragraph"), place)
        secret = one_line(" ".join(self._secret))
        self._secret = []
        if secret:
            self._gather(block(secret, hidden=True), place)
        for target in self._targets:
            self._gather(block(one_line(target), kind="annotation", label="link", hidden=True), place)
        self._targets = []

    def _gather(self, made: Block, place: _Place) -> None:
        self.seen.append(Seen(made, place.inset, place.signed))

    def _table(self, table: HtmlElement, place: _Place) -> None:
        self._beside_cells(table, place)
        rows = list(table.iter("tr"))
        looks = [look_of(tr, place.look, self.styles) for tr in rows]
        held: list[list[tuple[HtmlElement, str]]] = []
        secrets: list[str] = []
        for tr, look in zip(rows, looks, strict=True):
            read = [(cell, *self._cell_text(cell, look)) for cell in cells_of(tr)]
            held.append([(cell, visible) for cell, visible, _ in read])
            secrets.append(" ".join(hidden for _, _, hidden in read if hidden))
        grid = spread(held)
        count = marked_headings(rows) or header_rows(grid)
        named = headings(grid, count)
        for number, texts in enumerate(grid):
            if any(text for _, text in held[number]):
                self._gather(row(texts, named if number >= count else (), table=self.tables), place)
            if secrets[number]:
                self._gather(block(secrets[number], hidden=True), place)
        self.tables += 1

    def _beside_cells(self, table: HtmlElement, place: _Place) -> None:
        """A caption, and what stands between the rows of a broken table."""
        for part in table.iter("caption", "table", "tbody", "thead", "tfoot", "tr"):
            if part.tag == "caption":
                self._visit(part, place)
                self._part(place, heading=True)
            else:
                self._say(part.text, place)
            for child in part:
                self._say(child.tail, place)
                if part.tag == "tr" and isinstance(child.tag, str) and child.tag not in ("td", "th"):
                    self._visit(child, place)
        self._part(place)

    def _cell_text(self, cell: HtmlElement, look: Look) -> tuple[str, str]:
        """(visible text, hidden text) of a cell, each on one line."""
        walk = Walk(styles=self.styles)
        place = _Place(look=look)
        walk._visit(cell, place)
        walk._part(place)
        visible = " ".join(item.block.text for item in walk.seen if not item.block.hidden)
        hidden = " ".join(item.block.text for item in walk.seen if item.block.hidden)
        return one_line(visible), one_line(hidden)


def _only_indents(quote: HtmlElement) -> bool:
    """A blockquote that a mail program makes for its indent button, without the line that marks a quote."""
    style = (quote.get("style") or "").lower().replace(" ", "")
    cites = quote.get("type") == "cite" or quote.get("cite") or "quote" in (quote.get("class") or "")
    return "border:none" in style and not cites


def _is_signature(element: HtmlElement) -> bool:
    """The boxes that mail programs put their signatures in."""
    name = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('data-smartmail') or ''}".lower()
    return any(mark in name.split() for mark in _SIGNATURES)
