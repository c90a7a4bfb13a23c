"""HTML as a person sees it: paragraphs, table rows with their headings, and apart what is hidden from view."""

import re
from collections.abc import Sequence
from itertools import groupby

from lxml import etree
from lxml import html as lxml_html
from msgspec.structs import replace

from extractors.charset import decode
from extractors.document import Block, Document, Role, assemble
from extractors.html.walk import Seen, Walk
from extractors.limits import Limits
from extractors.text.prose import gathered, paragraphs
from extractors.text.quotes import is_field, roles_of

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{2,40})", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>")


def read_html(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """An HTML file; its blockquotes are ``quoted``."""
    declared = _CHARSET.search(data[:4_096])
    text = decode(data, declared.group(1).decode("ascii") if declared else "")
    seen = _seen(text[: limits.characters * 8])
    blocks = [replace(item.block, role="quoted") if item.inset else item.block for item in seen]
    return (assemble(path, "text/html", blocks),)


def mail_html_blocks(text: str, subject: str, sender: str = "") -> list[Block]:
    """The blocks of a mail's HTML with the role of each, by structure and by what the lines say."""
    seen = _seen(text)
    lines: list[str] = []
    inset: list[bool] = []
    spans: list[tuple[int, int]] = []
    for item in seen:
        # Who can't be seen says nothing: hidden lines take part in no role's reckoning.
        own = item.block.text.split("\n") if not item.block.hidden else [""]
        if lines and not is_field(own[0]):
            lines.append("")
            inset.append(item.inset)
        spans.append((len(lines), len(lines) + len(own)))
        lines += own
        inset += [item.inset] * len(own)
    roles = roles_of(lines, inset, subject, sender)
    blocks: list[Block] = []
    tables = 1 + max((item.block.table for item in seen if item.block.table is not None), default=-1)
    for item, (start, end) in zip(seen, spans, strict=True):
        found = _by_role(item, roles[start:end], tables)
        tables = max([tables, *(made.table + 1 for made in found if made.table is not None)])
        blocks += found
    return blocks


def _by_role(item: Seen, roles: Sequence[Role], tables: int) -> list[Block]:
    """The block with its role; a paragraph in which the role changes, or that holds a typed table, becomes several."""
    told: list[Role] = ["signature" if item.signed and role == "body" else role for role in roles]
    whole = item.block
    if len(told) == 1 or whole.hidden:
        return [replace(whole, role=told[0])]
    blocks: list[Block] = []
    for role, run in groupby(zip(whole.text.split("\n"), told, strict=True), key=lambda pair: pair[1]):
        made = gathered([line for line, _ in run], role, tables)
        tables = max([tables, *(one.table + 1 for one in made if one.table is not None)])
        blocks += [replace(one, kind=whole.kind) if whole.kind == "heading" and not one.cells else one for one in made]
    return blocks


def unseen_blocks(text: str) -> list[Block]:
    """What the HTML holds that a person looking at it does not see, without a role."""
    return [item.block for item in _seen(text) if item.block.hidden]


def holds_table(text: str) -> bool:
    """Whether the HTML has a table of data: at least two rows of at least two filled cells."""
    filled: dict[int, int] = {}
    for item in _seen(text):
        if item.block.table is not None and not item.inset and sum(bool(c.text) for c in item.block.cells) >= 2:
            filled[item.block.table] = filled.get(item.block.table, 0) + 1
    return any(count >= 2 for count in filled.values())


def _seen(text: str) -> list[Seen]:
    plain = _DECLARATION.sub("", text.replace("\x00", ""))
    if not plain.strip():
        return []
    # Without huge_tree the parser drops, in silence, what stands deeper than 256 elements; with it, than 2048.
    parser = lxml_html.HTMLParser(huge_tree=True)
    try:
        root = lxml_html.document_fromstring(plain, parser=parser)
        if not any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
            return Walk().through(root)
    except (etree.LxmlError, ValueError, RecursionError):
        pass  # what no parser takes still has words between its tags
    stripped = re.sub(r"<[^<>]{0,2000}>", "\n", plain)
    return [Seen(found, inset=False) for found in paragraphs(stripped)]
