"""Lines of text into paragraph blocks, each of one role; also the reader of plain text files."""

from collections.abc import Sequence
from itertools import groupby

from extractors.charset import decode
from extractors.document import Block, Document, Role, assemble
from extractors.limits import Limits
from extractors.pieces import block, clean, row
from extractors.text.invitation import invitation_text, is_invitation
from extractors.text.quotes import roles_of
from extractors.text.tables import typed_tables


def paragraphs(text: str) -> list[Block]:
    """A block for each run of lines between blank ones, and for each row of a typed table; line breaks stay inside."""
    return gathered(clean(text).split("\n"), "body")


def mail_paragraphs(text: str, subject: str = "", sender: str = "") -> list[Block]:
    """``paragraphs`` with the role of each: own words, quoted ones, forwarded header, signature."""
    lines = clean(text).split("\n")
    roles = roles_of(lines, subject=subject, sender=sender)
    found: list[Block] = []
    tables = start = 0
    for role, run in groupby(roles):
        end = start + len(list(run))
        found += gathered(lines[start:end], role, tables)
        tables = next((made.table + 1 for made in reversed(found) if made.table is not None), tables)
        start = end
    return found


def gathered(lines: Sequence[str], role: Role, tables: int = 0) -> list[Block]:
    """The blocks of lines of one role; their typed tables are numbered from ``tables`` on."""
    found: list[Block] = []
    done = 0
    for table in typed_tables(lines) if role in ("body", "quoted") else ():
        found += _runs(lines[done : table.start], role)
        for number, (_, cells) in enumerate(table.rows):
            names = table.names if number >= table.heading_rows else ()
            found.append(row(cells, names, table=tables, role=role))
        tables += 1
        done = table.end
    return found + _runs(lines[done:], role)


def _runs(lines: Sequence[str], role: Role) -> list[Block]:
    parts = groupby(lines, key=lambda line: line.strip(" \t>") == "")
    return [block("\n".join(line.rstrip() for line in run), role=role) for blank, run in parts if not blank]


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """Text of ``format=flowed`` (RFC 3676) with soft line breaks taken back."""
    done: list[str] = []
    open_depth = -1
    for line in text.replace("\r\n", "\n").split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        content = bare[1:] if bare.startswith(" ") else bare
        if open_depth == depth and content != "-- ":
            done[-1] += content
        else:
            done.append(">" * depth + (" " if depth else "") + content)
        soft = content.endswith(" ") and content != "-- "
        if soft and delete_space:
            done[-1] = done[-1][:-1]
        open_depth = depth if soft else -1
    return "\n".join(done)


def read_plain(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """A text file: paragraphs and typed tables, no roles; of an invitation what a person reads in it."""
    text = decode(data)[: limits.characters + 1]
    if is_invitation(text):
        text = invitation_text(text) or text
    return (assemble(path, "text/plain", paragraphs(text)),)
