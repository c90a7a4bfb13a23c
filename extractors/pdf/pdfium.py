"""PDFium's calls that pypdfium2 wraps too slowly for a page of hundreds of words: bound once, called by address.

A call through cffi costs half of one through ctypes. PDFium keeps state that threads may not share: hold ``LOCK``.
"""

import ctypes
import threading
from functools import cache
from typing import Any

LOCK = threading.Lock()

TEXT, PATH, IMAGE, SHADING, FORM = 1, 2, 3, 4, 5
_SIGNATURES = {
    "FPDFText_CountChars": "int(*)(void*)",
    "FPDFText_GetText": "int(*)(void*, int, int, unsigned short*)",
    "FPDFText_GetLooseCharBox": "int(*)(void*, int, float*)",
    "FPDFText_GetCharIndexFromTextIndex": "int(*)(void*, int)",
    "FPDFText_GetCharAngle": "float(*)(void*, int)",
    "FPDFText_GetFontInfo": "unsigned long(*)(void*, int, char*, unsigned long, int*)",
    "FPDFText_GetTextObject": "size_t(*)(void*, int)",
    "FPDFPage_CountObjects": "int(*)(void*)",
    "FPDFPage_GetObject": "size_t(*)(void*, int)",
    "FPDFPage_GetAnnotCount": "int(*)(void*)",
    "FPDFFormObj_CountObjects": "int(*)(size_t)",
    "FPDFFormObj_GetObject": "size_t(*)(size_t, unsigned long)",
    "FPDFPageObj_GetType": "int(*)(size_t)",
    "FPDFPageObj_GetBounds": "int(*)(size_t, float*, float*, float*, float*)",
    "FPDFPageObj_GetMatrix": "int(*)(size_t, float*)",
    "FPDFPageObj_GetFillColor": "int(*)(size_t, unsigned int*, unsigned int*, unsigned int*, unsigned int*)",
    "FPDFPageObj_SetIsActive": "int(*)(size_t, int)",
    "FPDFTextObj_GetTextRenderMode": "int(*)(size_t)",
    "FPDFPath_GetDrawMode": "int(*)(size_t, int*, int*)",
    "FPDFPath_CountSegments": "int(*)(size_t)",
    "FPDFPath_GetPathSegment": "void*(*)(size_t, int)",
    "FPDFPathSegment_GetPoint": "int(*)(void*, float*, float*)",
    "FPDFPathSegment_GetType": "int(*)(void*)",
}


class Calls:
    """The calls by the last part of their names; handles of page objects are plain numbers (0: none)."""

    def __init__(self) -> None:
        import cffi  # type: ignore[import-untyped] # the package ships no types
        import pypdfium2.raw as raw  # type: ignore[import-untyped] # the package ships no types

        self.ffi: Any = cffi.FFI()
        for name, signature in _SIGNATURES.items():
            address = ctypes.cast(getattr(raw, name), ctypes.c_void_p).value
            setattr(self, _short(name), self.ffi.cast(signature, address))
        self._boxes: tuple[Any, list[Any]] = (None, [])
        self._shades: tuple[Any, list[list[Any]]] = (None, [[]])

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)  # only reached for a call that is not bound

    def boxes(self, count: int) -> tuple[Any, list[Any]]:
        """(room for that many boxes of four numbers, a pointer to each); good until the next call, under the lock."""
        if count > len(self._boxes[1]):
            room = self.ffi.new("float[]", 4 * count)
            self._boxes = (room, [room + 4 * number for number in range(count)])
        return self._boxes

    def shades(self, count: int) -> tuple[Any, list[list[Any]]]:
        """(room for that many colours of four numbers, pointers to their reds, greens, blues and opacities)"""
        if count > len(self._shades[1][0]):
            room = self.ffi.new("unsigned int[]", 4 * count)
            self._shades = (room, [[room + 4 * number + part for number in range(count)] for part in range(4)])
        return self._shades

    def handle(self, held: Any) -> Any:
        """The address behind a page or text page of pypdfium2."""
        return self.ffi.cast("void*", ctypes.cast(held.raw, ctypes.c_void_p).value)


def _short(name: str) -> str:
    room, _, call = name.partition("_")
    return f"{room[4:]}_{call}" if room in ("FPDFFormObj", "FPDFPathSegment") else call


@cache
def calls() -> Calls:
    """PDFium, loaded with the first PDF."""
    return Calls()
