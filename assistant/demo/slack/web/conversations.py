"""conversations.*: what is where, and what was said in it. Private ones only where the app is in them."""

import base64
from collections.abc import Sequence
from typing import TypeVar

from assistant.demo.slack import shapes
from assistant.demo.slack.asked import Asked
from assistant.demo.slack.records import JSON, Channel, Message
from assistant.demo.slack.refused import Refused
from assistant.demo.slack.workspace import Workspace

_READ = {"channel": "channels:read", "group": "groups:read", "im": "im:read"}
_HISTORY = {"channel": "channels:history", "group": "groups:history", "im": "im:history"}
_TYPES = {"channel": "public_channel", "group": "private_channel", "im": "im"}
Each = TypeVar("Each")


def info(place: Workspace, asked: Asked) -> JSON:
    channel = place.channel(asked.needed("channel"))
    _scope(place, _READ[channel.kind])
    told = shapes.channel(place, channel)
    if asked.yes("include_num_members"):
        told["num_members"] = len(channel.members)
    return {"channel": told}


def list_(place: Workspace, asked: Asked) -> JSON:
    wanted = set(asked.text("types", "public_channel").split(","))
    seen = [
        channel
        for channel in place.channels.values()
        if _TYPES[channel.kind] in wanted
        and (channel.kind == "channel" or place.app.bot_user in channel.members)
        and not (channel.archived and asked.yes("exclude_archived"))
    ]
    page, cursor = paged(seen, asked, 100, 1000)
    return {"channels": [shapes.channel(place, c) for c in page], "response_metadata": {"next_cursor": cursor}}


def members(place: Workspace, asked: Asked) -> JSON:
    channel = place.channel(asked.needed("channel"))
    _scope(place, _READ[channel.kind])
    page, cursor = paged(channel.members, asked, 100, 1000)
    return {"members": list(page), "response_metadata": {"next_cursor": cursor}}


def open_(place: Workspace, asked: Asked) -> JSON:
    """The app's direct messages with one person. Several people at once are not spoken here."""
    if channel := asked.text("channel"):
        return {"channel": shapes.channel(place, place.channel(channel))}
    users = [each for each in asked.text("users").split(",") if each]
    if not users:
        raise Refused("users_list_not_supplied")
    if len(users) > 1:
        raise Refused("method_not_supported_for_channel_type")
    user = place.person(users[0])
    if user.deleted or user.bot:
        raise Refused("user_disabled" if user.deleted else "cannot_dm_bot")
    known = any(c.kind == "im" and user.id in c.members for c in place.channels.values())
    channel_now = place.direct(user.id)
    told = shapes.channel(place, channel_now) if asked.yes("return_im") else {"id": channel_now.id}
    return {"channel": told} | ({"no_op": True, "already_open": True} if known else {})


def join(place: Workspace, asked: Asked) -> JSON:
    channel = place.channel(asked.needed("channel"))
    if channel.kind != "channel":
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    place.join(channel, place.app.bot_user)
    return {"channel": shapes.channel(place, channel)}


def history(place: Workspace, asked: Asked) -> JSON:
    """Newest first, without the replies of threads."""
    channel = _heard(place, asked)
    said = [m for m in place.said(channel.id) if not m.thread_ts or m.thread_ts == m.ts]
    told = _told(place, list(reversed(_between(said, asked))), asked)
    return told | {"pin_count": 0, "channel_actions_ts": None, "channel_actions_count": 0}


def replies(place: Workspace, asked: Asked) -> JSON:
    """The parent, then its replies, oldest first."""
    channel = _heard(place, asked)
    ts = asked.needed("ts")
    parent = next((m for m in place.said(channel.id) if m.ts == ts), None)
    if parent is None:
        raise Refused("thread_not_found")
    thread = parent.thread_ts or ts
    said = [m for m in place.said(channel.id) if thread in {m.ts, m.thread_ts}]
    return _told(place, _between(said, asked), asked)


def _heard(place: Workspace, asked: Asked) -> Channel:
    channel = place.channel(asked.needed("channel"))
    _scope(place, _HISTORY[channel.kind])
    if place.app.bot_user not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _scope(place: Workspace, needed: str) -> None:
    if needed not in place.app.scopes:
        raise Refused("missing_scope", needed=needed, provided=",".join(sorted(place.app.scopes)))


def _between(said: list[Message], asked: Asked) -> list[Message]:
    oldest, latest = asked.text("oldest", "0"), asked.text("latest")
    try:
        least, most = float(oldest), float(latest) if latest else float("inf")
    except ValueError:
        raise Refused("invalid_ts_oldest" if latest else "invalid_ts_latest") from None
    if asked.yes("inclusive"):
        return [m for m in said if least <= float(m.ts) <= most]
    return [m for m in said if least < float(m.ts) < most]


def _told(place: Workspace, said: list[Message], asked: Asked) -> JSON:
    page, cursor = paged(said, asked, 100, 999)
    messages = [shapes.message(place, m) for m in page]
    if not asked.yes("include_all_metadata"):  # its kind is told to everybody (python-slack-sdk, issue 1501)
        for m in messages:
            if "metadata" in m:
                m["metadata"] = {"event_type": m["metadata"]["event_type"], "event_payload": {}}
    told: JSON = {"messages": messages, "has_more": bool(cursor)}
    return told | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def paged(those: Sequence[Each], asked: Asked, usual: int, most: int) -> tuple[Sequence[Each], str]:
    """A page and the cursor of the next one, '' where there is none."""
    limit = min(max(asked.whole("limit", usual), 1), most)
    start = 0
    if cursor := asked.text("cursor"):
        try:
            start = int(base64.b64decode(cursor).removeprefix(b"at:"))
        except ValueError:
            raise Refused("invalid_cursor") from None
    rest = start + limit
    return those[start:rest], base64.b64encode(b"at:%d" % rest).decode() if rest < len(those) else ""
