"""A Document for people and for programs: what ``backhaul read`` and ``backhaul read --json`` print."""

from collections.abc import Sequence
from typing import Any

from msgspec import to_builtins

from extractors.document import Block, Document

_WIDEST_CELL = 40


def as_json(document: Document) -> dict[str, Any]:
    """Dicts, lists, strings and numbers only; boxes as lists of four numbers in points, to a thousandth."""
    plain = _listed(to_builtins(document))
    if not isinstance(plain, dict):
        raise TypeError("a document is a record")
    return plain


def _listed(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _listed(held) for key, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [_listed(held) for held in value]
    return round(value, 3) if isinstance(value, float) else value


def readable(document: Document) -> str:
    """Its failures and warnings, then its blocks, numbered from 1, page by page; the rows of a table in columns."""
    told = [document.path, document.media_type, f"{len(document.text):,} characters"]
    told += [document.language] if document.language else []
    told += ["shows a picture"] if document.has_picture else []
    lines = ["  ".join(told)]
    lines += [f"  NOT READ ({failure.kind}): {failure.message}" for failure in document.failures]
    lines += [f"  note: {warning}" for warning in document.warnings]
    widths = _widths(document)
    above: int | None = None
    page: int | None = None
    for number, block in enumerate(document.blocks, start=1):
        if block.at.page != page:
            page = block.at.page
            lines += [f"  page {page}"] if page is not None else []
        if block.table is None or not block.cells:
            first, *rest = f"{block.label}: {block.text}".split("\n") if block.label else block.text.split("\n")
        else:
            columns = widths[block.table]
            texts = [cell.text for cell in block.cells]
            heads = [cell.header for cell in block.cells]
            if block.table != above and any(heads) and heads != texts:
                lines.append(_line("", "", _columns(heads, columns)))
            above, first, rest = block.table, _columns(texts, columns), []
        lines.append(_line(str(number), _marks(block), first))
        lines += [_line("", "", line) for line in rest]
    return "\n".join(lines)


def _line(number: str, marks: str, text: str) -> str:
    return f"{number:>5}  {marks:24} {text}".rstrip()


def _widths(document: Document) -> dict[int, list[int]]:
    """How wide each column of each table is, in characters."""
    widths: dict[int, list[int]] = {}
    for block in document.blocks:
        if block.table is None:
            continue
        known = widths.setdefault(block.table, [])
        for column, cell in enumerate(block.cells):
            known += [0] * (column + 1 - len(known))
            known[column] = max(known[column], min(_WIDEST_CELL, max(len(cell.text), len(cell.header))))
    return widths


def _columns(texts: Sequence[str], widths: Sequence[int]) -> str:
    """Texts side by side, on one line."""
    shown = (" ".join(text.split()).ljust(width) for text, width in zip(texts, widths, strict=False))
    return " | ".join(shown).rstrip()


def _marks(block: Block) -> str:
    """The kind, and what is unusual about a block: a role, a source other than text, that it is hidden."""
    marks: list[str] = [block.kind]
    marks += [block.role] if block.role != "body" else []
    marks += [block.at.source] if block.at.source not in ("text", "cell", block.kind) else []
    marks += ["HIDDEN"] if block.hidden else []
    return " ".join(marks)
