"""The stand-in and our side against it, for tests that talk through Slack."""

from collections.abc import Iterator

import pytest

from assistant.bootstrap import App
from assistant.demo.slack.standin import StandIn
from tests import slack_spec
from tests.slack_world import World, world


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk would send even loopback through the environment's proxy."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def ended() -> Iterator[list[StandIn]]:
    """Those whose tests are over: a server takes a fifth of a second to stop, which nobody waits for in between."""
    those: list[StandIn] = []
    yield those
    for standin in those:
        standin.wait()


@pytest.fixture
def slack(ended: list[StandIn]) -> Iterator[StandIn]:
    running = StandIn(retry_seconds=(0.0, 0.05, 0.05), check=slack_spec.check())
    running.start()
    yield running
    running.end()
    ended.append(running)


@pytest.fixture(params=["http", "sockets"])
def there(request: pytest.FixtureRequest, app: App, slack: StandIn) -> Iterator[World]:
    """By HTTP, and by Socket Mode; at the end nothing was done that Slack would not put up with."""
    with world(app, slack, request.param) as made:
        yield made
    assert slack.violations() == []


@pytest.fixture
def by_http(app: App, slack: StandIn) -> Iterator[World]:
    with world(app, slack) as made:
        yield made
    assert slack.violations() == []
