"""The files that a PDF encloses: listed for the whole document, or pinned to a page as a note (ISO 32000-2, 7.11)."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from extractors.document import Document
from extractors.limits import Limits
from extractors.pieces import one_line
from extractors.registry import read

if TYPE_CHECKING:
    from pypdf import PdfReader
    from pypdf.generic import EmbeddedFile


def enclosed(reader: "PdfReader", path: str, limits: Limits) -> Iterator[Document]:
    """Each file's documents, below ``path``. A file that can't be taken out of a damaged PDF is left out."""
    if limits.mail_depth <= 0:
        return
    inner = replace(limits, mail_depth=limits.mail_depth - 1)
    for file in islice(_once(chain(reader.attachment_list, _pinned(reader))), limits.parts):
        try:
            name, content = one_line(file.name)[:160] or "file", file.content
        except Exception:  # noqa: BLE001, S112 - a damaged file fails in many ways; what is printed was read already
            continue
        yield from read(content, f"{path}/{name.replace('/', '_')}", "", inner)


def _pinned(reader: "PdfReader") -> "Iterator[EmbeddedFile]":
    from pypdf.generic import EmbeddedFile

    for page in reader.pages:
        for noted in page.annotations or ():
            note = noted.get_object()
            if note.get("/Subtype") == "/FileAttachment" and "/FS" in note:
                held = note["/FS"]
                yield EmbeddedFile(str(held.get("/UF") or held.get("/F") or ""), held)


def _once(files: "Iterator[EmbeddedFile]") -> "Iterator[EmbeddedFile]":
    """The same file may be listed and pinned as well. What follows a broken entry is out of reach."""
    seen: set[int] = set()
    try:
        for file in files:
            reference = getattr(file.pdf_object, "indirect_reference", None)
            at = id(file.pdf_object) if reference is None else reference.idnum
            if at not in seen:
                seen.add(at)
                yield file
    except Exception:  # noqa: BLE001 - see above
        return
