"""Slack's Web API as slack_sdk's own client finds it in the stand-in."""

import urllib.request
from typing import Any
from urllib.parse import parse_qsl

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from assistant.demo.slack.people import CREDIT, CUSTOMER, GENERAL, GUEST, RETURNS, SHARED
from assistant.demo.slack.records import SCOPES, SlackApp
from assistant.demo.slack.standin import StandIn
from tests import slack_spec

MAYA = "U0MAYA"


def refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    code: str = caught.value.response["error"]
    return code


def test_whose_token_it_is(slack: StandIn, client: WebClient) -> None:
    told = client.auth_test()
    assert (told["bot_id"], told["team_id"]) == (slack.app.bot_id, "T0KESTREL")
    assert "chat:write" in told.headers["x-oauth-scopes"]
    assert client.team_info()["team"]["name"] == "Kestrel Supply"


@pytest.mark.parametrize(
    ("token", "code"),
    [(None, "not_authed"), ("xoxb-another", "invalid_auth"), ("xapp-1-stand-in-app", "not_allowed_token_type")],
)
def test_another_token_is_refused(slack: StandIn, token: str | None, code: str) -> None:
    assert refused(WebClient(token, base_url=slack.api_url).auth_test) == code


def test_a_scope_is_needed() -> None:
    app = SlackApp(scopes=SCOPES - {"chat:write"})
    with StandIn(app=app) as slack:
        client = WebClient(slack.app.bot_token, base_url=slack.api_url)
        with pytest.raises(SlackApiError) as caught:
            client.chat_postMessage(channel=RETURNS, text="Good morning")
        assert caught.value.response["error"] == "missing_scope"
        assert caught.value.response["needed"] == "chat:write"
        assert slack.violations() == ["chat.postMessage: missing_scope"]


def test_an_uninstalled_app_has_no_token(slack: StandIn, client: WebClient) -> None:
    slack.place.installed = False
    assert refused(client.auth_test) == "account_inactive"


def test_a_message_is_posted_changed_and_deleted(slack: StandIn, client: WebClient) -> None:
    posted = client.chat_postMessage(channel=RETURNS, text="RMA-1001")
    assert posted["message"]["bot_id"] == slack.app.bot_id
    client.chat_update(channel=RETURNS, ts=posted["ts"], text="RMA-1002")
    link = client.chat_getPermalink(channel=RETURNS, message_ts=posted["ts"])["permalink"]
    assert link.endswith(f"/archives/{RETURNS}/p{posted['ts'].replace('.', '')}")
    assert [m.text for m in slack.messages(RETURNS)] == ["RMA-1002"]
    client.chat_delete(channel=RETURNS, ts=posted["ts"])
    assert slack.messages(RETURNS) == []
    assert slack.violations() == []


def test_where_the_app_may_post(slack: StandIn, client: WebClient) -> None:
    assert refused(client.chat_postMessage, channel=GENERAL, text="x") == "not_in_channel"
    assert refused(client.chat_postMessage, channel="C0NOWHERE", text="x") == "channel_not_found"
    assert refused(client.api_call, api_method="chat.postMessage", json={"channel": RETURNS}) == "no_text"
    assert refused(client.chat_postMessage, channel=RETURNS, text="x" * 40_001) == "msg_too_long"
    assert refused(client.chat_postMessage, channel=RETURNS, text="x", thread_ts="1.000001") == "invalid_thread_ts"
    theirs = slack.say(MAYA, RETURNS, "mine")
    assert refused(client.chat_update, channel=RETURNS, ts=theirs.ts, text="yours") == "cant_update_message"
    assert refused(client.chat_delete, channel=RETURNS, ts=theirs.ts) == "cant_delete_message"
    slack.place.channels[CREDIT].members.remove(slack.app.bot_user)
    assert refused(client.chat_postMessage, channel=CREDIT, text="x") == "channel_not_found"


def test_all_the_markdown_of_a_message_has_one_limit(client: WebClient) -> None:
    blocks = [{"type": "markdown", "text": "x" * 6_001}] * 2
    assert refused(client.chat_postMessage, channel=RETURNS, text="x", blocks=blocks) == "msg_blocks_too_long"


def test_an_ephemeral_message_is_for_one(slack: StandIn, client: WebClient) -> None:
    ts = client.chat_postEphemeral(channel=RETURNS, user=MAYA, text="for you")["message_ts"]
    assert [m.text for m in slack.ephemerals(MAYA, RETURNS)] == ["for you"]
    assert slack.messages(RETURNS) == []
    assert refused(client.chat_update, channel=RETURNS, ts=ts, text="x") == "message_not_found"
    assert refused(client.chat_postEphemeral, channel=RETURNS, user=CUSTOMER, text="x") == "user_not_in_channel"


def test_history_comes_newest_first_in_pages_without_replies(slack: StandIn, client: WebClient) -> None:
    said = [slack.say(MAYA, RETURNS, f"request {n}") for n in range(5)]
    slack.say(MAYA, RETURNS, "a reply", thread_ts=said[0].ts)
    first = client.conversations_history(channel=RETURNS, limit=3)
    assert [m["text"] for m in first["messages"]] == ["request 4", "request 3", "request 2"]
    rest = client.conversations_history(channel=RETURNS, limit=3, cursor=first["response_metadata"]["next_cursor"])
    assert [m["text"] for m in rest["messages"]] == ["request 1", "request 0"]
    assert not rest["has_more"]
    thread = client.conversations_replies(channel=RETURNS, ts=said[0].ts)["messages"]
    assert [m["text"] for m in thread] == ["request 0", "a reply"]
    assert thread[0]["reply_count"] == 1
    after = client.conversations_history(channel=RETURNS, oldest=said[3].ts)["messages"]
    assert [m["text"] for m in after] == ["request 4"]
    assert refused(client.conversations_history, channel=GENERAL) == "not_in_channel"


def test_people_are_told_apart(slack: StandIn, client: WebClient) -> None:
    assert client.users_info(user=MAYA)["user"]["profile"]["email"] == "maya@kestrelsupply.example"
    assert client.users_info(user=GUEST)["user"]["is_restricted"]
    outside = client.users_info(user=CUSTOMER)["user"]
    assert (outside["team_id"], outside["is_stranger"]) == ("T0FENNIMORE", False)
    assert "email" not in outside["profile"]
    slack.place.channels[SHARED].members.remove(slack.app.bot_user)
    assert client.users_info(user=CUSTOMER)["user"]["is_stranger"]
    assert client.users_lookupByEmail(email="Rick@kestrelsupply.example")["user"]["id"] == "U0RICK"
    assert refused(client.users_lookupByEmail, email="joe@fennimoreplumbing.example") == "users_not_found"
    assert refused(client.users_info, user="U0NOBODY") == "user_not_found"


def test_conversations_are_told_apart(slack: StandIn, client: WebClient) -> None:
    assert client.conversations_info(channel=SHARED)["channel"]["is_ext_shared"]
    assert client.conversations_info(channel=CREDIT)["channel"]["is_private"]
    direct = client.conversations_open(users=MAYA)["channel"]["id"]
    assert client.conversations_open(users=MAYA)["channel"]["id"] == direct
    assert client.conversations_info(channel=direct)["channel"]["user"] == MAYA
    assert MAYA in client.conversations_members(channel=RETURNS)["members"]
    names = [c["name"] for c in client.conversations_list(types="public_channel,private_channel")["channels"]]
    assert names == ["returns", "general", "credit-desk", "counter", "kestrel-fennimore"]
    assert slack.violations() == []


def test_a_file_is_uploaded_in_three_steps(slack: StandIn, client: WebClient) -> None:
    asked = slack.say(MAYA, RETURNS, "the slip?")
    client.files_upload_v2(
        channel=RETURNS, thread_ts=asked.ts, filename="rma.pdf", content=b"%PDF", initial_comment="Here it is."
    )
    shared = slack.messages(RETURNS, asked.ts)[1]
    assert (shared.text, len(shared.files)) == ("Here it is.", 1)
    assert client.files_info(file=shared.files[0])["file"]["name"] == "rma.pdf"
    assert slack.violations() == []


def test_an_upload_needs_its_bytes(slack: StandIn, client: WebClient) -> None:
    told = client.files_getUploadURLExternal(filename="rma.pdf", length=10)
    files = [{"id": told["file_id"], "title": "RMA"}]
    assert refused(client.files_completeUploadExternal, files=files, channel_id=RETURNS) == "file_not_found"
    urllib.request.urlopen(told["upload_url"], data=b"%PDF")
    assert refused(client.files_completeUploadExternal, files=files, channel_id=RETURNS) == "file_update_failed"


def test_a_file_is_given_to_the_token_alone(slack: StandIn, client: WebClient) -> None:
    message = slack.direct(MAYA, "", files=[("slip.pdf", b"%PDF-1.4 slip")])
    url = client.files_info(file=message.files[0])["file"]["url_private_download"]
    with urllib.request.urlopen(url) as page:
        assert page.headers["content-type"].startswith("text/html")
    asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {slack.app.bot_token}"})
    with urllib.request.urlopen(asked) as file:
        assert (file.read(), file.headers["content-type"]) == (b"%PDF-1.4 slip", "application/pdf")


def test_a_file_of_another_company_is_told_by_files_info_alone(slack: StandIn, client: WebClient) -> None:
    message = slack.say(CUSTOMER, SHARED, "our slip", files=[("slip.pdf", b"%PDF")])
    event = slack.deliveries.log[-1].body
    assert event["is_ext_shared_channel"]
    assert event["event"]["files"][0]["file_access"] == "check_file_info"
    assert event["event"]["user_team"] == "T0FENNIMORE"
    assert client.files_info(file=message.files[0])["file"]["name"] == "slip.pdf"


def test_a_stream_grows_and_stops(slack: StandIn, client: WebClient) -> None:
    thread = slack.open_assistant_thread(MAYA)
    client.assistant_threads_setStatus(channel_id=thread.channel, thread_ts=thread.ts, status="is reading...")
    assert thread.status == "is reading..."
    ts = client.chat_startStream(channel=thread.channel, thread_ts=thread.ts, markdown_text="RMA-1001 ")["ts"]
    client.chat_appendStream(channel=thread.channel, ts=ts, markdown_text="is **posted**.")
    assert thread.status == ""
    assert refused(client.chat_update, channel=thread.channel, ts=ts, text="x") == "streaming_state_conflict"
    client.chat_stopStream(channel=thread.channel, ts=ts)
    assert slack.messages(thread.channel)[-1].text == "RMA-1001 is **posted**."
    late = refused(client.chat_appendStream, channel=thread.channel, ts=ts, markdown_text="x")
    assert late == "message_not_in_streaming_state"
    asked = slack.say(MAYA, RETURNS, "?")
    start = client.chat_startStream
    assert refused(start, channel=RETURNS, thread_ts=asked.ts, markdown_text="x") == "missing_recipient_user_id"


def test_an_assistant_thread_has_a_title_and_prompts(slack: StandIn, client: WebClient) -> None:
    thread = slack.open_assistant_thread(MAYA)
    where = {"channel_id": thread.channel, "thread_ts": thread.ts}
    client.assistant_threads_setTitle(**where, title="Returns")
    client.assistant_threads_setSuggestedPrompts(**where, prompts=[{"title": "Start", "message": "Start a return"}])
    assert (thread.title, thread.prompts[0]["message"]) == ("Returns", "Start a return")
    elsewhere = {"channel_id": thread.channel, "thread_ts": "1.000001"}
    assert refused(client.assistant_threads_setTitle, **elsewhere, title="x") == "invalid_thread_ts"


def test_a_reaction_is_added_once(slack: StandIn, client: WebClient) -> None:
    message = slack.say(MAYA, RETURNS, "3 valves come back")
    client.reactions_add(channel=RETURNS, timestamp=message.ts, name="eyes")
    assert refused(client.reactions_add, channel=RETURNS, timestamp=message.ts, name="eyes") == "already_reacted"
    assert message.reactions == {"eyes": [slack.app.bot_user]}


def test_a_code_is_good_once(slack: StandIn) -> None:
    page = f"https://slack.com/oauth/v2/authorize?client_id={slack.app.client_id}&scope=chat:write&state=s-1"
    back = dict(parse_qsl(slack.consent(MAYA, page)))
    assert back["state"] == "s-1"
    asked = {"client_id": slack.app.client_id, "client_secret": slack.app.client_secret, "code": back["code"]}
    anyone = WebClient(base_url=slack.api_url)
    assert refused(anyone.oauth_v2_access, **asked | {"client_secret": "guess"}) == "bad_client_secret"
    told = anyone.oauth_v2_access(**asked)
    assert (told["access_token"], told["authed_user"]["id"]) == (slack.app.bot_token, MAYA)
    assert refused(anyone.oauth_v2_access, **asked) == "invalid_code"


def test_a_method_nobody_knows(slack: StandIn, client: WebClient) -> None:
    with pytest.raises(SlackApiError, match="unknown_method"):
        client.api_call("chat.shout", json={})
    assert slack.violations() == ["chat.shout: unknown_method"]


def test_a_method_that_takes_forms_does_not_see_json(slack: StandIn, client: WebClient) -> None:
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        client.api_call("users.info", json={"user": MAYA})


@pytest.mark.skipif(slack_spec.check() is None, reason="Slack's published description is not here")
def test_answers_hold_what_the_published_description_needs(slack: StandIn, client: WebClient) -> None:
    message = slack.direct(MAYA, "slip", files=[("slip.pdf", b"%PDF")])
    ts = client.chat_postMessage(channel=RETURNS, text="x")["ts"]
    client.chat_update(channel=RETURNS, ts=ts, text="y")
    client.chat_postEphemeral(channel=RETURNS, user=MAYA, text="x")
    client.chat_getPermalink(channel=RETURNS, message_ts=ts)
    client.conversations_history(channel=RETURNS)
    client.conversations_replies(channel=RETURNS, ts=ts)
    client.conversations_info(channel=RETURNS)
    client.conversations_members(channel=RETURNS)
    client.conversations_list()
    client.conversations_open(users=MAYA)
    client.users_info(user=MAYA)
    client.users_list()
    client.users_lookupByEmail(email="maya@kestrelsupply.example")
    client.team_info()
    client.bots_info(bot=slack.app.bot_id)
    client.files_info(file=message.files[0])
    client.auth_test()
    client.chat_delete(channel=RETURNS, ts=ts)
    lacking = {
        call.method: missing
        for call in slack.calls()
        if (missing := slack_spec.needed_in_answers(call.method) - set(call.answer))
    }
    assert lacking == {}
    assert slack.violations() == []
