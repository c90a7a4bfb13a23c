"""Retention: erase what the policy's days are over for. Each case and message in a transaction of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.domain.errors import OurFault
from assistant.domain.person import program
from assistant.domain.ports import Clock, Store
from assistant.domain.retention import Erased, RetentionPolicy

ACTOR = program("retention")


@dataclass(frozen=True, slots=True)
class Retention:
    store: Store
    clock: Clock
    policy: RetentionPolicy

    def due(self) -> Erased:
        """What a run would erase, as far as its first batch; nothing is changed."""
        with self.store.unit(ACTOR) as unit:
            return Erased(
                cases=unit.retention.due_cases(self._before(self.policy.finished_case_days)),
                messages=unit.retention.due_messages(self._before(self.policy.parked_message_days)),
                sessions=0,
            )

    def run(self) -> Erased:
        """Safe to interrupt and to repeat."""
        cases: list[str] = []
        erased: list[str] = []
        done: set[str] = set()
        while (due := self.due()).cases or due.messages:
            if done & {*due.cases, *due.messages}:
                raise OurFault("What was erased is due again; the run stopped. Nothing else was erased.")
            done |= {*due.cases, *due.messages}
            for case_id in due.cases:
                with self.store.unit(ACTOR) as unit:
                    erased += unit.retention.erase_case(case_id, self.policy.version)
                cases.append(case_id)
            for message_id in due.messages:
                with self.store.unit(ACTOR) as unit:
                    unit.retention.erase_message(message_id, self.policy.version)
                erased.append(message_id)
        with self.store.unit(ACTOR) as unit:
            sessions = unit.sessions.forget_before(self._before(self.policy.session_days))
            deliveries = unit.webhooks.forget_delivered(self._before(self.policy.delivered_event_days))
        return Erased(cases=tuple(cases), messages=tuple(erased), sessions=sessions, deliveries=deliveries)

    def _before(self, days: int) -> datetime:
        return self.clock.now() - timedelta(days=days)
