"""A Bolt app can't tell the stand-in from Slack: over HTTP and over Socket Mode alike."""

from collections.abc import Iterator

import pytest

from assistant.demo.slack.people import CREDIT, CUSTOMER, GENERAL, RETURNS
from assistant.demo.slack.standin import StandIn
from tests.journeys.backhaul import until
from tests.slack_echo import Heard, echo, over_http, over_sockets

MAYA, RICK = "U0MAYA", "U0RICK"


@pytest.fixture(params=["http", "sockets"])
def heard(request: pytest.FixtureRequest, slack: StandIn) -> Iterator[Heard]:
    app, kept = echo(slack)
    with over_http(slack, app) if request.param == "http" else over_sockets(slack, app):
        yield kept


def test_a_mention_is_heard_and_answered_in_its_thread(slack: StandIn, heard: Heard) -> None:
    asked = slack.mention(MAYA, "#returns", "3 PRV-34 from KS-700121 come back")
    slack.settle()
    answer = until(lambda: slack.messages(RETURNS, asked.ts)[1:])[0]
    assert answer.text == "Heard."
    assert answer.by_app
    assert answer.thread_ts == asked.ts
    assert [event["text"] for event in heard.of("app_mention")] == [f"<@{slack.app.bot_user}> {asked.text[14:]}"]
    assert asked.ts in [event["ts"] for event in heard.of("message")]
    assert slack.violations() == []


def test_the_app_hears_only_where_it_is(slack: StandIn, heard: Heard) -> None:
    slack.say(MAYA, GENERAL, "lunch?")
    slack.say(MAYA, CREDIT, "the credit for Fennimore")
    slack.settle()
    until(lambda: heard.of("message"))
    assert [(e["channel"], e["channel_type"]) for e in heard.of("message")] == [(CREDIT, "group")]


def test_a_shared_file_is_told_and_can_be_fetched(slack: StandIn, heard: Heard) -> None:
    slack.direct(MAYA, "the packing slip", files=[("slip.pdf", b"%PDF-1.4 slip")])
    slack.settle()
    event = until(lambda: heard.of("message"))[0]
    assert (event["subtype"], event["channel_type"]) == ("file_share", "im")
    assert event["files"][0]["mimetype"] == "application/pdf"
    assert "team" not in event


def test_a_button_is_clicked_and_the_message_replaced(slack: StandIn, heard: Heard) -> None:
    asked = slack.mention(MAYA, RETURNS, "please")
    message = until(lambda: slack.messages(RETURNS, asked.ts)[1:])[0]
    assert slack.click(RICK, message, "approve").ok
    until(lambda: message.text == "Approved.")
    action = heard.actions[0]
    assert (action["user"]["id"], action["actions"][0]["value"]) == (RICK, "case-1")
    assert action["message"]["ts"] == message.ts
    assert action["container"]["thread_ts"] == asked.ts


def test_a_command_answers_the_one_who_typed_it(slack: StandIn, heard: Heard) -> None:
    assert slack.slash(MAYA, "/returns", "status RMA-1001").ok
    assert [m.text for m in slack.ephemerals(MAYA)] == ["You said status RMA-1001."]
    assert slack.ephemerals(RICK) == []


@pytest.mark.parametrize("way", ["command", "shortcut", "message shortcut"])
def test_a_form_is_opened_refused_and_taken(slack: StandIn, heard: Heard, way: str) -> None:
    if way == "command":
        slack.slash(MAYA, "/returns", "new")
    elif way == "shortcut":
        slack.shortcut(MAYA, "new_return")
    else:
        slack.shortcut(MAYA, "start_return", slack.say(RICK, RETURNS, "2 valves come back"))
    view = until(lambda: slack.views(MAYA))[0]
    slack.submit_view(MAYA, view, {"order_number": "700121"})
    assert view.errors == {"order": "An order number begins with KS-."}
    slack.submit_view(MAYA, view, {"order_number": "KS-700121"})
    assert slack.views(MAYA) == []
    assert heard.views[-1]["view"]["state"]["values"]["order"]["order_number"] == {
        "type": "plain_text_input",
        "value": "KS-700121",
    }
    assert slack.violations() == []


def test_home_and_assistant_are_told(slack: StandIn, heard: Heard) -> None:
    slack.open_home(MAYA)
    thread = slack.open_assistant_thread(MAYA, RETURNS)
    slack.settle()
    assert until(lambda: heard.of("app_home_opened"))[0]["tab"] == "home"
    started = until(lambda: heard.of("assistant_thread_started"))[0]["assistant_thread"]
    slack.look_at(thread, CREDIT)
    slack.settle()
    assert until(lambda: heard.of("assistant_thread_context_changed"))[0]["assistant_thread"]["context"] == {
        "channel_id": CREDIT,
        "team_id": "T0KESTREL",
        "enterprise_id": None,
    }
    assert (started["user_id"], started["thread_ts"], started["context"]["channel_id"]) == (MAYA, thread.ts, RETURNS)


def test_a_customers_form_names_both_workspaces(slack: StandIn, heard: Heard) -> None:
    slack.slash(CUSTOMER, "/returns", "new", channel="kestrel-fennimore")
    slack.submit_view(CUSTOMER, until(lambda: slack.views(CUSTOMER))[0], {"order_number": "KS-700121"})
    sent = heard.views[0]
    assert (sent["team"]["id"], sent["user"]["team_id"]) == ("T0FENNIMORE", "T0FENNIMORE")
    assert sent["view"]["app_installed_team_id"] == "T0KESTREL"


def test_the_request_url_is_verified(slack: StandIn) -> None:
    app, _ = echo(slack)
    with over_http(slack, app) as url:
        line = slack.deliver_to(url)
        assert slack.verifies(line)
        line.secret = "another"
        assert not slack.verifies(line)
        line.secret, line.skew_seconds = slack.app.signing_secret, -600
        assert not slack.verifies(line)


def test_an_uninstalled_app_is_told(slack: StandIn, heard: Heard) -> None:
    slack.uninstall()
    slack.settle()
    assert [sent.body["event"]["type"] for sent in slack.deliveries.log] == ["app_uninstalled", "tokens_revoked"]
