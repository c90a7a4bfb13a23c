"""What Slack makes of words a person types: escapes, links, mentions, and the rich text its own client sends."""

import re

from assistant.demo.slack.records import JSON

_TOKEN = re.compile(r"<(?:@[UW]\w+|#C\w+(?:\|[^>]*)?|!(?:here|channel|everyone))>")
_LINK = re.compile(r"(?P<url>https?://[^\s<>|]+[^\s<>|.,;:!?)])|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)")
_PART = re.compile(r"<([^>]+)>")


def typed(text: str) -> str:
    """As a message event tells it: &, < and > escaped, addresses as links; mentions like <@U1> stay."""
    shown, at = [], 0
    for token in _TOKEN.finditer(text):
        shown += [_plain(text[at : token.start()]), token[0]]
        at = token.end()
    return "".join([*shown, _plain(text[at:])])


def _plain(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LINK.sub(lambda m: f"<{m['url']}>" if m["url"] else f"<mailto:{m['mail']}|{m['mail']}>", escaped)


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def rich_text(text: str, block_id: str) -> list[JSON]:
    """The block that Slack's client sends beside the text of a typed message."""
    if not text:
        return []
    parts: list[JSON] = []
    at = 0
    for found in _PART.finditer(text):
        if found.start() > at:
            parts.append({"type": "text", "text": unescaped(text[at : found.start()])})
        parts.append(_part(found[1]))
        at = found.end()
    if at < len(text):
        parts.append({"type": "text", "text": unescaped(text[at:])})
    section = {"type": "rich_text_section", "elements": parts}
    return [{"type": "rich_text", "block_id": block_id, "elements": [section]}]


def _part(inner: str) -> JSON:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!"):
        return {"type": "broadcast", "range": target[1:]}
    return {"type": "link", "url": target} | ({"text": label} if label else {})
