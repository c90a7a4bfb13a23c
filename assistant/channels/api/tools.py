"""The governed tools over REST: what may be used, and each call through the gate."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict

from assistant.bootstrap import App
from assistant.channels.api.caller import Callers
from assistant.channels.api.problems import responses
from tools.contract import Caller, ToolCall
from tools.wire import outcome_as_json


class ToolOut(BaseModel):
    """``takes`` and ``gives`` are JSON Schemas."""

    name: str
    version: str
    effect: str
    summary: str
    takes: dict[str, Any]
    gives: dict[str, Any]


class CallIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    arguments: dict[str, Any] = {}


def router(app: App, callers: Callers) -> APIRouter:
    routes = APIRouter(prefix="/v1/tools", tags=["tools"])
    gate = app.review.gate

    @routes.get("", responses=responses())
    def tools(caller: Annotated[Caller, Depends(callers.assistant)]) -> list[ToolOut]:
        """The tools this caller may use."""
        return [
            ToolOut(
                name=tool.name,
                version=tool.version,
                effect=tool.effect.value,
                summary=tool.summary,
                takes=tool.takes.model_json_schema(),
                gives=tool.gives.model_json_schema(mode="serialization"),
            )
            for tool in gate.offered(caller)
        ]

    @routes.post("/{name}", responses=responses())
    def call(
        name: Annotated[str, Path(max_length=80, pattern=r"^[A-Za-z_]+$")],
        asked: CallIn,
        caller: Annotated[Caller, Depends(callers.assistant)],
    ) -> dict[str, Any]:
        """Use a tool. ``outcome`` says how it ended: completed, denied, awaiting_approval or unknown."""
        return outcome_as_json(gate.call(ToolCall(name, asked.arguments), caller))

    return routes
