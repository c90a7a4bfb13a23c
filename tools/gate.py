"""The gate: the one function every tool call goes through. What it does not allow does not happen.

Each call is written to the audit log before and after. A commit runs only where an approval is bound to the digest
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
    Tool,
    ToolCall,
    Unanswered,
)
from tools.digest import digest

_MINUTE_SECONDS = 60.0


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
        bound = admitted.digest if isinstance(admitted, _Admitted) else ""
        call_id = self._audit.called(caller, call, bound)
        outcome = self._run(admitted, call, caller) if isinstance(admitted, _Admitted) else admitted
        self._audit.ended(call_id, caller, call, outcome)
        return outcome

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
        tool = self._catalog.get(call.tool)
        if tool is None:
            return Denied("unknown_tool", f"there is no tool {call.tool[:80]!r}")
        if tool.scope not in caller.scopes:
            return Denied("scope", f"{caller.id} may not use {tool.name}")
        try:
            size = len(json.dumps(call.arguments, default=str))
            if size > tool.max_argument_bytes:
                return Denied("too_large", f"{size:,} bytes; {tool.name} takes {tool.max_argument_bytes:,}")
            arguments = tool.takes.model_validate(dict(call.arguments))
        except (ValidationError, ValueError, TypeError, RecursionError) as error:
            fault = _first_fault(error) if isinstance(error, ValidationError) else "not JSON values"
            return Denied("bad_arguments", f"{tool.name}: {fault}")
        if not self._within_rate(tool, caller):
            return Denied("rate", f"{tool.name} was called too often in a minute; try again later")
        return _Admitted(tool, arguments, digest(tool, arguments, call.binding))

    def _run(self, admitted: _Admitted, call: ToolCall, caller: Caller) -> Outcome:
        tool = admitted.tool
        if tool.effect is Effect.COMMIT:
            if not call.key:
                return Denied("bad_arguments", f"{tool.name} changes the ERP and needs a key")
            if not self._approvals.covers(admitted.digest, call.binding):
                return AwaitingApproval(admitted.digest)
        try:
            return Completed(tool.run(admitted.arguments, call, caller))
        except Refused as refusal:
            return Denied("refused", str(refusal))
        except Unanswered as silence:
            return OutcomeUnknown(call.key, str(silence))
        except Exception as error:  # noqa: BLE001 - whatever a tool raises, nobody may take it for done or not done
            return OutcomeUnknown(call.key, f"{tool.name} broke off: {type(error).__name__}")

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


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
