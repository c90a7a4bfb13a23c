"""Word documents of the old kind (.doc), by antiword or catdoc, where one of them is installed on the machine."""

from collections.abc import Iterator

from extractors.charset import decode
from extractors.document import Block, Document, assemble
from extractors.kinds import MEDIA_TYPES
from extractors.limits import Limits
from extractors.markup import tree
from extractors.outside import found, printed
from extractors.pieces import block, clean, one_line, refusal, row
from extractors.tables import header_rows, headings
from extractors.text.prose import paragraphs

_MOST_BYTES_A_CHARACTER = 8


def read_doc(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """Paragraphs, headings and tables as printed: hidden and deleted words are left out by the programs."""
    media_type = MEDIA_TYPES["doc"]
    antiword, catdoc = found("antiword"), found("catdoc")
    if antiword is None and catdoc is None:
        message = (
            f"{path} is a Word document of the old kind (.doc), and no program that reads these is installed. "
            "Install antiword or catdoc on this machine, or ask for the document as DOCX or PDF."
        )
        return (refusal(path, media_type, "unsupported", message),)
    most = limits.characters * _MOST_BYTES_A_CHARACTER
    if antiword is not None:
        xml = printed([antiword, "-x", "db"], data, seconds=limits.seconds_outside, most_bytes=most)
        blocks = list(_docbook(xml)) if xml else []
        if blocks:
            return (assemble(path, media_type, blocks),)
    if catdoc is not None:
        text = printed([catdoc, "-w", "-d", "utf-8"], data, seconds=limits.seconds_outside, most_bytes=most)
        blocks = paragraphs(decode(text, "utf-8")) if text else []
        if blocks:
            told = f"{path} was read without its layout; hidden or deleted words may stand among the others."
            return (assemble(path, media_type, blocks, warnings=(told,)),)
    message = f"{path} could not be read as a Word document of the old kind. Ask for it as DOCX or PDF."
    return (refusal(path, media_type, "corrupt", message),)


def _docbook(xml: bytes) -> Iterator[Block]:
    """The blocks of antiword's DocBook."""
    from lxml import etree

    try:
        root = tree(xml)
    except etree.XMLSyntaxError:
        return
    table = 0
    for part in root.iter("para", "title", "informaltable"):
        if part.tag == "informaltable":
            grid = [
                [one_line(" ".join(str(word) for word in entry.itertext())) for entry in held.iter("entry")]
                for held in part.iter("row")
            ]
            count = header_rows(grid)
            named = headings(grid, count)
            for place, texts in enumerate(grid):
                if any(texts):
                    yield row(texts, named if place >= count else (), table=table)
            table += 1
        elif not any(above.tag in ("informaltable", "para") for above in part.iterancestors()):
            inner = {words for held in part.iter("informaltable") for words in held.iter()}
            said = "".join(
                (held.text or "" if held not in inner else "")
                + ((held.tail or "") if held is not part and (held not in inner or held.tag == "informaltable") else "")
                for held in part.iter()
                if isinstance(held.tag, str)
            )
            text = clean(said).strip()
            if text:
                yield block(text, kind="heading" if part.tag == "title" else "paragraph")
