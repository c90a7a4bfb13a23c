"""What Block Kit does not take, with the place of each fault: Slack's published limits, and slack_sdk's own models.

Source of the limits: docs.slack.dev/reference/block-kit. A fault reads like Slack's, "[json-pointer:/blocks/0/text]".
"""

from collections.abc import Iterator
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from assistant.demo.slack.records import JSON

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
ID_LENGTH = 255

# Longest text of what stands at a place of a block or an element, by its type.
_TEXTS: dict[str, dict[str, int]] = {
    "section": {"text": 3_000},
    "header": {"text": 150},
    "image": {"title": 2_000},
    "input": {"label": 2_000, "hint": 2_000},
    "button": {"text": 75},
    "plain_text_input": {"placeholder": 150},
    "static_select": {"placeholder": 150},
    "users_select": {"placeholder": 150},
    "datepicker": {"placeholder": 150},
}
_STRINGS: dict[str, dict[str, int]] = {
    "button": {"value": 2_000, "url": 3_000, "accessibility_label": 75},
    "image": {"alt_text": 2_000, "image_url": 3_000},
    "markdown": {"text": 12_000},
    "plain_text_input": {"initial_value": 3_000},
}
_NEEDED: dict[str, tuple[str, ...]] = {
    "actions": ("elements",),
    "button": ("text", "action_id"),
    "context": ("elements",),
    "header": ("text",),
    "image": ("alt_text",),
    "input": ("label", "element"),
    "markdown": ("text",),
    "overflow": ("options",),
    "plain_text_input": ("action_id",),
    "rich_text": ("elements",),
}
_SURFACES: dict[str, frozenset[str]] = {
    "actions": frozenset({"message", "modal", "home"}),
    "alert": frozenset({"message", "modal"}),
    "context": frozenset({"message", "modal", "home"}),
    "context_actions": frozenset({"message"}),
    "divider": frozenset({"message", "modal", "home"}),
    "file": frozenset({"message"}),
    "header": frozenset({"message", "modal", "home"}),
    "image": frozenset({"message", "modal", "home"}),
    "input": frozenset({"message", "modal", "home"}),
    "markdown": frozenset({"message"}),
    "rich_text": frozenset({"message", "modal", "home"}),
    "section": frozenset({"message", "modal", "home"}),
    "table": frozenset({"message"}),
    "video": frozenset({"message", "modal", "home"}),
}
_PLAIN = {("header", "text"), ("button", "text"), ("input", "label"), ("input", "hint"), ("image", "title")}
_STYLES = {"primary", "danger"}
_OPTIONS = {"overflow": (1, 5), "radio_buttons": (1, 10), "checkboxes": (1, 10)}  # others: 1 to 100


def faults(blocks: Any, surface: str, at: str = "/blocks") -> list[str]:
    """Every fault of blocks on a ``surface`` (message, modal, home); none where they would be taken."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return [f"must provide an array of blocks [json-pointer:{at}]"]
    most = MESSAGE_BLOCKS if surface == "message" else VIEW_BLOCKS
    found = [f"no more than {most} items allowed [json-pointer:{at}]"] if len(blocks) > most else []
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    found += [f"duplicate block_id: {i} [json-pointer:{at}]" for i in sorted(set(ids)) if ids.count(i) > 1]
    for number, block in enumerate(blocks):
        here = f"{at}/{number}"
        ours = [f"{fault} [json-pointer:{here}{place}]" for place, fault in _block(block, surface)]
        found += ours or [f"{fault} [json-pointer:{here}]" for fault in _by_the_sdk(block)]
    return found


def _block(block: JSON, surface: str) -> Iterator[tuple[str, str]]:
    kind = str(block.get("type", ""))
    if surface not in _SURFACES.get(kind, frozenset()):
        yield "/type", f"unsupported block type: {kind or '(none)'} for {surface}"
        return
    if len(str(block.get("block_id", ""))) > ID_LENGTH:
        yield "/block_id", f"must be no more than {ID_LENGTH} characters"
    yield from _piece(block, "")
    if kind == "section":
        yield from _section(block)
    elif kind in {"actions", "context"}:
        yield from _elements(block, 25 if kind == "actions" else 10, kind)
    elif kind == "table":
        yield from _table(block.get("rows"))
    elif kind == "input":
        yield from _element(block.get("element"), "/element")


def _section(block: JSON) -> Iterator[tuple[str, str]]:
    fields = block.get("fields")
    if not block.get("text") and not fields:
        yield "", "must define either `fields` or `text`"
    if fields is not None:
        if not isinstance(fields, list) or not 1 <= len(fields) <= 10:
            yield "/fields", "must have between 1 and 10 items"
            return
        for number, each in enumerate(fields):
            yield from _text(each, f"/fields/{number}", 2_000, plain=False)
    if "accessory" in block:
        yield from _element(block["accessory"], "/accessory")


def _elements(block: JSON, most: int, kind: str) -> Iterator[tuple[str, str]]:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= most:
        yield "/elements", f"must have between 1 and {most} items"
        return
    if kind == "context":
        for number, each in enumerate(elements):
            if each.get("type") != "image":
                yield from _text(each, f"/elements/{number}", 3_000, plain=False)
        return
    ids = [each.get("action_id") for each in elements if each.get("action_id")]
    for each in sorted({i for i in ids if ids.count(i) > 1}):
        yield "/elements", f"duplicate action_id: {each}"
    for number, each in enumerate(elements):
        yield from _element(each, f"/elements/{number}")


def _table(rows: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(rows, list) or not 1 <= len(rows) <= 100:
        yield "/rows", "must have between 1 and 100 items"
        return
    for number, row in enumerate(rows):
        if not isinstance(row, list) or not 1 <= len(row) <= 20:
            yield f"/rows/{number}", "must have between 1 and 20 items"


def _element(element: Any, at: str) -> Iterator[tuple[str, str]]:
    if not isinstance(element, dict) or "type" not in element:
        yield at, "missing required field: type"
        return
    kind = element["type"]
    if len(str(element.get("action_id", ""))) > ID_LENGTH:
        yield f"{at}/action_id", f"must be no more than {ID_LENGTH} characters"
    if "style" in element and element["style"] not in _STYLES:
        yield f"{at}/style", "must be primary or danger"
    yield from _piece(element, at)
    options = element.get("options")
    if options is not None:
        least, most = _OPTIONS.get(kind, (1, 100))
        if not isinstance(options, list) or not least <= len(options) <= most:
            yield f"{at}/options", f"must have between {least} and {most} items"
            return
        for number, option in enumerate(options):
            yield from _option(option, f"{at}/options/{number}")
    if "confirm" in element:
        for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
            if name in element["confirm"]:
                yield from _text(element["confirm"][name], f"{at}/confirm/{name}", most, plain=name != "text")


def _option(option: JSON, at: str) -> Iterator[tuple[str, str]]:
    yield from _text(option.get("text"), f"{at}/text", 75, plain=False)
    if not 1 <= len(str(option.get("value", ""))) <= 150:
        yield f"{at}/value", "must be between 1 and 150 characters"
    if "description" in option:
        yield from _text(option["description"], f"{at}/description", 75, plain=False)


def _piece(piece: JSON, at: str) -> Iterator[tuple[str, str]]:
    """What blocks and elements have in common: needed fields, texts, strings."""
    kind = str(piece.get("type"))
    for name in _NEEDED.get(kind, ()):
        if not piece.get(name):
            yield at, f"missing required field: {name}"
    for name, most in _TEXTS.get(kind, {}).items():
        if piece.get(name):
            yield from _text(piece[name], f"{at}/{name}", most, plain=(kind, name) in _PLAIN)
    for name, most in _STRINGS.get(kind, {}).items():
        if len(str(piece.get(name, ""))) > most:
            yield f"{at}/{name}", f"no more than {most} characters allowed"


def _text(text: Any, at: str, most: int, *, plain: bool) -> Iterator[tuple[str, str]]:
    if not isinstance(text, dict) or text.get("type") not in {"plain_text", "mrkdwn"}:
        yield at, "must be a text object"
        return
    if plain and text["type"] != "plain_text":
        yield f"{at}/type", "must be a plain_text object"
    said = text.get("text")
    if not isinstance(said, str) or not said:
        yield f"{at}/text", "must be more than 0 characters"
    elif len(said) > most:
        yield f"{at}/text", f"must be less than {most + 1} characters"


def _by_the_sdk(block: JSON) -> Iterator[str]:
    """slack_sdk's models know limits of rarer blocks. What they can't even build, Slack would not take either."""
    try:
        if (parsed := Block.parse(dict(block))) is not None:
            parsed.to_dict()
    except SlackObjectFormationError as error:
        yield str(error)
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        yield f"can't be read as a block of type {block.get('type')}: {error}"


def view_faults(view: Any, surface: str) -> list[str]:
    """Faults of a whole view as views.open, push, update and publish take it."""
    if not isinstance(view, dict):
        return ["must be a view object [json-pointer:/view]"]
    found = [
        f"missing required field: {name} [json-pointer:/view]"
        for name in (("title", "blocks", "type") if surface == "modal" else ("blocks", "type"))
        if not view.get(name)
    ]
    if view.get("type") not in {None, surface}:
        found.append(f"must be of type {surface} [json-pointer:/view/type]")
    for name in ("title", "submit", "close"):
        if view.get(name):
            told = [f"{fault} [json-pointer:/view{at}]" for at, fault in _text(view[name], f"/{name}", 24, plain=True)]
            found += told
    for name, most in (("private_metadata", 3_000), ("callback_id", ID_LENGTH), ("external_id", ID_LENGTH)):
        if len(str(view.get(name) or "")) > most:
            found.append(f"must be less than {most + 1} characters [json-pointer:/view/{name}]")
    blocks = view.get("blocks", [])
    found += faults(blocks, surface, "/view/blocks")
    has_input = isinstance(blocks, list) and any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)
    if surface == "modal" and has_input and not view.get("submit"):
        found.append("missing required field: submit [json-pointer:/view]")
    if surface == "home" and (view.get("submit") or view.get("close")):
        found.append("a home view has neither submit nor close [json-pointer:/view]")
    unknown = set(view) - _VIEW_FIELDS
    return found + [f"invalid additional property: {name} [json-pointer:/view]" for name in sorted(unknown)]


_VIEW_FIELDS = {
    "type",
    "title",
    "blocks",
    "close",
    "submit",
    "private_metadata",
    "callback_id",
    "clear_on_close",
    "notify_on_close",
    "external_id",
    "submit_disabled",
}


def with_ids(blocks: list[JSON]) -> list[JSON]:
    """Blocks as Slack keeps them: each with a block_id, each element with an action_id."""
    kept = []
    for number, block in enumerate(blocks):
        block = {**block, "block_id": block.get("block_id") or f"b{number}"}
        for name in ("accessory", "element"):
            if isinstance(block.get(name), dict) and block[name].get("type") != "image":
                block[name] = _with_action_id(block[name], name)
        if block["type"] == "actions":
            block["elements"] = [_with_action_id(e, str(n)) for n, e in enumerate(block["elements"])]
        kept.append(block)
    return kept


def _with_action_id(element: JSON, otherwise: str) -> JSON:
    return {**element, "action_id": element.get("action_id") or f"a{otherwise}"}
