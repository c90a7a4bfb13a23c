"""The request as a model is shown it: each block once, under a short label, with what kind of words it holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.domain.request import Request
from assistant.drafting.words import Passage, passages, written_by_us
from extractors.document import Block
from tools.erp import Company

Kind = Literal["said", "quoted", "ours", "hidden"]
_MOST_CHARS = 40_000  # of a whole request; what is beyond is left to the rules
_MOST_BLOCK_CHARS = 6_000
_MOST_HIDDEN_CHARS = 300
_REPEATED = 40  # characters from which the same words again are no second statement
_SHOWN = {"said": "", "quoted": " (quoted)", "ours": " (ours)", "hidden": " (hidden)"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """``said``: the sender's newest words or a paper of theirs; ``ours``: our own people's, sent back to us."""

    label: str
    passage: Passage
    kind: Kind

    @property
    def shown(self) -> str:
        """The block's line in the prompt."""
        block = self.passage.block
        ocr = " (ocr)" if block.at.source == "ocr" else ""
        most = _MOST_HIDDEN_CHARS if self.kind == "hidden" else _MOST_BLOCK_CHARS
        return f"{self.label}{_SHOWN[self.kind]}{ocr} {_text(block)[:most]}"


def labelled(request: Request, company: Company) -> tuple[Labelled, ...]:
    """Every block a reader should see, in reading order. Signatures are left out, and what is said twice is once."""
    ours = {id(place.block) for place in written_by_us(passages(request), company)}
    result: list[Labelled] = []
    seen: set[tuple[Kind, str]] = set()
    room = _MOST_CHARS
    for passage in _every(request):
        kind = _kind(passage, ours)
        words = " ".join(passage.text.split())
        if len(words) >= _REPEATED and (kind, words) in seen:
            continue
        seen.add((kind, words))
        each = Labelled(f"b{len(result) + 1}", passage, kind)
        room -= len(each.shown)
        if room < 0:
            break
        result.append(each)
    return tuple(result)


def shown(blocks: Sequence[Labelled]) -> str:
    """The blocks under the name of their document and page."""
    return "\n".join(_lines(blocks))


def _lines(blocks: Sequence[Labelled]) -> Iterator[str]:
    head = ""
    for each in blocks:
        at = each.passage.block.at
        page = f" p{at.page}" if at.page is not None else ""
        if (here := f"# {each.passage.document.path}{page}") != head:
            head = here
            yield here
        yield each.shown


def _every(request: Request) -> Iterator[Passage]:
    kept = {id(place.block) for place in passages(request)}
    for document in request.documents:
        for block in document.blocks:
            if id(block) in kept or (block.hidden and block.text.strip()):
                yield Passage(document, block, "said" if block.role == "body" else "context")


def _kind(passage: Passage, ours: set[int]) -> Kind:
    if passage.block.hidden:
        return "hidden"
    if id(passage.block) in ours:
        return "ours"
    return "said" if passage.standing == "said" else "quoted"


def _text(block: Block) -> str:
    if block.kind == "row" and len(block.cells) > 1:
        return " | ".join(cell.text.replace("\n", " ").strip() for cell in block.cells)
    named = block.label and block.kind == "form_field" and block.label not in block.text
    return f"{block.label}: {block.text}" if named else block.text
