"""Words that direct a program: taken out of what is read, before rules or a model see any of it.

What a request says to whoever processes it is nobody's statement about goods. The words stay in the mail and before
the reviewers; here they are blanked in place, so that every other span of the text still stands where it stood.

A sentence goes on over a line's end: within a block, and in a picture, where each line is a block, in the line below. A
picture's lines are not told apart into paragraphs: what stands below one that turns to a program goes with it, but for
rows of tables.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

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
_LINE_END = re.compile(r"(?<!\n)\n(?!\n)")
# In print a capital I and a small l are drawn the same: `the Al`, `Kl-Assistent`. Not any Al: that is a name, too.
_AI_IN_PRINT = re.compile(
    r"\b(?:(?:the|an|any|an die|la|de|dla|de la)\s|l['’])(?P<after>[AK][l1|]|[l1|]A)\b"
    r"|\b(?P<before>[AK][l1|]|[l1|]A)(?=[- ]?(?:assist|agent|model|system|must\b|should\b|shall\b)|:)",
)
_L_IN_PRINT = re.compile(r"\b[I1|](?=['’][^\W\d_])")
_BOXES = "☒☐"
# What a paragraph orders whose document turned to a program before: never a customer's own request for goods.
_ORDERS = re.compile(
    r"\b(?:approve|authori[sz]e|waive|set|mark|skip|override|record)\b.{0,60}"
    r"\b(?:quantit\w+|status|approved|review\w*|fees?|checks?|lines?|customer)\b",
    re.IGNORECASE,
)


def undirected(request: Request) -> Request:
    """The request without them; it says that there were some. The same request where there are none."""
    documents = tuple(_without(document) for document in request.documents)
    directed = request.directed or any(_turns_to_a_program(document) for document in request.documents)
    if not directed and all(mine is theirs for mine, theirs in zip(documents, request.documents, strict=True)):
        return request
    subject = " ".join(blanked(request.subject, spans(request.subject, after=False)).split())
    return replace(request, documents=documents, blanked=True, directed=directed, subject=subject)


def addressed(text: str, *, printed: bool = False) -> bool:
    """Whether the text turns to a program, however its letters are dressed up; ``printed``: read off a picture."""
    return any(ADDRESSES_A_PROGRAM.search(_on_one_line(read)) for read, _ in _readings(text, printed=printed))


def spans(text: str, *, after: bool, printed: bool = False) -> list[_Span]:
    """What to leave out: from the sentence on that turns to a program, and orders about a text.

    ``after``: the same document turned to a program before, so its orders are no request.
    """
    found: list[_Span] = []
    for read, at in _readings(text, printed=printed):
        flat = _on_one_line(read)
        if (first := ADDRESSES_A_PROGRAM.search(flat)) is not None:
            # What a first sentence says before it turns to the program is said to us.
            found.append((at[_begin(read, first.start()) or first.start()], len(text)))
        patterns = [ORDERS_A_TEXT, *([_ORDERS] if after else [])]
        for match in (match for pattern in patterns for match in pattern.finditer(flat)):
            end = _end(read, match.end())
            found.append((at[_begin(read, match.start())], at[end] if end < len(at) else len(text)))
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


def _turns_to_a_program(document: Document) -> bool:
    if addressed(document.path) or any(ADDRESSES_A_PROGRAM.search(read) for read, _ in _readings(document.text)):
        return True
    return any(addressed(flow.text, printed=flow.printed) for flow in _flows(document.blocks))


@dataclass(frozen=True, slots=True)
class _Flow:
    """Blocks whose text reads on from one to the next. ``printed``: they were read off a picture."""

    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        return "\n".join(block.text for block in self.blocks)

    @property
    def printed(self) -> bool:
        return self.blocks[0].at.source == "ocr"

    def parts(self, found: Sequence[_Span]) -> list[list[_Span]]:
        """Spans of the whole text as spans of each block's own."""
        starts = [0, *accumulate(len(block.text) + 1 for block in self.blocks)]
        return [
            [
                (max(start - begin, 0), min(end - begin, len(block.text)))
                for start, end in found
                if start < begin + len(block.text) and begin < end
            ]
            for block, begin in zip(self.blocks, starts, strict=False)
        ]


def _flows(blocks: Sequence[Block]) -> Iterator[_Flow]:
    """Lines of a picture that stand close under one another together, any other block by itself."""
    held: list[Block] = []
    for block in blocks:
        if held and not _reads_on(held[-1], block):
            yield _Flow(tuple(held))
            held = []
        held.append(block)
    if held:
        yield _Flow(tuple(held))


_NEAR = 1.5  # heights of a line between two that belong together, which may be set apart


def _reads_on(line: Block, block: Block) -> bool:
    one, other = line.at.box, block.at.box
    if {line.at.source, block.at.source} != {"ocr"} or line.at.page != block.at.page or one is None or other is None:
        return False
    # A page may lie on its side: what counts is the white between them, in the heights of a line.
    high = max(min(box[2] - box[0], box[3] - box[1]) for box in (one, other))
    white = max(max(one[n], other[n]) - min(one[n + 2], other[n + 2]) for n in (0, 1))
    return white < _NEAR * high


def _blanked_blocks(document: Document) -> Iterator[Block]:
    after, pictures = False, set[int | None]()
    for flow in _flows(document.blocks):
        single = flow.blocks[0]
        found = [] if single.cells and len(flow.blocks) == 1 else spans(flow.text, after=after, printed=flow.printed)
        now = not single.hidden and addressed(flow.text, printed=flow.printed)
        below = flow.printed and single.at.page in pictures
        for block, parts in zip(flow.blocks, flow.parts(found), strict=True):
            if block.hidden:
                yield block  # nothing is taken from it anyhow
            elif below and _is_line(block):
                yield _without_any(block)
            elif block.cells:
                yield _row(block, parts, after=after or now, printed=flow.printed)
            else:
                yield again(block, text=blanked(block.text, parts)) if parts else block
        after = after or now
        if now and flow.printed:
            pictures.add(single.at.page)


def _is_line(block: Block) -> bool:
    """Whether it is no row of a table: letters in small print are taken for boxes, which part a line like cells."""
    return len([cell for cell in block.cells if cell.text.strip(f"{_BOXES} ")]) < 2


def _without_any(block: Block) -> Block:
    cells: list[Cell] = [again(cell, text=" " * len(cell.text)) for cell in block.cells]
    return again(block, text=blanked(block.text, [(0, len(block.text))]), cells=tuple(cells))


def _row(block: Block, of_flow: Sequence[_Span], *, after: bool, printed: bool) -> Block:
    """A row loses the cells that direct a program, and keeps the others; so it does those in which words of the lines

    above go on, but for those under a heading.
    """
    begin = block.at.start
    bad = [
        cell
        for cell in block.cells
        if spans(cell.text, after=after, printed=printed)
        or (not cell.header and any(start < cell.end - begin and cell.start - begin < end for start, end in of_flow))
    ]
    parts = [(cell.start - begin, cell.end - begin) for cell in bad]
    if not bad:
        return block
    cells: list[Cell] = [again(cell, text=" " * len(cell.text)) if cell in bad else cell for cell in block.cells]
    return again(block, text=blanked(block.text, parts), cells=tuple(cells))


def _begin(text: str, spot: int) -> int:
    """Where the sentence before ends, or the line."""
    return max((match.end() for match in _ENDS.finditer(text, 0, spot)), default=0)


def _end(text: str, spot: int) -> int:
    return next((match.end() for match in _ENDS.finditer(text, spot)), len(text))


def _on_one_line(text: str) -> str:
    """As long as before."""
    return _LINE_END.sub(" ", text)


def _readings(text: str, *, printed: bool = False) -> Iterator[tuple[str, Sequence[int]]]:
    """The text as it stands, and undressed; with each character's place in the text."""
    yield text, range(len(text) + 1)
    if not text.isascii():
        yield _undressed(text)
    if printed and (letters := _as_printed(text))[0] != text:
        yield letters


def _as_printed(text: str) -> tuple[str, Sequence[int]]:
    """Without the boxes for which round letters are taken, and with AI where it may be one."""
    letters = list(_L_IN_PRINT.sub("l", text))
    for found in _AI_IN_PRINT.finditer("".join(letters)):
        start, end = found.span("after" if found["after"] else "before")
        letters[start:end] = ["I" if letter in "l1|" else letter for letter in letters[start:end]]
    kept = [(letter, place) for place, letter in enumerate(letters) if letter not in _BOXES]
    return "".join(letter for letter, _ in kept), [*(place for _, place in kept), len(text)]


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
