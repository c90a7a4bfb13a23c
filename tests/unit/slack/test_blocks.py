"""Block Kit's limits, each at its edge, and where a fault is said to be."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from assistant.demo.slack import blocks as kit
from assistant.demo.slack.people import RETURNS
from assistant.demo.slack.standin import StandIn

JSON = dict[str, Any]


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> JSON:
    return {"type": "mrkdwn", "text": text}


def button(text: str = "Approve", **more: Any) -> JSON:
    return {"type": "button", "action_id": "a", "text": plain(text), **more}


def actions(*elements: JSON) -> JSON:
    return {"type": "actions", "elements": list(elements)}


def select(*options: JSON) -> JSON:
    return {"type": "static_select", "action_id": "s", "placeholder": plain("Choose"), "options": list(options)}


def option(text: str, value: str) -> JSON:
    return {"text": plain(text), "value": value}


@pytest.mark.parametrize(
    "block",
    [
        {"type": "section", "text": mrkdwn("x" * 3_000)},
        {"type": "section", "fields": [mrkdwn("x" * 2_000)] * 10},
        {"type": "header", "text": plain("x" * 150)},
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn("x")] * 10},
        {"type": "image", "image_url": "https://kestrelsupply.example/a.png", "alt_text": "a valve"},
        {"type": "markdown", "text": "x" * 12_000},
        actions(button("x" * 75, value="x" * 2_000)),
        actions(*(button(action_id=f"a{n}") for n in range(25))),
        actions(select(*(option("x" * 75, f"{n:0150}") for n in range(100)))),
        actions({"type": "overflow", "action_id": "o", "options": [option("x", str(n)) for n in range(5)]}),
        {"type": "input", "label": plain("Order"), "element": {"type": "plain_text_input", "action_id": "x" * 255}},
    ],
)
def test_what_is_just_within_its_limit(block: JSON) -> None:
    assert kit.faults([block], "message") == []


@pytest.mark.parametrize(
    ("block", "at"),
    [
        ({"type": "section", "text": mrkdwn("x" * 3_001)}, "/blocks/0/text/text"),
        ({"type": "section", "text": mrkdwn("")}, "/blocks/0/text/text"),
        ({"type": "section"}, "/blocks/0"),
        ({"type": "section", "fields": [mrkdwn("x")] * 11}, "/blocks/0/fields"),
        ({"type": "section", "fields": [mrkdwn("x" * 2_001)]}, "/blocks/0/fields/0/text"),
        ({"type": "header", "text": plain("x" * 151)}, "/blocks/0/text/text"),
        ({"type": "header", "text": mrkdwn("x")}, "/blocks/0/text/type"),
        ({"type": "context", "elements": [mrkdwn("x")] * 11}, "/blocks/0/elements"),
        ({"type": "markdown", "text": "x" * 12_001}, "/blocks/0/text"),
        ({"type": "image", "image_url": "https://kestrelsupply.example/a.png"}, "/blocks/0"),
        (actions(button("x" * 76)), "/blocks/0/elements/0/text/text"),
        (actions(button(value="x" * 2_001)), "/blocks/0/elements/0/value"),
        (actions(button(action_id="x" * 256)), "/blocks/0/elements/0/action_id"),
        (actions(button(style="green")), "/blocks/0/elements/0/style"),
        (actions(button(), button()), "/blocks/0/elements"),
        (actions(*(button(action_id=f"a{n}") for n in range(26))), "/blocks/0/elements"),
        (actions(select(option("x" * 76, "x"))), "/blocks/0/elements/0/options/0/text/text"),
        (actions(select(option("x", "x" * 151))), "/blocks/0/elements/0/options/0/value"),
        (actions(select()), "/blocks/0/elements/0/options"),
        (
            actions({"type": "overflow", "action_id": "o", "options": [option("x", str(n)) for n in range(6)]}),
            "/blocks/0/elements/0/options",
        ),
        ({"type": "section", "text": mrkdwn("x"), "block_id": "x" * 256}, "/blocks/0/block_id"),
        ({"type": "marquee"}, "/blocks/0/type"),
        ({"type": "table", "rows": []}, "/blocks/0/rows"),
        ({"type": "context_actions", "elements": [button(action_id=f"a{n}") for n in range(6)]}, "/blocks/0"),
    ],
)
def test_what_is_just_beyond_it(block: JSON, at: str) -> None:
    found = kit.faults([block], "message")
    assert found
    assert found[0].endswith(f"[json-pointer:{at}]")


def test_how_many_blocks_there_may_be() -> None:
    blocks = [{"type": "divider"}] * 51
    assert kit.faults(blocks[:50], "message") == []
    assert kit.faults(blocks, "message") == ["no more than 50 items allowed [json-pointer:/blocks]"]
    assert kit.faults(blocks, "modal") == []


def test_block_ids_are_unique() -> None:
    twice = [{"type": "divider", "block_id": "d"}] * 2
    assert kit.faults(twice, "message") == ["duplicate block_id: d [json-pointer:/blocks]"]


def test_a_refused_message_says_where(slack: StandIn, client: WebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=RETURNS, text="x", blocks=[actions(button("x" * 76))])
    answer = caught.value.response
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == ["must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"]
    assert answer["response_metadata"]["messages"][0].startswith("[ERROR] must be less")
    assert slack.messages(RETURNS) == []
    assert slack.violations()[0].startswith("chat.postMessage: invalid_blocks")


def test_a_view_needs_what_it_needs() -> None:
    label = {"type": "input", "label": plain("Order"), "element": {"type": "plain_text_input", "action_id": "a"}}
    view: JSON = {"type": "modal", "title": plain("x" * 24), "submit": plain("Send"), "blocks": [label]}
    assert kit.view_faults(view, "modal") == []
    assert kit.view_faults(view | {"title": plain("x" * 25)}, "modal")
    assert kit.view_faults({**view, "submit": None}, "modal") == ["missing required field: submit [json-pointer:/view]"]
    assert kit.view_faults(view | {"private_metadata": "x" * 3_001}, "modal")
    assert kit.view_faults(view | {"colour": "red"}, "modal")
    assert kit.view_faults(view, "home")
