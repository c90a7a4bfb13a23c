"""The words of a Word paragraph, run by run: those a reader sees, those hidden from view, those struck out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from extractors.pieces import clean

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
BOX = f"{W}txbxContent"
_OFF = ("0", "false", "off", "none")
# Ticks of the Wingdings fonts, which forms use for check boxes.
_SYMBOLS = {
    "F0FE": "☒",
    "F0FD": "☒",
    "F052": "☒",
    "F053": "☒",
    "F0FC": "✓",
    "F0A8": "☐",
    "F06F": "☐",
    "F0A3": "☐",
    "F071": "☐",
}
_GONE = (f"{W}del", f"{W}moveFrom")


@dataclass(slots=True)
class Words:
    """What a paragraph says: ``deleted`` by author; ``notes`` are (kind, id) of the notes its runs point at."""

    seen: str = ""
    hidden: str = ""
    deleted: dict[str, str] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def add(self, other: "Words") -> None:
        """The same with another paragraph's words behind."""
        self.seen = f"{self.seen} {other.seen}" if self.seen else other.seen
        self.hidden += other.hidden
        self.notes += other.notes
        for author, words in other.deleted.items():
            self.deleted[author] = f"{self.deleted.get(author, '')} {words}".strip()


@dataclass(frozen=True, slots=True)
class Looks:
    """Which styles hide their words, and which print them white, out of the document's styles."""

    hidden: frozenset[str] = frozenset()
    white: frozenset[str] = frozenset()


def looks_of(styles: Any) -> Looks:
    """Of the root of ``styles.xml``; a style based on another is taken by itself."""
    hidden, white = set(), set()
    for style in styles.iter(f"{W}style"):
        name = style.get(f"{W}styleId") or ""
        told = style.find(f"{W}rPr")
        if told is not None and _is_on(told, "vanish"):
            hidden.add(name)
        if told is not None and _is_white(told):
            white.add(name)
    return Looks(frozenset(hidden), frozenset(white))


def words_of(paragraph: Any, looks: Looks, *, on_ground: bool = False) -> Words:
    """All words of a paragraph but those of text boxes in it; ``on_ground`` tells of a coloured ground behind."""
    words = Words()
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    name = (style.get(f"{W}val") or "") if style is not None else ""
    ground = on_ground or _has_ground(paragraph.find(f"{W}pPr"))
    seen: list[str] = []
    hidden: list[str] = []
    for run in paragraph.iter(f"{W}r", f"{_W14}checkbox", f"{W}ffData"):
        if within(run, paragraph, (BOX, _FALLBACK)):
            continue
        if run.tag == f"{W}ffData":
            seen.append(_box_of_form(run))
            continue
        if run.tag != f"{W}r":
            continue  # a content control's box is a character of its content
        gone = next((above for above in _between(run, paragraph) if above.tag in _GONE), None)
        text = "".join(_pieces(run))
        if gone is not None:
            author = gone.get(f"{W}author") or ""
            words.deleted[author] = words.deleted.get(author, "") + text
        elif _is_hidden(run, name, looks, ground=ground):
            hidden.append(text)
        else:
            seen.append(text)
        for kind in ("footnote", "endnote", "comment"):
            words.notes += [(kind, str(told.get(f"{W}id"))) for told in run.iterchildren(f"{W}{kind}Reference")]
    words.seen, words.hidden = clean("".join(seen)), clean("".join(hidden))
    words.deleted = {author: clean(text) for author, text in words.deleted.items() if text.strip()}
    return words


def within(element: Any, top: Any, tags: tuple[str, ...]) -> bool:
    """Whether one of those elements stands between the element and ``top``."""
    return any(above.tag in tags for above in _between(element, top))


def _between(element: Any, top: Any) -> Iterator[Any]:
    above = element.getparent()
    while above is not None and above is not top:
        yield above
        above = above.getparent()


def _is_on(told: Any, name: str) -> bool:
    found = told.find(f"{W}{name}")
    return found is not None and (found.get(f"{W}val") or "1").lower() not in _OFF


def _is_white(told: Any) -> bool:
    colour = told.find(f"{W}color")
    if colour is None:
        return False
    return (colour.get(f"{W}val") or "").upper() == "FFFFFF" or (
        colour.get(f"{W}themeColor") in ("background1", "light1") and colour.get(f"{W}themeShade") is None
    )


def _has_ground(told: Any) -> bool:
    """Whether a shading or a highlight lies behind the words."""
    if told is None:
        return False
    shade, marker = told.find(f"{W}shd"), told.find(f"{W}highlight")
    filled = shade is not None and (shade.get(f"{W}fill") or "auto").lower() not in ("auto", "ffffff", "white")
    return filled or (marker is not None and (marker.get(f"{W}val") or "none") not in ("none", "white"))


def _is_hidden(run: Any, paragraph_style: str, looks: Looks, *, ground: bool) -> bool:
    told = run.find(f"{W}rPr")
    style = told.find(f"{W}rStyle") if told is not None else None
    names = {paragraph_style, (style.get(f"{W}val") or "") if style is not None else ""}
    vanish = told.find(f"{W}vanish") if told is not None else None
    if vanish is not None:
        if (vanish.get(f"{W}val") or "1").lower() not in _OFF:
            return True
    elif names & looks.hidden:
        return True
    coloured = told is not None and told.find(f"{W}color") is not None
    white = _is_white(told) if coloured else bool(names & looks.white)
    if white and not ground and not _has_ground(told):
        return True
    size = told.find(f"{W}sz") if told is not None else None
    return size is not None and (size.get(f"{W}val") or "20") in ("0", "1", "2")  # half points: a point at most


def _pieces(run: Any) -> Iterator[str]:
    for child in run:
        if child.tag in (f"{W}t", f"{W}delText"):
            yield child.text or ""
        elif child.tag in (f"{W}tab", f"{W}ptab"):
            yield "\t"
        elif child.tag in (f"{W}br", f"{W}cr"):
            yield "\n"
        elif child.tag == f"{W}noBreakHyphen":
            yield "-"
        elif child.tag == f"{W}sym":
            yield _SYMBOLS.get((child.get(f"{W}char") or "").upper(), "")


def _box_of_form(told: Any) -> str:
    """The check box or the choice of a form field of the old kind; text fields have their words in the runs behind."""
    box = told.find(f"{W}checkBox")
    if box is None:
        choices = [str(entry.get(f"{W}val") or "") for entry in told.iter(f"{W}listEntry")]
        chosen = told.find(f"{W}ddList/{W}result")
        place = (chosen.get(f"{W}val") or "0") if chosen is not None else "0"
        return choices[int(place)] if place.isdigit() and int(place) < len(choices) else ""
    ticked = box.find(f"{W}checked")
    if ticked is None:
        ticked = box.find(f"{W}default")
    on = ticked is not None and (ticked.get(f"{W}val") or "1").lower() not in _OFF
    return "☒ " if on else "☐ "
