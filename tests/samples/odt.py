"""OpenDocument texts: the content as given, in the archive that programs write."""

import io
import zipfile

_TYPE = "application/vnd.oasis.opendocument.text"
_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table")
)
_DRAWING = 'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
LETTER = """
<text:tracked-changes><text:changed-region><text:deletion><text:p>deleted words</text:p></text:deletion>
</text:changed-region></text:tracked-changes>
<text:h text:outline-level="1">Return of SO-1001</text:h>
<text:p>Please<text:s text:c="2"/>take back<text:line-break/>12 of <text:span>BV-34</text:span>.\
<office:annotation><dc:creator>Dana</dc:creator><text:p>count again</text:p></office:annotation></text:p>
<text:list><text:list-item><text:p>leaking</text:p></text:list-item></text:list>
<table:table><table:table-row><table:table-cell><text:p>Item</text:p></table:table-cell>
<table:table-cell><text:p>Qty</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell><text:p>BV-34</text:p></table:table-cell>
<table:table-cell><text:p>12</text:p></table:table-cell></table:table-row></table:table>
<text:p><draw:frame><draw:text-box><text:p>in a box</text:p></draw:text-box></draw:frame>See note\
<text:note><text:note-body><text:p>lot A26918</text:p></text:note-body></text:note></text:p>
"""


def odt(body: str = LETTER, *, encrypted: bool = False) -> bytes:
    content = (
        f"<office:document-content {_SPACES} {_DRAWING}><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>"
    )
    locked = "<manifest:encryption-data/>" if encrypted else ""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", _TYPE)
        archive.writestr("META-INF/manifest.xml", f"<manifest:manifest>{locked}</manifest:manifest>")
        archive.writestr("content.xml", content)
    return out.getvalue()
