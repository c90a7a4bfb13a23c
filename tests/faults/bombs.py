"""Files made to cost whoever reads them: they unpack, nest, repeat or promise more than anyone can hold."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator

from tests.samples import documents

_MB = 1_000_000


def bombs(scale: float = 1.0) -> Iterator[tuple[str, bytes]]:
    """(file name, bytes); built one after the other. ``scale`` shrinks what they unpack to."""

    def size(bytes_: int) -> int:
        return max(1_000, int(bytes_ * scale))

    for name, build in _BOMBS.items():
        yield name, build(size)


Size = Callable[[int], int]


def _zip(size: Size) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.txt", b"0" * size(400 * _MB))
    return out.getvalue()


def _zip_in_zip(size: Size) -> bytes:
    data = _zip(size)
    for depth in range(6):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(10):
                archive.writestr(f"{depth}-{number}.zip", data)
        data = out.getvalue()
    return data


def _deep_zip(size: Size) -> bytes:
    data = b"words"
    for _ in range(size(1_000) // 10 or 50):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("a.zip", data)
        data = out.getvalue()
    return data


def _many_members(size: Size) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(size(20_000)):
            archive.writestr(f"{number}.txt", b"x")
    return out.getvalue()


def _lying_zip(size: Size) -> bytes:
    """Its directory says one byte, its data are many."""
    data = bytearray(_zip(size))
    real = struct.pack("<I", size(400 * _MB))
    return bytes(data.replace(real, struct.pack("<I", 1)))


def _tar(size: Size) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name in ("../../evil.txt", "/etc/evil", "zeros.txt"):
            info = tarfile.TarInfo(name)
            info.size = size(200 * _MB)
            archive.addfile(info, io.BytesIO(b"\x00" * info.size))
    return out.getvalue()


def _with_member(file: bytes, name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for held in old.namelist():
            if held != name:
                new.writestr(held, old.read(held))
        new.writestr(name, data)
    return out.getvalue()


_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def _laughs(inside: str) -> bytes:
    """Ten entities, each ten of the one before: a billion."""
    named = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "laughs">{named}]>{inside}'.encode()


def _docx_laughs(size: Size) -> bytes:
    text = f'<w:document xmlns:w="{_WORD}"><w:body><w:p><w:r><w:t>&e9;</w:t></w:r></w:p></w:body></w:document>'
    return _with_member(documents.docx_form(), "word/document.xml", _laughs(text))


def _docx_file_entity(size: Size) -> bytes:
    text = f'<w:document xmlns:w="{_WORD}"><w:body><w:p><w:r><w:t>&f;</w:t></w:r></w:p></w:body></w:document>'
    head = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    return _with_member(documents.docx_form(), "word/document.xml", (head + text).encode())


def _xlsx_laughs(size: Size) -> bytes:
    cell = '<c t="inlineStr"><is><t>&e9;</t></is></c>'
    text = f'<worksheet xmlns="{_SHEET}"><sheetData><row>{cell}</row></sheetData></worksheet>'
    return _with_member(documents.xlsx_list(), "xl/worksheets/sheet1.xml", _laughs(text))


def _docx_large(size: Size) -> bytes:
    run = b"<w:p><w:r><w:t>words and words</w:t></w:r></w:p>"
    body = run * (size(140 * _MB) // len(run))
    text = f'<w:document xmlns:w="{_WORD}"><w:body>'.encode() + body + b"</w:body></w:document>"
    return _with_member(documents.docx_form(), "word/document.xml", text)


def _docx_tables(size: Size) -> bytes:
    depth = size(3_000)
    text = "<w:tbl><w:tr><w:tc><w:p/>" * depth + "</w:tc></w:tr></w:tbl>" * depth
    whole = f'<w:document xmlns:w="{_WORD}"><w:body>{text}</w:body></w:document>'.encode()
    return _with_member(documents.docx_form(), "word/document.xml", whole)


def _xlsx_cells(size: Size) -> bytes:
    rows = "<row>" + "<c><v>1</v></c>" * 1_000 + "</row>"
    text = f'<worksheet xmlns="{_SHEET}"><sheetData>{rows * (size(1_000_000) // 1_000)}</sheetData></worksheet>'
    return _with_member(documents.xlsx_list(), "xl/worksheets/sheet1.xml", text.encode())


def _xlsx_far(size: Size) -> bytes:
    cell = '<c r="XFD1048576"><v>1</v></c>'
    text = f'<worksheet xmlns="{_SHEET}"><sheetData><row r="1048576">{cell}</row></sheetData></worksheet>'
    return _with_member(documents.xlsx_list(), "xl/worksheets/sheet1.xml", text.encode())


def _ods_repeated(size: Size) -> bytes:
    data = documents.ods_list()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read("content.xml")
    text = text.replace(b"<table:table-row>", b'<table:table-row table:number-rows-repeated="1048576">')
    text = text.replace(b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="16384" ')
    return _with_member(data, "content.xml", text)


def pdf_of(*objects: bytes, root: int = 1) -> bytes:
    """A PDF of those objects, numbered from 1, with a cross-reference table that fits."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, held in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + held + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer <</Size %d /Root %d 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, root, start))


def _stream(data: bytes, filters: bytes = b"/FlateDecode", more: bytes = b"") -> bytes:
    return b"<</Length %d /Filter [%s] %s>>stream\n" % (len(data), filters, more) + data + b"\nendstream"


_CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
_PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
_FONT = b"<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"


def _page(more: bytes = b"", box: bytes = b"0 0 612 792") -> bytes:
    return b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources%s%s>>" % (box, _FONT, more)


def _pdf_stream(size: Size) -> bytes:
    data = zlib.compress(zlib.compress(b" " * size(900 * _MB), 9), 9)
    return pdf_of(_CATALOG, _PAGES, _page(), _stream(data, b"/FlateDecode/FlateDecode"))


def _pdf_text(size: Size) -> bytes:
    line = b"BT /F1 9 Tf 50 700 Td (Item BV-34 12 pcs) Tj ET\n"
    return pdf_of(_CATALOG, _PAGES, _page(), _stream(zlib.compress(line * (size(100 * _MB) // len(line)))))


def _pdf_objects(size: Size) -> bytes:
    """An object stream that unpacks to far more than it holds."""
    data = zlib.compress(b"5 0 " + b"<</A 1>> " * (size(300 * _MB) // 9))
    held = _stream(data, more=b"/Type/ObjStm/N 30000000/First 4")
    return pdf_of(_CATALOG, _PAGES, _page(), _stream(zlib.compress(b"q Q")), held)


def _pdf_loop(size: Size) -> bytes:
    pages = b"<</Type/Pages/Kids[2 0 R 2 0 R 3 0 R]/Count 1000000/Parent 2 0 R>>"
    return pdf_of(_CATALOG, pages, _page(), _stream(zlib.compress(b"q Q")))


def _pdf_form_loop(size: Size) -> bytes:
    form = _stream(
        zlib.compress(b"/X Do /X Do /X Do"),
        more=b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>",
    )
    return pdf_of(_CATALOG, _PAGES, _page(b"/XObject<</X 4 0 R>>"), form)


def _pdf_many_pages(size: Size) -> bytes:
    count = size(100_000)
    kids = b" ".join([b"3 0 R"] * count)
    pages = b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count)
    return pdf_of(_CATALOG, pages, _page(), _stream(zlib.compress(b"BT /F1 9 Tf 50 700 Td (BV-34) Tj ET")))


def _pdf_huge_page(size: Size) -> bytes:
    return pdf_of(
        _CATALOG, _PAGES, _page(box=b"0 0 9999999 9999999"), _stream(zlib.compress(b"0 0 9999999 9999999 re f"))
    )


def _pdf_notes(size: Size) -> bytes:
    note = b"<</Type/Annot/Subtype/FreeText/Rect[10 10 50 50]/Contents(got 8)/DA(/F1 9 Tf)>>"
    annotations = b"/Annots[%s]" % (note * size(20_000))
    return pdf_of(_CATALOG, _PAGES, _page(annotations), _stream(zlib.compress(b"q Q")))


def _pdf_deep(size: Size) -> bytes:
    depth = size(200_000)
    return pdf_of(_CATALOG, _PAGES, _page(b"/A " + b"[" * depth + b"]" * depth), _stream(zlib.compress(b"q Q")))


def _pdf_picture(size: Size) -> bytes:
    side = 30_000
    data = zlib.compress(zlib.compress(b"\x00" * size(side * side // 8), 9))
    more = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 1/ColorSpace/DeviceGray" % (side, side)
    image = _stream(data, b"/FlateDecode/FlateDecode", more)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
    return pdf_of(_CATALOG, _PAGES, page, _stream(zlib.compress(b"q 612 0 0 792 0 0 cm /X Do Q")), image)


def _png_real(size: Size) -> bytes:
    return png_of(20_000, 20_000, depth=1)


def png_of(width: int, height: int, *, depth: int = 1, real: bool = True) -> bytes:
    """A grey picture of that size; without ``real`` only its header has it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    line = b"\x00" + b"\xaa" * ((width * depth + 7) // 8)
    rows = zlib.compress(line * (height if real else 1))
    header = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _tiff_pages(size: Size) -> bytes:
    """A directory of pages that leads back to itself."""
    tags = [(256, 3, 1, 50_000), (257, 3, 1, 50_000), (258, 3, 1, 1), (259, 3, 1, 1), (273, 4, 1, 8), (279, 4, 1, 9)]
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return b"II*\x00" + struct.pack("<I", 8) + directory + struct.pack("<I", 8)


def _mails(size: Size) -> bytes:
    data = documents.mail()
    for _ in range(size(1_000) // 10 or 40):
        data = b"Subject: more\nMIME-Version: 1.0\nFrom: a@b.example\nContent-Type: message/rfc822\n\n" + data
    return data


def _parts(size: Size) -> bytes:
    part = b"--x\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nwords\n"
    return (
        b"MIME-Version: 1.0\nSubject: many\nFrom: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n"
        + part * size(50_000)
    )


def _multiparts(size: Size) -> bytes:
    depth = size(2_000)
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
    return b"Subject: deep\nFrom: a@b.example\nMIME-Version: 1.0\n" + opened + b"\nwords\n"


def _header(name: str, piece: str, count: int) -> Callable[[Size], bytes]:
    def build(size: Size) -> bytes:
        return (
            f"From: a@b.example\nMessage-ID: <1@b>\n{name}: {piece * size(count)}\nTo: c@d.example\n\nwords\n".encode()
        )

    return build


def _body(piece: str, count: int = 300_000, kind: str = "plain") -> Callable[[Size], bytes]:
    def build(size: Size) -> bytes:
        head = f"From: a@b.example\nSubject: x\nMessage-ID: <1@b>\nMIME-Version: 1.0\nContent-Type: text/{kind}\n\n"
        return (head + piece * size(count)).encode()

    return build


def _text(piece: str, count: int = 300_000) -> Callable[[Size], bytes]:
    return lambda size: (piece * size(count)).encode()


_BOMBS: dict[str, Callable[[Size], bytes]] = {
    "zeros.zip": _zip,
    "zips-in-zips.zip": _zip_in_zip,
    "deep.zip": _deep_zip,
    "many-members.zip": _many_members,
    "lying.zip": _lying_zip,
    "zeros.tar.gz": _tar,
    "zeros.gz": lambda size: gzip.compress(b"\x00" * size(400 * _MB), 6),
    "zeros.bz2": lambda size: bz2.compress(b"\x00" * size(200 * _MB)),
    "zeros.xz": lambda size: lzma.compress(b"\x00" * size(200 * _MB), preset=0),
    "laughs.docx": _docx_laughs,
    "file-entity.docx": _docx_file_entity,
    "laughs.xlsx": _xlsx_laughs,
    "large.docx": _docx_large,
    "nested-tables.docx": _docx_tables,
    "million-cells.xlsx": _xlsx_cells,
    "far-cell.xlsx": _xlsx_far,
    "repeated.ods": _ods_repeated,
    "stream.pdf": _pdf_stream,
    "text.pdf": _pdf_text,
    "objects.pdf": _pdf_objects,
    "pages-loop.pdf": _pdf_loop,
    "form-loop.pdf": _pdf_form_loop,
    "many-pages.pdf": _pdf_many_pages,
    "huge-page.pdf": _pdf_huge_page,
    "notes.pdf": _pdf_notes,
    "deep.pdf": _pdf_deep,
    "picture.pdf": _pdf_picture,
    "real-20000.png": _png_real,
    "header-65500.png": lambda _: png_of(65_500, 65_500, depth=8, real=False),
    "header-65500.gif": lambda _: (
        b"GIF89a" + struct.pack("<HHBBB", 65_500, 65_500, 0x80, 0, 0) + b"\x00" * 6 + b"," + b"\x00" * 20
    ),
    "loop.tiff": _tiff_pages,
    "mails-in-mails.eml": _mails,
    "endless-parts.eml": _parts,
    "deep-multiparts.eml": _multiparts,
    "subject-words.eml": _header("Subject", "=?utf-8?q?=41=?= ", 20_000),
    "subject-open.eml": _header("Subject", "=?utf-8?q?", 50_000),
    "addresses.eml": _header("Cc", "a <a@b.example>, ", 20_000),
    "address-brackets.eml": _header("Cc", "(", 100_000),
    "address-quotes.eml": _header("From", '"\\', 100_000),
    "parameters.eml": _header("Content-Type", "text/plain; a=b; ", 20_000),
    "continued.eml": _header("Content-Type", "text/plain; a*0=b; a*1=c; ", 20_000),
    "references.eml": _header("References", "<a", 100_000),
    "received.eml": _header("Date", "1 ", 100_000),
    "body-letters.eml": _body("a"),
    "body-quotes.eml": _body("> "),
    "body-quote-lines.eml": _body(">>> x\n", 60_000),
    "body-spaces.eml": _body(" "),
    "body-blank-lines.eml": _body("\n", 900_000),
    "body-on-wrote.eml": _body("On Mon, wrote: ", 40_000),
    "body-on-lines.eml": _body("On Monday x\n", 40_000),
    "body-from-lines.eml": _body("From: a\nSent: b\n", 40_000),
    "body-dashes.eml": _body("-", 500_000),
    "body-dash-lines.eml": _body("-- \n", 100_000),
    "body-digits.eml": _body("1", 300_000),
    "body-at.eml": _body("a@", 200_000),
    "body-flowed.eml": _body("a \n", 200_000, 'plain; format="flowed"'),
    "html-open.eml": _body("<", 300_000, "html"),
    "html-deep.eml": _body("<div>", 100_000, "html"),
    "html-tables.eml": _body("<table><tr><td>", 20_000, "html"),
    "html-cells.eml": _body("<td>1", 300_000, "html"),
    "html-quotes.eml": _body("<blockquote>x", 5_000, "html"),
    "html-entities.eml": _body("&amp;&#x41;", 100_000, "html"),
    "html-style.eml": _body('<p style="display:none;color:#fff;', 30_000, "html"),
    "html-attributes.eml": _body("<p a=b ", 50_000, "html"),
    "html-breaks.eml": _body("a<br>", 200_000, "html"),
    "letters.txt": _text("a", 5_000_000),
    "nothing.txt": _text(" ", 5_000_000),
    "commas.csv": _text(",", 3_000_000),
    "rows.csv": _text("a;b;c\n", 500_000),
    "quotes.csv": _text('"', 1_000_000),
    "unclosed.csv": lambda size: b'a,b,c\n1,2,3\n4,5,"' + b"x,y\n" * size(500_000),
    "deep.html": _text("<div><b>", 200_000),
    "braces.rtf": lambda size: b"{\\rtf1 " + b"{" * size(500_000),
    "binary.rtf": lambda size: b"{\\rtf1 \\bin2147483647 " + b"x" * size(100_000),
    "controls.rtf": lambda size: b"{\\rtf1 " + b"\\u-1?\\'ff\\par" * size(100_000),
    "loop.ole": lambda size: (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + b"\x00" * 16
        + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6)
        + b"\x00" * 478
        + "__properties_version1.0".encode("utf-16-le") * 20
    ),
    "long.tnef": lambda size: b"\x78\x9f\x3e\x22\x01\x00" + b"\x02\x0f\x80\x06\x00\xff\xff\xff\x7f" * size(1_000),
    "byte.bin": lambda _: b"\x01",
}
