"""The Web API, for each workspace with its own token; and what is known of its people and channels for a while."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import HttpRequest
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, RateLimitErrorRetryHandler
from slack_sdk.oauth.installation_store import Bot

from assistant.channels.slack.install import Installations
from assistant.domain.errors import OperatorMustAct

_TIMEOUT_SECONDS = 10
_KNOWN_SECONDS = 120.0
_MOST_KNOWN = 5_000
_MOST_MEMBERS = 1_000
Standing = Literal["member", "guest", "external", "program", "gone"]


class AskedAgain(ConnectionErrorRetryHandler):
    """A lost connection is tried again, but for a message: it may stand in Slack already, and who posts it looks."""

    def _can_retry(self, *, request: HttpRequest, **told: Any) -> bool:
        posts = request.url.rpartition("/")[2].startswith(("chat.post", "chat.startStream", "chat.appendStream"))
        return not posts and super()._can_retry(request=request, **told)


@dataclass
class Workspaces:
    """Clients by workspace. ``bot_token`` is that of the one workspace there is without OAuth, kept like the others."""

    installations: Installations
    api_url: str
    bot_token: str = field(default="", repr=False)
    _clients: dict[str, WebClient] = field(default_factory=dict)
    _known: dict[tuple[str, str, str], tuple[float, Any]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def bare(self) -> WebClient:
        """A client without a token."""
        return WebClient(
            base_url=self.api_url,
            timeout=_TIMEOUT_SECONDS,
            retry_handlers=[
                AskedAgain(max_retry_count=1),
                RateLimitErrorRetryHandler(max_retry_count=2),
            ],
        )

    def adopt(self) -> str:
        """Keep the bot token of the one workspace; answers its id, '' where none is set."""
        if not self.bot_token:
            return ""
        client = self.bare()
        client.token = self.bot_token
        told = client.auth_test()
        bot = Bot(
            team_id=told["team_id"],
            team_name=told.get("team") or "",
            enterprise_id=told.get("enterprise_id"),
            bot_token=self.bot_token,
            bot_id=told.get("bot_id") or "",
            bot_user_id=told["user_id"],
            bot_scopes="",
            installed_at=time.time(),
        )
        found = self.installations.find_bot(enterprise_id=None, team_id=bot.team_id)
        if found is None or found.bot_token != self.bot_token:
            self.installations.save_bot(bot)
        self.forget(bot.team_id)
        return str(bot.team_id)

    def client(self, team: str) -> WebClient:
        """Raises OperatorMustAct where the workspace did not install us."""
        with self._lock:
            if (known := self._clients.get(team)) is not None:
                return known
        if not (token := self.installations.token_of(team)):
            raise OperatorMustAct(f"The Slack workspace {team} has not installed Backhaul. Nothing was sent.")
        client = self.bare()
        client.token = token
        with self._lock:
            return self._clients.setdefault(team, client)

    def bot_user(self, team: str) -> str:
        """Our own account in a workspace; '' where it has none."""
        found = self._remembered("bot", team, "", lambda: self.installations.find_bot(enterprise_id=None, team_id=team))
        return (found.bot_user_id or "") if found is not None else ""

    def forget(self, team: str | None) -> None:
        with self._lock:
            self._clients.pop(team or "", None)

    def standing(self, team: str, user: str) -> Standing:
        """What an account is in a workspace: its own member, a guest, of another company, a program."""
        try:
            told = self._remembered("user", team, user, lambda: self._user(team, user))
        except OperatorMustAct:
            return "external"  # of a workspace that did not install us
        if told.get("deleted"):
            return "gone"
        if told.get("is_bot") or user == "USLACKBOT":
            return "program"
        if told.get("is_stranger") or told.get("team_id", team) not in (team, ""):
            return "member" if self._same_organisation(told, team) else "external"
        return "guest" if told.get("is_restricted") or told.get("is_ultra_restricted") else "member"

    def closed(self, team: str, channel: str) -> bool:
        """Whether only our own members read a channel: then a case may be shown in it."""
        if channel.startswith(("D", "U")):
            return True
        return cast(bool, self._remembered("closed", team, channel, lambda: self._closed(team, channel)))

    def direct(self, team: str, user: str) -> str:
        """The channel of direct messages with somebody."""
        opened = self._remembered(
            "direct", team, user, lambda: self.client(team).conversations_open(users=user)["channel"]["id"]
        )
        return str(opened)

    def _user(self, team: str, user: str) -> dict[str, Any]:
        try:
            return cast(dict[str, Any], self.client(team).users_info(user=user)["user"])
        except SlackApiError as error:
            if error.response.get("error") in ("user_not_found", "user_not_visible"):
                return {"is_stranger": True}
            raise

    @staticmethod
    def _same_organisation(told: dict[str, Any], team: str) -> bool:
        teams = (told.get("enterprise_user") or {}).get("teams") or ()
        return not told.get("is_stranger") and team in teams

    def _closed(self, team: str, channel: str) -> bool:
        client = self.client(team)
        told = client.conversations_info(channel=channel)["channel"]
        if told.get("is_ext_shared") or told.get("is_pending_ext_shared"):
            return False
        members = client.conversations_members(channel=channel, limit=_MOST_MEMBERS)
        if (members.get("response_metadata") or {}).get("next_cursor"):
            return False  # nobody can tell who all reads it
        return all(self.standing(team, user) in ("member", "program", "gone") for user in members["members"])

    def _remembered(self, what: str, team: str, name: str, look: Any) -> Any:
        key, now = (what, team, name), time.monotonic()
        with self._lock:
            if (known := self._known.get(key)) is not None and now - known[0] < _KNOWN_SECONDS:
                return known[1]
        found = look()
        with self._lock:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = (now, found)
        return found
