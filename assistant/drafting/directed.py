"""Words that direct a program: taken out of what is read, before rules or a model see any of it.

What a request says to whoever processes it is nobody's statement about goods. The words stay in the mail and before
the reviewers; here they are blanked in place, so that every other span of the text still stands where it stood.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from msgspec.structs import replace as again

from assistant.domain.request import Request
from assistant.drafting.vocabulary_intent import ADDRESSES_A_PROGRAM, ORDERS_A_TEXT
from extractors.document import Block, Cell, Document

_Span = tuple[int, int]
_ENDS = re.compile(r"[.!?。！？]['\")\]]?(?=\s|$)|[。！？]|\n")
_TAGS, _TAG_END = 0xE0000, 0xE007F
# Letters of other scripts that are drawn like Latin ones.
_DRAWN_ALIKE = str.maketrans(
    "аеоорсухіјѕвкмнтАВЕКМНОРСТУХІЈЅαονρτιΑΒΕΗΙΚΜΝΟΡΤΥΧ", "aeoopcyxijsbkmhtABEKMHOPCTYXIJSaovptiABEHIKMNOPTYX"
)
_LATIN, _LIKE = re.compile(r"[a-zA-Z]"), re.compile(r"[\u0370-\u03ff\u0400-\u04ff]")
_WORD = re.compile(r"\w+")
# What a paragraph orders whose document turned to a program before: never a customer's own request for goods.
_ORDERS = re.compile(
    r"\b(?:approve|authori[sz]e|waive|set|mark|skip|override|record)\b.{0,60}"
    r"\b(?:quantit\w+|status|approved|review\w*|fees?|checks?|lines?|customer)\b",
    re.IGNORECASE,
)


def undirected(request: Request) -> Request:
    """The request without them; it says that there were some. The same request where there are none."""
    documents = tuple(_without(document) for document in request.documents)
    directed = request.directed or any(addressed(d.text) or addressed(d.path) for d in request.documents)
    if not directed and all(mine is theirs for mine, theirs in zip(documents, request.documents, strict=True)):
        return request
    subject = " ".join(blanked(request.subject, spans(request.subject, after=False)).split())
    return replace(request, documents=documents, blanked=True, directed=directed, subject=subject)


def addressed(text: str) -> bool:
    """Whether the text turns to a program, however its letters are dressed up."""
    return any(ADDRESSES_A_PROGRAM.search(read) for read, _ in _readings(text))


def spans(text: str, *, after: bool) -> list[_Span]:
    """What to leave out: from the sentence on that turns to a program, and orders about a text.

    ``after``: the same document turned to a program before, so its orders are no request.
    """
    found: list[_Span] = []
    for read, at in _readings(text):
        if (first := ADDRESSES_A_PROGRAM.search(read)) is not None:
            start = _sentence(read, first.start())[0] or first.start()
            found.append((at[start], len(text)))
        patterns = [ORDERS_A_TEXT, *([_ORDERS] if after else [])]
        for match in (match for pattern in patterns for match in pattern.finditer(read)):
            start, end = _sentence(read, match.start())
            found.append((at[start], at[end] if end < len(at) else len(text)))
    return found


def blanked(text: str, parts: Sequence[_Span]) -> str:
    """The text with spaces there, and as long as before."""
    for start, end in parts:
        text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    return text


def _without(document: Document) -> Document:
    blocks = tuple(_blanked_blocks(document))
    if all(mine is theirs for mine, theirs in zip(blocks, document.blocks, strict=True)):
        return document
    text = document.text
    for block in blocks:
        text = text[: block.at.start] + block.text + text[block.at.start + len(block.text) :]
    return replace(document, text=text, blocks=blocks)


def _blanked_blocks(document: Document) -> Iterator[Block]:
    after = False
    for block in document.blocks:
        if block.hidden:
            yield block  # nothing is taken from it anyhow
        elif block.cells:
            after = after or addressed(block.text)
            yield _row(block, after)
        else:
            found = spans(block.text, after=after)
            after = after or addressed(block.text)
            yield again(block, text=blanked(block.text, found)) if found else block


def _row(block: Block, after: bool) -> Block:
    """A row loses the cells that direct a program, and keeps the others."""
    bad = [cell for cell in block.cells if spans(cell.text, after=after)]
    parts = [(cell.start - block.at.start, cell.end - block.at.start) for cell in bad]
    if not bad:
        return block
    cells: list[Cell] = [again(cell, text=" " * len(cell.text)) if cell in bad else cell for cell in block.cells]
    return again(block, text=blanked(block.text, parts), cells=tuple(cells))


def _sentence(text: str, spot: int) -> _Span:
    """From the end of the sentence before to the end of this one."""
    start = max((match.end() for match in _ENDS.finditer(text, 0, spot)), default=0)
    end = next((match.end() for match in _ENDS.finditer(text, spot)), len(text))
    return start, end


def _readings(text: str) -> Iterator[tuple[str, Sequence[int]]]:
    """The text as it stands, and undressed; with each character's place in the text."""
    yield text, range(len(text) + 1)
    if not text.isascii():
        yield _undressed(text)


def _undressed(text: str) -> tuple[str, Sequence[int]]:
    """Without what nobody sees, letters that look alike as one, Unicode's tags as what they spell."""
    alike = list(text)
    for word in _WORD.finditer(text):
        if _LATIN.search(word[0]) and _LIKE.search(word[0]):
            alike[word.start() : word.end()] = word[0].translate(_DRAWN_ALIKE)
    kept: list[str] = []
    at: list[int] = []
    for place, char in enumerate(alike):
        code = ord(char)
        if _TAGS < code < _TAG_END:
            char = chr(code - _TAGS)
        elif unicodedata.category(char) == "Cf":
            continue
        for each in unicodedata.normalize("NFKC", char):
            kept.append(each)
            at.append(place)
    return "".join(kept), [*at, len(text)]
