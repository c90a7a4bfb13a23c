"""Block elements in a person's hands: what a click says, what a form holds, what it still lacks."""

from collections.abc import Iterable, Iterator
from typing import Any

from assistant.demo.slack.records import JSON, View


def pieces(blocks: Iterable[JSON]) -> Iterator[tuple[JSON, JSON]]:
    """Every element that has an action_id, with its block."""
    for block in blocks:
        for piece in (block.get("element"), block.get("accessory"), *(block.get("elements") or [])):
            if isinstance(piece, dict) and piece.get("action_id"):
                yield block, piece


def action_of(block: JSON, piece: JSON, value: Any, action_ts: str) -> JSON:
    """One of the ``actions`` of block_actions."""
    action: JSON = {
        "action_id": piece["action_id"],
        "block_id": block["block_id"],
        "type": piece["type"],
        "action_ts": action_ts,
    }
    if piece["type"] != "button":
        return action | filled(piece, value)
    action["text"] = piece["text"]
    for name in ("value", "style", "url"):
        if name in piece:
            action[name] = piece[name]
    return action


def filled(piece: JSON, value: Any) -> JSON:
    """An element's entry in ``state.values``. An option is named by its value."""
    told: JSON = {"type": piece["type"]}
    match piece["type"]:
        case "static_select" | "radio_buttons" | "overflow":
            return told | {"selected_option": _option(piece, value) if value else None}
        case "checkboxes" | "multi_static_select":
            return told | {"selected_options": [_option(piece, each) for each in value or []]}
        case "datepicker":
            return told | {"selected_date": value or None}
        case "users_select":
            return told | {"selected_user": value or None}
        case "conversations_select":
            return told | {"selected_conversation": value or None}
        case "channels_select":
            return told | {"selected_channel": value or None}
        case "file_input":
            return told | {"files": list(value or [])}
        case _:
            return told | {"value": str(value) if value not in (None, "") else None}


def _option(piece: JSON, value: str) -> JSON:
    groups = [option for group in piece.get("option_groups", []) for option in group["options"]]
    for option in [*piece.get("options", []), *groups]:
        if option["value"] == value:
            found: JSON = option
            return found
    raise ValueError(f"{piece['action_id']} has no option {value!r}")


def missing(view: View) -> dict[str, str]:
    """Input blocks whose person has something to do yet, as Slack's client says it; it sends nothing before."""
    found = {}
    for block, piece in pieces(view.given["blocks"]):
        if block["type"] != "input":
            continue
        held = view.values.get(block["block_id"], {}).get(piece["action_id"], {})
        value = next((v for name, v in held.items() if name != "type"), None)
        if not value and not block.get("optional"):
            found[block["block_id"]] = f"{block['label']['text']}: please complete this required field."
        elif isinstance(value, str):
            least, most = piece.get("min_length", 0), piece.get("max_length", 3_000)
            if not least <= len(value) <= most:
                found[block["block_id"]] = f"{block['label']['text']}: between {least} and {most} characters."
    return found
