"""The papers that came with a case's messages, and what its draft asks for where some are missing."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.domain.case import Case, CaseKind, Revision
from assistant.domain.draft import Draft, Finding, FindingCode, Question
from assistant.domain.errors import OperatorMustAct
from assistant.domain.lifecycle import CaseState
from assistant.domain.message import Message
from assistant.domain.papers import MissingPaper, asked_for, missing
from assistant.domain.party import Party
from assistant.domain.person import Actor
from assistant.domain.policy import Judgement
from assistant.domain.ports import Unit
from assistant.steps.bench import Bench
from extractors.document import Document
from extractors.wire import from_json


def missing_papers(unit: Unit, case: Case, judgement: Judgement) -> tuple[MissingPaper, ...]:
    """By the readings that are kept of the case's messages; none is read where the policy wants no paper."""
    if not any(line.papers for line in judgement.lines.values()):
        return ()
    messages = dict.fromkeys((case.message_id, *(message.id for message in unit.messages.of_case(case.id))))
    documents = [document for message_id in messages for document in _documents(unit, message_id)]
    return missing(case.draft, judgement, documents, unit.cases.decisions(case.id), case.revision.number)


def with_papers_asked_for(
    unit: Unit, bench: Bench, drafted: Draft, kind: CaseKind, message: Message, actor: Actor
) -> Draft:
    """A new draft with a finding, and a question to the sender, for every paper the policy wants and nobody sent."""
    at = message.received_at
    revision = Revision(number=1, draft=drafted, by=actor, at=at)
    party = Party(name="", address=message.sender, customer_id=drafted.customer_id)
    opened = Case(
        id="", kind=kind, state=CaseState.DRAFT, party=party, message_id=message.id, subject=message.subject,
        revision=revision, opened_at=at, changed_at=at,
    )  # fmt: skip
    try:
        judgement = bench.judge(opened, bench.policy(unit), ())
    except OperatorMustAct:
        return drafted  # nobody can approve it before there is a policy, and then its page says what is missing
    papers = missing(drafted, judgement, _documents(unit, message.id), (), 1)
    known = {(finding.code, finding.line) for finding in drafted.findings}
    findings, questions = [], []
    for number, name in dict.fromkeys(asked_for(papers)):
        if (FindingCode.MISSING_DOCUMENT, number - 1) in known:
            continue
        said = f"The policy wants the {name}, and it did not come with the request."
        code = FindingCode.MISSING_DOCUMENT
        findings.append(Finding(code=code, severity="warning", message=said, line=number - 1))
        text = f"Could you send us the {name} for {_goods(drafted, number)}?"
        questions.append(Question(field="document", text=text, line=number - 1))
    return replace(drafted, findings=(*drafted.findings, *findings), questions=(*drafted.questions, *_once(questions)))


def _documents(unit: Unit, message_id: str) -> tuple[Document, ...]:
    reading = unit.messages.reading(message_id)
    return from_json(reading).documents if reading is not None else ()


def _goods(draft: Draft, number: int) -> str:
    return draft.lines[number - 1].sku or "the goods"


def _once(questions: Sequence[Question]) -> tuple[Question, ...]:
    return tuple({question.text: question for question in questions}.values())
