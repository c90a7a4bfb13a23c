"""Requests garbled as careless hands garble them: cells lost, numbers swapped, papers of others mixed in."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace as with_fields

from msgspec.structs import replace

from assistant.domain.request import Request
from extractors.document import Block, Cell, Document, assemble

_NUMBERS = ("0", "-3", "1/2", "12,5", "1.000", "007", "999999999999", "3x", "²", "½", "", "12 of 40", "—", "N/A", "1e9")
_WORDS = ("total", "keep", "of the", "each", "box of 100", "short", "none", "all but", "dozen", "SN", "lot", "PO", "=")


def row(cells: Sequence[tuple[str, str]], like: Block) -> Block:
    """A row of these headings and texts, standing where ``like`` stands."""
    made: list[Cell] = []
    text = ""
    for header, said in cells:
        text += " | " if made else ""
        made.append(Cell(text=said, header=header, start=len(text), end=len(text) + len(said)))
        text += said
    return replace(like, text=text, cells=tuple(made), words=(), at=with_fields(like.at, start=0, end=len(text)))


def _cells(block: Block) -> list[tuple[str, str]]:
    return [(cell.header, cell.text) for cell in block.cells]


def _lost(chance: random.Random, block: Block) -> Block:
    kept = [cell for cell in _cells(block) if chance.random() < 0.7]
    return row(kept, block) if kept else block


def _headless(chance: random.Random, block: Block) -> Block:
    return row([("" if chance.random() < 0.5 else header, text) for header, text in _cells(block)], block)


def _shuffled(chance: random.Random, block: Block) -> Block:
    headers, texts = zip(*_cells(block), strict=True)
    return row(list(zip(chance.sample(headers, len(headers)), texts, strict=True)), block)


def _renumbered(chance: random.Random, block: Block) -> Block:
    told = [(h, chance.choice(_NUMBERS) if chance.random() < 0.3 else text) for h, text in _cells(block)]
    return row(told, block)


def _doubled(_: random.Random, block: Block) -> Block:
    return row(_cells(block) * 2, block)


def _reworded(chance: random.Random, block: Block) -> Block:
    words = re.split(r"(\s+)", block.text)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(words))
        words[at] = chance.choice((*_NUMBERS, *_WORDS, words[chance.randrange(len(words))]))
    text = "".join(words)
    return replace(block, text=text, cells=(), words=(), table=None, at=with_fields(block.at, start=0, end=len(text)))


_OF_ROWS: tuple[Callable[[random.Random, Block], Block], ...] = (_lost, _headless, _shuffled, _renumbered, _doubled)


def garbled(request: Request, others: Sequence[Document], chance: random.Random) -> Request:
    """The same request with some of its blocks garbled, and now and then another's paper attached."""
    documents = [_garbled(document, chance) for document in request.documents]
    if others and chance.random() < 0.3:
        documents.append(chance.choice(others))
    return with_fields(request, documents=tuple(documents))


def _garbled(document: Document, chance: random.Random) -> Document:
    blocks = list(document.blocks)
    for _ in range(chance.randint(1, 6)):
        if not blocks:
            break
        at = chance.randrange(len(blocks))
        block = blocks[at]
        what = chance.random()
        if block.cells and what < 0.6:
            blocks[at] = chance.choice(_OF_ROWS)(chance, block)
        elif block.text and what < 0.75:
            blocks[at] = _reworded(chance, block)
        elif what < 0.8:
            blocks[at] = replace(block, table=chance.choice((None, 0, 1, block.table)))
        elif what < 0.85:
            blocks[at] = replace(block, hidden=True)
        elif what < 0.9:
            blocks.insert(chance.randrange(len(blocks)), block)
        else:
            del blocks[at]
    return assemble(document.path, document.media_type, blocks, language=document.language)
