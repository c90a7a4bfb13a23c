"""How long what people wrote is kept, and what was erased when that time was over."""

from dataclasses import dataclass
from datetime import date

from assistant.domain.lifecycle import CaseState, MessageState

# A case in these states waits for nobody; counted from its last change.
FINISHED = frozenset({CaseState.SETTLED, CaseState.CLOSED, CaseState.REJECTED, CaseState.CANCELLED, CaseState.EXPIRED})
# A message that opened no case, and that nobody works on.
IDLE = frozenset({MessageState.PARKED, MessageState.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """Days are counted from the last change."""

    version: str
    owner: str
    effective_from: date
    finished_case_days: int
    parked_message_days: int
    finished_workflow_days: int
    session_days: int
    delivered_event_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    cases: tuple[str, ...]
    messages: tuple[str, ...]
    sessions: int
    workflows: int = 0
    deliveries: int = 0
