"""One workspace with one app installed: its people, conversations, messages, files and views.

Every change goes through here, under one lock, and tells the app's event subscription what happened.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from assistant.demo.slack import happened
from assistant.demo.slack.records import (
    HOME_TEAM,
    JSON,
    Channel,
    Member,
    Message,
    ReplyAddress,
    SlackApp,
    Thread,
    Trigger,
    Upload,
    View,
)
from assistant.demo.slack.refused import Refused

TRIGGER_SECONDS = 3.0
REPLY_SECONDS = 1800.0
REPLY_USES = 5


def _no_link() -> str:
    raise Refused("forbidden_team")


class Workspace:
    """``tell`` is given every event the app is subscribed to. Callers hold ``lock`` around what belongs together."""

    def __init__(
        self,
        app: SlackApp,
        people: Iterable[Member],
        channels: Iterable[Channel],
        *,
        teams: dict[str, str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.app = app
        self.teams = teams
        self.clock = clock
        self.base_url = ""
        self.lock = threading.RLock()
        self.changes = 0
        self.installed = True
        self.people = {person.id: person for person in people}
        self.people[app.bot_user] = Member(id=app.bot_user, name=app.name.lower(), real_name=app.name, bot=True)
        self.channels = {channel.id: channel for channel in channels}
        self.messages: dict[str, list[Message]] = {}
        self.ephemerals: list[Message] = []
        self.files: dict[str, Upload] = {}
        self.views: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.states: dict[tuple[str, str], dict[str, dict[str, JSON]]] = {}
        self.faults: list[str] = []
        self.threads: dict[tuple[str, str], Thread] = {}
        self.triggers: dict[str, Trigger] = {}
        self.replies: dict[str, ReplyAddress] = {}
        self.codes: dict[str, str] = {}
        self.tell: Callable[[JSON], None] = lambda _body: None
        self.new_link: Callable[[], str] = _no_link
        self._last_ts = 0

    # what is new

    def id(self, letter: str) -> str:
        return f"{letter}{secrets.token_hex(5).upper()}"

    def ts(self) -> str:
        """The time, in microseconds, as no other message has it."""
        with self.lock:
            self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def changed(self) -> None:
        self.changes += 1

    def trigger(self, user: str) -> str:
        key = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self.triggers[key] = Trigger(user=user, until=self.clock() + TRIGGER_SECONDS)
        return key

    def pull(self, trigger_id: str) -> str:
        """The person whose gesture a trigger came of; it opens one modal within three seconds."""
        if (trigger := self.triggers.get(trigger_id)) is None:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self.clock() > trigger.until:
            raise Refused("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def reply_address(
        self, channel: str, user: str, *, ts: str = "", thread_ts: str = "", kind: str = "actions"
    ) -> str:
        key = f"{kind}/{HOME_TEAM}/{secrets.randbelow(10**12)}/{secrets.token_urlsafe(18)}"
        self.replies[key] = ReplyAddress(
            channel=channel, user=user, until=self.clock() + REPLY_SECONDS, ts=ts, thread_ts=thread_ts
        )
        return f"{self.base_url}/{key}"

    # who and where

    def person(self, user: str) -> Member:
        if user not in self.people:
            raise Refused("user_not_found")
        return self.people[user]

    def channel(self, channel: str) -> Channel:
        """By its id, or #name as chat.postMessage takes it. A private one the app is not in can't be seen."""
        named = channel.removeprefix("#")
        found = self.channels.get(channel) or next((c for c in self.channels.values() if c.name == named), None)
        if found is None or (found.kind != "channel" and self.app.bot_user not in found.members):
            raise Refused("channel_not_found")
        return found

    def direct(self, user: str) -> Channel:
        """The app's direct messages with a person."""
        for channel in self.channels.values():
            if channel.kind == "im" and user in channel.members:
                return channel
        made = Channel(id=f"D{user[1:]}", name="", kind="im", members=[user, self.app.bot_user])
        self.channels[made.id] = made
        self.changed()
        return made

    def said(self, channel: str) -> list[Message]:
        return self.messages.setdefault(channel, [])

    def message(self, channel: str, ts: str) -> Message:
        for message in self.said(channel):
            if message.ts == ts:
                return message
        raise Refused("message_not_found")

    def shown(self, channel: str, ts: str) -> Message:
        """A message that somebody sees, ephemeral ones among them."""
        for message in [*self.said(channel), *self.ephemerals]:
            if message.ts == ts and message.channel == channel:
                return message
        raise Refused("message_not_found")

    def replies_to(self, channel: str, ts: str) -> list[Message]:
        return [m for m in self.said(channel) if m.thread_ts == ts and m.ts != ts]

    def view(self, view_id: str) -> View:
        for view in [*self.homes.values(), *(v for stack in self.views.values() for v in stack)]:
            if view.id == view_id:
                return view
        raise Refused("not_found")

    # what changes

    def post(self, message: Message) -> Message:
        """Put a message where it belongs and tell the app, who hears its own words too."""
        with self.lock:
            self.said(message.channel).append(message)
            if message.by_app and (thread := self.threads.get((message.channel, message.thread_ts))):
                thread.status = ""
            for each in message.files:
                upload = self.files[each]
                upload.complete = True
                if message.channel not in upload.channels:
                    upload.channels.append(message.channel)
            self.changed()
            for event in happened.posted(self, message):
                self.tell(event)
        return message

    def edit(self, message: Message, **fields: Any) -> Message:
        with self.lock:
            before = happened.told(self, message)
            for name, value in fields.items():
                setattr(message, name, value)
            self.changed()
            if not message.to:
                for event in happened.changed(self, message, before):
                    self.tell(event)
        return message

    def delete(self, message: Message) -> None:
        with self.lock:
            self.changed()
            if message.to:
                self.ephemerals.remove(message)
                return
            before = happened.told(self, message)
            self.said(message.channel).remove(message)
            for event in happened.deleted(self, message, before):
                self.tell(event)

    def whisper(self, message: Message) -> Message:
        with self.lock:
            self.ephemerals.append(message)
            self.changed()
        return message

    def join(self, channel: Channel, user: str) -> None:
        with self.lock:
            if user not in channel.members:
                channel.members.append(user)
                self.changed()
                for event in happened.joined(self, channel, user):
                    self.tell(event)
