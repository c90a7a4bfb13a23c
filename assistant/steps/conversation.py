"""Conversation: what a reply does to its case.

An answer to our question, or a correction, becomes the case's next revision. Thanks change nothing. A cancellation, a
second request, and whatever we can't tell, go to a person beside the case: nothing is closed or opened by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from assistant.domain.case import Case, kind_of
from assistant.domain.draft import Draft, Question
from assistant.domain.lifecycle import CaseState, MessageEvent
from assistant.domain.person import program
from assistant.domain.ports import Store, Unit
from assistant.domain.request import Drafter, Request
from assistant.domain.worklist import InquiryKind
from assistant.steps import direct, reply_words
from assistant.steps.answer import Answered, answered, in_context
from assistant.steps.asking import to_ask
from assistant.steps.papers import papers_of
from extractors.message import Message as Mail
from tools.erp import ErpReader

ACTOR = program("worker")
OPEN = frozenset({CaseState.DRAFT, CaseState.NEEDS_INFO, CaseState.IN_REVIEW})
_DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)
_TEXT_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True)
class Conversation:
    store: Store
    drafter: Drafter
    erp: ErpReader

    def reply(self, message_id: str, mail: Mail, request: Request, case_id: str) -> dict[str, Any] | None:
        """The update of the case's draft as JSON values; None where the matter ends here, or with a person."""
        mail = reply_words.as_reply(mail)
        request = replace(request, documents=mail.documents)
        kind = reply_words.kind_of(mail)
        with self.store.unit(ACTOR) as unit:
            case = unit.cases.get(case_id)
            why = self._why_a_person(request, case)
            if kind == "thanks":
                unit.messages.move(message_id, MessageEvent.PARK, f"thanks, about {case.id}: nothing to do", case.id)
            elif kind == "cancellation":
                self._to_person(unit, message_id, mail, case.id, "cancellation", note=why)
            papers = papers_of(unit, case)
        if kind != "words":
            return None
        if why:
            self._with_person(message_id, mail, request, case, why)
            return None
        asked = to_ask(case.draft)
        drafted = self.drafter.draft(in_context(request, papers))
        found = answered(case.draft, drafted, request, message_id, asked, reply_words.tone_of(mail))
        if not found.more:
            found = self._directly(found, asked, mail, message_id)
        second = self._second(case, self.drafter.draft(request)) if found.more else None
        if found.more or not found.changed or "?" in reply_words.newest(mail):  # what no revision answers
            with self.store.unit(ACTOR) as unit:
                rest: InquiryKind = "reply" if second is None else "second_request"
                park = not found.changed
                self._to_person(unit, message_id, mail, case_id, rest, draft=second or "", park=park)
        if not found.changed:
            return None
        draft: dict[str, Any] = _DRAFT.dump_python(found.draft, mode="json")
        why = f"The customer wrote ({message_id}): {', '.join(found.changed)}."
        return {"case_id": case_id, "revision": case.revision.number, "why": why[:2_000], "draft": draft}

    def _with_person(self, message_id: str, mail: Mail, request: Request, case: Case, why: str) -> None:
        """People also answer an old mail to ask for something new: then it may be opened as its own case."""
        alone = self.drafter.draft(request)
        second = self._second(case, alone) if reply_words.newest(mail) else None
        with self.store.unit(ACTOR) as unit:
            kind: InquiryKind = "reply" if second is None else "second_request"
            self._to_person(unit, message_id, mail, case.id, kind, note=why, draft=second or "")

    def _why_a_person(self, request: Request, case: Case) -> str:
        """Why what this mail says does not change the case by itself; '' where it may."""
        if case.state not in OPEN:
            return f"{case.id} is {case.state.value.replace('_', ' ')}: a reply changes nothing of it any more."
        if case.revision.by.kind == "person":
            return f"{case.revision.by.id} edited {case.id}: what a reply changes is theirs to say."
        if request.authentication.verdict == "fail":
            return f"The mail's sender could not be proven to be {request.sender_address}."
        if case.kind == "adjustment":
            same = request.sender_address == case.party.address
            return "" if same else f"{request.sender_address} did not report {case.id}."
        customers = {customer.id for customer in self.erp.customers_by_email(request.sender_address)}
        if case.draft.customer_id is None or case.draft.customer_id not in customers:
            return f"{request.sender_address} is no known contact of the customer of {case.id}."
        return ""

    def _directly(self, found: Answered, asked: Sequence[Question], mail: Mail, message_id: str) -> Answered:
        left = [question for question in to_ask(found.draft) if question in asked]
        draft = direct.filled(found.draft, left, mail, message_id, self.erp)
        still = to_ask(draft)
        closed = [question for question in left if question not in still]
        told = tuple(f"line {(q.line or 0) + 1}: {q.field.replace('_', ' ')}" for q in closed)
        return Answered(draft=draft, changed=(*found.changed, *told), more=found.more)

    def _second(self, case: Case, alone: Draft) -> str | None:
        """What else a reply asks for, as the draft of a case of its own; a person opens it, or nobody does."""
        known = {(line.sku, line.order_no) for line in case.draft.lines}
        lines = [n for n, line in enumerate(alone.lines) if line.sku and (line.sku, line.order_no) not in known]
        if kind_of(alone.intent) is None or not lines:
            return None
        return _DRAFT.dump_json(only(alone, lines)).decode()

    def _to_person(
        self,
        unit: Unit,
        message_id: str,
        mail: Mail,
        case_id: str,
        kind: InquiryKind,
        *,
        note: str = "",
        draft: str = "",
        park: bool = True,
    ) -> None:
        text = reply_words.newest(mail) or mail.subject
        unit.worklist.ask_agent(kind, message_id, case_id, f"{note}\n\n{text}".strip()[:_TEXT_CHARACTERS], draft)
        if park:
            told = {"cancellation": "asks to cancel", "second_request": "holds another request than"}
            unit.messages.move(message_id, MessageEvent.PARK, f"{told.get(kind, 'reply to')} {case_id}", case_id)


def only(draft: Draft, kept: list[int]) -> Draft:
    """The draft with these lines (from 0) alone, and what was found and asked of them."""
    place = {old: new for new, old in enumerate(kept)}
    lines = tuple(draft.lines[n] for n in kept)
    order_nos = tuple(dict.fromkeys(line.order_no for line in lines if line.order_no)) or draft.order_nos
    findings = tuple(
        f if f.line is None else replace(f, line=place[f.line])
        for f in draft.findings
        if f.line is None or f.line in place
    )
    questions = tuple(
        q if q.line is None else replace(q, line=place[q.line])
        for q in draft.questions
        if q.line is None or q.line in place
    )
    return replace(draft, lines=lines, order_nos=order_nos, findings=findings, questions=questions)
