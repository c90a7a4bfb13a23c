"""What the gate asks of the store: an audit row before and after each call, and whether an approval covers it."""

import re
import uuid
from collections.abc import Mapping
from typing import Any, assert_never

from assistant.domain.approval import covered
from assistant.domain.errors import NotFound
from assistant.domain.person import Actor
from assistant.domain.ports import Store
from tools.contract import AwaitingApproval, Binding, Caller, Completed, Denied, Outcome, OutcomeUnknown, ToolCall

_SHOWN_CHARACTERS, _KEY_CHARACTERS = 80, 320
_CASE = re.compile(r"BH-[0-9]{4,12}")  # any other name is a caller's own, and no stream of ours


class GateAudit:
    """Implements tools.contract.AuditPort; the intent is durable before the tool runs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def called(self, caller: Caller, call: ToolCall, digest: str) -> str:
        call_id = uuid.uuid4().hex
        self._append(caller, call, _intent(call_id, call, digest))
        return call_id

    def ended(self, call_id: str, caller: Caller, call: ToolCall, outcome: Outcome) -> None:
        self._append(caller, call, _end(call_id, call, outcome))

    def looked(self, caller: Caller, call: ToolCall, digest: str, outcome: Outcome) -> None:
        call_id = uuid.uuid4().hex
        self._append(caller, call, _intent(call_id, call, digest), _end(call_id, call, outcome))

    def _append(self, caller: Caller, call: ToolCall, *told: tuple[str, Mapping[str, Any]]) -> None:
        actor = Actor(kind="person" if caller.kind == "person" else "program", id=caller.id)
        stream = call.binding.case_id if _CASE.fullmatch(call.binding.case_id) else "tools"
        with self._store.unit(actor) as unit:
            unit.audit.append_all(stream, told)


class GateApprovals:
    """Implements tools.contract.ApprovalPort: every step that the policy asked for was given to exactly this call."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def covers(self, digest: str, binding: Binding) -> bool:
        with self._store.unit(Actor(kind="program", id="gate")) as unit:
            try:
                case = unit.cases.get(binding.case_id)
            except NotFound:
                return False
            judgement = unit.judgements.latest(case.id, binding.revision, binding.policy_version)
            if judgement is None or case.revision.number != binding.revision:
                return False
            return covered(judgement, unit.cases.decisions(case.id), binding.revision, digest)


def _intent(call_id: str, call: ToolCall, digest: str) -> tuple[str, Mapping[str, Any]]:
    named = {"tool": str(call.tool)[:_SHOWN_CHARACTERS], "call": call_id}
    return "tool.called", named | {"digest": digest, "key": call.key[:_KEY_CHARACTERS]}


def _end(call_id: str, call: ToolCall, outcome: Outcome) -> tuple[str, Mapping[str, Any]]:
    return "tool.ended", {"tool": str(call.tool)[:_SHOWN_CHARACTERS], "call": call_id, **_ending(outcome)}


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
