"""What somebody wrote, without Slack's signs: mentions, links and escapes as a person reads them."""

import re

_TOKEN = re.compile(r"<([^<>]*)>")


def plain_words(text: str, bot_user_id: str = "") -> str:
    """``<mailto:a@b|a@b>`` is ``a@b``, ``<@U1|maya>`` is ``@maya``; the mention of ourselves is nothing."""

    def shown(match: re.Match[str]) -> str:
        target, _, label = match[1].partition("|")
        if bot_user_id and target == f"@{bot_user_id}":
            return ""
        if target.startswith(("@", "#", "!")):
            return f"{target[0]}{label}" if label else target
        return label or target.removeprefix("mailto:").removeprefix("tel:")

    said = _TOKEN.sub(shown, text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return "\n".join(" ".join(line.split()) for line in said.splitlines()).strip()
