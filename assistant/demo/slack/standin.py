"""The stand-in as a running server, for a ``with``: on a free loopback port in tests, on its own in the demo."""

import socket
import threading
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

import uvicorn

from assistant.demo.slack import people as demo
from assistant.demo.slack import shapes
from assistant.demo.slack.calls import Call, Check, Counter
from assistant.demo.slack.deliveries import RETRY_SECONDS, Deliveries
from assistant.demo.slack.gestures import Attached, Gestures, Impossible
from assistant.demo.slack.lines import ACK_SECONDS, Acknowledged, HttpLine, NoLine
from assistant.demo.slack.pages import Pages
from assistant.demo.slack.rates import MESSAGE_BURST, Rates
from assistant.demo.slack.records import JSON, Channel, Member, Message, SlackApp, Thread, View
from assistant.demo.slack.site import site
from assistant.demo.slack.sockets import SocketLine
from assistant.demo.slack.workspace import Workspace


class StandIn:
    """A workspace with the app installed. ``deliver_to`` a request URL, or let the app connect by Socket Mode.

    ``say`` and the other gestures return at once; ``settle`` waits until the app has acknowledged every event (it may
    still be at work on them). ``retry_seconds`` are the waits before an unacknowledged event is repeated.
    """

    def __init__(
        self,
        *,
        app: SlackApp | None = None,
        people: Iterable[Member] | None = None,
        channels: Iterable[Channel] | None = None,
        teams: dict[str, str] | None = None,
        port: int = 0,
        ack_seconds: float = ACK_SECONDS,
        retry_seconds: tuple[float, ...] = RETRY_SECONDS,
        limits: bool = True,
        message_burst: int = MESSAGE_BURST,
        check: Check | None = None,
    ) -> None:
        self.app = app or SlackApp()
        there = demo.members() if people is None else people
        where = demo.channels(self.app) if channels is None else channels
        self.place = Workspace(self.app, there, where, teams=dict(teams or demo.TEAMS))
        self.deliveries = Deliveries(retry_seconds)
        self.rates = Rates(self.place.clock, enforced=limits, message_burst=message_burst)
        self.counter = Counter(self.place, self.rates, check)
        self.gestures = Gestures(self.place, self.deliveries)
        self.place.tell = self.deliveries.tell
        self._ack_seconds = ack_seconds
        self._port = port
        self._sockets: SocketLine | None = None

    # running

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        listener = socket.create_server(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        self.place.base_url = self.url
        self.place.new_link = lambda: self.sockets.new_link()
        config = uvicorn.Config(
            site(self.place, self.counter, Pages(self.place, self.gestures).routes()),
            log_level="warning",
            access_log=False,
            ws="none",
            lifespan="off",
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="slack-stand-in", daemon=True)
        self._thread.start()
        end = time.monotonic() + 10
        while not self._server.started and time.monotonic() < end:
            time.sleep(0.01)

    def stop(self) -> None:
        self.end()
        self.wait()

    def end(self) -> None:
        """Deliver nothing more, take nothing more; its last answers may still be on their way."""
        self.deliveries.close()
        self.deliveries.line.close()
        if self._sockets is not None and self.deliveries.line is not self._sockets:
            self._sockets.close()
        self._server.should_exit = True

    def wait(self) -> None:
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def api_url(self) -> str:
        """What slack_sdk's WebClient takes as its base_url."""
        return f"{self.url}/api/"

    @property
    def sockets(self) -> SocketLine:
        """Where the app connects by Socket Mode; the line to it from its first connection, unless there is another."""
        with self.place.lock:
            if self._sockets is None:
                self._sockets = SocketLine(self.app, self._ack_seconds)
                if isinstance(self.deliveries.line, NoLine):
                    self.deliveries.line = self._sockets
        return self._sockets

    def deliver_to(self, request_url: str) -> HttpLine:
        """Send events, interactions and commands there from now on, signed."""
        line = HttpLine(request_url, self.app.signing_secret, self._ack_seconds)
        self.deliveries.line = line
        return line

    def verifies(self, line: HttpLine) -> bool:
        """Whether the app answers the challenge with which Slack makes sure of a request URL."""
        challenge = self.place.id("")
        told = {"token": self.app.verification_token, "challenge": challenge, "type": "url_verification"}
        answer = line.send("events_api", told)
        return answer.ok and answer.payload in (challenge, {"challenge": challenge})

    def settle(self, seconds: float = 10.0) -> None:
        """Raises AssertionError where an event is neither acknowledged nor given up by then."""
        if not self.deliveries.settled(seconds):
            raise AssertionError(f"The app has not acknowledged every event within {seconds} s.")

    # what people do

    def say(
        self,
        user: str,
        channel: str,
        text: str,
        *,
        thread_ts: str = "",
        files: Iterable[tuple[str, bytes] | Attached] = (),
    ) -> Message:
        attached = [each if isinstance(each, Attached) else Attached(*each) for each in files]
        return self.gestures.say(user, self.id_of(channel), text, thread_ts=thread_ts, files=attached)

    def mention(self, user: str, channel: str, text: str, **more: Any) -> Message:
        """Say it to the app by name."""
        return self.say(user, channel, f"<@{self.app.bot_user}> {text}", **more)

    def direct(self, user: str, text: str, **more: Any) -> Message:
        """Say it in the app's direct messages."""
        return self.say(user, self.place.direct(user).id, text, **more)

    def change(self, user: str, message: Message, text: str) -> Message:
        return self.gestures.change(user, message, text)

    def delete(self, user: str, message: Message) -> None:
        self.gestures.delete(user, message)

    def click(
        self, user: str, message: Message | View, action_id: str, value: Any = None, *, block_id: str = ""
    ) -> Acknowledged:
        return self.gestures.click(user, message, action_id, value, block_id=block_id)

    def submit_view(self, user: str, view: View, values: JSON) -> Acknowledged:
        return self.gestures.submit(user, view, values)

    def close_view(self, user: str, view: View) -> Acknowledged | None:
        return self.gestures.dismiss(user, view)

    def slash(self, user: str, command: str, text: str = "", *, channel: str = demo.RETURNS) -> Acknowledged:
        return self.gestures.slash(user, command, text, self.id_of(channel))

    def shortcut(self, user: str, callback_id: str, message: Message | None = None) -> Acknowledged:
        return self.gestures.shortcut(user, callback_id, message)

    def open_home(self, user: str) -> None:
        self.gestures.open_home(user)

    def open_assistant_thread(self, user: str, channel: str = "") -> Thread:
        return self.gestures.open_assistant_thread(user, channel)

    def look_at(self, thread: Thread, channel: str) -> None:
        self.gestures.look_at(thread, self.id_of(channel))

    def consent(self, user: str, url: str) -> str:
        """What the consent page that an OAuth flow leads to (``url``) sends the browser back with: a query."""
        asked = dict(parse_qsl(urlsplit(url).query))
        if asked.get("client_id") != self.app.client_id:
            raise Impossible("There is no app with this client_id.")
        code = self.gestures.consent(user, set(asked.get("scope", "").split(",")) - {""})
        return urlencode({"code": code, "state": asked.get("state", "")})

    def uninstall(self) -> None:
        self.gestures.uninstall()

    # what is to be seen

    def id_of(self, channel: str) -> str:
        """The id of a channel by its name, or the id itself."""
        named = channel.removeprefix("#")
        return next((c.id for c in self.place.channels.values() if c.name == named), channel)

    def messages(self, channel: str, thread_ts: str = "") -> list[Message]:
        """What everybody in a channel sees, oldest first; of one thread where it is named."""
        with self.place.lock:
            said = list(self.place.said(self.id_of(channel)))
        return [m for m in said if not thread_ts or thread_ts in {m.ts, m.thread_ts}]

    def ephemerals(self, user: str, channel: str = "") -> list[Message]:
        with self.place.lock:
            seen = [m for m in self.place.ephemerals if m.to == user]
        return [m for m in seen if not channel or m.channel == self.id_of(channel)]

    def views(self, user: str) -> list[View]:
        """The modals on a person's screen, the top one last."""
        with self.place.lock:
            return list(self.place.views.get(user, []))

    def home(self, user: str) -> View | None:
        with self.place.lock:
            return self.place.homes.get(user)

    def shown(self, message: Message) -> JSON:
        """A message as Slack writes it."""
        with self.place.lock:
            return shapes.message(self.place, message)

    def calls(self, method: str = "") -> list[Call]:
        with self.place.lock:
            return [call for call in self.counter.log if method in {"", call.method}]

    def violations(self) -> list[str]:
        """What the app did that Slack, or Slack's readers, would not put up with."""
        with self.place.lock:
            return [v for call in self.counter.log for v in call.violations] + self.place.faults
