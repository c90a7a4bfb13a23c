"""What the gate asks of the store: an audit row before and after each call, and whether an approval covers it."""

import uuid
from collections.abc import Mapping
from typing import Any, assert_never

from assistant.domain.errors import NotFound
from assistant.domain.person import Actor
from assistant.domain.ports import Store
from tools.contract import AwaitingApproval, Binding, Caller, Completed, Denied, Outcome, OutcomeUnknown, ToolCall

_SHOWN_CHARACTERS = 80


class GateAudit:
    """Implements tools.contract.AuditPort; the intent is durable before the tool runs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def called(self, caller: Caller, call: ToolCall, digest: str) -> str:
        call_id = uuid.uuid4().hex
        self._append(caller, call, "tool.called", {"call": call_id, "digest": digest, "key": call.key})
        return call_id

    def ended(self, call_id: str, caller: Caller, call: ToolCall, outcome: Outcome) -> None:
        self._append(caller, call, "tool.ended", {"call": call_id, **_ending(outcome)})

    def _append(self, caller: Caller, call: ToolCall, event: str, details: Mapping[str, Any]) -> None:
        actor = Actor(kind="person" if caller.kind == "person" else "program", id=caller.id)
        with self._store.unit(actor) as unit:
            stream = call.binding.case_id[:_SHOWN_CHARACTERS] or "tools"
            unit.audit.append(stream, event, {"tool": call.tool[:_SHOWN_CHARACTERS], **details})


class GateApprovals:
    """Implements tools.contract.ApprovalPort."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def covers(self, digest: str, binding: Binding) -> bool:
        with self._store.unit(Actor(kind="program", id="gate")) as unit:
            try:
                case = unit.cases.get(binding.case_id)
            except NotFound:
                return False
            given = [d for d in unit.cases.decisions(case.id) if d.revision == binding.revision]
            if case.revision.number != binding.revision or any(d.verdict == "rejected" for d in given):
                return False
            return any(d.policy_version == binding.policy_version and digest in d.digests for d in given)


def _ending(outcome: Outcome) -> Mapping[str, str]:
    match outcome:
        case Completed():
            return {"outcome": "completed"}
        case Denied(reason=reason, message=message):
            return {"outcome": "denied", "reason": reason, "message": message}
        case AwaitingApproval(digest=digest):
            return {"outcome": "awaiting_approval", "digest": digest}
        case OutcomeUnknown(message=message):
            return {"outcome": "unknown", "message": message}
        case _:
            assert_never(outcome)
