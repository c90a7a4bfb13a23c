"""What people put onto a PDF: filled fields, ticks, notes and marks, with their places."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from extractors.document import Box
from extractors.pdf.frame import Frame
from extractors.pdf.shown import Shown
from extractors.pieces import clean, one_line

if TYPE_CHECKING:
    from pypdf import PdfReader

# Marks laid over printed words, and marks drawn around or through them.
_ON_WORDS = {"/Highlight", "/Underline", "/StrikeOut", "/Squiggly"}
_DRAWN = {"/Ink", "/Square", "/Circle", "/Line", "/Polygon", "/PolyLine"}
_NOTES = {"/FreeText", "/Text", "/Stamp", "/Caret", *_ON_WORDS, *_DRAWN}
_RICH = re.compile(r"<[^>]{0,500}>")
_PER_PAGE = 3_000
_NOT_SHOWN = 2 | 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A field's value, a note, or a mark on printed words.

    ``ticked`` is told of check boxes only. ``covers`` are the areas a mark lies on, and ``how`` its kind
    (``StrikeOut``, ``Ink``); its text is found among the printed words.
    """

    kind: Literal["form_field", "annotation"]
    text: str
    label: str
    box: Box
    heading: str = ""
    in_grid: bool = False
    ticked: bool | None = None
    covers: tuple[Box, ...] = ()
    how: str = ""

    def shown(self) -> Shown:
        """The mark as a block of its own."""
        return Shown(self.kind, self.text, self.box, label=self.label, source=self.kind)


def marks_of(reader: "PdfReader", number: int, frame: Frame) -> list[Mark]:
    """The marks of a page (numbered from 1); a damaged page or mark has none."""
    try:
        held = reader.pages[number - 1].get("/Annots")
        listed = list((held.get_object() if held is not None else None) or [])
    except Exception:  # noqa: BLE001 - damaged files fail in many ways; the printed words stand
        return []
    marks: list[Mark] = []
    for reference in listed[:_PER_PAGE]:
        try:
            marks += _marks(reference.get_object(), frame)
        except Exception:  # noqa: BLE001, S112 - see above
            continue
    return marks


def _marks(annotation: Any, frame: Frame) -> Iterator[Mark]:
    box = _box([float(side) for side in annotation["/Rect"]], frame)
    kind = annotation.get("/Subtype")
    if int(annotation.get("/F", 0)) & _NOT_SHOWN:
        return
    if kind == "/Widget":
        yield from _field(annotation, box)
    elif kind in _NOTES:
        how = str(kind).lstrip("/")
        covers = _covers(annotation, str(kind), box, frame)
        if covers:
            yield Mark(kind="annotation", text="", label=how, box=box, covers=tuple(covers), how=how)
        text = _note(annotation)
        if text:
            author = one_line(str(annotation.get("/T", "")))
            yield Mark(kind="annotation", text=text, label=author or how, box=box)


def _box(sides: Sequence[float], frame: Frame) -> Box:
    across, down = sorted(sides[::2]), sorted(sides[1::2])
    return frame.box(across[0], down[0], across[-1], down[-1])


def _covers(annotation: Any, kind: str, box: Box, frame: Frame) -> list[Box]:
    """The areas that a mark covers: one a line of words for a highlight, one a stroke for ink."""
    if kind in _ON_WORDS:
        points = [float(side) for side in annotation.get("/QuadPoints") or []]
        quads = [_box(points[place : place + 8], frame) for place in range(0, len(points) - 7, 8)]
        return quads[:500] or [box]
    if kind == "/Ink":
        strokes = [[float(side) for side in stroke] for stroke in annotation.get("/InkList") or []]
        return [_box(stroke, frame) for stroke in strokes[:500] if len(stroke) >= 4] or [box]
    if kind == "/Line":
        ends = [float(side) for side in annotation.get("/L") or []]
        return [_box(ends, frame)] if len(ends) == 4 else [box]
    return [box] if kind in _DRAWN else []


def _note(annotation: Any) -> str:
    plain = clean(str(annotation.get("/Contents") or "")).strip()
    told = plain or one_line(_RICH.sub(" ", str(annotation.get("/RC") or "")))
    if not told and annotation.get("/Subtype") == "/Stamp":
        return one_line(re.sub(r"^(SB|SH)?", "", str(annotation.get("/Name") or "").lstrip("/#")))
    return told


def _field(widget: Any, box: Box) -> Iterator[Mark]:
    kind = _inherited(widget, "/FT")
    label = one_line(str(_inherited(widget, "/TU") or "")) or _name(widget)
    value = _inherited(widget, "/V")
    if kind == "/Btn":
        if int(_inherited(widget, "/Ff") or 0) & (1 << 16):
            return  # a push button holds no value
        state = str(widget.get("/AS") or value or "/Off").lstrip("/")
        ticked = state not in ("Off", "")
        text = (state if state.lower() not in ("yes", "on", "1", "true", "x") else "Yes") if ticked else ""
        yield Mark(kind="form_field", text=text, label=label, box=box, ticked=ticked)
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
