"""What a file is, told from its content; its name and declared type only settle what text cannot tell."""

import io
import re
import zipfile
from typing import Literal

from extractors.charset import decode, unmarked_wide

Kind = Literal[
    "mail", "html", "plain", "delimited", "pdf", "docx", "xlsx", "calamine", "ods", "odt", "sheet_xml", "picture",
    "doc", "msg", "rtf", "zip", "tar", "packed", "sealed_archive", "tnef", "signed", "vcard", "calendar", "edi",
    "edifact", "slides", "office_encrypted", "encrypted", "broken_archive", "empty", "unknown",
]  # fmt: skip

_PICTURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
OLE_MARK = bytes.fromhex("d0cf11e0a1b11ae1")
_SEALED_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"MSCF\x00\x00\x00\x00")
_PACKED = (b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00")
_OFFICE_PARTS: tuple[tuple[str, Kind], ...] = (
    ("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("xl/workbook.bin", "calamine"),
    ("ppt/presentation.xml", "slides"),
)  # fmt: skip
_NUMBERED_DOCUMENT = re.compile(r"word/document\d{0,3}\.xml")
_OPEN_DOCUMENTS: tuple[tuple[bytes, Kind], ...] = (
    (b"spreadsheet", "ods"), (b"text", "odt"), (b"presentation", "slides"),
)  # fmt: skip
_OLE_STREAMS: tuple[tuple[str, Kind], ...] = (
    ("EncryptedPackage", "office_encrypted"), ("__properties_version1.0", "msg"), ("WordDocument", "doc"),
    ("Workbook", "calamine"), ("Book", "calamine"), ("PowerPoint Document", "slides"),
)  # fmt: skip
# Formats that begin as no other text does.
_ISA = re.compile(r"ISA([^A-Za-z0-9\s])..\1.{10}\1..\1.{10}\1..\1.{15}\1..\1.{15}\1", re.DOTALL)
_SHEET_XML = re.compile(
    r"<\?xml[^>]*>\s*(<\?mso-application[^>]*>\s*)?<(\w+:)?Workbook\b[^>]*schemas-microsoft-com:office:spreadsheet"
)
_OPENINGS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"BEGIN:VCARD\b", re.IGNORECASE), "vcard"),
    (re.compile(r"BEGIN:VCALENDAR\b", re.IGNORECASE), "calendar"),
    (re.compile(r"UNA.{5} ?.?\s*UN[BG]|UNB\+", re.DOTALL), "edifact"),
    (_ISA, "edi"),
    (_SHEET_XML, "sheet_xml"),
)
_ENVELOPED = bytes.fromhex("2a864886f70d010703")
_SIGNED = bytes.fromhex("2a864886f70d010702")
_HTML = re.compile(r"<\s*(!doctype\s+html|html|head|body|table|div|p|br|span|meta)\b", re.IGNORECASE)
_MAIL_LINE = re.compile(r"^([A-Za-z][A-Za-z0-9-]*):", re.MULTILINE)
_MAIL_FIELDS = {
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "received",
    "mime-version",
    "return-path",
    "content-type",
}
_TRANSPORT = {"message-id", "received", "mime-version", "return-path"}
_DELIMITERS = ("\t", ";", ",", "|")
_LOOK_AHEAD = 8_192

MEDIA_TYPES: dict[str, str] = {
    "mail": "message/rfc822",
    "html": "text/html",
    "plain": "text/plain",
    "delimited": "text/csv",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "calamine": "application/vnd.ms-excel",
    "doc": "application/msword",
    "msg": "application/vnd.ms-outlook",
    "rtf": "application/rtf",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "zip": "application/zip",
    "broken_archive": "application/zip",
    "tar": "application/x-tar",
    "packed": "application/gzip",
    "vcard": "text/vcard",
    "calendar": "text/calendar",
    "sheet_xml": "application/vnd.ms-excel",
    "edi": "application/edi-x12",
    "edifact": "application/edifact",
    "tnef": "application/vnd.ms-tnef",
    "signed": "application/pkcs7-mime",
}


def kind_of(data: bytes, path: str = "", declared_type: str = "") -> tuple[Kind, str]:
    """The kind of reader a file needs, and its media type."""
    head = data[:_LOOK_AHEAD]
    if not data.strip(b"\x00 \t\r\n"):
        return "empty", declared_type or "application/octet-stream"
    picture = picture_type(head)
    if picture:
        return "picture", picture
    kind = _by_mark(data, head) or _by_text(head, path.lower(), declared_type.lower())
    return kind, MEDIA_TYPES.get(kind, declared_type or "application/octet-stream")


def picture_type(head: bytes) -> str:
    """The media type of a raster picture, or ''."""
    for mark, media_type in _PICTURES:
        if head.startswith(mark):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif"):
        return "image/heic"
    if head[:2] == b"BM" and head[6:10] == b"\x00\x00\x00\x00":
        return "image/bmp"
    return ""


def _by_mark(data: bytes, head: bytes) -> Kind | None:
    text = head.lstrip()
    if text.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(data)
    if head.startswith(OLE_MARK):
        return _ole_kind(data)
    if text.startswith(b"{\\rtf"):
        return "rtf"
    if head.startswith(b"\x78\x9f\x3e\x22"):
        return "tnef"
    if head.startswith(_SEALED_ARCHIVES):
        return "sealed_archive"
    if head.startswith(_PACKED):
        return "packed"
    if head[257:262] == b"ustar":
        return "tar"
    if text.startswith(b"-----BEGIN PGP MESSAGE") or (head[:1] == b"\x30" and _ENVELOPED in head[:64]):
        return "encrypted"
    if text.startswith(b"-----BEGIN PKCS7") or (head[:1] == b"\x30" and _SIGNED in head[:64]):
        return "signed"
    # Some programs write a line or two before it.
    return "pdf" if b"%PDF-" in head[:1024] else None


def _zip_kind(data: bytes) -> Kind:
    mimetype = b""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            mimetype = b""
            if "mimetype" in names:
                with archive.open("mimetype") as told:
                    mimetype = told.read(100)
    except Exception:  # noqa: BLE001 - zipfile raises many kinds on what strangers send
        names = {name for name in ("word/document.xml", "xl/workbook.xml") if name.encode() in data}
        if not names:
            return "broken_archive"
    for name, kind in _OFFICE_PARTS:
        if name in names:
            return kind
    if any(_NUMBERED_DOCUMENT.fullmatch(name) for name in names):
        return "docx"
    for mark, kind in _OPEN_DOCUMENTS:
        if mimetype.startswith(b"application/vnd.oasis.opendocument." + mark):
            return kind
    return "unknown" if mimetype.startswith(b"application/vnd.oasis.opendocument.") else "zip"


def _ole_kind(data: bytes) -> Kind:
    """By the streams of the file's own folder: the files enclosed in it have such names too."""
    try:
        import olefile

        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            names = {held[0] for held in ole.listdir() if len(held) == 1}
    except Exception:  # noqa: BLE001 - olefile raises many kinds on damage
        names = {name for name, _ in _OLE_STREAMS if name.encode("utf-16-le") in data}
    return next((kind for name, kind in _OLE_STREAMS if name in names), "unknown")


def _by_text(head: bytes, path: str, declared: str) -> Kind:
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or bool(unmarked_wide(head))
    if not wide and (b"\x00" in head or _controls(head) * 50 > len(head)):
        return "unknown"
    text = decode(head[:-3] if len(head) == _LOOK_AHEAD and not wide else head)
    start = text.lstrip("\ufeff \t\r\n")
    for mark, kind in _OPENINGS:
        if mark.match(start):
            return kind
    if _is_mail(text, path, declared):
        return "mail"
    named_text = declared == "text/plain" or path.endswith((".txt", ".csv", ".tsv", ".log"))
    if _HTML.match(start) or (not named_text and _is_html(text, path, declared)):
        return "html"
    if declared in ("text/csv", "text/tab-separated-values") or path.endswith((".csv", ".tsv", ".tab")):
        return "delimited"
    return "delimited" if _is_delimited(text) else "plain"


def _controls(head: bytes) -> int:
    return sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)


def _is_mail(text: str, path: str, declared: str) -> bool:
    start = re.split(r"\r?\n\r?\n", text.lstrip("\ufeff\r\n"), maxsplit=1)[0]
    first = _MAIL_LINE.match(start)
    if first is None and not start.startswith("From "):
        return False
    fields = {name.lower() for name in _MAIL_LINE.findall(start)} & _MAIL_FIELDS
    hinted = declared == "message/rfc822" or path.endswith(".eml")
    return len(fields) >= (1 if hinted else 3) and (hinted or bool(fields & _TRANSPORT))


def _is_html(text: str, path: str, declared: str) -> bool:
    return (declared == "text/html" or path.endswith((".html", ".htm"))) and bool(_HTML.search(text))


def _is_delimited(text: str) -> bool:
    """Every one of at least three lines has the same number (two or more) of one delimiter, and few words a cell."""
    lines = [line for line in text.splitlines() if line.strip()]
    lines = lines[: -1 if len(lines) > 50 else None][:50]
    if len(lines) < 3:
        return False
    for delimiter in _DELIMITERS:
        counts = {line.count(delimiter) for line in lines}
        if len(counts) == 1 and counts.pop() >= 2 and max(map(len, lines)) < 400:
            return True
    return False
