"""The bodies of the Events API, for what the app is subscribed to. Sources: docs.slack.dev/reference/events."""

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.demo.slack import shapes
from assistant.demo.slack.records import HOME_TEAM, JSON, Channel, Message, Thread, Upload

if TYPE_CHECKING:
    from assistant.demo.slack.workspace import Workspace

_SUBSCRIPTION = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


def body(place: "Workspace", event: JSON, channel: Channel | None = None) -> JSON:
    """An event_callback around an event."""
    shared = channel is not None and bool(channel.teams)
    app = place.app
    return {
        "token": app.verification_token,
        "team_id": HOME_TEAM,
        "context_team_id": HOME_TEAM,
        "context_enterprise_id": None,
        "api_app_id": app.id,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(place.clock()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": HOME_TEAM,
                "user_id": app.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{secrets.token_urlsafe(24)}",
    }


def told(place: "Workspace", message: Message) -> JSON:
    """A message as an event tells it."""
    channel = place.channels[message.channel]
    event = shapes.message(place, message)
    if channel.teams:
        person = place.people[message.user]
        event |= {"user_team": person.team, "source_team": person.team}
        if message.files:
            event["files"] = [shapes.hidden_file(place.files[f]) for f in message.files]
    for name in ("reply_count", "reply_users_count", "latest_reply", "reply_users", "is_locked", "subscribed"):
        event.pop(name, None)
    return event


def _hears(place: "Workspace", channel: Channel) -> bool:
    return (
        place.installed
        and place.app.bot_user in channel.members
        and _SUBSCRIPTION[channel.kind] in place.app.events
        and _HISTORY[channel.kind] in place.app.scopes
    )


_HISTORY = {"channel": "channels:history", "group": "groups:history", "im": "im:history"}


def posted(place: "Workspace", message: Message) -> Iterator[JSON]:
    """The message itself, and where it names the app in a channel, the mention."""
    channel, app = place.channels[message.channel], place.app
    placed = {"channel": message.channel, "event_ts": message.ts}
    event = told(place, message)
    if _hears(place, channel):
        yield body(place, event | placed | {"channel_type": channel.kind}, channel)
    named = f"<@{app.bot_user}>" in message.text and not message.by_app
    allowed = "app_mention" in app.events and "app_mentions:read" in app.scopes and place.installed
    if named and allowed and channel.kind != "im" and app.bot_user in channel.members:
        mention = {name: value for name, value in event.items() if name != "subtype"}
        yield body(place, mention | placed | {"type": "app_mention"}, channel)


def changed(place: "Workspace", message: Message, before: JSON) -> Iterator[JSON]:
    yield from _about(place, message, "message_changed", {"message": told(place, message), "previous_message": before})


def deleted(place: "Workspace", message: Message, before: JSON) -> Iterator[JSON]:
    yield from _about(place, message, "message_deleted", {"deleted_ts": message.ts, "previous_message": before})


def _about(place: "Workspace", message: Message, subtype: str, more: JSON) -> Iterator[JSON]:
    channel = place.channels[message.channel]
    if not _hears(place, channel):
        return
    ts = place.ts()
    event = {
        "type": "message",
        "subtype": subtype,
        **more,
        "channel": message.channel,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind,
    }
    yield body(place, event, channel)


def joined(place: "Workspace", channel: Channel, user: str) -> Iterator[JSON]:
    if "member_joined_channel" in place.app.events and place.app.bot_user in channel.members:
        event = {
            "type": "member_joined_channel",
            "user": user,
            "channel": channel.id,
            "channel_type": "C" if channel.kind == "channel" else "G",
            "team": HOME_TEAM,
            "event_ts": place.ts(),
        }
        yield body(place, event, channel)


def home_opened(place: "Workspace", user: str, tab: str, channel: str) -> Iterator[JSON]:
    if "app_home_opened" not in place.app.events:
        return
    event: JSON = {
        "type": "app_home_opened",
        "user": user,
        "channel": channel,
        "tab": tab,
        "event_ts": place.ts(),
    }
    if user in place.homes and tab == "home":
        event["view"] = shapes.view(place, place.homes[user])
    yield body(place, event)


def thread_started(place: "Workspace", thread: Thread, context: JSON) -> Iterator[JSON]:
    yield from _about_thread(place, "assistant_thread_started", thread, context)


def thread_context_changed(place: "Workspace", thread: Thread, context: JSON) -> Iterator[JSON]:
    yield from _about_thread(place, "assistant_thread_context_changed", thread, context)


def _about_thread(place: "Workspace", kind: str, thread: Thread, context: JSON) -> Iterator[JSON]:
    if kind not in place.app.events or "assistant:write" not in place.app.scopes:
        return
    about = {"user_id": thread.user, "context": context, "channel_id": thread.channel, "thread_ts": thread.ts}
    yield body(place, {"type": kind, "assistant_thread": about, "event_ts": place.ts()})


def file_shared(place: "Workspace", upload: Upload, channel: str) -> Iterator[JSON]:
    if "file_shared" in place.app.events and "files:read" in place.app.scopes:
        event = {
            "type": "file_shared",
            "file_id": upload.id,
            "user_id": upload.owner,
            "file": {"id": upload.id},
            "channel_id": channel,
            "event_ts": place.ts(),
        }
        yield body(place, event, place.channels[channel])


def uninstalled(place: "Workspace") -> Iterator[JSON]:
    revoked: JSON = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [place.app.bot_user]}}
    for event in ({"type": "app_uninstalled"}, revoked):
        if event["type"] in place.app.events:
            yield body(place, event | {"event_ts": place.ts()})
