"""Mend: what a person does about an exception. What went wrong is tried again only because somebody asked."""

from dataclasses import dataclass

from assistant.domain.errors import NotAllowedToYou, NotFound, ReviewerMustAct
from assistant.domain.lifecycle import CaseEvent, CaseState, MessageEvent, MessageState
from assistant.domain.person import Person, acting
from assistant.domain.ports import Store, Unit
from assistant.domain.worklist import Trouble
from assistant.steps.review import EDITORS
from assistant.steps.send import note_sent


@dataclass(frozen=True, slots=True)
class Mender:
    """Each method is one transaction; a refusal changes nothing and says why."""

    store: Store

    def again(self, person: Person, trouble_id: int) -> None:
        """Work the message, post the case, send the letter or the event once more; end the RMA whose days are over."""
        with self.store.unit(acting(person)) as unit:
            trouble, kind, subject = self._open(unit, person, trouble_id)
            if kind == "message" and unit.messages.get(subject).state is MessageState.FAILED:
                unit.messages.move(subject, MessageEvent.RUN_AGAIN, "run again")
            elif kind == "rma":
                case = unit.cases.lock(subject)
                if case.state is not CaseState.EXPIRED:  # it may have by itself
                    unit.cases.move(subject, CaseEvent.EXPIRE, case.revision.number, note=f"{person.id} let it expire")
            elif kind == "mail":
                unit.outbox.put_back(subject, "a person asked to send it again")
            elif kind == "delivery":
                unit.webhooks.send_again(subject)
            unit.worklist.resolve_trouble(trouble.subject)  # a case that waits to be posted is swept up by that alone

    def done(self, person: Person, trouble_id: int) -> None:
        """It was settled outside: the message answered by hand, the letter found to have arrived."""
        with self.store.unit(acting(person)) as unit:
            trouble, kind, subject = self._open(unit, person, trouble_id)
            if kind == "case":
                raise ReviewerMustAct("An approved case is posted again or cancelled. Nothing was changed.")
            if kind == "mail":
                note_sent(unit, unit.outbox.get(subject))
            unit.worklist.resolve_trouble(trouble.subject)

    def _open(self, unit: Unit, person: Person, trouble_id: int) -> tuple[Trouble, str, str]:
        if not person.roles & EDITORS:
            raise NotAllowedToYou("Exceptions are mended by agents and reviewers. Nothing was changed.")
        trouble = next((t for t in unit.worklist.troubles() if t.id == trouble_id), None)
        if trouble is None:
            raise NotFound("That exception is not open any more. Nothing was changed.")
        kind, _, subject = trouble.subject.partition(":")
        return trouble, kind, subject
