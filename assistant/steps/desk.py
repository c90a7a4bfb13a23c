"""The case desk: what the case tools of the gate do to the store. Implements tools.catalog.CaseDesk."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.domain.case import Case, kind_of
from assistant.domain.draft import Draft
from assistant.domain.errors import BackhaulError
from assistant.domain.lifecycle import CaseEvent, CaseState, MessageEvent, MessageState
from assistant.domain.party import Party
from assistant.domain.person import program
from assistant.domain.ports import Store, Unit
from assistant.steps.asking import to_ask
from assistant.steps.bench import Bench
from assistant.steps.conversation import OPEN
from assistant.steps.guard import Guard
from assistant.steps.letters import Letters
from assistant.steps.missing_papers import with_papers_asked_for
from assistant.steps.talk import keep_spoken, speaker_of
from tools.contract import Refused

ACTOR = program("worker")
_DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)


@dataclass(frozen=True, slots=True)
class CaseDesk:
    """Every method is safe to repeat: the second time it answers what stands."""

    store: Store
    bench: Bench
    guard: Guard
    letters: Letters
    acknowledges: bool = True

    def save_draft(self, message_id: str, draft: Mapping[str, Any]) -> tuple[str, int]:
        try:
            drafted = _DRAFT.validate_python(dict(draft))
        except ValidationError as error:
            raise Refused(f"this is no draft: {error.error_count()} fields do not fit") from error
        kind = kind_of(drafted.intent)
        if kind is None:
            raise Refused(f"{drafted.intent.value} opens no case")
        with self.store.unit(speaker_of(self.store, message_id)) as unit:
            message = unit.messages.get(message_id)
            if (spoken := keep_spoken(unit, message, kind, drafted)) is not None:
                return spoken
            party = Party(name="", address=message.sender, customer_id=drafted.customer_id)
            drafted = with_papers_asked_for(unit, self.bench, drafted, kind, message, ACTOR)
            case = unit.cases.open(kind, party, message_id, message.subject, drafted)
            if message.state is MessageState.WORKING:
                unit.messages.move(message_id, MessageEvent.DRAFT, case_id=case.id)
            return case.id, case.revision.number

    def update_draft(
        self, message_id: str, case_id: str, revision: int, draft: Mapping[str, Any], why: str
    ) -> tuple[str, int]:
        """The next revision, from what the customer wrote in this message; approvals of the one before are void."""
        try:
            drafted = _DRAFT.validate_python(dict(draft))
        except ValidationError as error:
            raise Refused(f"this is no draft: {error.error_count()} fields do not fit") from error
        with self.store.unit(ACTOR) as unit:
            case = unit.cases.lock(case_id)
            if unit.messages.get(message_id).state is not MessageState.WORKING:
                return case.id, case.revision.number
            if case.state not in OPEN:
                raise Refused(f"{case_id} is {case.state.value} and its draft does not change any more")
            try:
                case = unit.cases.revise(case_id, revision, drafted, why)
            except BackhaulError as error:
                raise Refused(str(error)) from error
            unit.messages.move(message_id, MessageEvent.DRAFT, f"answers {case_id}", case_id)
            return case.id, case.revision.number

    def submit(self, case_id: str, revision: int) -> str:
        with self.store.unit(ACTOR) as unit:
            case = unit.cases.get(case_id)
            if case.state is not CaseState.DRAFT or case.revision.number != revision:
                return case.state.value
            try:
                submitted = unit.cases.move(case_id, CaseEvent.SUBMIT, revision)
                self.bench.keep_judgement(unit, submitted)
                self._acknowledge(unit, submitted)
                return submitted.state.value
            except BackhaulError as error:
                raise Refused(str(error)) from error

    def ask_sender(self, case_id: str, revision: int) -> str:
        """One mail with all questions; refused for a sender we do not know, who learns nothing of any order."""
        with self.store.unit(ACTOR) as unit:
            case = unit.cases.get(case_id)
            if case.state is not CaseState.DRAFT or case.revision.number != revision:
                return case.state.value
            if case.draft.doubts_sender or not case.party.address:
                raise Refused("the sender is not known; a person decides what to answer")
            if not to_ask(case.draft):
                raise Refused("there is nothing to ask")
            if reason := self.guard.refusal(unit, case):
                raise Refused(f"no letter leaves by itself: {reason}")
            unit.outbox.queue(self.letters.questions(unit, case), key=f"{case_id}-r{revision}-ask")
            return unit.cases.move(case_id, CaseEvent.ASK, revision).state.value

    def _acknowledge(self, unit: Unit, case: Case) -> None:
        """Say once that the request is here, where nothing else has said so and a program may write."""
        if not self.acknowledges or case.kind == "adjustment" or self.guard.refusal(unit, case):
            return
        if unit.messages.get(case.message_id).channel == "file":
            return  # an archive is read in: nobody waits for an answer
        if not any(letter.letter.to == case.party.address for letter in unit.outbox.of_case(case.id)):
            unit.outbox.queue(self.letters.acknowledgement(unit, case), key=f"{case.id}-received")
