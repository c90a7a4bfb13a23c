"""What of a stranger's words may be said back, to them or to a reviewer, as if they were ours: no links, no markup."""

import re

_LINK = re.compile(
    r"\w+://\S*|\bwww\.\S+|\bmailto:\S+|[\w.+-]+@[\w-]+\.[\w.-]+"
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|info|biz|xyz|io|co|ru|cn|top|site|online|app|dev|link|click|zip|example)\b\S*",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"!?\[[^\]\n]*\]\([^)\n]*\)|<[^<>\n]{1,300}>")
_MOST_CHARS = 60


def links(text: str) -> bool:
    """Whether the text holds a link, an address or markup that could become one."""
    return bool(_LINK.search(text) or _MARKUP.search(text))


def without_links(text: str) -> str:
    """The text with “…” in the place of each."""
    return _LINK.sub("…", _MARKUP.sub("…", text))


def echoable(text: str) -> bool:
    """Whether somebody's few words may stand in a sentence of ours."""
    return 0 < len(text) <= _MOST_CHARS and "\n" not in text and not links(text)
