"""Direct: an answer too short to be read by itself ("It's 4."), taken as the answer to what we asked.

Only where there is no doubt what is meant: the words stand under the question they answer, or one question was asked,
or one that such a word can answer; and only what the order's own records bear out. Everything else is a person's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from assistant.domain.draft import CaseLine, Draft, FindingCode, Question
from assistant.domain.evidence import Quoted
from assistant.steps.asking import FIELD_OF
from assistant.steps.reply_words import said_blocks
from extractors.document import Block
from extractors.message import Message as Mail
from tools.erp import ErpReader, Order, spelled

_MOST_WORDS = 12  # of a line that holds nothing but an answer
_MOST_LINES = 40
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"(?<![\w.,/-])(?:\d{1,3}(?:[,.’' ]\d{3})+|\d{1,7})(?![\w/-]|[.,]\d)")
_CODE = re.compile(r"(?<![\w-])(?=[\w./-]*\d)[A-Za-z0-9][\w./-]{2,}(?<![.,/-])")
_OTHER_CODE = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w]+-[\w-]+|\b[A-Z]{2,}\d{3,}\b")
_NUMBERED = re.compile(r"^\s*(\d{1,2})\s*[.):]\s+(?=\S)")
_COUNTED = (
    "one two three four five six seven eight nine ten eleven twelve",
    "ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce",
    "un deux trois quatre cinq six sept huit neuf dix onze douze",
)
_NAMES = {name: n for names in _COUNTED for n, name in enumerate(names.split(), start=1)}
_NAMES |= dict.fromkeys(("dozen", "dutzend", "docena", "douzaine"), 12)
_ARTICLES = {"one", "ein", "uno", "un"}  # as often an article as a number


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line of the reply's newest words: ``start`` counts in the document."""

    text: str
    start: int
    block: Block

    def quote(self, start: int, end: int, path: str) -> Quoted:
        at = replace(self.block.at, document=path, start=self.start + start, end=self.start + end)
        return Quoted(quote=self.text[start:end], at=at)


def filled(draft: Draft, asked: Sequence[Question], mail: Mail, message_id: str, erp: ErpReader) -> Draft:
    """The draft with the asked values that the reply gives in so many words; their gaps are closed."""
    path = f"{message_id}/{mail.documents[0].path}" if mail.documents else ""
    for question, pieces in _answers(mail, asked):
        if question.line is None or question.line >= len(draft.lines):
            continue
        line = draft.lines[question.line]
        order = erp.order(line.order_no) if line.order_no else None
        if order is None or line.sku is None:
            continue
        value = _value(question.field, line, order, pieces, path)
        if value is None:
            continue
        given, proof = value
        lines = list(draft.lines)
        proofs = {**line.evidence, question.field: (proof,)}
        lines[question.line] = replace(line, **{question.field: given}, evidence=proofs)
        draft = _without_gap(replace(draft, lines=tuple(lines)), question)
    return draft


def _value(field: str, line: CaseLine, order: Order, pieces: Sequence[_Piece], path: str) -> tuple[Any, Quoted] | None:
    if line.sku is None:
        return None
    if field == "quantity":
        return _quantity(pieces, order.shipped(line.sku), path)
    if field == "lot":
        found = _known(pieces, order.lots(line.sku), path)
        return (found[0][0], found[0][1]) if len(found) == 1 else None
    if field == "serials":
        found = _known(pieces, order.serials(line.sku), path)
        if not found or (line.quantity is not None and len(found) != line.quantity):
            return None
        first, last = found[0][1], found[-1][1]
        one_piece = first.at.start <= last.at.start and len({id(piece) for _, _, piece in found}) == 1
        proof = first if len(found) == 1 or not one_piece else _spanning(found, path)
        return tuple(serial for serial, _, _ in found), proof
    return None


def _spanning(found: Sequence[tuple[str, Quoted, _Piece]], path: str) -> Quoted:
    piece = found[0][2]
    return piece.quote(found[0][1].at.start - piece.start, found[-1][1].at.end - piece.start, path)


def _quantity(pieces: Sequence[_Piece], shipped: Decimal, path: str) -> tuple[Decimal, Quoted] | None:
    """The one number that is said, if so many were shipped."""
    found: list[tuple[Decimal, Quoted]] = []
    for piece in pieces:
        among_much = len(_WORD.findall(piece.text)) > _MOST_WORDS and _NUMBER.search(piece.text)
        if among_much or _OTHER_CODE.search(piece.text):
            return None  # a number among much else, or beside another item, may be anything
        numbers = [(Decimal(re.sub(r"\D", "", m[0])), m.span()) for m in _NUMBER.finditer(piece.text)]
        if not numbers:
            named = [(m[0].lower(), m.span()) for m in _WORD.finditer(piece.text) if m[0].lower() in _NAMES]
            plain = [each for each in named if each[0] not in _ARTICLES] or named
            numbers = [(Decimal(_NAMES[name]), span) for name, span in plain]
        found += [(number, piece.quote(*span, path)) for number, span in numbers]
    values = {number for number, _ in found}
    if len(values) != 1 or not 0 < found[0][0] <= shipped:
        return None
    return found[0]


def _known(pieces: Sequence[_Piece], known: Sequence[str], path: str) -> list[tuple[str, Quoted, _Piece]]:
    """Lots or serials of this delivery that are said."""
    ours = {spelled(each): each for each in known}
    found: dict[str, tuple[str, Quoted, _Piece]] = {}
    for piece in pieces:
        for match in _CODE.finditer(piece.text):
            if (key := spelled(match[0])) in ours and key not in found:
                found[key] = match[0], piece.quote(*match.span(), path), piece
    return list(found.values())


def _answers(mail: Mail, asked: Sequence[Question]) -> Iterator[tuple[Question, Sequence[_Piece]]]:
    """Each question with the lines that answer it."""
    below = _below_questions(mail, asked)
    pieces = [piece for block in said_blocks(mail) for piece in _lines(block)][:_MOST_LINES]
    numbered = _numbered(pieces, asked)
    for number, question in enumerate(asked, start=1):
        alone = sum(1 for other in asked if other.field == question.field) == 1
        if below:
            yield question, below.get(number, ())
        elif numbered:
            yield question, numbered.get(number, ())
        elif alone and (question.field != "quantity" or len(asked) == 1):
            yield question, pieces


def _below_questions(mail: Mail, asked: Sequence[Question]) -> Mapping[int, Sequence[_Piece]]:
    """Answers written under our quoted questions, by the question's number from 1."""
    result: dict[int, list[_Piece]] = {}
    current: int | None = None
    body = mail.documents[0].blocks if mail.documents else ()
    for block in body:
        if block.role == "quoted":
            text = _plain(block.text)
            named = [n for n, question in enumerate(asked, start=1) if _plain(question.text) in text]
            current = max(
                named, key=lambda n: text.rfind(_plain(asked[n - 1].text)), default=current if named else None
            )
        elif block.role == "body" and not block.hidden and current is not None:
            result.setdefault(current, []).extend(_lines(block))
    return result


def _numbered(pieces: Sequence[_Piece], asked: Sequence[Question]) -> Mapping[int, Sequence[_Piece]]:
    if len(asked) < 2:
        return {}
    result: dict[int, list[_Piece]] = {}
    for piece in pieces:
        if (match := _NUMBERED.match(piece.text)) is not None and 1 <= int(match[1]) <= len(asked):
            rest = _Piece(piece.text[match.end() :], piece.start + match.end(), piece.block)
            result.setdefault(int(match[1]), []).append(rest)
    return result


def _lines(block: Block) -> Iterator[_Piece]:
    at = 0
    for line in block.text.split("\n"):
        if line.strip():
            yield _Piece(line, block.at.start + at, block)
        at += len(line) + 1


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[>|]", " ", text).split()).casefold()


def _without_gap(draft: Draft, question: Question) -> Draft:
    at = question.field, question.line
    codes = {code for code, field in FIELD_OF.items() if field == question.field} - {FindingCode.UNREADABLE_ATTACHMENT}
    return replace(
        draft,
        findings=tuple(f for f in draft.findings if not (f.line == question.line and f.code in codes)),
        questions=tuple(q for q in draft.questions if (q.field, q.line) != at),
    )
