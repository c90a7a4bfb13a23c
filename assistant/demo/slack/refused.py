"""How Slack says no."""

from typing import Any


class Refused(Exception):
    """``{"ok": false, "error": code}`` with whatever else belongs to it."""

    def __init__(self, code: str, *why: str, **more: Any) -> None:
        super().__init__(code, *why)
        self.code = code
        self.more: dict[str, Any] = dict(more)
        if why:
            self.more["response_metadata"] = {"messages": [f"[ERROR] {each}" for each in why]}


class Limited(Exception):
    """HTTP 429 with Retry-After, in whole seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds
