"""Block Kit within its limits: what is too long is cut with a word of it, never an error.

Limits: https://docs.slack.dev/reference/block-kit/blocks. The sum of characters in a message is bounded, too: Slack
answers ``msg_blocks_too_long`` near 13,200, which its documents don't say.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Block = dict[str, Any]
_MESSAGE_BLOCKS, _VIEW_BLOCKS = 50, 100
_MESSAGE_CHARACTERS = 11_500
_SECTION, _FIELD, _HEADER, _CONTEXT = 3_000, 2_000, 150, 2_000
_BUTTON, _VALUE, _URL = 75, 2_000, 3_000
_FIELDS, _ACTIONS, _OPTIONS, _CHECKBOXES = 10, 25, 100, 10
_TEXT_CHARACTERS = 3_900  # of a message's plain text, that notifications show


def words(text: str) -> str:
    """Somebody's words as they are: they call nobody and link nowhere (Slack's three characters are escaped)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    short = text[: most - 2]
    for sign in ("&amp;", "&lt;", "&gt;"):  # an escape is not cut in two
        for size in range(1, len(sign)):
            if short.endswith(sign[:size]) and text[len(short) - size :].startswith(sign):
                short = short[:-size]
                break
    return f"{short} …"


def section(text: str, button: Block | None = None, block_id: str = "") -> Block:
    made: Block = {"type": "section", "text": mrkdwn(text or " ", _SECTION)}
    if button is not None:
        made["accessory"] = button
    return made | ({"block_id": block_id} if block_id else {})


def fields(pairs: Iterable[tuple[str, str]]) -> Block:
    """(name, value as mrkdwn), two a row."""
    shown = [mrkdwn(f"*{name}*\n{value or '–'}", _FIELD) for name, value in pairs]
    return {"type": "section", "fields": shown[:_FIELDS]}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text or " ", _HEADER)}


def context(*texts: str) -> Block:
    shown = [mrkdwn(text, _CONTEXT) for text in texts if text]
    return {"type": "context", "elements": shown[:10] or [mrkdwn(" ", 1)]}


def divider() -> Block:
    return {"type": "divider"}


def actions(buttons: Sequence[Block], block_id: str = "") -> Block:
    made: Block = {"type": "actions", "elements": list(buttons[:_ACTIONS])}
    return made | ({"block_id": block_id} if block_id else {})


def button(text: str, action_id: str, value: str = "", *, style: str = "", url: str = "") -> Block:
    made: Block = {"type": "button", "text": plain(text, _BUTTON), "action_id": action_id}
    if value:
        made["value"] = value[:_VALUE]
    if style:
        made["style"] = style
    if url and len(url) <= _URL:
        made["url"] = url
    return made


def typed(
    label: str, block_id: str, value: str = "", *, hint: str = "", long: bool = False, optional: bool = False
) -> Block:
    """A field to type in; its state stands under ``block_id``, twice."""
    element: Block = {"type": "plain_text_input", "action_id": block_id, "multiline": long, "max_length": 3_000}
    if value:
        element["initial_value"] = value[:3_000]
    made: Block = {"type": "input", "block_id": block_id, "label": plain(label, 2_000), "element": element}
    return made | {"optional": optional} | ({"hint": plain(hint, 2_000)} if hint else {})


def chosen(label: str, block_id: str, options: Mapping[str, str], value: str) -> Block:
    """One of ``options`` (value: how it is shown)."""
    known = [{"text": plain(shown, _BUTTON), "value": each[:150]} for each, shown in options.items()][:_OPTIONS]
    element: Block = {"type": "static_select", "action_id": block_id, "options": known}
    if first := next((option for option in known if option["value"] == value), None):
        element["initial_option"] = first
    return {"type": "input", "block_id": block_id, "label": plain(label, 2_000), "element": element}


def ticked(label: str, block_id: str, options: Mapping[str, str]) -> Block:
    """Ten at most of ``options`` (value: how it is shown), all of them ticked at first."""
    known = [{"text": mrkdwn(shown, _BUTTON), "value": value} for value, shown in options.items()][:_CHECKBOXES]
    element: Block = {"type": "checkboxes", "action_id": block_id, "options": known, "initial_options": known}
    made: Block = {"type": "input", "block_id": block_id, "label": plain(label, 2_000), "element": element}
    return made | {"optional": True}


def files(label: str, block_id: str, most: int = 10) -> Block:
    element = {"type": "file_input", "action_id": block_id, "max_files": most}
    made: Block = {"type": "input", "block_id": block_id, "label": plain(label, 2_000), "element": element}
    return made | {"optional": True}


def mrkdwn(text: str, most: int) -> Block:
    return {"type": "mrkdwn", "text": cut(text, most)}


def plain(text: str, most: int) -> Block:
    return {"type": "plain_text", "text": cut(text, most), "emoji": False}


def message(blocks: Sequence[Block], last: Sequence[Block] = (), more: str = "") -> list[Block]:
    """As many of ``blocks`` as fit with ``last`` after them; ``more`` (mrkdwn) says where the rest is."""
    return _fitted(blocks, last, more, _MESSAGE_BLOCKS, _MESSAGE_CHARACTERS)


def view(blocks: Sequence[Block], last: Sequence[Block] = (), more: str = "") -> list[Block]:
    return _fitted(blocks, last, more, _VIEW_BLOCKS, 200_000)


def _fitted(blocks: Sequence[Block], last: Sequence[Block], more: str, most: int, characters: int) -> list[Block]:
    left = characters - sum(_size(block) for block in last) - len(more)
    kept: list[Block] = []
    for block in blocks:
        left -= _size(block)
        if left < 0 or len(kept) + len(last) + 1 >= most:
            return [*kept, *([context(more)] if more else []), *last]
        kept.append(block)
    return [*kept, *last]


def _size(block: Any) -> int:
    if isinstance(block, dict):
        return sum(_size(each) for name, each in block.items() if name not in ("value", "url", "action_id"))
    if isinstance(block, list):
        return sum(_size(each) for each in block)
    return len(block) if isinstance(block, str) else 0


def text_of(text: str) -> str:
    return cut(text, _TEXT_CHARACTERS)


def modal(title: str, callback_id: str, blocks: Sequence[Block], submit: str, private_metadata: str = "") -> Block:
    made: Block = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, 24),
        "close": plain("Cancel", 24),
        "blocks": view(blocks),
    }
    if submit:
        made["submit"] = plain(submit, 24)
    return made | ({"private_metadata": private_metadata[:3_000]} if private_metadata else {})
