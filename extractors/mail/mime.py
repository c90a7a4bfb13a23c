"""Mail of other kinds (Outlook's) put into the form of the internet's, so that one reader knows them all."""

from base64 import encodebytes
from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import quote

from extractors.document import Block
from extractors.pieces import one_line


def fields(pairs: Iterable[tuple[str, str]]) -> bytes:
    """Header lines in UTF-8 as they stand; empty ones are left out."""
    lines = ((name, one_line(value)) for name, value in pairs)
    return b"".join(f"{name}: {value}\r\n".encode("utf-8", "replace") for name, value in lines if value)


def part(kind: str, data: bytes, *, name: str = "", content_id: str = "", attached: bool = True) -> bytes:
    """A part that holds bytes."""
    head = [("Content-Type", kind), ("Content-Transfer-Encoding", "base64"), ("Content-ID", content_id)]
    if attached:
        told = f"; filename*=utf-8''{quote(one_line(name), safe='')}" if name else ""
        head.append(("Content-Disposition", f"attachment{told}"))
    return fields(head) + b"\r\n" + encodebytes(data)


def enclosed(mail: bytes, name: str) -> bytes:
    """A part that holds a mail."""
    told = f"attachment; filename*=utf-8''{quote(one_line(name), safe='')}"
    return fields([("Content-Type", "message/rfc822"), ("Content-Disposition", told)]) + b"\r\n" + mail


def several(kind: str, parts: Sequence[bytes], level: int) -> bytes:
    """A ``multipart/`` of ``kind``; ``level`` differs from that of any other one in or around it."""
    boundary = f"=_backhaul_{level}_{kind}"
    inside = b"".join(b"--%b\r\n%b\r\n" % (boundary.encode(), held) for held in parts)
    return b'Content-Type: multipart/%b; boundary="%b"\r\n\r\n%b--%b--\r\n' % (
        kind.encode(), boundary.encode(), inside, boundary.encode(),
    )  # fmt: skip


def body(plain: str, html: bytes | str, level: int) -> list[bytes]:
    """The mail's own text as one part, of two forms where there are two; none where it is empty."""
    forms = []
    if plain.strip():
        forms.append(part("text/plain; charset=utf-8", plain.encode("utf-8", "replace"), attached=False))
    if html.strip():
        text = html if isinstance(html, bytes) else html.encode("utf-8", "replace")
        charset = "" if isinstance(html, bytes) else "; charset=utf-8"
        forms.append(part(f"text/html{charset}", text, attached=False))
    return forms if len(forms) < 2 else [several("alternative", forms, level)]


def html_of_blocks(blocks: Sequence[Block]) -> str:
    """Blocks as HTML, for text that is rich but no HTML."""
    pieces: list[str] = []
    table: int | None = None
    for held in blocks:
        if held.table != table:
            pieces.append(("</table>" if table is not None else "") + ("<table>" if held.table is not None else ""))
            table = held.table
        if held.table is not None:
            pieces.append("<tr>" + "".join(f"<td>{escape(cell.text)}</td>" for cell in held.cells) + "</tr>")
        else:
            style = ' style="display:none"' if held.hidden else ""
            pieces.append(f"<p{style}>" + "<br>".join(map(escape, held.text.split("\n"))) + "</p>")
    return "".join(pieces) + ("</table>" if table is not None else "")
