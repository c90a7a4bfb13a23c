"""PDFium's calls that pypdfium2 wraps too slowly for a page of hundreds of words: bound once, called by address.

A call whose arguments ctypes need not convert costs half of one that it converts: pointers are passed as what ``byref``
or PDFium gives, never as plain numbers. PDFium keeps state that threads may not share: hold ``LOCK``.
"""

import ctypes
import gc
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

LOCK = threading.Lock()

PATH, IMAGE, FORM = 2, 3, 5
LINK, POPUP = 2, 16


@contextmanager
def uncollected() -> Iterator[None]:
    """The collector of cycles waits: a page's pieces are thousands of tuples, all gone with the page, and no cycles."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # Of readers at work at once, the one that found it at work lets it on again.
        if collects:
            gc.enable()


class _Opaque(ctypes.Structure):
    """What PDFium does not show of its objects."""


# A page object, a path's segment: passed back as it came.
Handle: Any = ctypes.POINTER(_Opaque)
_RETURNS: dict[str, Any] = {
    "FPDFText_CountChars": ctypes.c_int,
    "FPDFText_GetText": ctypes.c_int,
    "FPDFText_GetLooseCharBox": ctypes.c_int,
    "FPDFText_GetCharIndexFromTextIndex": ctypes.c_int,
    "FPDFText_GetCharAngle": ctypes.c_float,
    "FPDFText_GetFontInfo": ctypes.c_ulong,
    "FPDFText_GetTextObject": ctypes.c_void_p,
    "FPDFPage_CountObjects": ctypes.c_int,
    "FPDFPage_GetObject": Handle,
    "FPDFPage_GetAnnotCount": ctypes.c_int,
    "FPDFPage_GetAnnot": Handle,
    "FPDFPage_CloseAnnot": None,
    "FPDFAnnot_GetSubtype": ctypes.c_int,
    "FPDFFormObj_CountObjects": ctypes.c_int,
    "FPDFFormObj_GetObject": Handle,
    "FPDFPageObj_GetType": ctypes.c_int,
    "FPDFPageObj_GetBounds": ctypes.c_int,
    "FPDFPageObj_GetMatrix": ctypes.c_int,
    "FPDFPageObj_GetFillColor": ctypes.c_int,
    "FPDFPageObj_SetIsActive": ctypes.c_int,
    "FPDFTextObj_GetTextRenderMode": ctypes.c_int,
    "FPDFPath_GetDrawMode": ctypes.c_int,
    "FPDFPath_CountSegments": ctypes.c_int,
    "FPDFPath_GetPathSegment": Handle,
    "FPDFPathSegment_GetPoint": ctypes.c_int,
    "FPDFPathSegment_GetType": ctypes.c_int,
}


class Calls:
    """The calls by the last part of their names."""

    def __init__(self) -> None:
        import pypdfium2.raw as raw  # type: ignore[import-untyped] # the package ships no types

        for name, returns in _RETURNS.items():
            address = ctypes.cast(getattr(raw, name), ctypes.c_void_p).value or 0
            # The interpreter's lock is kept: each takes well under a microsecond.
            setattr(self, _short(name), ctypes.PYFUNCTYPE(returns)(address))
        # nothing yet, and of the right shape for a page that has nothing to ask about
        self._boxes: tuple[Any, list[Any]] = (np.zeros((0, 4), dtype=np.float32), [])
        self._shades: tuple[Any, list[list[Any]]] = (np.zeros((0, 4), dtype=np.uint32), [[], [], [], []])
        self._bounds: tuple[Any, list[list[Any]]] = (np.zeros((0, 4), dtype=np.float32), [[], [], [], []])

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)  # only reached for a call that is not bound

    def boxes(self, count: int) -> "tuple[np.ndarray[Any, np.dtype[np.float32]], list[Any]]":
        """(room for that many boxes of four numbers, a pointer to each); good until the next call, under the lock."""
        if count > len(self._boxes[1]):
            held = (ctypes.c_float * (4 * count))()
            self._boxes = (np.ctypeslib.as_array(held).reshape(-1, 4), pointers(held, 16))
        return self._boxes[0][:count], self._boxes[1]

    def shades(self, count: int) -> "tuple[np.ndarray[Any, np.dtype[np.uint32]], list[list[Any]]]":
        """(room for that many colours of four numbers, pointers to their reds, greens, blues and opacities)"""
        if count > len(self._shades[1][0]):
            self._shades = _columns(ctypes.c_uint, count)
        return self._shades[0][:count], self._shades[1]

    def bounds(self, count: int) -> "tuple[np.ndarray[Any, np.dtype[np.float32]], list[list[Any]]]":
        """(room for that many boxes of four numbers, pointers to their lefts, bottoms, rights and tops)"""
        if count > len(self._bounds[1][0]):
            self._bounds = _columns(ctypes.c_float, count)
        return self._bounds[0][:count], self._bounds[1]

    def handle(self, held: Any) -> Any:
        """The pointer behind a page or text page of pypdfium2."""
        return ctypes.byref(held.raw.contents)


def _columns(kind: Any, count: int) -> "tuple[np.ndarray[Any, Any], list[list[Any]]]":
    """(``count`` rows of four numbers, pointers to those of each column)"""
    held = (kind * (4 * count))()
    found = pointers(held, 4)
    return np.ctypeslib.as_array(held).reshape(-1, 4), [found[part::4] for part in range(4)]


def pointers(held: Any, step: int) -> list[Any]:
    """A pointer to every ``step`` bytes of an array."""
    return [ctypes.byref(held, place) for place in range(0, ctypes.sizeof(held), step)]


def addresses(handles: Iterable[Any]) -> list[int]:
    """What ``GetTextObject`` answers for each of the handles."""
    found: list[int] = np.frombuffer(b"".join(handles), np.uintp).tolist()
    return found


def _short(name: str) -> str:
    room, _, call = name.partition("_")
    return f"{room[4:]}_{call}" if room in ("FPDFFormObj", "FPDFPathSegment") else call


@cache
def calls() -> Calls:
    """PDFium, loaded with the first PDF."""
    return Calls()
