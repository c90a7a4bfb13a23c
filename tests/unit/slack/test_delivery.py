"""How events reach the app: signed, repeated until heard, held back, doubled, out of order; and Socket Mode's links."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from assistant.demo.slack.people import RETURNS
from assistant.demo.slack.standin import StandIn
from tests.journeys.backhaul import until
from tests.slack_echo import hang_up

MAYA = "U0MAYA"
Request = tuple[dict[str, str], str]


@contextmanager
def answering(slack: StandIn, *statuses: int, headers: dict[str, str] | None = None) -> Iterator[list[Request]]:
    """An app that answers with these statuses, the last of them for ever; 0 is no answer at all."""
    kept: list[Request] = []
    closing = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            kept.append(({k.lower(): v for k, v in self.headers.items()}, body))
            status = statuses[min(len(kept), len(statuses)) - 1]
            if status == 0:
                closing.wait(5)
                return
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    slack.deliver_to(f"http://127.0.0.1:{server.server_address[1]}/slack/events")
    try:
        yield kept
    finally:
        closing.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def test_every_request_is_signed(slack: StandIn) -> None:
    with answering(slack, 200) as kept:
        slack.say(MAYA, RETURNS, "3 valves & a pump <back>")
        slack.slash(MAYA, "/returns", "ü")
        slack.settle()
    verifier = SignatureVerifier(slack.app.signing_secret)
    assert len(kept) == 2
    assert all(verifier.is_valid_request(body, headers) for headers, body in kept)
    assert not SignatureVerifier("another").is_valid_request(kept[0][1], kept[0][0])


def test_an_unheard_event_is_repeated_three_times(slack: StandIn) -> None:
    with answering(slack, 500) as kept:
        slack.say(MAYA, RETURNS, "3 valves come back")
        slack.settle()
    assert [headers.get("x-slack-retry-num") for headers, _ in kept] == [None, "1", "2", "3"]
    assert {headers.get("x-slack-retry-reason") for headers, _ in kept[1:]} == {"http_error"}
    assert len({body for _, body in kept}) == 1
    assert not slack.deliveries.log[0].acknowledged


def test_an_event_is_repeated_until_it_is_heard(slack: StandIn) -> None:
    with answering(slack, 503, 200) as kept:
        slack.say(MAYA, RETURNS, "3 valves come back")
        slack.settle()
    assert [headers.get("x-slack-retry-num") for headers, _ in kept] == [None, "1"]


def test_the_app_may_ask_for_no_repetition(slack: StandIn) -> None:
    with answering(slack, 500, headers={"X-Slack-No-Retry": "1"}) as kept:
        slack.say(MAYA, RETURNS, "3 valves come back")
        slack.settle()
    assert len(kept) == 1


def test_silence_is_a_timeout() -> None:
    with StandIn(ack_seconds=0.2, retry_seconds=(0.0,)) as slack:
        with answering(slack, 0, 200) as kept:
            slack.say(MAYA, RETURNS, "3 valves come back")
            slack.settle()
        assert kept[1][0]["x-slack-retry-reason"] == "http_timeout"


def test_events_can_be_doubled_and_reordered(slack: StandIn) -> None:
    with answering(slack, 200) as kept:
        slack.deliveries.hold()
        first, second = (slack.say(MAYA, RETURNS, text) for text in ("first", "second"))
        slack.deliveries.release([1, 0, 1])
        slack.settle()
        slack.deliveries.again(slack.deliveries.log[0], number=2)
    places = [1 if first.ts in body else 2 for _, body in kept]
    assert places == [2, 1, 2, 1]
    assert second.ts in kept[0][1]
    assert kept[-1][0]["x-slack-retry-num"] == "2"


@pytest.fixture
def link(slack: StandIn) -> Iterator[tuple[SocketModeClient, list[SocketModeRequest]]]:
    """A client that acknowledges all but the first envelope, and the envelopes it got."""
    got: list[SocketModeRequest] = []
    client = SocketModeClient(
        slack.app.app_token, web_client=WebClient(slack.app.app_token, base_url=slack.api_url), ping_interval=1
    )

    def hear(own: Any, request: SocketModeRequest) -> None:
        got.append(request)
        if len(got) > 1:
            own.send_socket_mode_response(SocketModeResponse(request.envelope_id))

    client.socket_mode_request_listeners.append(hear)
    client.connect()
    assert slack.sockets.connected()
    yield client, got
    hang_up(slack, client)


def test_an_unacknowledged_envelope_comes_again(link: Any, slack: StandIn) -> None:
    _, got = link
    slack.sockets.ack_seconds = 0.3
    slack.say(MAYA, RETURNS, "3 valves come back")
    slack.settle()
    assert [(r.retry_attempt, r.retry_reason) for r in got] == [(0, ""), (1, "timeout")]
    assert got[0].payload["event_id"] == got[1].payload["event_id"]
    assert got[0].envelope_id != got[1].envelope_id


def test_a_refreshed_connection_goes_on(link: Any, slack: StandIn) -> None:
    client, got = link
    before = client.session_id()
    assert slack.sockets.connected()
    slack.sockets.ask_to_refresh()
    until(lambda: client.session_id() != before and client.is_connected(), seconds=90)
    got.append(None)
    slack.say(MAYA, RETURNS, "3 valves come back")
    slack.settle()
    assert slack.deliveries.log[0].acknowledged


def test_a_lost_connection_is_made_again(link: Any, slack: StandIn) -> None:
    client, got = link
    before = client.session_id()
    slack.sockets.drop()
    until(lambda: client.session_id() != before and client.is_connected(), seconds=90)
    got.append(None)
    slack.say(MAYA, RETURNS, "3 valves come back")
    slack.settle()
    assert slack.deliveries.log[0].acknowledged


def test_a_ticket_opens_one_connection(slack: StandIn) -> None:
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect

    address = WebClient(slack.app.app_token, base_url=slack.api_url).apps_connections_open(
        app_token=slack.app.app_token
    )["url"]
    with connect(address, proxy=None) as first:
        assert '"hello"' in str(first.recv(5))
        with connect(address, proxy=None) as second, pytest.raises(ConnectionClosed):
            second.recv(5)
