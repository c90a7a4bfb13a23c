"""A message of ours stands once in Slack, whoever dies over it, and however its answer is lost."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import HttpRequest
from slack_sdk.http_retry.state import RetryState

from assistant.bootstrap import App
from assistant.channels.slack.answers import Once
from assistant.channels.slack.app import SlackSide, slack_side
from assistant.channels.slack.clients import AskedAgain
from assistant.demo.slack.people import CREDIT, RETURNS
from assistant.demo.slack.records import HOME_TEAM, Message
from assistant.demo.slack.standin import StandIn
from assistant.settings import SlackSettings
from assistant.store.slack_posts import SqlPosts
from tests.slack_fixtures import ended, no_proxy, slack
from tests.worked import back, submitted

__all__ = ["ended", "no_proxy", "slack"]


@dataclass(frozen=True, slots=True)
class Before:
    """A clock by which everything that is held is free again at once."""

    app: App

    def now(self) -> datetime:
        return self.app.clock.now() - timedelta(minutes=10)

    def today(self) -> date:
        return self.app.clock.today()


@pytest.fixture
def side(app: App, slack: StandIn) -> Iterator[SlackSide]:
    told = SlackSettings(
        bot_token=slack.app.bot_token,
        signing_secret=slack.app.signing_secret,
        api_url=slack.api_url,
        channel=CREDIT,
        key=app.settings.data / "slack-key",
    )
    made = slack_side(replace(app, settings=replace(app.settings, slack=told)))
    made.workspaces.adopt()
    yield replace(made, board=replace(made.board, clock=Before(app)))
    assert slack.violations() == []


def shown(slack: StandIn, case_id: str) -> list[Message]:
    return [m for m in slack.messages(CREDIT) if m.by_app and case_id in m.text]


def dies(*_: Any, **__: Any) -> None:
    raise MemoryError("gone between Slack and the store")


@pytest.mark.parametrize("others", [0, 250])
def test_what_was_posted_before_a_crash_is_not_posted_again(
    app: App, side: SlackSide, slack: StandIn, monkeypatch: pytest.MonkeyPatch, others: int
) -> None:
    case = submitted(app, back())
    with monkeypatch.context() as crash:
        crash.setattr(SqlPosts, "posted", dies)
        with pytest.raises(MemoryError):
            side.board.look(lambda: HOME_TEAM)
    (posted,) = shown(slack, case.id)
    for number in range(others):
        slack.say("U0RICK", CREDIT, f"lunch? {number}")
    side.board.look(lambda: HOME_TEAM)
    assert shown(slack, case.id) == [posted]
    with app.store.unit(case.revision.by) as unit:
        assert unit.slack.post(f"review-{case.id}-r1").ts == posted.ts  # type: ignore[union-attr] # it is there


def test_what_was_not_posted_before_a_crash_is_posted_once(
    app: App, side: SlackSide, slack: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = submitted(app, back())
    with monkeypatch.context() as crash:
        crash.setattr(type(side.workspaces), "client", dies)
        with pytest.raises(MemoryError):
            side.board.answers.in_thread(HOME_TEAM, CREDIT, "", "x")
        side.board.look(lambda: HOME_TEAM)
    assert shown(slack, case.id) == []
    for _ in range(3):
        side.board.look(lambda: HOME_TEAM)
    assert len(shown(slack, case.id)) == 1
    assert len(slack.calls("conversations.history")) == 1


def test_in_a_thread_it_is_looked_for_in_the_thread(app: App, side: SlackSide, slack: StandIn) -> None:
    answers, since = side.board.answers, app.clock.now()
    asked = slack.say("U0MAYA", RETURNS, "where is BH-1001?")
    first = answers.in_thread(HOME_TEAM, RETURNS, asked.ts, "There.", once=Once("answer 1"))
    assert answers.in_thread(HOME_TEAM, RETURNS, asked.ts, "There.", once=Once("answer 1", since)) == first
    assert answers.in_thread(HOME_TEAM, RETURNS, asked.ts, "There.", once=Once("answer 2", since)) != first
    assert len(slack.messages(RETURNS, asked.ts)) == 3
    with pytest.raises(SlackApiError, match="thread_not_found"):
        answers.in_thread(HOME_TEAM, RETURNS, "1.000001", "There.", once=Once("answer 3", since))


@pytest.mark.parametrize(("method", "again"), [("chat.postMessage", False), ("users.info", True)])
def test_a_message_whose_answer_was_lost_is_not_sent_again_unseen(method: str, again: bool) -> None:
    request = HttpRequest(method="POST", url=f"https://slack.com/api/{method}", headers={})
    lost = AskedAgain(max_retry_count=1)
    assert lost.can_retry(state=RetryState(), request=request, error=ConnectionResetError()) is again
