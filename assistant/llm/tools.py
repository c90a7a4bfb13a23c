"""The governed tools as LangChain has them: offered by the gate, and every call a model makes goes back through it.

The schema is given as data, so that LangChain validates nothing itself: a call that does not fit reaches the gate too,
which refuses it and writes it down.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tools.contract import Caller, ToolCall
from tools.gate import Gate
from tools.wire import outcome_as_json

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, ToolMessage
    from langchain_core.tools import StructuredTool


def offered(gate: Gate, caller: Caller) -> "list[StructuredTool]":
    """What this caller may use, ready for ``bind_tools`` or an agent; nothing else is told."""
    from langchain_core.tools import StructuredTool

    def through_gate(name: str) -> Any:
        def run(**arguments: Any) -> str:
            return _told(gate, caller, name, arguments)

        return run

    return [
        StructuredTool(
            name=tool.name,
            description=tool.summary,
            args_schema=tool.takes.model_json_schema(),
            func=through_gate(tool.name),
        )
        for tool in gate.offered(caller)
    ]


def answered(message: "AIMessage", gate: Gate, caller: Caller) -> "Sequence[ToolMessage]":
    """Run every tool call of a model's message, whatever it names and holds; answers in order."""
    from langchain_core.messages import ToolMessage

    calls = [(each["name"], each["args"], each["id"]) for each in message.tool_calls]
    calls += [(each["name"] or "", {"unread": each["args"]}, each["id"]) for each in message.invalid_tool_calls]
    return [
        ToolMessage(content=_told(gate, caller, name, arguments), tool_call_id=call_id or "", name=name)
        for name, arguments, call_id in calls
    ]


def _told(gate: Gate, caller: Caller, name: str, arguments: Any) -> str:
    return json.dumps(outcome_as_json(gate.call(ToolCall(name, arguments), caller)), ensure_ascii=False)
