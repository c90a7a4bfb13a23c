"""The bodies an app is sent when somebody clicks, submits, types a command or picks a shortcut.

Source: docs.slack.dev/reference/interaction-payloads.
"""

from assistant.demo.slack import shapes
from assistant.demo.slack.records import HOME_TEAM, JSON, Channel, Message, View
from assistant.demo.slack.workspace import Workspace


def _common(place: Workspace, user: str, kind: str) -> JSON:
    person = place.people[user]
    return {
        "type": kind,
        "team": {"id": HOME_TEAM, "domain": shapes.team(place)["domain"]},
        "user": {"id": user, "username": person.name, "name": person.name, "team_id": person.team},
        "api_app_id": place.app.id,
        "token": place.app.verification_token,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_name(channel: Channel) -> str:
    return {"im": "directmessage", "group": "privategroup", "channel": channel.name}[channel.kind]


def message_action(place: Workspace, user: str, message: Message, action: JSON) -> JSON:
    """block_actions of a message."""
    container: JSON = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": bool(message.to),
    }
    if message.thread_ts and message.thread_ts != message.ts:
        container["thread_ts"] = message.thread_ts
    address = place.reply_address(message.channel, user, ts=message.ts, thread_ts=message.thread_ts)
    told = _common(place, user, "block_actions") | {
        "container": container,
        "trigger_id": place.trigger(user),
        "channel": {"id": message.channel, "name": channel_name(place.channels[message.channel])},
        "state": {"values": place.states.get((message.ts, user), {})},
        "response_url": address,
        "actions": [action],
    }
    if not message.to:  # what is ephemeral is kept nowhere, so Slack can't tell it
        told["message"] = shapes.message(place, message)
    return told


def _of_view(place: Workspace, user: str, kind: str, view: View) -> JSON:
    """A view's payload names the workspace of the person; ``app_installed_team_id`` in it is ours."""
    team, shown = place.people[user].team, shapes.view(place, view)
    told = _common(place, user, kind)
    told["team"] = {"id": team, "domain": shapes.team(place, team)["domain"]}
    return told | {"view": shown | {"team_id": team}}


def view_action(place: Workspace, user: str, view: View, action: JSON) -> JSON:
    """block_actions of a modal or of the home tab."""
    return _of_view(place, user, "block_actions", view) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": place.trigger(user),
        "actions": [action],
    }


def submission(place: Workspace, user: str, view: View) -> JSON:
    return _of_view(place, user, "view_submission", view) | {"trigger_id": place.trigger(user), "response_urls": []}


def closed(place: Workspace, user: str, view: View, *, cleared: bool) -> JSON:
    return _of_view(place, user, "view_closed", view) | {"is_cleared": cleared}


def shortcut(place: Workspace, user: str, callback_id: str) -> JSON:
    told = _common(place, user, "shortcut")
    return told | {"callback_id": callback_id, "trigger_id": place.trigger(user), "action_ts": place.ts()}


def message_shortcut(place: Workspace, user: str, callback_id: str, message: Message) -> JSON:
    channel = place.channels[message.channel]
    return _common(place, user, "message_action") | {
        "callback_id": callback_id,
        "trigger_id": place.trigger(user),
        "action_ts": place.ts(),
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "message_ts": message.ts,
        "message": shapes.message(place, message),
        "response_url": place.reply_address(channel.id, user, thread_ts=message.thread_ts, kind="app"),
    }


def command(place: Workspace, user: str, channel: Channel, command: str, text: str) -> JSON:
    person = place.people[user]
    return {
        "token": place.app.verification_token,
        "team_id": HOME_TEAM,
        "team_domain": shapes.team(place)["domain"],
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": place.app.id,
        "is_enterprise_install": "false",
        "response_url": place.reply_address(channel.id, user, kind="commands"),
        "trigger_id": place.trigger(user),
    }
