"""Answer: what a reply changes in a case's draft. What was asked, or what the reply explicitly corrects; no more.

The reply is drafted with the case's earlier documents standing behind it as quoted words do: its newest words decide,
the earlier ones fill in. A value is taken over only where its words stand in the reply. Places in a reply's documents
are told by the message's id before the path (`m-0f…/body`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from msgspec.structs import replace as block_with

from assistant.domain.draft import CaseLine, Draft, Finding, FindingCode, Question, Reason, Resolution
from assistant.domain.evidence import Evidence, Quoted
from assistant.domain.request import Request
from assistant.steps.asking import FIELD_OF
from assistant.steps.reply_words import Tone
from extractors.document import Document

_BEFORE = "before/"
_VALUES = ("quantity", "lot", "serials")
_C = FindingCode
# What a reply can settle for the whole request, and what stays said of it whatever comes later.
_SETTLED_BY_REPLY = frozenset(
    {_C.UNKNOWN_ORDER, _C.MISSING_ORDER_REFERENCE, _C.MISSING_ITEM, _C.MISSING_PHOTOS, _C.CUSTOMER_MISMATCH}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """``changed`` names what the reply changed, in words; ``more`` are lines that belong to no question of ours."""

    draft: Draft
    changed: tuple[str, ...]
    more: tuple[CaseLine, ...]


def in_context(reply: Request, earlier: Sequence[Document]) -> Request:
    """The reply with the case's earlier documents behind it. The subject is the thread's and says nothing new."""
    own = tuple(_without_subject(document) for document in reply.documents)
    return replace(reply, documents=(*own, *(_as_context(document) for document in earlier)))


def belonging_to(message_id: str, documents: Sequence[Document]) -> tuple[Document, ...]:
    """A reply's documents by the paths under which a case knows them."""
    return tuple(_renamed(document, f"{message_id}/{document.path}") for document in documents)


def answered(
    before: Draft, drafted: Draft, reply: Request, message_id: str, asked: Sequence[Question], tone: Tone
) -> Answered:
    """``drafted`` is what was understood of the reply in its context."""
    return _Merge(before, drafted, reply, message_id, asked, tone).done()


class _Merge:
    def __init__(
        self,
        before: Draft,
        drafted: Draft,
        reply: Request,
        message_id: str,
        asked: Sequence[Question],
        tone: Tone,
    ) -> None:
        self.before = before
        self.drafted = drafted
        self.reply = reply
        self.message_id = message_id
        self.asked = {(question.field, question.line) for question in asked}
        self.corrects = tone.corrects
        self.agrees = tone.agrees
        self.changed: list[str] = []

    def done(self) -> Answered:
        matched = self._matched()
        lines: list[CaseLine] = []
        findings: list[Finding] = []
        for index, line in enumerate(self.before.lines):
            place = matched.get(index)
            now, fields = (line, set()) if place is None else self._line(index, line, self.drafted.lines[place])
            lines.append(now)
            findings += self._findings_of_line(index, place, fields)
        rest = [line for index, line in enumerate(self.drafted.lines) if index not in matched.values()]
        new = [line for line in rest if self._names(line)]
        wanted = any(field == "sku" for field, _ in self.asked)
        for line in new if wanted else ():
            findings += self._of_drafted(self.drafted.lines.index(line), len(lines))
            lines.append(self._moved(line))
            self.changed.append(f"line {len(lines)}: {line.sku}")
        if self._resolution() is not self.before.resolution:
            self.changed.append("what is asked for")
        pictures = self._pictures()
        findings = [*self._findings_of_request(pictures=pictures, lines=lines), *findings]
        draft = replace(
            self.before,
            lines=tuple(lines),
            order_nos=self._order_nos(lines),
            customer_id=self.before.customer_id,
            findings=tuple(findings),
            questions=tuple(self._questions(findings, lines)),
            evidence=self._evidence(lines),
            resolution=self._resolution(),
        )
        return Answered(draft=draft, changed=tuple(self.changed), more=() if wanted else tuple(new))

    def _matched(self) -> Mapping[int, int]:
        """The drafted line for each line of the case: the same item on the same order, in their order."""
        taken: dict[int, int] = {}
        for exact in (True, False):
            for index, line in enumerate(self.before.lines):
                if index in taken:
                    continue
                for place, other in enumerate(self.drafted.lines):
                    same = line.sku is not None and line.sku == other.sku
                    order = line.order_no == other.order_no or (
                        not exact and (line.order_no is None or self.corrects or ("order_no", None) in self.asked)
                    )
                    if same and order and place not in taken.values():
                        taken[index] = place
                        break
        for index, line in enumerate(self.before.lines):
            free = [n for n, other in enumerate(self.drafted.lines) if n not in taken.values() and self._names(other)]
            if line.sku is None and ("sku", index) in self.asked and free:
                taken[index] = free[0]
        return taken

    def _names(self, line: CaseLine) -> bool:
        return line.sku is not None and self._said(line.evidence.get("sku", ()))

    def _line(self, index: int, line: CaseLine, other: CaseLine) -> tuple[CaseLine, set[str]]:
        values: dict[str, Any] = {}
        if line.sku is None:
            values |= {"sku": other.sku, "order_no": line.order_no or other.order_no, "uom": other.uom}
        named = self._said(other.evidence.get("sku", ()))
        for name in _VALUES:
            value, proofs = getattr(other, name), other.evidence.get(name, ())
            is_asked = (name, index) in self.asked or ("sku", index) in self.asked
            wanted = is_asked or self.corrects or named
            if value and value != getattr(line, name) and wanted and self._said(proofs):
                values[name] = value
        if other.order_no is not None and other.order_no != line.order_no and self._order_is_said():
            values |= {"order_no": other.order_no, "uom": other.uom}
        if "quantity" in values:
            values["uom"] = other.uom
        if line.reason_code is Reason.OTHER and self._said(other.evidence.get("reason_code", ())):
            values["reason_code"] = other.reason_code
        fields = set(values)
        self.changed += [f"line {index + 1}: {name.replace('_', ' ')}" for name in sorted(fields - {"uom"})]
        moved = {name: self._places(other.evidence[name]) for name in fields if name in other.evidence}
        sure = {name: other.confidence[name] for name in fields if name in other.confidence}
        return replace(
            line, **values, evidence={**line.evidence, **moved}, confidence={**line.confidence, **sure}
        ), fields

    def _findings_of_line(self, index: int, place: int | None, fields: set[str]) -> Iterator[Finding]:
        """Of what the reply changed as it is now, of the rest as it was."""
        told = [] if place is None else list(self._of_drafted(place, index))
        if fields & {"order_no", "sku"}:
            yield from told
            return
        for finding in self.before.findings:
            if finding.line == index and FIELD_OF.get(finding.code) not in fields:
                yield finding
        for finding in told:
            if FIELD_OF.get(finding.code) in fields:
                yield finding

    def _of_drafted(self, place: int, index: int) -> Iterator[Finding]:
        for finding in self.drafted.findings:
            if finding.line == place:
                yield replace(finding, line=index)

    def _findings_of_request(self, *, pictures: bool, lines: Sequence[CaseLine]) -> Iterator[Finding]:
        still = {finding.code for finding in self.drafted.findings if finding.line is None}
        for finding in self.before.findings:
            if finding.line is not None:
                continue
            if finding.code is _C.UNREADABLE_ATTACHMENT and self._brings_files():
                self.changed.append("the file was sent again")
                continue
            gone = finding.code in _SETTLED_BY_REPLY and finding.code not in still
            if finding.code is _C.MISSING_PHOTOS:
                gone = pictures
            if finding.code in {_C.MISSING_ORDER_REFERENCE, _C.UNKNOWN_ORDER}:
                gone = gone and all(line.order_no for line in lines) and self._order_is_said()
            if finding.code is _C.MISSING_ITEM:
                gone = gone and bool(lines)
            if not gone:
                yield finding
            elif finding.code is _C.MISSING_PHOTOS:
                self.changed.append("photos")
        known = {finding.code for finding in self.before.findings}
        for finding in self.drafted.findings:
            if finding.line is None and finding.code not in known and finding.code not in _SETTLED_BY_REPLY:
                yield finding

    def _questions(self, findings: Sequence[Finding], lines: Sequence[CaseLine]) -> Iterator[Question]:
        """Those whose gap is still there, in the words it was asked in before."""
        gaps = {(FIELD_OF[finding.code], finding.line) for finding in findings if finding.code in FIELD_OF}
        moved: dict[int, int] = {}
        for place, line in enumerate(self.drafted.lines):
            for index, mine in enumerate(lines):
                if (mine.sku, mine.order_no) == (line.sku, line.order_no):
                    moved.setdefault(place, index)
        later = [
            replace(question, line=None if question.line is None else moved.get(question.line))
            for question in self.drafted.questions
            if question.line is None or question.line in moved
        ]
        told: set[tuple[str, int | None]] = set()
        for question in (*self.before.questions, *later):
            at = question.field, question.line
            if at in gaps and at not in told:
                told.add(at)
                yield question

    def _order_nos(self, lines: Sequence[CaseLine]) -> tuple[str, ...]:
        used = tuple(dict.fromkeys(line.order_no for line in lines if line.order_no))
        if not used and not self.before.order_nos and self._order_is_said():
            self.changed += ["order no"] if self.drafted.order_nos else []
            return self.drafted.order_nos
        return used or self.before.order_nos

    def _order_is_said(self) -> bool:
        """The order's own words are the reply's, or stand in what it quotes and says yes to."""
        proofs = self.drafted.evidence.get("order_nos", ())
        quoted = any(isinstance(proof, Quoted) and not proof.at.document.startswith(_BEFORE) for proof in proofs)
        return self._said(proofs) or (self.agrees and quoted)

    def _evidence(self, lines: Sequence[CaseLine]) -> dict[str, tuple[Evidence, ...]]:
        proofs = dict(self.before.evidence)
        if self._order_nos_changed(lines) and "order_nos" in self.drafted.evidence:
            proofs["order_nos"] = self._places(self.drafted.evidence["order_nos"])
        if self._resolution() is not self.before.resolution and "resolution" in self.drafted.evidence:
            proofs["resolution"] = self._places(self.drafted.evidence["resolution"])
        return proofs

    def _order_nos_changed(self, lines: Sequence[CaseLine]) -> bool:
        used = {line.order_no for line in lines if line.order_no} or set(self.drafted.order_nos)
        return bool(used - set(self.before.order_nos))

    def _resolution(self) -> Resolution:
        said = self._said(self.drafted.evidence.get("resolution", ()))
        wanted = self.before.resolution is Resolution.UNSPECIFIED or self.corrects
        return self.drafted.resolution if said and wanted else self.before.resolution

    def _pictures(self) -> bool:
        return any(document.has_picture for document in self.reply.documents)

    def _brings_files(self) -> bool:
        return any(not document.failures for document in self.reply.documents[1:])

    def _said(self, proofs: Sequence[Evidence]) -> bool:
        """Whether some of these words are the reply's own newest ones, or stand in what it brings."""
        return any(isinstance(proof, Quoted) and _is_said(proof, self.reply) for proof in proofs)

    def _moved(self, line: CaseLine) -> CaseLine:
        return replace(line, evidence={name: self._places(proofs) for name, proofs in line.evidence.items()})

    def _places(self, proofs: Sequence[Evidence]) -> tuple[Evidence, ...]:
        return tuple(self._place(proof) for proof in proofs)

    def _place(self, proof: Evidence) -> Evidence:
        if not isinstance(proof, Quoted):
            return proof
        path = proof.at.document
        known = path.removeprefix(_BEFORE) if path.startswith(_BEFORE) else f"{self.message_id}/{path}"
        return replace(proof, at=replace(proof.at, document=known))


def _is_said(proof: Quoted, reply: Request) -> bool:
    for document in reply.documents:
        if document.path != proof.at.document:
            continue
        return any(
            block.at.start <= proof.at.start and proof.at.end <= block.at.end and block.role == "body"
            for block in document.blocks
            if not block.hidden and block.label != "subject"
        )
    return False


def _without_subject(document: Document) -> Document:
    return replace(
        document,
        blocks=tuple(block_with(b, hidden=True) if b.label == "subject" else b for b in document.blocks),
    )


def _as_context(document: Document) -> Document:
    renamed = _renamed(document, _BEFORE + document.path)
    blocks = tuple(block_with(b, role="quoted") if b.role == "body" else b for b in renamed.blocks)
    return replace(renamed, blocks=blocks)


def _renamed(document: Document, path: str) -> Document:
    blocks = tuple(block_with(b, at=replace(b.at, document=path)) for b in document.blocks)
    return replace(document, path=path, blocks=blocks)
