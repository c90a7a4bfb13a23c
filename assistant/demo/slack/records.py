"""What a workspace holds. Mutable where Slack lets it change; everything is guarded by the workspace's lock."""

from dataclasses import dataclass, field
from typing import Any, Literal

JSON = dict[str, Any]
Kind = Literal["channel", "group", "im"]

HOME_TEAM = "T0KESTREL"
SCOPES = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "reactions:write",
        "team:read",
        "users:read",
        "users:read.email",
    }
)
EVENTS = frozenset(
    {
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "assistant_thread_context_changed",
        "assistant_thread_started",
        "member_joined_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "tokens_revoked",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackApp:
    """The one app installed here, as its settings page at Slack would show it. The secrets open this stand-in alone."""

    id: str = "A0BACKHAUL"
    name: str = "Backhaul"
    client_id: str = "1000000000.2000000000"
    client_secret: str = "stand-in-client-secret"  # noqa: S105 - of the stand-in
    signing_secret: str = "stand-in-signing-secret"  # noqa: S105 - of the stand-in
    verification_token: str = "stand-in-verification"  # noqa: S105 - of the stand-in
    bot_token: str = "xoxb-stand-in-bot"  # noqa: S105 - of the stand-in
    app_token: str = "xapp-1-stand-in-app"  # noqa: S105 - of the stand-in
    bot_user: str = "U0BACKHAUL"
    bot_id: str = "B0BACKHAUL"
    scopes: frozenset[str] = SCOPES
    events: frozenset[str] = EVENTS
    commands: tuple[str, ...] = ("/returns",)
    escapes_commands: bool = True
    message_shortcuts: tuple[tuple[str, str], ...] = (("start_return", "Make this a return case"),)
    global_shortcuts: tuple[tuple[str, str], ...] = (("new_return", "New return request"),)


@dataclass(slots=True, kw_only=True)
class Member:
    """A person (or bot) of a workspace. ``guest`` is a restricted account; another ``team`` is Slack Connect's."""

    id: str
    name: str
    real_name: str
    email: str = ""
    team: str = HOME_TEAM
    guest: bool = False
    bot: bool = False
    deleted: bool = False
    tz: str = "America/Chicago"


@dataclass(slots=True, kw_only=True)
class Channel:
    """A conversation. ``teams`` are the other workspaces it is shared with (Slack Connect)."""

    id: str
    name: str
    kind: Kind = "channel"
    members: list[str] = field(default_factory=list)
    teams: tuple[str, ...] = ()
    archived: bool = False
    topic: str = ""


@dataclass(slots=True, kw_only=True)
class Message:
    """One message; ``to`` is the only person who sees it where it is ephemeral."""

    ts: str
    channel: str
    user: str
    text: str = ""
    blocks: list[JSON] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    thread_ts: str = ""
    by_app: bool = False
    to: str = ""
    edited: JSON | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    metadata: JSON | None = None
    attachments: list[JSON] = field(default_factory=list)
    subtype: str = ""
    streaming: bool = False
    client_id: str = ""


@dataclass(slots=True, kw_only=True)
class Upload:
    """A file. ``length`` is what was announced; it is shown to nobody before it is complete."""

    id: str
    name: str
    owner: str
    title: str = ""
    mimetype: str = "application/octet-stream"
    content: bytes = b""
    length: int = 0
    key: str = ""
    created: int = 0
    channels: list[str] = field(default_factory=list)
    sent: bool = False
    complete: bool = False
    deleted: bool = False


@dataclass(slots=True, kw_only=True)
class View:
    """A modal on a person's screen or their home tab; ``given`` is what the app gave."""

    id: str
    user: str
    given: JSON
    hash: str
    values: dict[str, dict[str, JSON]] = field(default_factory=dict)
    root: str = ""
    previous: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str:
        return str(self.given.get("type", ""))


@dataclass(slots=True, kw_only=True)
class Trigger:
    """The right to open a modal: for three seconds, once."""

    user: str
    until: float
    used: bool = False


@dataclass(slots=True, kw_only=True)
class ReplyAddress:
    """What a response_url leads to: five posts within half an hour."""

    channel: str
    user: str
    until: float
    ts: str = ""
    thread_ts: str = ""
    uses: int = 0


@dataclass(slots=True, kw_only=True)
class Thread:
    """An assistant's thread: what its app has set on it."""

    channel: str
    ts: str
    user: str
    status: str = ""
    title: str = ""
    prompts: list[JSON] = field(default_factory=list)
