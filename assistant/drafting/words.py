"""The request's words as drafting walks them: block by block, each with its standing and its place."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from msgspec import structs

from assistant.domain.evidence import Quoted
from assistant.domain.request import Request
from extractors.document import Block, Document
from tools.erp import Company

_LONGEST = 20_000  # characters of one block that a person may have written
Standing = Literal["said", "context"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A block that counts. ``said``: the sender's own newest words or an attachment; ``context``: quoted words."""

    document: Document
    block: Block
    standing: Standing

    @property
    def text(self) -> str:
        return self.block.text

    def quote(self, start: int, end: int) -> Quoted:
        """Evidence for a span of this passage's text."""
        first = self.block.at.start + start
        box = next(
            (cell.box for cell in self.block.cells if cell.start <= first and first + end - start <= cell.end), None
        )
        at = replace(self.block.at, start=first, end=first + end - start, box=box or self.block.at.box)
        return Quoted(quote=self.block.text[start:end], at=at)

    def first(self, pattern: re.Pattern[str]) -> Quoted | None:
        found = pattern.search(self.text)
        return None if found is None else self.quote(*found.span())


def passages(request: Request) -> tuple[Passage, ...]:
    """All that counts, in reading order. Hidden text and signatures never do."""
    return tuple(_passages(request))


def _passages(request: Request) -> Iterator[Passage]:
    for document in request.documents:
        for block in document.blocks:
            if block.hidden or block.role == "signature" or not block.text.strip() or len(block.text) > _LONGEST:
                continue
            yield Passage(document, block, "said" if block.role == "body" else "context")


_HEADER = re.compile(r"^\W*(?:from|von|de|da|van|afzender)\s*:.*", re.IGNORECASE | re.MULTILINE)
_WROTE = re.compile(r"\b(?:wrote|schrieb|écrit|escribió|schreef|ha scritto)\b", re.IGNORECASE)


def written_by_us(places: Iterable[Passage], company: Company) -> tuple[Passage, ...]:
    """Quoted and forwarded passages that our own people wrote: by the header above them, until another one."""
    ours = forwarded = False
    found: list[Passage] = []
    document = ""
    for place in places:
        if place.document.path != document:
            document, ours, forwarded = place.document.path, False, False
        if place.standing == "said":
            if forwarded:
                found.append(place)
            continue
        heads = [*_HEADER.findall(place.text)]
        heads += [line for line in place.text.replace("\n", " ").split(". ") if _WROTE.search(line)]
        if heads:
            ours = any(_is_ours(head, company) for head in heads)
            forwarded = ours and place.block.role == "forwarded_header"
        if ours:
            found.append(place)
    return tuple(found)


def _is_ours(head: str, company: Company) -> bool:
    first = company.name.split()[0].lower()
    return f"@{company.domain}" in head.lower() or first in head.lower()


def grounded(quoted: Quoted, request: Request) -> bool:
    """Whether the words stand exactly where the evidence says."""
    at = quoted.at
    return any(d.path == at.document and d.text[at.start : at.end] == quoted.quote for d in request.documents)


class _Stretch(Protocol):
    @property
    def place(self) -> Passage: ...
    @property
    def near(self) -> range: ...


def without(places: Sequence[Passage], stretches: Sequence[_Stretch]) -> list[Passage]:
    """The passages with some stretches of theirs blanked, every other word at its place."""
    result: list[Passage] = []
    for place in places:
        text = place.text
        for each in stretches:
            if each.place.block is place.block:
                start, stop = each.near.start, each.near.stop
                text = text[:start] + "\n" * (stop - start) + text[stop:]  # no sentence goes on across them
        result.append(place if text == place.text else replace(place, block=structs.replace(place.block, text=text)))
    return result
