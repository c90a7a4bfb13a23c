"""How an outcome of the gate is told over REST, MCP and to a model: one form for all of them."""

from typing import Any, assert_never

from tools.contract import AwaitingApproval, Completed, Denied, Outcome, OutcomeUnknown


def outcome_as_json(outcome: Outcome) -> dict[str, Any]:
    """``outcome`` is completed, denied, awaiting_approval or unknown; what else there is goes by it."""
    match outcome:
        case Completed(result=result):
            return {"outcome": "completed", "result": result.model_dump(mode="json")}
        case Denied(reason=reason, message=message):
            return {"outcome": "denied", "reason": reason, "message": message}
        case AwaitingApproval(digest=digest):
            return {"outcome": "awaiting_approval", "digest": digest}
        case OutcomeUnknown(key=key, message=message):
            return {"outcome": "unknown", "key": key, "message": message}
        case _:
            assert_never(outcome)
