"""Workspaces that installed us: their tokens in our database, sealed; the state of the OAuth flow, good for once."""

import json
import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta
from logging import Logger
from typing import Any

from slack_sdk.oauth import InstallationStore, OAuthStateStore
from slack_sdk.oauth.installation_store import Bot, Installation

from assistant.domain.person import program
from assistant.domain.ports import Clock, Store
from assistant.domain.slack import Installation as Kept
from assistant.store.sealing import Seal

ACTOR = program("slack")
SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "users:read",
)
_LOG = logging.getLogger("backhaul.slack.install")


@dataclass
class Installations(InstallationStore):
    """Implements slack_sdk.oauth.InstallationStore for bots: one installation a workspace (or a whole organisation)."""

    store: Store
    seal: Seal

    @property
    def logger(self) -> Logger:
        return _LOG

    def save(self, installation: Installation) -> None:
        self.save_bot(installation.to_bot())

    def save_bot(self, bot: Bot) -> None:
        team = name_of(bot.enterprise_id, bot.team_id, bot.is_enterprise_install)
        told = json.dumps(bot.to_dict(), default=str)
        kept = Kept(team=team, bot_user_id=bot.bot_user_id or "", sealed=self.seal.close(told, team))
        with self.store.unit(ACTOR) as unit:
            unit.slack.install(kept)

    def find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        with self.store.unit(ACTOR) as unit:
            kept = None if is_enterprise_install else unit.slack.installation(team_id or "")
            if kept is None and enterprise_id:
                kept = unit.slack.installation(name_of(enterprise_id, None, True))
        return None if kept is None else self._opened(kept)

    def find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,  # noqa: ARG002 # the bot's is everybody's
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        bot = self.find_bot(enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install)
        if bot is None:
            return None
        told = {name: getattr(bot, name) for name in _SHARED}
        return Installation(user_id="", **told)

    def delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        with self.store.unit(ACTOR) as unit:
            unit.slack.uninstall(name_of(enterprise_id, team_id, team_id is None))

    def delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """A person's token is gone; we never keep one."""

    def token_of(self, team: str) -> str | None:
        with self.store.unit(ACTOR) as unit:
            kept = unit.slack.installation(team)
        bot = None if kept is None else self._opened(kept)
        return None if bot is None else bot.bot_token

    def _opened(self, kept: Kept) -> Bot:
        told: dict[str, Any] = json.loads(self.seal.open(kept.sealed, kept.team))
        known: dict[str, Any] = {name: told.get(name) for name in (*_SHARED, "installed_at")}
        known["installed_at"] = kept.installed_at.timestamp() if kept.installed_at is not None else 0.0
        return Bot(**known)


_SHARED = (
    "app_id",
    "enterprise_id",
    "enterprise_name",
    "team_id",
    "team_name",
    "bot_token",
    "bot_id",
    "bot_user_id",
    "bot_scopes",
    "is_enterprise_install",
)


def name_of(enterprise_id: str | None, team_id: str | None, whole: bool | None) -> str:
    """A workspace by its own id; an organisation that installed us as a whole by its own."""
    return f"org {enterprise_id}" if whole or not team_id else team_id


@dataclass
class States(OAuthStateStore):
    """Implements slack_sdk.oauth.OAuthStateStore."""

    store: Store
    clock: Clock
    minutes: int = 10

    @property
    def logger(self) -> Logger:
        return _LOG

    def issue(self, *args: Any, **kwargs: Any) -> str:  # noqa: ARG002 # slack_sdk's signature
        state = secrets.token_urlsafe(32)
        with self.store.unit(ACTOR) as unit:
            unit.slack.offer_state(state, self.clock.now() + timedelta(minutes=self.minutes))
        return state

    def consume(self, state: str) -> bool:
        with self.store.unit(ACTOR) as unit:
            return unit.slack.take_state(state)
