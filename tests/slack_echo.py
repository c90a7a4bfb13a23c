"""A small Bolt app that answers what it hears, over HTTP or Socket Mode: what shows the stand-in to be faithful."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from slack_bolt import App, BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.socket_mode import SocketModeClient

from assistant.demo.slack.standin import StandIn


@dataclass
class Heard:
    """Every body by its kind, and the retry numbers that came with events."""

    events: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    views: list[dict[str, Any]] = field(default_factory=list)
    retries: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [body["event"] for body in self.events if body["event"]["type"] == kind]


MODAL = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "New return"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "order",
            "label": {"type": "plain_text", "text": "Order number"},
            "element": {"type": "plain_text_input", "action_id": "order_number"},
        }
    ],
}
BUTTONS = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*RMA-1001* waits."}},
    {
        "type": "actions",
        "block_id": "decide",
        "elements": [
            {
                "type": "button",
                "action_id": "approve",
                "text": {"type": "plain_text", "text": "Approve"},
                "style": "primary",
                "value": "case-1",
            }
        ],
    },
]


def echo(standin: StandIn) -> tuple[App, Heard]:
    heard = Heard()
    app = App(
        client=WebClient(standin.app.bot_token, base_url=standin.api_url),
        signing_secret=standin.app.signing_secret,
        ssl_check_enabled=False,
    )

    @app.middleware
    def keep(body: Any, next: Any, req: BoltRequest) -> None:
        if body.get("type") == "event_callback":
            heard.events.append(body)
            heard.retries += req.headers.get("x-slack-retry-num", [])
        next()

    @app.event("app_mention")
    def mentioned(event: Any, say: Any) -> None:
        say(text="Heard.", blocks=BUTTONS, thread_ts=event["ts"])

    @app.event("message")
    @app.event("member_joined_channel")
    @app.event("app_home_opened")
    @app.event("assistant_thread_started")
    @app.event("assistant_thread_context_changed")
    @app.event("app_uninstalled")
    @app.event("tokens_revoked")
    def other() -> None:
        """Heard, and nothing to say."""

    @app.action("approve")
    def approved(ack: Any, body: Any, respond: Any) -> None:
        ack()
        heard.actions.append(body)
        respond(text="Approved.", replace_original=True)

    @app.command("/returns")
    def command(ack: Any, command: Any, client: WebClient) -> None:
        if command["text"] == "new":
            ack()
            client.views_open(trigger_id=command["trigger_id"], view=MODAL)
        else:
            ack(f"You said {command['text']}.")

    @app.shortcut("start_return")
    @app.shortcut("new_return")
    def shortcut(ack: Any, shortcut: Any, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=shortcut["trigger_id"], view=MODAL)

    @app.view("form")
    def submitted(ack: Any, view: Any, body: Any) -> None:
        heard.views.append(body)
        number = view["state"]["values"]["order"]["order_number"]["value"]
        if number.startswith("KS-"):
            ack()
        else:
            ack(response_action="errors", errors={"order": "An order number begins with KS-."})

    return app, heard


@contextmanager
def over_http(standin: StandIn, app: App) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            answer = app.dispatch(BoltRequest(body=body, headers={k.lower(): v for k, v in self.headers.items()}))
            raw = (answer.body or "").encode()
            self.send_response(answer.status)
            for name, values in answer.headers.items():
                self.send_header(name, values[0])
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}/slack/events"
    standin.deliver_to(url)
    try:
        yield url
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextmanager
def over_sockets(standin: StandIn, app: App) -> Iterator[SocketModeHandler]:
    handler = SocketModeHandler(app, standin.app.app_token, web_client=app.client, ping_interval=1)
    handler.client.connect()
    assert standin.sockets.connected()  # what is done before is lost: Slack repeats events alone
    try:
        yield handler
    finally:
        hang_up(standin, handler.client)


def hang_up(standin: StandIn, client: SocketModeClient) -> None:
    """Its threads would wait out a read of three seconds, and one of a second for a word to work on."""
    client.auto_reconnect_enabled = False
    standin.sockets.drop()
    client.message_processor.event.set()
    client.enqueue_message("")
    client.close()
