"""XML inside office files: parsed without entities, networks or limits lifted; and the archive it comes in."""

import io
import zipfile
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def tree(data: bytes) -> "_Element":
    """The root of an XML document; entities stay unresolved. Raises ``etree.XMLSyntaxError``."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    return etree.fromstring(data, parser=parser)


def unpacked_bytes(data: bytes) -> int:
    """How much a ZIP file says it unpacks to; 0 for what is none. The library never unpacks more than that."""
    if not data.startswith(b"PK"):
        return 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sum(file.file_size for file in archive.infolist())


def repacked(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """An archive of those parts, stored: what reads it can unpack no more than what we hold already."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts:
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()
