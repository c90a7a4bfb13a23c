"""views.*: modals and the home tab."""

from typing import Any

from assistant.demo.slack import blocks as kit
from assistant.demo.slack import shapes
from assistant.demo.slack.asked import Asked
from assistant.demo.slack.records import JSON, View
from assistant.demo.slack.refused import Refused
from assistant.demo.slack.workspace import Workspace

DEEPEST = 3
LARGEST = 250_000  # characters of the whole view


def open_(place: Workspace, asked: Asked) -> JSON:
    given = _given(asked, "modal")
    user = place.pull(asked.needed("trigger_id"))
    _unique(place, given)
    made = _new(place, given, user)
    place.views[user] = [made]
    place.changed()
    return {"view": shapes.view(place, made)}


def push(place: Workspace, asked: Asked) -> JSON:
    given = _given(asked, "modal")
    user = place.pull(asked.needed("trigger_id"))
    return {"view": shapes.view(place, pushed(place, given, user))}


def pushed(place: Workspace, given: JSON, user: str) -> View:
    stack = place.views.get(user) or []
    if not stack:
        raise Refused("not_found")
    if len(stack) >= DEEPEST:
        raise Refused("push_limit_reached")
    _unique(place, given)
    made = _new(place, given, user)
    made.root, made.previous = stack[0].id, stack[-1].id
    stack.append(made)
    place.changed()
    return made


def update(place: Workspace, asked: Asked) -> JSON:
    external, view_id = asked.text("external_id"), asked.text("view_id")
    if bool(external) == bool(view_id):
        raise Refused("invalid_arguments", "either view_id or external_id is required")
    view = place.view(view_id) if view_id else _by_external(place, external)
    given = _given(asked, view.type)
    if (old := asked.text("hash")) and old != view.hash:
        raise Refused("hash_conflict")
    return {"view": shapes.view(place, replaced(place, view, given))}


def replaced(place: Workspace, view: View, given: JSON) -> View:
    """What a person typed stays where the block and the element keep their ids."""
    view.given = {**given, "blocks": kit.with_ids(given["blocks"])}
    view.hash = _hash(place)
    view.errors = {}
    kept = {(b["block_id"], a) for b in view.given["blocks"] for a in action_ids(b)}
    view.values = {
        block: there
        for block, values in view.values.items()
        if (there := {a: v for a, v in values.items() if (block, a) in kept})
    }
    fill(view)
    place.changed()
    return view


def publish(place: Workspace, asked: Asked) -> JSON:
    user = place.person(asked.needed("user_id"))
    given = _given(asked, "home")
    now = place.homes.get(user.id)
    if now is not None and (old := asked.text("hash")) and old != now.hash:
        raise Refused("hash_conflict")
    if now is None:
        now = place.homes[user.id] = _new(place, given, user.id)
        place.changed()
    else:
        replaced(place, now, given)
    return {"view": shapes.view(place, now)}


def checked(given: Any, surface: str) -> JSON:
    if len(str(given)) > LARGEST:
        raise Refused("view_too_large")
    if found := kit.view_faults(given, surface):
        raise Refused("invalid_arguments", *found)
    assert isinstance(given, dict)  # noqa: S101 - view_faults found it so
    return given


def action_ids(block: JSON) -> list[str]:
    """The ids of everything in a block that holds a value."""
    pieces = [block.get("element"), block.get("accessory"), *(block.get("elements") or [])]
    return [piece["action_id"] for piece in pieces if isinstance(piece, dict) and piece.get("action_id")]


def fill(view: View) -> None:
    """Initial values are values, until a person changes them."""
    for block in view.given["blocks"]:
        for piece in (block.get("element"), block.get("accessory"), *(block.get("elements") or [])):
            if not isinstance(piece, dict) or not piece.get("action_id") or piece["type"] == "button":
                continue
            held = view.values.setdefault(block["block_id"], {})
            if piece["action_id"] not in held:
                held[piece["action_id"]] = {"type": piece["type"], **_initial(piece)}


def _initial(piece: JSON) -> JSON:
    match piece["type"]:
        case "plain_text_input" | "number_input" | "email_text_input" | "url_text_input":
            return {"value": piece.get("initial_value")}
        case "static_select" | "radio_buttons" | "external_select":
            return {"selected_option": piece.get("initial_option")}
        case "checkboxes" | "multi_static_select":
            return {"selected_options": piece.get("initial_options", [])}
        case "datepicker":
            return {"selected_date": piece.get("initial_date")}
        case "users_select":
            return {"selected_user": piece.get("initial_user")}
        case "file_input":
            return {"files": []}
        case _:
            return {}


def _given(asked: Asked, surface: str) -> JSON:
    asked.needed("view")
    return checked(asked.data("view"), surface)


def _new(place: Workspace, given: JSON, user: str) -> View:
    kept = {**given, "blocks": kit.with_ids(given["blocks"])}
    made = View(id=place.id("V"), user=user, given=kept, hash=_hash(place))
    fill(made)
    return made


def _hash(place: Workspace) -> str:
    return f"{int(place.clock())}.{place.id('')[:8]}"


def _unique(place: Workspace, given: JSON) -> None:
    external = given.get("external_id")
    if external and any(v.given.get("external_id") == external for stack in place.views.values() for v in stack):
        raise Refused("duplicate_external_id")


def _by_external(place: Workspace, external: str) -> View:
    for view in [*place.homes.values(), *(v for stack in place.views.values() for v in stack)]:
        if view.given.get("external_id") == external:
            return view
    raise Refused("not_found")
