"""Expiry: the customer is reminded before an RMA ends, people are told when it has ended, and after a while it expires.

How long an RMA is valid the policy's tables say. It approves nothing and writes nothing outside, so a program may let
it expire; but an expired case does not come back. So people have ``expire_days`` to say otherwise, and where anybody
reported goods on their way or here, it stays theirs to say.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.domain.case import Case
from assistant.domain.lifecycle import CaseEvent, CaseState
from assistant.domain.person import program
from assistant.domain.ports import Clock, Store, Unit
from assistant.domain.posting import Posting, PostingState
from assistant.steps.guard import Guard
from assistant.steps.letters import Letters

ACTOR = program("reminder")
_AT_ONCE = 500
_NO_GOODS = {"report.carrier.failed"}
_log = logging.getLogger("backhaul.workflow")


@dataclass(frozen=True, slots=True)
class Expiry:
    """Safe to repeat: one letter and one exception a case. ``remind_days`` before the end, or half of the time.

    ``expire_days`` after people were told of the end it expires by itself; 0 leaves that to them.
    """

    store: Store
    letters: Letters
    guard: Guard
    clock: Clock
    remind_days: int = 7
    expire_days: int = 30

    def look(self) -> int:
        """Look at every authorised return; answers how many letters were queued, people told, and cases expired."""
        done = 0
        for case_id in list(self._authorised()):
            try:
                done += self._of_case(case_id)
            except Exception:  # noqa: BLE001 - one that can't be looked at must not keep the others
                _log.warning("whether %s has ended could not be told; it is looked at again", case_id, exc_info=True)
        return done

    def _authorised(self) -> Iterator[str]:
        after = ""
        while True:
            with self.store.unit(ACTOR) as unit:
                found = [case.id for case in unit.cases.list([CaseState.AUTHORISED], limit=_AT_ONCE, after=after)]
            if not found:
                return
            yield from found
            after = found[-1]

    def _of_case(self, case_id: str) -> int:
        with self.store.unit(ACTOR) as unit:
            case = unit.cases.get(case_id)
            judgement = unit.judgements.latest(case_id, case.revision.number)
            until, today = self.letters.valid_until(case, judgement), self.clock.today()
            rma = next((p for p in unit.postings.of_case(case_id) if _is_rma(p)), None)
            if case.state is not CaseState.AUTHORISED or judgement is None or until is None or rma is None:
                return 0
            if today > until:
                return self._ended(unit, case, rma, until)
            before = min(self.remind_days, judgement.rma_valid_days // 2)
            return self._reminded(unit, case, rma, until) if today >= until - timedelta(days=before) else 0

    def _reminded(self, unit: Unit, case: Case, rma: Posting, until: date) -> int:
        known = len(unit.outbox.of_case(case.id))
        if not self.letters.doubt(case) and not self.guard.refusal(unit, case):
            letter = self.letters.expiring(unit, case, rma, until)
            unit.outbox.queue(letter, key=f"{case.id}-r{case.revision.number}-expiring-{until}")
        return len(unit.outbox.of_case(case.id)) - known

    def _ended(self, unit: Unit, case: Case, rma: Posting, until: date) -> int:
        subject = f"rma:{case.id}"
        if (told := unit.worklist.latest_trouble(subject)) is not None:
            waited = self.clock.now() - told.raised_at
            over = self.expire_days and not told.resolved_by and waited >= timedelta(days=self.expire_days)
            return self._expired(unit, case.id, rma, until) if over else 0
        by_itself = f" In {self.expire_days} days it expires by itself." if self.expire_days else ""
        unit.worklist.raise_trouble(
            subject,
            f"{rma.document_no} of {case.id} was valid until {until.day} {until:%b %Y}; nobody said its goods came.",
            "The case stays authorised; the RMA in the ERP is as it was.",
            "If the goods are back or were given more time, say that it is done; else let it expire, and close the RMA "
            f"in the ERP.{by_itself}",
        )
        return 1

    def _expired(self, unit: Unit, case_id: str, rma: Posting, until: date) -> int:
        case = unit.cases.lock(case_id)
        reported = {row.event for row in unit.audit.rows(case_id) if row.event.startswith("report.")}
        if case.state is not CaseState.AUTHORISED or reported - _NO_GOODS:
            return 0
        note = f"{rma.document_no} was valid until {until}; nobody said that its goods came, or that they still may"
        unit.cases.move(case_id, CaseEvent.EXPIRE, case.revision.number, note=note)
        unit.worklist.raise_trouble(
            f"rma:{case_id}",
            f"{case_id} has expired: {note}.",
            "The RMA in the ERP is as it was.",
            "Close the RMA in the ERP, then say that it is done.",
        )
        return 1


def _is_rma(posting: Posting) -> bool:
    return posting.tool == "authorise_return" and posting.state is PostingState.DONE
