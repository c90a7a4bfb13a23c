"""What the pages show: values beside the words they came from, written the way a distributor writes them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from assistant.domain.draft import CaseLine, Draft
from assistant.domain.evidence import Evidence, Proven, Quoted
from assistant.domain.money import plain
from extractors.document import Document

_REPLY = re.compile(r"m-[0-9a-f]{20}(?=/)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A proof as shown: the words, where they stand, and the anchor of their place on the page."""

    quote: str
    where: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A field of a line: its value as text ('' where unknown) and the words it came from."""

    name: str
    text: str
    words: tuple[Words, ...]
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a document's text; ``anchor`` where it is somebody's evidence."""

    text: str
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A document as shown beside a case; ``reply`` is the message that brought it, '' for the request's own."""

    path: str
    pieces: tuple[Piece, ...]
    troubles: tuple[str, ...]
    reply: str = ""


def moment(when: datetime) -> str:
    return f"{when.day} {when:%b %Y, %H:%M} UTC"


def values(line: CaseLine) -> tuple[Value, ...]:
    texts = {
        "sku": line.sku or "",
        "quantity": f"{plain(line.quantity)} {line.uom or ''}".strip() if line.quantity is not None else "",
        "order_no": line.order_no or "",
        "reason_code": line.reason_code.value.replace("_", " ").lower(),
        "lot": line.lot or "",
        "serials": ", ".join(line.serials),
        "amount": str(line.amount.money) if line.amount is not None else "",
        "location": line.location or "",
    }
    always = {"sku", "quantity", "order_no", "reason_code"}
    return tuple(_value(name, text, line) for name, text in texts.items() if text or name in always)


def _value(name: str, text: str, line: CaseLine) -> Value:
    sure = line.confidence.get(name)
    return Value(
        name={"sku": "item", "order_no": "order", "reason_code": "reason"}.get(name, name),
        text=text,
        words=tuple(words(proof) for proof in line.evidence.get(name, ())),
        confidence=f"{sure:.0%}" if sure is not None else "",
    )


def words(proof: Evidence) -> Words:
    if isinstance(proof, Proven):
        return Words(quote=proof.quote, where=f"ERP {proof.record}", anchor="")
    at = proof.at
    page = f", page {at.page}" if at.page is not None else ""
    kind = "" if at.source == "text" else f", {at.source.replace('_', ' ')}"
    return Words(quote=proof.quote, where=f"{at.document}{page}{kind}", anchor=_anchor(at.document, at.start))


def pages(documents: Iterable[Document], draft: Draft) -> tuple[Page, ...]:
    """The documents with the words marked that the draft's values came from."""
    marked: dict[str, set[tuple[int, int]]] = {}
    for proofs in [*draft.evidence.values(), *(p for line in draft.lines for p in line.evidence.values())]:
        for proof in proofs:
            if isinstance(proof, Quoted):
                marked.setdefault(proof.at.document, set()).add((proof.at.start, proof.at.end))
    return tuple(
        Page(
            path=document.path,
            pieces=tuple(_pieces(document, marked)),
            troubles=tuple(failure.message for failure in document.failures),
            reply=found[0] if (found := _REPLY.match(document.path)) is not None else "",
        )
        for document in documents
    )


def _pieces(document: Document, marked: Mapping[str, set[tuple[int, int]]]) -> Iterable[Piece]:
    at = 0
    for start, end in sorted(marked.get(document.path, ())):
        if start < at or end > len(document.text):
            continue
        yield Piece(text=document.text[at:start])
        yield Piece(text=document.text[start:end], anchor=_anchor(document.path, start))
        at = end
    yield Piece(text=document.text[at:])


def _anchor(path: str, start: int) -> str:
    return f"w-{''.join(c if c.isalnum() else '-' for c in path)}-{start}"
