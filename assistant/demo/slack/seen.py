"""What one person sees of the workspace, for the page."""

import re

from assistant.demo.slack import shapes
from assistant.demo.slack.records import HOME_TEAM, JSON, Channel, Member, Message, View
from assistant.demo.slack.workspace import Workspace

_NAMED = re.compile(r"@([\w.-]+)")


def everything(place: Workspace, user: str, channel: str) -> JSON:
    """All of it: the page draws anew what changed."""
    mine = [c for c in place.channels.values() if user in c.members]
    direct = place.direct(user)
    here = next((c for c in mine if c.id == channel), None) or (mine[0] if mine else direct)
    said = [*place.said(here.id), *(m for m in place.ephemerals if m.to == user and m.channel == here.id)]
    app, home = place.app, place.homes.get(user)
    return {
        "changes": place.changes,
        "team": place.teams[HOME_TEAM],
        "me": user,
        "app": {
            "name": app.name,
            "user": app.bot_user,
            "direct": direct.id,
            "commands": list(app.commands),
            "message_shortcuts": [{"id": i, "name": n} for i, n in app.message_shortcuts],
            "global_shortcuts": [{"id": i, "name": n} for i, n in app.global_shortcuts],
        },
        "people": [_person(place, person) for person in place.people.values()],
        "channels": [_channel(place, c, user) for c in mine if c.kind != "im"],
        "channel": _channel(place, here, user),
        "messages": [_message(place, m) for m in sorted(said, key=lambda m: m.ts)],
        "threads": {
            t.ts: {"status": t.status, "title": t.title, "prompts": t.prompts}
            for t in place.threads.values()
            if t.channel == here.id
        },
        "views": [_view(place, v) for v in place.views.get(user, [])],
        "home": _view(place, home) if home else None,
    }


def with_mentions(place: Workspace, text: str) -> str:
    """@name as Slack's client writes it, where there is somebody of that name."""
    names = {person.name.lower(): person.id for person in place.people.values()}

    def named(found: re.Match[str]) -> str:
        user = names.get(found[1].lower().rstrip(".-"))
        rest = found[1][len(found[1].rstrip(".-")) :]
        return f"<@{user}>{rest}" if user else found[0]

    return _NAMED.sub(named, text)


def _person(place: Workspace, person: Member) -> JSON:
    if person.bot:
        what = "app"
    elif person.team != HOME_TEAM:
        what = place.teams.get(person.team, "external")
    else:
        what = "guest" if person.guest else ""
    return {"id": person.id, "name": person.name, "real_name": person.real_name, "what": what}


def _channel(place: Workspace, channel: Channel, user: str) -> JSON:
    shared = [place.teams[team] for team in channel.teams]
    name = place.app.name if channel.kind == "im" else channel.name
    joined = place.app.bot_user in channel.members
    return {
        "id": channel.id,
        "name": name,
        "kind": channel.kind,
        "topic": channel.topic,
        "shared": shared,
        "app_is_in": joined,
        "people": len(channel.members),
        "states": {m.ts: held for m in place.said(channel.id) if (held := place.states.get((m.ts, user)))},
    }


def _message(place: Workspace, message: Message) -> JSON:
    files = [
        {
            "id": upload.id,
            "name": upload.title or upload.name,
            "size": len(upload.content),
            "picture": upload.mimetype in {"image/png", "image/jpeg", "image/gif", "image/webp"},
        }
        for upload in (place.files[f] for f in message.files)
    ]
    more = {"ephemeral": bool(message.to), "streaming": message.streaming, "by_app": message.by_app, "files": files}
    threaded = {"thread_ts": message.thread_ts} if message.thread_ts else {}
    return shapes.message(place, message) | more | threaded


def _view(place: Workspace, view: View) -> JSON:
    return shapes.view(place, view) | {"errors": view.errors}
