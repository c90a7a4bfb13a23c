"""The stand-in, running, with a short patience, and the SDK's client of it."""

import pytest
from slack_sdk import WebClient

from assistant.demo.slack.standin import StandIn
from tests.slack_fixtures import ended, no_proxy, slack

__all__ = ["client", "ended", "no_proxy", "slack"]


@pytest.fixture
def client(slack: StandIn) -> WebClient:
    return WebClient(slack.app.bot_token, base_url=slack.api_url)
