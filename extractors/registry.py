"""Every kind of file, and the one function that reads it."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import cast

from extractors.document import Document, FailureKind
from extractors.kinds import Kind, kind_of, picture_type
from extractors.limits import Limits
from extractors.pieces import bounded, refusal
from extractors.units import unit

Reader = Callable[[bytes, str, Limits], tuple[Document, ...]]

# Dotted, so that a library loads with the first file that needs it.
READERS: dict[Kind, str] = {
    "mail": "extractors.mail.reader:read_mail",
    "html": "extractors.html.reader:read_html",
    "plain": "extractors.text.prose:read_plain",
    "delimited": "extractors.sheet.delimited:read_delimited",
    "pdf": "extractors.pdf.reader:read_pdf",
    "docx": "extractors.office.docx:read_docx",
    "xlsx": "extractors.sheet.reader:read_xlsx",
    "calamine": "extractors.sheet.reader:read_calamine",
    "ods": "extractors.sheet.ods:read_ods",
    "sheet_xml": "extractors.sheet.xml_2003:read_sheet_xml",
    "odt": "extractors.sheet.ods:read_odt",
    "picture": "extractors.scan.picture:read_picture",
    "rtf": "extractors.office.rtf:read_rtf",
    "doc": "extractors.office.doc:read_doc",
    "msg": "extractors.mail.msg:read_msg",
    "tnef": "extractors.mail.tnef:read_tnef",
    "signed": "extractors.mail.sealed:read_signed",
    "zip": "extractors.archive:read_zip",
    "tar": "extractors.archive:read_tar",
    "packed": "extractors.archive:read_packed",
    "vcard": "extractors.cards:read_vcard",
    "calendar": "extractors.cards:read_calendar",
    "edi": "extractors.edi.x12:read_x12",
}

_CONTAINERS: set[Kind] = {"zip", "tar", "packed"}

# A file is not opened for less.
_LEAST_CHARACTERS = 100

REFUSALS: dict[Kind, tuple[FailureKind, str]] = {
    "sealed_archive": ("unsupported", "{path} is an archive of a kind that cannot be opened here. Ask for a ZIP file."),
    "slides": ("unsupported", "{path} is a slide show, which cannot be read. Ask for a PDF of it."),
    "edifact": ("unsupported", "{path} is an EDIFACT message, which cannot be read. Ask for X12, CSV or a PDF."),
    "office_encrypted": ("encrypted", "{path} is locked with a password. Ask for it without one."),
    "encrypted": ("encrypted", "{path} is encrypted. Ask for it in the clear."),
    "broken_archive": ("corrupt", "{path} is damaged: its archive cannot be opened. Ask for it again."),
    "unknown": ("unsupported", "{path} is of a kind that cannot be read. Ask for it as PDF, XLSX or text."),
}


def read(data: bytes, path: str, declared_type: str = "", limits: Limits | None = None) -> tuple[Document, ...]:
    """Everything in one file: one document, or several where it holds others (a mail, a PDF with enclosures).

    ``path`` becomes the document's path. Never raises for what the bytes hold: that is a ``Failure`` on the document.
    """
    limits = limits or Limits()
    with unit(path) as lost:
        if lost is not None:
            picture = picture_type(data[:64])
            media_type = picture or declared_type or "application/octet-stream"
            return (refusal(path, media_type, lost.kind, lost.message, has_picture=bool(picture)),)
        return _read(data, path, declared_type, limits)


def _read(data: bytes, path: str, declared_type: str, limits: Limits) -> tuple[Document, ...]:
    if len(data) > limits.bytes_per_document:
        message = f"{path} has {len(data):,} bytes; more than {limits.bytes_per_document:,} are not read."
        return (refusal(path, declared_type or "application/octet-stream", "too_large", message),)
    kind, media_type = kind_of(data, path, declared_type)
    if limits.characters_in_all < _LEAST_CHARACTERS:
        message = f"{path} was not read: what stands before it holds as much text as is taken in all."
        return (refusal(path, media_type, "too_large", message, has_picture=kind == "picture"),)
    if kind == "empty":
        return (Document(path=path, media_type=media_type, text="", warnings=(f"{path} is empty.",)),)
    if kind in REFUSALS:
        why, sentence = REFUSALS[kind]
        return (refusal(path, media_type, why, sentence.format(path=path)),)
    read_kind = reader(kind)
    try:
        documents = read_kind(data, path, limits)
    except MemoryError:
        message = f"{path} needs more memory to read than there is for it, and was given up."
        return (refusal(path, media_type, "too_large", message),)
    except Exception as problem:  # noqa: BLE001 - readers of strangers' files fail in every way there is
        message = f"{path} is damaged and could not be read ({type(problem).__name__})."
        return (refusal(path, media_type, "corrupt", message),)
    holds_others = kind in _CONTAINERS and len(documents) > 1
    return tuple(bounded(document if holds_others else _told_empty(document), limits) for document in documents)


def _told_empty(document: Document) -> Document:
    """A document without words says so, where nothing else is said of it: silence would pass for having been read."""
    if document.text or document.failures or document.warnings or document.has_picture:
        return document
    return replace(document, warnings=(f"No text was found in {document.path}.",))


def reader(kind: Kind) -> Reader:
    """The function that reads files of that kind; its library loads now."""
    module, _, name = READERS[kind].partition(":")
    return cast(Reader, getattr(import_module(module), name))
