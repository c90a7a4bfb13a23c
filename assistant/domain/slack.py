"""Slack as the store keeps it: what it handed over, conversations with our people, and the messages that show cases.

``team`` is a workspace's id, ``account`` is ``team/user``, a conversation's id is ``team/channel/thread`` where the
thread is the ``ts`` of its first message.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

DeliveryKind = Literal["event", "action", "view", "shortcut", "command"]
PostKind = Literal["reply", "review", "told"]
CHANNEL = "slack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One thing Slack handed over. ``id`` is Slack's event_id, or made of what is the same in every repetition.

    ``body`` is the payload as JSON text, '' once it was worked. ``order`` names what has to be worked in turn.
    """

    id: str
    kind: DeliveryKind
    team: str
    account: str
    order: str
    body: str
    attempts: int = 0
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A thread in which one of our people speaks for a customer. ``drafted`` numbers the mail its case stands on.

    ``person_id`` is who speaks: the case is theirs. ``mails`` counts the mails that were made of it.
    """

    id: str
    team: str
    channel: str
    thread: str
    person_id: str
    case_id: str | None = None
    mails: int = 0
    drafted: int = 0

    @property
    def key(self) -> str:
        return f"{self.team}/{self.channel}/{self.thread}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message of a conversation. ``ts`` is Slack's, unique in its channel and in the order it was said."""

    ts: str
    person_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message of ours. ``subject`` is the case or received message it shows, ``ts`` is '' until it stands in Slack.

    ``shown`` says which state of the subject it shows; ``final`` posts are not looked at any more.
    """

    key: str
    kind: PostKind
    team: str
    channel: str
    thread: str
    subject: str
    text: str = ""
    ts: str = ""
    shown: str = ""
    final: bool = False
    attempts: int = 0
    wanted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A workspace that installed us. ``sealed`` holds the tokens and can be opened with our key alone."""

    team: str
    bot_user_id: str
    sealed: str
    installed_at: datetime | None = None


def conversation_key(team: str, channel: str, thread: str) -> str:
    return f"{team}/{channel}/{thread}"
