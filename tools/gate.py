"""The gate: the one function every tool call goes through. What it does not allow does not happen.

What writes is in the audit log before it runs and after; what only looks, or is denied, is there before its answer
leaves. A commit runs only where an approval is bound to the digest
of exactly this call, which is worked out here, from the validated arguments, at the moment of execution.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from tools.contract import (
    ApprovalPort,
    Arguments,
    AuditPort,
    AwaitingApproval,
    Caller,
    Completed,
    Denied,
    Effect,
    Outcome,
    OutcomeUnknown,
    Refused,
    Result,
    Tool,
    ToolCall,
    Unanswered,
)
from tools.digest import digest

_MINUTE_SECONDS = 60.0
_KEY_CHARACTERS = 320
_FAULT_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class _Admitted:
    tool: Tool
    arguments: Arguments
    digest: str


class Gate:
    """Denies by default. ``clock`` counts seconds, for the rate limits."""

    def __init__(
        self,
        catalog: Mapping[str, Tool],
        audit: AuditPort,
        approvals: ApprovalPort,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._catalog = catalog
        self._audit = audit
        self._approvals = approvals
        self._clock = clock
        self._recent: dict[tuple[str, str], deque[float]] = {}
        self._lock = threading.Lock()

    def call(self, call: ToolCall, caller: Caller) -> Outcome:
        admitted = self._admit(call, caller)
        if isinstance(admitted, Denied):
            self._audit.looked(caller, call, "", admitted)
            return admitted
        if admitted.tool.effect is Effect.READ:
            outcome = self._run(admitted, call, caller)
            self._audit.looked(caller, call, admitted.digest, outcome)
            return outcome
        call_id = self._audit.called(caller, call, admitted.digest)
        outcome = self._run(admitted, call, caller)
        self._audit.ended(call_id, caller, call, outcome)
        return outcome

    def offered(self, caller: Caller) -> tuple[Tool, ...]:
        """What this caller may use at all, for those who tell it; the gate itself looks again at every call."""
        return tuple(tool for tool in self._catalog.values() if _out_of_scope(tool, caller) is None)

    def digest_of(self, call: ToolCall) -> str:
        """What an approval of this call is bound to. Raises Refused where the call could never be admitted."""
        tool = self._catalog.get(call.tool)
        if tool is None:
            raise Refused(f"there is no tool {call.tool}")
        try:
            return digest(tool, tool.takes.model_validate(dict(call.arguments)), call.binding)
        except ValidationError as error:
            raise Refused(_first_fault(error)) from error

    def _admit(self, call: ToolCall, caller: Caller) -> _Admitted | Denied:
        tool = self._catalog.get(call.tool) if isinstance(call.tool, str) else None
        if tool is None:
            return Denied("unknown_tool", f"there is no tool {str(call.tool)[:80]!r}")
        if (denied := _out_of_scope(tool, caller)) is not None:
            return denied
        if not self._within_rate(tool, caller):
            return Denied("rate", f"{tool.name} was called too often in a minute; try again later")
        if len(call.key) > _KEY_CHARACTERS:
            return Denied("too_large", f"a key has {_KEY_CHARACTERS} characters at most")
        try:
            size = len(json.dumps(call.arguments, default=str))
            if size > tool.max_argument_bytes:
                return Denied("too_large", f"{size:,} bytes; {tool.name} takes {tool.max_argument_bytes:,}")
            arguments = tool.takes.model_validate(dict(call.arguments))
            return _Admitted(tool, arguments, digest(tool, arguments, call.binding))
        except (ValidationError, ValueError, TypeError, RecursionError) as error:
            fault = _first_fault(error) if isinstance(error, ValidationError) else "not JSON values"
            return Denied("bad_arguments", f"{tool.name}: {fault}"[:_FAULT_CHARACTERS])

    def _run(self, admitted: _Admitted, call: ToolCall, caller: Caller) -> Outcome:
        tool = admitted.tool
        if tool.effect is Effect.COMMIT:
            if not call.key:
                return Denied("bad_arguments", f"{tool.name} changes the ERP and needs a key")
            if not self._approvals.covers(admitted.digest, call.binding):
                return AwaitingApproval(admitted.digest)
        try:
            result = tool.run(admitted.arguments, call, caller)
        except Refused as refusal:
            return Denied("refused", str(refusal))
        except Unanswered as silence:
            return OutcomeUnknown(call.key, str(silence))
        except Exception as error:  # noqa: BLE001 - whatever a tool raises, nobody may take it for done or not done
            return OutcomeUnknown(call.key, f"{tool.name} broke off: {type(error).__name__}")
        return _unfit(tool, result, caller) or Completed(result)

    def _within_rate(self, tool: Tool, caller: Caller) -> bool:
        now = self._clock()
        with self._lock:
            recent = self._recent.setdefault((caller.id, tool.name), deque())
            while recent and now - recent[0] > _MINUTE_SECONDS:
                recent.popleft()
            if len(recent) >= tool.max_calls_per_minute:
                return False
            recent.append(now)
            return True


def _out_of_scope(tool: Tool, caller: Caller) -> Denied | None:
    if tool.scope not in caller.scopes or (tool.effect is Effect.COMMIT and caller.kind == "model"):
        return Denied("scope", f"{caller.id} may not use {tool.name}")
    if caller.customer_id is not None and tool.owners is None:
        return Denied("data_scope", f"{tool.name} is not for a caller bound to one customer")
    return None


def _unfit(tool: Tool, result: Result, caller: Caller) -> Denied | None:
    """Why a result that was read does not leave. What was written stays written, and is told."""
    if tool.effect is not Effect.READ:
        return None
    others = (tool.owners(result) if tool.owners is not None else frozenset()) - {caller.customer_id}
    if caller.customer_id is not None and others:
        return Denied("data_scope", f"{tool.name} found another customer's records; none were shown")
    if (size := len(result.model_dump_json())) > tool.max_result_bytes:
        return Denied("too_large", f"{tool.name} found {size:,} bytes; ask for less")
    return None


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
