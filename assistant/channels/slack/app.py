"""The Bolt app and all behind it: composed from what bootstrap built; nothing listens before ``start``."""

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import resources
from typing import Any

from slack_bolt import Ack, App, BoltRequest, BoltResponse
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk import WebClient
from slack_sdk.oauth.installation_store import Bot

from assistant import bootstrap
from assistant.channels.slack import forms
from assistant.channels.slack.answers import Answers
from assistant.channels.slack.board import Board
from assistant.channels.slack.clients import Workspaces
from assistant.channels.slack.deciding import Deciding
from assistant.channels.slack.files import Cabinet
from assistant.channels.slack.hands import Hands
from assistant.channels.slack.home import Home
from assistant.channels.slack.install import SCOPES, Installations, States
from assistant.channels.slack.linked import Accounts, NotLinked
from assistant.channels.slack.receive import COMMAND, KEPT_VIEWS, Receiver, interaction
from assistant.channels.slack.recorder import Recorder
from assistant.channels.slack.shown import Showing
from assistant.channels.slack.turns import NO_CONVERSATION, Turns
from assistant.channels.slack.work import UNLINKED, Work
from assistant.domain.errors import BackhaulError, OperatorMustAct, ReviewerMustAct
from assistant.domain.person import program
from assistant.steps.ask_about import AskAbout
from assistant.steps.link import Linker
from assistant.store.sealing import Seal

ACTOR = program("slack")
NEW_REQUEST = "new_return"
EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH = "/slack/events", "/slack/install", "/slack/oauth_redirect"
_OWN_FORMS = ("reject", "choose_lines", "early_credit", "edit")
_PARKED_FOR = {NO_CONVERSATION: timedelta(minutes=10), UNLINKED: timedelta(days=1)}
_KNOWN_SECONDS = 15.0  # how long a workspace that took us out is still heard
_SOCKET_TRIES_SECONDS = 5.0
_REMIND_SECONDS = 30.0
_PING_SECONDS = 3.0  # slack_sdk gives a dead link up after five pings that fail, and spins on it until then
_log = logging.getLogger("backhaul.slack")


class Authorized(Authorize):
    """The workspace's own token, from the store: no look at Slack stands between a delivery and its record."""

    def __init__(self, installations: Installations) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # Bolt's
        self._installations = installations
        self._known: dict[tuple[str | None, str | None], tuple[float, Bot]] = {}

    def __call__(
        self,
        *,
        context: Any,  # noqa: ARG002 # Bolt's signature
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        **_actor: str | None,
    ) -> AuthorizeResult | None:
        bot = self._bot(enterprise_id, team_id)
        if bot is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            user_id=user_id,
            bot_id=bot.bot_id,
            bot_user_id=bot.bot_user_id,
            bot_token=bot.bot_token,
        )

    def _bot(self, enterprise_id: str | None, team_id: str | None) -> Bot | None:
        """Looked up once in a while, not for each of fifty deliveries a second."""
        key, now = (enterprise_id, team_id), time.monotonic()
        known = self._known.get(key)
        if known is None or now - known[0] > _KNOWN_SECONDS:
            found = self._installations.find_bot(enterprise_id=enterprise_id, team_id=team_id)
            if found is None:
                return None
            known = self._known[key] = (now, found)
        return known[1]


@dataclass
class SlackSide:
    """Slack's part of a process. ``bolt`` answers what Slack sends, ``hands`` work what was kept of it."""

    app: bootstrap.App
    bolt: App
    workspaces: Workspaces
    board: Board
    deciding: Deciding
    hands: Hands
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _socket: SocketModeHandler | None = None
    _team: str = ""
    _reminded_at: float = 0.0

    def start(self) -> None:
        """Slack may be away: then it is tried again until it is there."""
        self.hands.start()
        todo = [self._adopt] if self.workspaces.bot_token else []
        if self.app.settings.slack.app_token:
            todo.append(self._connect)
        for task in todo:
            thread = threading.Thread(target=self._until_done, args=(task,), name=task.__name__, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=10)
        if self._socket is not None:
            self._socket.close()  # type: ignore[no-untyped-call] # Bolt's
        self.hands.stop()

    def team(self) -> str:
        """The workspace whose channel cases are shown in: the named one, else the first that installed us."""
        named = self.app.settings.slack.channel.partition("/")
        if named[1]:
            return named[0]
        if not self._team:
            with self.app.store.unit(ACTOR) as unit:
                self._team = next((i.team for i in unit.slack.installations()), "")
        return self._team

    def look(self) -> int:
        with self.app.store.unit(ACTOR) as unit:
            for why, kept in _PARKED_FOR.items():
                unit.slack.forget_parked(why, self.app.clock.now() - kept)
        if time.monotonic() - self._reminded_at > _REMIND_SECONDS:
            self._reminded_at = time.monotonic()
            self.board.remind()
        return self.board.look(self.team)

    def _adopt(self) -> None:
        self._team = self.workspaces.adopt()

    def _connect(self) -> None:
        handler = SocketModeHandler(
            self.bolt,
            self.app.settings.slack.app_token,
            web_client=self.workspaces.bare(),
            ping_interval=_PING_SECONDS,
        )
        handler.connect()  # type: ignore[no-untyped-call] # Bolt's
        self._socket = handler

    def _until_done(self, task: Callable[[], None]) -> None:
        while not self._stop.is_set():
            try:
                task()
            except Exception as error:  # noqa: BLE001 - Slack may be away or the token wrong; people are told, and it goes on
                _log.warning("Slack can't be reached (%s); tried again", type(error).__name__)
                self._stop.wait(_SOCKET_TRIES_SECONDS)
            else:
                return


def slack_side(app: bootstrap.App) -> SlackSide:
    """Raises OperatorMustAct where Slack is not set up."""
    told = app.settings.slack
    if not told.used:
        raise OperatorMustAct("Slack is not set up: see docs/slack.md. Nothing was started.")
    installations = Installations(app.store, Seal(told.key))
    workspaces = Workspaces(installations, told.api_url, told.bot_token)
    own_url = app.settings.own_url
    answers = Answers(workspaces)
    accounts = Accounts(app.store, workspaces, Linker(app.store, app.clock), own_url, lambda: app.erp.company().name)
    showing = Showing(app.erp, app.review, app.recall, own_url)
    asking = AskAbout(app.erp, app.review.gate, own_url, bootstrap.asking(app))
    cabinet = Cabinet(workspaces, app.settings.message_bytes * 3 // 5)
    turns = Turns(app.store, app.erp, app.clock, workspaces, accounts, answers, cabinet, asking)
    deciding = Deciding(app.store, app.review, accounts, answers, lambda: side.hands.look_again())
    work = Work(workspaces, accounts, answers, turns, deciding, Home(app.store, app.clock, showing))
    board = Board(app.store, app.clock, workspaces, answers, showing, told.channel.rpartition("/")[2])
    hands = Hands(app.store, app.clock, work, lambda: side.look())
    side = SlackSide(app, _bolt(app, installations, workspaces), workspaces, board, deciding, hands)
    _listen(side, showing)
    return side


def _bolt(app: bootstrap.App, installations: Installations, workspaces: Workspaces) -> App:
    told = app.settings.slack
    oauth = None
    if told.client_id:
        oauth = OAuthSettings(
            client_id=told.client_id,
            client_secret=told.client_secret,
            scopes=list(SCOPES),
            installation_store=installations,
            installation_store_bot_only=True,
            state_store=States(app.store, app.clock),
            authorization_url=told.api_url.removesuffix("api/") + "oauth/v2/authorize",
            install_page_rendering_enabled=False,
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            redirect_uri=app.settings.own_url.rstrip("/") + REDIRECT_PATH,
        )
    log = logging.getLogger("backhaul.slack.bolt")
    log.setLevel(logging.ERROR)  # it warns of tokens that it does not take and of what nobody listens to
    return App(
        name="backhaul",
        logger=log,
        client=workspaces.bare(),
        signing_secret=told.signing_secret or "no HTTP",
        authorize=Authorized(installations),  # type: ignore[arg-type] # may answer None: not installed
        oauth_settings=oauth,
        process_before_response=True,
        attaching_conversation_kwargs_enabled=False,
    )


def _listen(side: SlackSide, showing: Showing) -> None:
    """What is kept first, then the few things that need an answer at once: they only open forms."""
    receiver = Receiver(Recorder(side.app.store, side.hands.wake))
    bolt = side.bolt

    def refused(body: dict[str, Any], error: Exception) -> None:
        words = error.words if isinstance(error, NotLinked) else str(error)
        side.deciding.tell(body, f"{words} Nothing was changed." if isinstance(error, NotLinked) else words)

    def open_form(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        try:
            view = side.deciding.form_for(body, showing.link)
        except (NotLinked, ReviewerMustAct, BackhaulError) as error:
            refused(body, error)
            return
        client.views_open(trigger_id=body["trigger_id"], view=view)

    def open_request(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=forms.request())

    def submitted(req: BoltRequest, ack: Ack, body: dict[str, Any]) -> BoltResponse:
        if faults := side.deciding.faults(body):
            return ack(response_action="errors", errors=faults)
        if (kept := interaction(req.body)) is not None:
            receiver.keep(kept)
        return ack()

    def command(req: BoltRequest, ack: Ack, body: dict[str, Any], client: WebClient) -> BoltResponse:
        if str(body.get("text") or "").strip().lower() in ("", "new"):
            client.views_open(trigger_id=body["trigger_id"], view=forms.request())
            return ack()
        if (kept := interaction(req.body)) is not None:
            receiver.keep(kept)
        return ack("One moment, I look it up …")

    def seen(ack: Ack) -> None:
        ack()

    bolt.use(receiver.middleware)
    for name in _OWN_FORMS:
        bolt.action(name)(open_form)
    bolt.action("open")(seen)
    bolt.action("open_request")(open_request)
    bolt.shortcut(NEW_REQUEST)(open_request)
    bolt.command(COMMAND)(command)
    for name in KEPT_VIEWS:
        bolt.view(name)(submitted)


def manifest() -> dict[str, Any]:
    """The app's manifest as Slack takes it; a test keeps it equal to what is wired here."""
    text = resources.files("assistant.channels.slack").joinpath("manifest.json").read_text()
    told: dict[str, Any] = json.loads(text)
    return told


def manifest_for(url: str, *, socket: bool) -> dict[str, Any]:
    """The manifest with our own address; by Socket Mode Slack needs none."""
    told = manifest()
    events = url.rstrip("/") + EVENTS_PATH
    settings, features = told["settings"], told["features"]
    settings["socket_mode_enabled"] = socket
    if socket:
        for part in (settings["event_subscriptions"], settings["interactivity"], features["slash_commands"][0]):
            part.pop("request_url", None)
            part.pop("url", None)
    else:
        settings["event_subscriptions"]["request_url"] = events
        settings["interactivity"]["request_url"] = events
        features["slash_commands"][0]["url"] = events
    told["oauth_config"]["redirect_urls"] = [url.rstrip("/") + REDIRECT_PATH]
    return told
