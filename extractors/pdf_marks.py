"""What people put onto a PDF: filled fields, ticks, notes and marks, with their places."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from extractors.document import Block, Box
from extractors.pdf_chars import EMPTY, TICKED, Frame, Glyph
from extractors.pdf_lines import Line
from extractors.pieces import block, clean, one_line

if TYPE_CHECKING:
    from pypdf import PdfReader

_NOTES = {"/FreeText", "/Text", "/Highlight", "/Underline", "/StrikeOut", "/Squiggly", "/Stamp", "/Caret", "/Line",
          "/Square", "/Circle", "/Polygon", "/PolyLine", "/Ink"}  # fmt: skip
_RICH = re.compile(r"<[^>]{0,500}>")
_PER_PAGE = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A field's value or a note. ``glyph`` stands for a check box among the printed words."""

    kind: Literal["form_field", "annotation"]
    text: str
    label: str
    box: Box
    heading: str = ""
    in_grid: bool = False
    glyph: Glyph | None = None

    def block(self, page: int) -> Block:
        """The mark as a block of its own."""
        return block(self.text, kind=self.kind, source=self.kind, page=page, box=self.box, label=self.label)


def marks_by_page(reader: "PdfReader", frames: Mapping[int, Frame]) -> dict[int, list[Mark]]:
    """The marks of every page in ``frames`` (numbered from 1); a damaged page or mark has none."""
    found: dict[int, list[Mark]] = {}
    for number, frame in frames.items():
        try:
            held = reader.pages[number - 1].get("/Annots")
            listed = (held.get_object() if held is not None else None) or []
        except Exception:  # noqa: BLE001, S112 - damaged files fail in many ways; the printed words stand
            continue
        marks: list[Mark] = []
        for reference in list(listed)[:_PER_PAGE]:
            try:
                marks += _marks(reference.get_object(), frame)
            except Exception:  # noqa: BLE001, S112 - see above
                continue
        found[number] = marks
    return found


def _marks(annotation: Any, frame: Frame) -> Iterator[Mark]:
    rectangle = [float(side) for side in annotation["/Rect"]]
    left, right = sorted((rectangle[0], rectangle[2]))
    bottom, top = sorted((rectangle[1], rectangle[3]))
    box = frame.box(left, bottom, right, top)
    kind = annotation.get("/Subtype")
    if int(annotation.get("/F", 0)) & 2:
        return  # flagged as hidden: shown to nobody
    if kind == "/Widget":
        yield from _field(annotation, box)
    elif kind in _NOTES:
        text = _note(annotation)
        if text:
            author = one_line(str(annotation.get("/T", "")))
            yield Mark(kind="annotation", text=text, label=author or str(kind).lstrip("/"), box=box)


def _note(annotation: Any) -> str:
    plain = clean(str(annotation.get("/Contents") or "")).strip()
    return plain or one_line(_RICH.sub(" ", str(annotation.get("/RC") or "")))


def _field(widget: Any, box: Box) -> Iterator[Mark]:
    kind = _inherited(widget, "/FT")
    name = _name(widget)
    heading = one_line(str(_inherited(widget, "/TU") or ""))
    label = heading or name
    value = _inherited(widget, "/V")
    if kind == "/Btn":
        if int(_inherited(widget, "/Ff") or 0) & (1 << 16):
            return  # a push button holds no value
        state = str(widget.get("/AS") or value or "/Off").lstrip("/")
        ticked = state not in ("Off", "")
        text = (state if state.lower() not in ("yes", "on", "1", "true", "x") else "Yes") if ticked else ""
        glyph = Glyph(TICKED if ticked else EMPTY, box)
        yield Mark(kind="form_field", text=text, label=label, box=box, glyph=glyph)
    elif kind in ("/Tx", "/Ch"):
        held = value.get_object() if hasattr(value, "get_object") else value
        if hasattr(held, "get_data"):
            held = held.get_data().decode("utf-8", "replace")
        texts = held if isinstance(held, list) else [held]
        text = clean("\n".join(str(item) for item in texts if item is not None)).strip()
        yield Mark(kind="form_field", text=text, label=label, box=box, heading=_column(label), in_grid=True)


def _column(label: str) -> str:
    """A field's label without the row number that a grid's fields end in (``qty_2``)."""
    return re.sub(r"[\W_]*\d{1,3}$", "", label) or label


def _inherited(widget: Any, key: str) -> Any:
    current, steps = widget, 0
    while current is not None and steps < 16:
        if key in current:
            return current[key]
        parent = current.get("/Parent")
        current = parent.get_object() if parent is not None else None
        steps += 1
    return None


def _name(widget: Any) -> str:
    names: list[str] = []
    current, steps = widget, 0
    while current is not None and steps < 16:
        if "/T" in current:
            names.append(one_line(str(current["/T"])))
        parent = current.get("/Parent")
        current = parent.get_object() if parent is not None else None
        steps += 1
    return ".".join(reversed(names))


def with_captions(marks: Sequence[Mark], lines: Sequence[Line]) -> list[Mark]:
    """The marks; a ticked box says the words printed to its right instead of the form's inner value."""
    return [
        replace(mark, text=_caption(mark.box, lines) or mark.text) if mark.glyph is not None and mark.text else mark
        for mark in marks
    ]


def _caption(box: Box, lines: Sequence[Line]) -> str:
    for line in lines:
        for piece in line.pieces:
            for number, word in enumerate(piece.words):
                if word.text.startswith(TICKED) and abs(word.box[0] - box[0]) < 1 and abs(word.box[1] - box[1]) < 12:
                    told = [word.text[1:], *(later.text for later in piece.words[number + 1 :])]
                    return one_line(re.split(f"[{TICKED}{EMPTY}]", " ".join(told))[0])
    return ""
