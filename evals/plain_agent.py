"""A plain tool-calling agent for the same work, driven by a script, to count what it reads and writes.

langchain's create_agent with look-ups as tools: the customer by the sender, the order by each reference, each line's
status, each line's policy, then the draft. Every turn sends the whole conversation again. The script calls what belongs
together in one turn, which is the least that such an agent can need.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import PrivateAttr

from assistant.drafting.asked import Asked
from evals.counting import tokens, tokens_of
from tools.erp import ErpReader

BARE = (
    "You are a returns clerk of a wholesale distributor. Draft the customer's request below as a case: look up the "
    "customer, each order referred to, the status and policy of each line, then save the draft. Never invent values."
)
Step = Sequence[tuple[str, dict[str, Any]]]


class Scripted(BaseChatModel):
    """Says what the script says, and counts what it is sent."""

    script: list[AIMessage]
    _turn: int = PrivateAttr(default=0)
    _tools: int = PrivateAttr(default=0)
    _read: int = PrivateAttr(default=0)
    _written: int = PrivateAttr(default=0)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    @property
    def took(self) -> tuple[int, int, int]:
        """(turns, tokens in, tokens out)"""
        return self._turn, self._read, self._written

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> "Scripted":
        self._tools = tokens_of([convert_to_openai_tool(each) for each in tools])
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        self._read += self._tools + sum(_size(message) for message in messages)
        said = self.script[self._turn]
        self._turn += 1
        self._written += _size(said)
        return ChatResult(generations=[ChatGeneration(message=said)])


def _size(message: BaseMessage) -> int:
    calls = getattr(message, "tool_calls", [])
    return tokens(str(message.text)) + sum(tokens_of({"name": c["name"], "arguments": c["args"]}) for c in calls)


def run(asked: Asked, answer: dict[str, Any], erp: ErpReader, system: str = BARE) -> tuple[int, int, int]:
    """(turns, tokens in, tokens out) of drafting this request."""

    def told(value: object) -> str:
        return json.dumps(value, default=str, ensure_ascii=False, separators=(",", ":"))

    @tool
    def customer_by_sender(address: str) -> str:
        """The customer that an e-mail address belongs to."""
        return told([asdict(each) for each in erp.customers_by_email(address)])

    @tool
    def order_by_reference(reference: str) -> str:
        """The order that an order number, PO, invoice, tracking, shipment, lot or serial number leads to."""
        numbers = dict.fromkeys(hit.order_no for hit in erp.find(reference))
        return told([asdict(order) for no in numbers if (order := erp.order(no)) is not None][:1])

    @tool
    def line_status(order_no: str, sku: str) -> str:
        """What was shipped and returned of an item on an order, and the item's master data."""
        order, item = erp.order(order_no), erp.item(sku)
        shipped = None if order is None else order.shipped(sku)
        returned = erp.returned(order_no, sku)
        return told({"shipped": shipped, "returned": returned, "item": None if item is None else asdict(item)})

    @tool
    def policy(customer_id: str, sku: str, reason_code: str) -> str:
        """Whether and on what terms an item may come back."""
        customer, item = erp.customer(customer_id), erp.item(sku)
        window = customer.return_window_days if customer is not None else None
        fee = customer.restocking_fee_pct if customer is not None else None
        returnable = item.returnable if item is not None else None
        return told({"reason": reason_code, "window_days": window, "restocking_pct": fee, "returnable": returnable})

    @tool
    def save_draft(
        intent: str,
        summary: str,
        customer_id: str | None,
        order_nos: list[str],
        lines: list[dict[str, Any]],
        resolution: str,
        identifiers: dict[str, str | None],
    ) -> str:
        """Save the case: lines hold sku, order_no, quantity, uom, reason_code, lot, serials and the words quoted."""
        kept = (intent, summary, customer_id, order_nos, lines, resolution, identifiers)
        return told({"saved": all(each != "" for each in kept)})

    tools = [customer_by_sender, order_by_reference, line_status, policy, save_draft]
    model = Scripted(script=_script(asked, answer))
    agent = create_agent(model, tools, system_prompt=system)
    documents = "\n".join(each.passage.text for each in asked.blocks)
    request = asked.request
    user = f"From: {request.sender_name} <{request.sender_address}>\nDate: {request.asked_on}\n{documents}"
    agent.invoke({"messages": [HumanMessage(user)]}, config={"recursion_limit": 50})
    return model.took


def _script(asked: Asked, answer: dict[str, Any]) -> list[AIMessage]:
    lines = [line for line in answer["lines"] if line["sku"]]
    references = dict.fromkeys(ref["as"] for ref in answer["refs"] if ref["kind"] != "own")
    customer = asked.customer_id or "unknown"
    steps: list[Step] = [
        [("customer_by_sender", {"address": asked.request.sender_address})],
        [("order_by_reference", {"reference": each}) for each in references],
        [("line_status", {"order_no": line["order"] or "", "sku": line["sku"]}) for line in lines],
        [("policy", {"customer_id": customer, "sku": line["sku"], "reason_code": line["why"]}) for line in lines],
        [("save_draft", _draft(asked, answer))],
    ]
    said = [
        AIMessage(
            content="",
            tool_calls=[{"name": name, "args": args, "id": f"c{turn}-{at}"} for at, (name, args) in enumerate(step)],
        )
        for turn, step in enumerate(steps)
        if step
    ]
    return [*said, AIMessage(content="The draft is saved.")]


def _draft(asked: Asked, answer: dict[str, Any]) -> dict[str, Any]:
    """The same content in the form of a draft."""
    kinds = {"po": "customer_po", "invoice": "invoice_no", "tracking": "tracking_no", "own": "customer_ref"}
    lines = [
        {
            "sku": line["sku"],
            "order_no": line["order"],
            "quantity": line["qty"],
            "uom": "EA",
            "reason_code": line["why"],
            "lot": line["lot"],
            "serials": line["serials"],
            "quotes": [line["item"], line["qty_as"], line["why_as"]],
        }
        for line in answer["lines"]
    ]
    return {
        "intent": answer["intent"],
        "summary": answer["summary"],
        "customer_id": asked.customer_id,
        "order_nos": list(dict.fromkeys(line["order"] for line in answer["lines"] if line["order"])),
        "lines": lines,
        "resolution": answer["resolution"],
        "identifiers": {kinds[ref["kind"]]: ref["as"] for ref in answer["refs"] if ref["kind"] in kinds},
    }
