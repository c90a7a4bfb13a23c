"""The governed tools as an MCP server, from the same catalog: streamable HTTP with a key as bearer, or stdio.

Every call goes through the gate, under who holds the key; what the gate does not offer is not listed, and a call of it
is denied and written down like any other.
"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import CallToolResult, TextContent, Tool, ToolAnnotations
from pydantic import AnyHttpUrl
from starlette.applications import Starlette

from assistant.domain.errors import NotAllowedToYou
from assistant.domain.identity import KeyScope
from assistant.steps.keys import Keys
from tools.contract import Caller, Completed, Effect, ToolCall
from tools.gate import Gate
from tools.permissions import assistant_of
from tools.wire import outcome_as_json

PATH = "/mcp"
_NAME = "backhaul"
_INSTRUCTIONS = (
    "Look up orders, customers, items, what can still come back, cases and the policy. Nothing here changes anything."
)
_BODY_BYTES = 1_000_000


class KeyVerifier:
    """Implements the SDK's TokenVerifier: a token is a key of ours that stands and has the tools' scope."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def verify_token(self, token: str) -> AccessToken | None:
        held = await anyio.to_thread.run_sync(self._keys.holder, token)
        if held is None:
            return None
        key, person = held
        ends_at = int(key.ends_at.timestamp())
        return AccessToken(
            token=token, client_id=key.id, scopes=sorted(key.scopes), expires_at=ends_at, subject=person.id
        )


class GateServer(MCPServer[Any]):
    """Lists and calls what the gate offers. ``who`` answers whose call this is; raises NotAllowedToYou for nobody's."""

    def __init__(self, gate: Gate, who: Callable[[], Caller], **settings: Any) -> None:
        # The library sets the logging of the whole process up; at INFO every library's talk would fill the console.
        super().__init__(_NAME, instructions=_INSTRUCTIONS, log_level="WARNING", **settings)
        self._gate = gate
        self._who = who

    async def list_tools(self) -> list[Tool]:
        caller = await anyio.to_thread.run_sync(self._who)
        return [
            Tool(
                name=tool.name,
                description=tool.summary,
                input_schema=tool.takes.model_json_schema(),
                output_schema=None,
                annotations=ToolAnnotations(
                    read_only_hint=tool.effect is Effect.READ, destructive_hint=tool.effect is Effect.COMMIT
                ),
            )
            for tool in self._gate.offered(caller)
        ]

    async def call_tool(
        self,
        name: str,
        arguments: dict[str, Any],
        context: Context[Any, Any] | None = None,  # noqa: ARG002 - the SDK hands it over
    ) -> CallToolResult:
        def run() -> CallToolResult:
            outcome = self._gate.call(ToolCall(name, arguments), self._who())
            told = outcome_as_json(outcome)
            return CallToolResult(
                content=[TextContent(type="text", text=_as_text(told))],
                structured_content=told,
                is_error=not isinstance(outcome, Completed),
            )

        return await anyio.to_thread.run_sync(run)  # the context, and who calls, goes with it


def over_http(gate: Gate, keys: Keys, public_url: str) -> tuple[GateServer, Starlette]:
    """The server and its application at PATH. ``public_url`` is where clients reach us."""
    host = urlsplit(public_url).netloc
    server = GateServer(
        gate,
        _bearer,
        token_verifier=KeyVerifier(keys),
        auth=AuthSettings(
            issuer_url=AnyHttpUrl(public_url),
            resource_server_url=None,
            required_scopes=[KeyScope.TOOLS_READ.value],
        ),
    )
    application = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=_BODY_BYTES,
        transport_security=TransportSecuritySettings(
            enable_dns_rebinding_protection=True,
            allowed_hosts=[host, "127.0.0.1:*", "localhost:*"],
            allowed_origins=[public_url.rstrip("/")],
        ),
    )
    return server, application


def over_stdio(gate: Gate, keys: Keys, key: str) -> GateServer:
    """For a program on this machine that starts us; the key is looked at again at every call."""

    def holder() -> Caller:
        held = keys.holder(key)
        if held is None or KeyScope.TOOLS_READ not in held[0].scopes:
            raise NotAllowedToYou("BACKHAUL_MCP_KEY is no key that stands and has the scope tools.read.")
        return assistant_of(held[1].id, cases=KeyScope.CASES_READ in held[0].scopes)

    holder()
    return GateServer(gate, holder)


def _bearer() -> Caller:
    token = get_access_token()
    if token is None or not token.subject:
        raise NotAllowedToYou("Use a key as bearer token.")
    return assistant_of(token.subject, cases=KeyScope.CASES_READ.value in token.scopes)


def _as_text(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False)
