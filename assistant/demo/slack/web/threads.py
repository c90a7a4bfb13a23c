"""assistant.threads.*: what an app shows on a thread of its assistant; and reactions.add."""

from typing import Any

from assistant.demo.slack.asked import Asked
from assistant.demo.slack.records import JSON, Thread
from assistant.demo.slack.refused import Refused
from assistant.demo.slack.workspace import Workspace

PROMPTS = 4
LOADING_MESSAGES = 10


def set_status(place: Workspace, asked: Asked) -> JSON:
    """Shown until the app posts into the thread, or takes it away with ''. Threads of channels have one too."""
    if "status" not in asked.arguments:
        raise Refused("invalid_arguments", "missing required field: status")
    if len(_list(asked, "loading_messages")) > LOADING_MESSAGES:
        raise Refused("invalid_arguments", f"no more than {LOADING_MESSAGES} loading_messages")
    _thread(place, asked).status = asked.text("status")
    place.changed()
    return {}


def set_title(place: Workspace, asked: Asked) -> JSON:
    title = asked.needed("title")
    _thread(place, asked, only_assistant=True).title = title
    place.changed()
    return {}


def set_suggested_prompts(place: Workspace, asked: Asked) -> JSON:
    asked.needed("prompts")
    prompts = _list(asked, "prompts")
    if not 1 <= len(prompts) <= PROMPTS:
        raise Refused("invalid_arguments", f"between 1 and {PROMPTS} prompts")
    if not all(isinstance(p, dict) and p.get("title") and p.get("message") for p in prompts):
        raise Refused("invalid_arguments", "each prompt needs a title and a message")
    _thread(place, asked, only_assistant=True).prompts = prompts
    place.changed()
    return {}


def add_reaction(place: Workspace, asked: Asked) -> JSON:
    name = asked.needed("name").strip(":")
    channel = place.channel(asked.needed("channel"))
    message = place.message(channel.id, asked.needed("timestamp"))
    if place.app.bot_user not in channel.members:
        raise Refused("not_in_channel")
    if not name.replace("_", "").replace("-", "").replace("+", "").isalnum():
        raise Refused("invalid_name")
    who = message.reactions.setdefault(name, [])
    if place.app.bot_user in who:
        raise Refused("already_reacted")
    who.append(place.app.bot_user)
    place.changed()
    return {}


def _list(asked: Asked, name: str) -> list[Any]:
    given = asked.data(name, [])
    if not isinstance(given, list):
        raise Refused("invalid_arguments", f"{name} must be an array")
    return given


def _thread(place: Workspace, asked: Asked, *, only_assistant: bool = False) -> Thread:
    channel, ts = place.channel(asked.needed("channel_id")), asked.needed("thread_ts")
    if known := place.threads.get((channel.id, ts)):
        return known
    if only_assistant or not any(m.ts == ts for m in place.said(channel.id)):
        raise Refused("invalid_thread_ts" if channel.kind == "im" else "channel_not_found")
    thread = Thread(channel=channel.id, ts=ts, user="")
    place.threads[(channel.id, ts)] = thread
    return thread
