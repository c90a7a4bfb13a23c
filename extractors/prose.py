"""Lines of text into paragraph blocks, each of one role; also the reader of plain text files."""

from collections.abc import Sequence

from extractors.charset import decode
from extractors.document import Block, Document, Role, assemble
from extractors.limits import Limits
from extractors.pieces import block, clean
from extractors.quotes import roles_of


def paragraphs(text: str) -> list[Block]:
    """A block for each run of lines between blank ones; line breaks stay inside."""
    return list(_gathered(clean(text).split("\n"), None))


def mail_paragraphs(text: str, subject: str = "") -> list[Block]:
    """``paragraphs`` with the role of each: own words, quoted ones, forwarded header, signature."""
    lines = clean(text).split("\n")
    return list(_gathered(lines, roles_of(lines, subject=subject)))


def _gathered(lines: Sequence[str], roles: Sequence[Role] | None) -> list[Block]:
    found: list[Block] = []
    run: list[str] = []
    held: Role = "body"
    for number, line in enumerate(lines):
        role = roles[number] if roles else "body"
        bare = line.strip(" \t>") == ""
        if run and (bare or role != held):
            found.append(block("\n".join(run), role=held))
            run = []
        if not bare:
            run.append(line.rstrip())
            held = role
    if run:
        found.append(block("\n".join(run), role=held))
    return found


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
    """A text file: paragraphs, no roles."""
    text = decode(data)[: limits.characters + 1]
    return (assemble(path, "text/plain", paragraphs(text)),)
