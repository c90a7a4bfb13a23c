"""XML inside office files: parsed without entities, networks or limits lifted; and the archive it comes in."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def tree(data: bytes) -> "_Element":
    """The root of an XML document; entities stay unresolved. Raises ``etree.XMLSyntaxError``."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    return etree.fromstring(data, parser=parser)


_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")


def xml_parts(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """The XML of an Office file, by name; the names of ISO's strict form become those that all programs write."""
    held = {
        file.filename: archive.read(file)
        for file in archive.infolist()
        if file.filename.endswith((".xml", ".rels")) and not file.is_dir()
    }
    for name, xml in held.items():
        if b"http://purl.oclc.org/ooxml/" in xml:
            held[name] = _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/\2", xml)
    return held


def relations(part: str, held: Mapping[str, bytes]) -> Iterator[tuple[str, tuple[str, str]]]:
    """(id, (last word of the type, name of the part)) of each relation of a part ('' for those of the file)."""
    folder, name = posixpath.split(part)
    rels = held.get(posixpath.join(folder, "_rels", f"{name}.rels"))
    if rels is None:
        return
    for told in tree(rels):
        target = str(told.get("Target") or "")
        full = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        yield str(told.get("Id")), (str(told.get("Type") or "").rpartition("/")[2], full)


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
