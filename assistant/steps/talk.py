"""Talk: a turn of a conversation becomes a draft, or a new revision of the draft that the turns before it led to.

The parts are those of steps.work.Desk, in the same order: a mail that was made of a conversation is worked here, any
other one by the desk. The case is the person's who speaks, so that they can't approve it.
"""

from dataclasses import dataclass, replace
from typing import Any, Protocol

from pydantic import TypeAdapter

from assistant.domain.case import CaseKind, Revision, kind_of
from assistant.domain.draft import Draft, Finding, FindingCode, Intent, Question
from assistant.domain.lifecycle import CaseEvent, CaseState, MessageEvent
from assistant.domain.message import Message
from assistant.domain.party import Party
from assistant.domain.person import Actor, program
from assistant.domain.ports import Store, Unit
from assistant.domain.slack import Conversation, Post, PostKind
from assistant.steps.answered import answered
from assistant.steps.read import read
from assistant.steps.spoken import as_customer
from assistant.steps.work import Desk
from extractors.wire import to_json
from tools.erp import ErpReader

ACTOR = program("slack")
SAID = "said in Slack"
_DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)
_OPEN = {CaseState.DRAFT, CaseState.NEEDS_INFO, CaseState.IN_REVIEW}
_WHICH_CUSTOMER = "Which customer is this for? Their name, or the address of somebody there."
_INQUIRY_CHARACTERS = 4_000


class MessageDesk(Protocol):
    """The parts of working a message, in the order of workflow.STAGES."""

    def claim(self, message_id: str) -> bool: ...
    def draft(self, message_id: str) -> dict[str, Any] | None: ...
    def save(self, message_id: str, draft: dict[str, Any]) -> tuple[str, int] | None: ...
    def propose(self, case_id: str, revision: int) -> str: ...
    def fail(self, message_id: str, cause: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Talk:
    """Implements MessageDesk over the desk for mail."""

    desk: Desk
    erp: ErpReader

    @property
    def store(self) -> Store:
        return self.desk.store

    def claim(self, message_id: str) -> bool:
        """False, too, for a mail that more was said after: the later one holds all of it."""
        if not self.desk.claim(message_id):
            return False
        with self.store.unit(ACTOR) as unit:
            spoken = unit.slack.of_message(message_id)
            if spoken is None or unit.slack.latest_mail(spoken[0]) == message_id:
                return True
            unit.messages.move(message_id, MessageEvent.PARK, "more was said since", spoken[0].case_id)
            return False

    def draft(self, message_id: str) -> dict[str, Any] | None:
        with self.store.unit(ACTOR) as unit:
            spoken = unit.slack.of_message(message_id)
            raw = unit.messages.raw(message_id) if spoken is not None else b""
            said = [turn.text for turn in unit.slack.turns(spoken[0])] if spoken is not None else []
        if spoken is None:
            return self.desk.draft(message_id)
        mail, request = read(raw, self.desk.clock.today(), self.desk.reader)
        with self.store.unit(ACTOR) as unit:
            unit.messages.keep_reading(message_id, to_json(mail))
        draft = known_speaker(self.desk.drafter.draft(as_customer(request, self.erp)))
        if mail.documents:
            draft = answered(draft, said[1:], mail.documents[0], self.erp)
        if self.desk.recall is not None:
            draft = self.desk.recall.with_prior(draft)
        drafted: dict[str, Any] = _DRAFT.dump_python(draft, mode="json")
        return drafted

    def save(self, message_id: str, draft: dict[str, Any]) -> tuple[str, int] | None:
        with self.store.unit(ACTOR) as unit:
            spoken = unit.slack.of_message(message_id)
            if spoken is not None and kind_of(_DRAFT.validate_python(draft).intent) is None:
                self._not_understood(unit, message_id, *spoken)
                return None
        return self.desk.save(message_id, draft)

    def propose(self, case_id: str, revision: int) -> str:
        """Ask who speaks, in the thread, for all that is missing; else put the case before the reviewers."""
        with self.store.unit(ACTOR) as unit:
            spoken = unit.slack.of_case(case_id)
            case = unit.cases.get(case_id)
            if spoken is not None and case.state is CaseState.DRAFT and case.draft.questions:
                case = unit.cases.move(case_id, CaseEvent.ASK, revision)
        if spoken is None or case.state is CaseState.DRAFT:
            state = self.desk.propose(case_id, revision)
        else:
            state = case.state.value
        if spoken is not None:
            with self.store.unit(ACTOR) as unit:
                unit.slack.want(_post(f"reply-{case_id}-{spoken.drafted}", "reply", spoken, case_id))
        return state

    def fail(self, message_id: str, cause: str) -> None:
        self.desk.fail(message_id, cause)
        with self.store.unit(ACTOR) as unit:
            if (spoken := unit.slack.of_message(message_id)) is not None:
                text = "I could not work on that just now. It is kept, and our people see it among the exceptions."
                unit.slack.want(_post(f"failed-{message_id}", "told", spoken[0], message_id, text))

    def _not_understood(self, unit: Unit, message_id: str, spoken: Conversation, number: int) -> None:
        unit.messages.move(message_id, MessageEvent.PARK, "not_a_request: said in Slack", spoken.case_id)
        text = (
            "I don't make out a request yet. Tell me what comes back or is to be credited: the order, PO or invoice, "
            "the items and how many, and what is wrong with them. Photos and papers help. What you said is kept."
        )
        unit.slack.want(_post(f"unclear-{spoken.key}-{number}", "told", spoken, message_id, text))


def known_speaker(draft: Draft) -> Draft:
    """A draft of what our own person said: they are no unknown sender; where no customer shows, ask for it."""
    findings = tuple(f for f in draft.findings if f.code is not FindingCode.UNKNOWN_SENDER)
    if draft.customer_id is not None or draft.intent in (Intent.NOT_A_REQUEST, Intent.STATUS_INQUIRY):
        return replace(draft, findings=findings)
    lacking = Finding(code=FindingCode.UNKNOWN_SENDER, severity="blocking", message="No customer is named.")
    asked = Question(field="customer_id", text=_WHICH_CUSTOMER)
    return replace(draft, findings=(lacking, *findings), questions=(asked, *draft.questions))


def speaker_of(store: Store, message_id: str) -> Actor:
    """Whose draft a message leads to: who spoke last in its conversation, else our own program's."""
    with store.unit(ACTOR) as unit:
        spoken = unit.slack.of_message(message_id)
        if spoken is None:
            return program("worker")
        turns = unit.slack.turns(spoken[0])
        return Actor(kind="person", id=turns[-1].person_id if turns else spoken[0].person_id)


def keep_spoken(unit: Unit, message: Message, kind: CaseKind, draft: Draft) -> tuple[str, int] | None:
    """The case and revision that the conversation's draft stands in now; None where the message is of none.

    In the caller's unit, under the conversation's lock: one conversation, one case.
    """
    spoken = unit.slack.of_message(message.id)
    if spoken is None:
        return None
    conversation, number = spoken
    if conversation.case_id is None:
        party = Party(name="", address=message.sender, customer_id=draft.customer_id)
        case = unit.cases.open(kind, party, message.id, message.subject, draft)
        unit.messages.move(message.id, MessageEvent.DRAFT, case_id=case.id)
        unit.slack.draft_of(conversation, case.id, number)
        return case.id, case.revision.number
    case = unit.cases.lock(conversation.case_id)
    if number <= conversation.drafted:
        return case.id, case.revision.number  # a later turn was quicker, or this one is repeated
    unit.slack.draft_of(conversation, case.id, number)
    if case.state not in _OPEN or _edited(unit.cases.revisions(case.id)) or kind != case.kind:
        _leave_to_people(unit, message, conversation, case.id, draft)
        return case.id, case.revision.number
    unit.messages.move(message.id, MessageEvent.DRAFT, case_id=case.id)
    if _says_the_same(case.draft, draft):
        return case.id, case.revision.number
    case = unit.cases.revise(case.id, case.revision.number, draft, SAID)
    return case.id, case.revision.number


def _edited(revisions: tuple[Revision, ...]) -> bool:
    """Whether a person wrote over what was said: then people put in what is new, too."""
    return any(revision.why != SAID for revision in revisions if revision.number > 1)


def _says_the_same(before: Draft, now: Draft) -> bool:
    names = ("intent", "customer_id", "order_nos", "lines", "resolution", "findings", "questions")
    return all(getattr(before, name) == getattr(now, name) for name in names)


def _leave_to_people(unit: Unit, message: Message, conversation: Conversation, case_id: str, draft: Draft) -> None:
    unit.worklist.ask_agent("reply", message.id, case_id, draft.summary[:_INQUIRY_CHARACTERS])
    unit.messages.move(message.id, MessageEvent.PARK, f"more on {case_id}, said in Slack", case_id)
    text = (
        f"{case_id} was edited or decided since, so I did not change it. What you said is kept with it, among the "
        "inquiries; whoever works on it puts it in."
    )
    unit.slack.want(_post(f"left-{message.id}", "told", conversation, case_id, text))


def _post(key: str, kind: PostKind, spoken: Conversation, subject: str, text: str = "") -> Post:
    return Post(
        key=key,
        kind=kind,
        team=spoken.team,
        channel=spoken.channel,
        thread=spoken.thread,
        subject=subject,
        text=text,
    )
