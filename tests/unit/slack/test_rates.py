"""Slack's limits: HTTP 429 and Retry-After, by a clock the test moves."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from assistant.demo.slack.people import RETURNS, SHARED
from assistant.demo.slack.rates import Rates
from assistant.demo.slack.refused import Limited
from assistant.demo.slack.standin import StandIn


def test_a_channel_takes_one_message_a_second_after_a_burst() -> None:
    now = [100.0]
    rates = Rates(lambda: now[0], message_burst=2)
    for _ in range(2):
        rates.take("chat.postMessage", 0, RETURNS)
    with pytest.raises(Limited) as caught:
        rates.take("chat.postMessage", 0, RETURNS)
    assert caught.value.seconds == 1
    rates.take("chat.postMessage", 0, SHARED)
    now[0] += 1
    rates.take("chat.postMessage", 0, RETURNS)


def test_a_tier_is_counted_by_the_minute() -> None:
    now = [100.0]
    rates = Rates(lambda: now[0])
    for _ in range(20):
        rates.take("users.list", 20, "")
    with pytest.raises(Limited) as caught:
        rates.take("users.list", 20, "")
    assert caught.value.seconds == 3
    rates.take("users.info", 100, "")


def test_a_refusal_is_a_429_that_says_when_to_come_again(slack: StandIn, client: WebClient) -> None:
    slack.rates.refuse("chat.postMessage", retry_after=7)
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=RETURNS, text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    assert caught.value.response["error"] == "ratelimited"
    client.chat_postMessage(channel=RETURNS, text="x")
    assert [call.status for call in slack.calls("chat.postMessage")] == [429, 200]


def test_the_sdk_comes_again(slack: StandIn, client: WebClient) -> None:
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    slack.rates.refuse("chat.postMessage", retry_after=0)
    client.chat_postMessage(channel=RETURNS, text="x")
    assert len(slack.messages(RETURNS)) == 1
