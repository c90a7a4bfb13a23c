"""The methods spoken here: who may call each, how often, and in which form.

Scopes, tiers and content types after each method's page, docs.slack.dev/reference/methods.
"""

from collections.abc import Callable
from dataclasses import dataclass

from assistant.demo.slack.asked import Asked
from assistant.demo.slack.records import JSON
from assistant.demo.slack.web import chat, conversations, installs, people, streams, threads, uploads, views
from assistant.demo.slack.workspace import Workspace

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}  # calls a minute


@dataclass(frozen=True, slots=True)
class Method:
    """``scopes``: any of them is enough. ``tier`` 0 is not counted here, or is counted for each channel."""

    answer: Callable[[Workspace, Asked], JSON]
    scopes: tuple[str, ...] = ()
    tier: int = 3
    json: bool = True
    by: str = "bot"  # whose token: bot, app, or anyone without one


_READ = ("channels:read", "groups:read", "im:read")
_HISTORY = ("channels:history", "groups:history", "im:history")

METHODS: dict[str, Method] = {
    "api.test": Method(installs.api_test, tier=4, by="anyone"),
    "auth.test": Method(installs.test, tier=0),
    "auth.revoke": Method(installs.revoke),
    "apps.connections.open": Method(installs.open_connection, tier=3, by="app"),
    "oauth.v2.access": Method(installs.access, tier=4, json=False, by="anyone"),
    "assistant.threads.setStatus": Method(threads.set_status, ("assistant:write", "chat:write"), tier=0),
    "assistant.threads.setSuggestedPrompts": Method(threads.set_suggested_prompts, ("assistant:write",)),
    "assistant.threads.setTitle": Method(threads.set_title, ("assistant:write",)),
    "bots.info": Method(people.bot, ("users:read",), json=False),
    "chat.appendStream": Method(streams.append, ("chat:write",), tier=4),
    "chat.delete": Method(chat.delete, ("chat:write",)),
    "chat.getPermalink": Method(chat.get_permalink, tier=0, json=False),
    "chat.postEphemeral": Method(chat.post_ephemeral, ("chat:write",), tier=4),
    "chat.postMessage": Method(chat.post_message, ("chat:write",), tier=0),
    "chat.startStream": Method(streams.start, ("chat:write",), tier=2),
    "chat.stopStream": Method(streams.stop, ("chat:write",), tier=2),
    "chat.update": Method(chat.update, ("chat:write",)),
    "conversations.history": Method(conversations.history, _HISTORY, json=False),
    "conversations.info": Method(conversations.info, _READ, json=False),
    "conversations.join": Method(conversations.join, ("channels:join",)),
    "conversations.list": Method(conversations.list_, _READ, tier=2, json=False),
    "conversations.members": Method(conversations.members, _READ, tier=4, json=False),
    "conversations.open": Method(conversations.open_, ("im:write",)),
    "conversations.replies": Method(conversations.replies, _HISTORY, json=False),
    "files.completeUploadExternal": Method(uploads.complete_upload, ("files:write",), tier=4),
    "files.getUploadURLExternal": Method(uploads.get_upload_url, ("files:write",), tier=4, json=False),
    "files.info": Method(uploads.info, ("files:read",), tier=4, json=False),
    "reactions.add": Method(threads.add_reaction, ("reactions:write",)),
    "team.info": Method(people.team, ("team:read",), json=False),
    "users.info": Method(people.info, ("users:read",), tier=4, json=False),
    "users.list": Method(people.list_, ("users:read",), tier=2, json=False),
    "users.lookupByEmail": Method(people.lookup_by_email, ("users:read.email",), json=False),
    "views.open": Method(views.open_, tier=4),
    "views.publish": Method(views.publish, tier=4),
    "views.push": Method(views.push, tier=4),
    "views.update": Method(views.update, tier=4),
}
