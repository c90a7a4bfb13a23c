"""The documentation of the tools, generated from the catalog: what a tool takes, gives, and who may use it."""

from collections.abc import Iterator, Mapping
from typing import Any

from tools.contract import Effect, Tool
from tools.permissions import MODEL_SCOPES, POSTING, WORKER

_EFFECTS = {
    Effect.READ: "looks something up",
    Effect.DRAFT: "writes a draft, that nobody acts on yet",
    Effect.PROPOSE: "puts something before people, or asks the sender",
    Effect.COMMIT: "changes the ERP, only with an approval bound to exactly this call",
}


def described(catalog: Mapping[str, Tool]) -> str:
    """Markdown, the same for the same catalog."""
    return "\n\n".join([_HEAD, *("\n".join(_tool(tool)) for tool in catalog.values())]) + "\n"


def _tool(tool: Tool) -> Iterator[str]:
    yield f"## `{tool.name}`\n"
    yield f"{tool.summary}\n"
    yield f"- effect: {tool.effect.value} ({_EFFECTS[tool.effect]})"
    yield f"- scope: `{tool.scope}`, held by {_holders(tool)}; version {tool.version}"
    bound = "sees that customer's records only" if tool.owners is not None else "is refused"
    yield f"- a caller bound to one customer {bound}"
    yield (
        f"- limits: {tool.max_argument_bytes:,} bytes of arguments, {tool.max_result_bytes:,} of results, "
        f"{tool.max_calls_per_minute:,} calls a minute"
    )
    yield "\n| takes | type | |\n| --- | --- | --- |"
    yield from _fields(tool.takes.model_json_schema())
    yield "\n| gives | type | |\n| --- | --- | --- |"
    yield from _fields(tool.gives.model_json_schema())


def _holders(tool: Tool) -> str:
    held = {"models": MODEL_SCOPES, "the worker": WORKER.scopes, "the posting step": POSTING.scopes}
    return ", ".join(name for name, scopes in held.items() if tool.scope in scopes) or "nobody"


def _fields(schema: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    inner = schema.get("$defs", {})
    for name, told in schema.get("properties", {}).items():
        needed = "required" if name in schema.get("required", ()) else "optional"
        kind, nested = _kind(told, inner)
        yield f"| `{prefix}{name}` | {kind} | {needed} |"
        if nested is not None:
            yield from _fields({**nested, "$defs": inner}, f"{prefix}{name}[].")


def _kind(told: Mapping[str, Any], inner: Mapping[str, Any]) -> tuple[str, Mapping[str, Any] | None]:
    """In words, and the schema of what a list of objects holds."""
    if "anyOf" in told:
        several = [_kind(each, inner)[0] for each in told["anyOf"] if each.get("type") != "null"]
        plain = "decimal" if {"number", "decimal"} <= set(several) else " or ".join(several)
        return plain + (" or null" if any(each.get("type") == "null" for each in told["anyOf"]) else ""), None
    if told.get("type") == "array":
        held = told.get("items", {})
        if "$ref" in held:
            return "list", inner[held["$ref"].rpartition("/")[2]]
        return f"list of {_kind(held, inner)[0]}", None
    if "enum" in told:
        return f"one of {', '.join(told['enum'])}", None
    names = {
        "string": "text",
        "integer": "whole number",
        "number": "number",
        "boolean": "yes or no",
        "object": "object",
    }
    words = names.get(told.get("type", ""), "anything")
    if told.get("format") == "date":
        words = "date"
    elif words == "text" and "maxLength" in told:
        words = f"text of {told.get('minLength', 0)} to {told['maxLength']} characters"
    elif words == "text" and str(told.get("pattern", "")).startswith("^(?!"):
        words = "decimal"
    return words, None


_HEAD = """# The tools

Every call, of a model, a person's program, Slack, the API, MCP or the worker, goes through one function, the gate
(`tools/gate.py`). It looks the name up exactly, checks scope, customer, rate, size and schema, asks for the approval
where the effect is commit, and writes the audit log: what changes something before it runs and after, a look or a
denial before its answer leaves. What the gate does not allow does not happen. It answers `completed`, `denied` (with a
reason), `awaiting_approval` (with the digest an approval would be bound to) or `unknown` (the tool was started and did
not answer; look its key up before anything is tried again).

Calls a minute are counted in each process, by caller and tool: with three workers a caller gets three times as many
in all. They keep a caller that runs wild from wearing out the ERP, and processes are few and ours; what may be written,
how often and how much, is held by approvals, keys and holds in the store, across all processes.

This page is written by `backhaul tools`; a test holds it to the catalog."""
